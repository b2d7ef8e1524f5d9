"""The control file 制御ファイル for the vendor's inserter: one row a piece, ids and counts only, never a name or an amount.

Practice abroad calls it the mail run data file; columns follow the allocation file proposed for this product. `row_sha256` is over
the row's other columns, so that a row that was edited or shifted is seen.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.ledger.states import PieceState
from print_service.ledger.tables import Piece

_BLOCK = 1000

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


class Printed(Protocol):
    """What the control file says of a piece."""

    number: int
    sheets: int
    pages: int
    postcode: str
    postal_class: str
    file_name: str | None
    first_page: int | None


@dataclass(frozen=True)
class Controlled:
    """Totals of a control file."""

    pieces: int
    sheets: int


def write_control(session: Session, batch: str, path: Path) -> Controlled:
    """Write the control file of a composed job to `path`: UTF-8 CSV with CRLF, pages counted from 1, in postal order.

    A block of pieces is in memory at a time.
    """
    printed = (Piece.job_id == batch, Piece.state == PieceState.COMPOSED)
    pieces, sheets = session.execute(
        select(func.count(), func.coalesce(func.sum(Piece.sheets), 0)).where(*printed)
    ).one()
    columns = (
        Piece.number,
        Piece.sheets,
        Piece.pages,
        Piece.postcode,
        Piece.postal_class,
        Piece.file_name,
        Piece.first_page,
    )
    found = select(*columns).where(*printed).order_by(Piece.number).execution_options(yield_per=_BLOCK)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.writelines(_lines(batch, pieces, cast("Iterator[Printed]", session.execute(found))))
    return Controlled(pieces, sheets)


def _lines(batch: str, total: int, pieces: Iterable[Printed]) -> Iterator[str]:
    """No column holds a comma or a quote, so a row is its columns with commas between."""
    yield ",".join(COLUMNS) + "\r\n"
    for piece in pieces:
        first = (piece.first_page or 0) + 1
        row = ",".join(
            (
                batch,
                f"{piece.number:06d}",
                str(total),
                str(piece.sheets),
                piece.postcode,
                piece.postal_class,
                piece.file_name or "",
                str(first),
                str(first + piece.pages - 1),
            )
        )
        yield f"{row},{hashlib.sha256(row.encode()).hexdigest()}\r\n"
