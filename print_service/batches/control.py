"""The control file 制御ファイル for the vendor's inserter: one row a piece, ids and counts only, never a name or an amount.

Practice abroad calls it the mail run data file; columns follow the allocation file proposed for this product. `row_sha256` is over
the row's other columns, so that a row that was edited or shifted is seen.
"""

import csv
import hashlib
import io
from collections.abc import Iterable

from print_service.ledger.tables import Piece

COLUMNS = (
    "batch_id",
    "piece_no",
    "total_pieces",
    "sheets_total",
    "postal_code7",
    "postal_class",
    "pdf_file",
    "page_from",
    "page_to",
    "row_sha256",
)


def control_file(batch: str, pieces: Iterable[Piece]) -> bytes:
    """UTF-8 CSV with CRLF, pages counted from 1."""
    rows = list(pieces)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for piece in rows:
        first = (piece.first_page or 0) + 1
        row = [
            batch,
            f"{piece.number:06d}",
            str(len(rows)),
            str(piece.sheets),
            piece.postcode,
            piece.postal_class,
            piece.file_name or "",
            str(first),
            str(first + piece.pages - 1),
        ]
        writer.writerow([*row, hashlib.sha256(",".join(row).encode()).hexdigest()])
    return out.getvalue().encode()
