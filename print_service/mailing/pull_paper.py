"""The pull list on paper and as CSV for the vendor: which pieces, where they lie in postal order, and nothing of why.

Whether somebody paid, died or is protected is no business of the vendor's; the reasons stay in the ledger (`pull`).
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.files import write_atomically
from print_service.ledger.dunning_tables import PullList, PullRow
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Piece
from print_service.mailing.pull import Listed
from print_service.notices.letters import print_letter_parts
from print_service.press.forms import load_form
from print_service.settings import Settings

FORM = "pull_list"
COLUMNS = (
    "batch_id",
    "revision",
    "piece_no",
    "postal_class",
    "position",
    "of",
    "pdf_file",
    "page_from",
    "page_to",
    "row_sha256",
)


@dataclass(frozen=True)
class Place:
    """Where a piece lies: the n-th of its postal class as printed, and its pages in the file, counted from 1."""

    number: int
    postal_class: str
    position: int
    of: int
    file: str
    page_from: int
    page_to: int


def write_pull_list(
    session: Session, settings: Settings, act: Act, listed: Listed, pool: Executor
) -> tuple[Path, Path]:
    """`<output>/<batch>/pull/<batch>-r<nn>.pdf` and `.csv` of an approved revision; their hashes go to the journal."""
    places = _places(session, listed)
    folder = settings.output / listed.batch / "pull"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{listed.batch}-r{listed.revision:02d}"
    pdf, table = folder / f"{name}.pdf", folder / f"{name}.csv"
    write_atomically(table, pull_csv(listed, places))
    write_atomically(
        pdf, print_letter_parts(settings, pool, FORM, act.day, _parts(session, settings, act, listed, places))
    )
    hashes = {path.suffix[1:]: hashlib.sha256(path.read_bytes()).hexdigest() for path in (pdf, table)}
    record(session, Tag.PULL_WRITTEN, act, listed.batch, {"revision": listed.revision, **hashes})
    return pdf, table


def pull_csv(listed: Listed, places: Sequence[Place]) -> bytes:
    """UTF-8 CSV with CRLF in the columns of `COLUMNS`; the last is over the row's other columns, as in the control file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for place in places:
        row = [
            listed.batch,
            str(listed.revision),
            f"{place.number:06d}",
            place.postal_class,
            str(place.position),
            str(place.of),
            place.file,
            str(place.page_from),
            str(place.page_to),
        ]
        writer.writerow([*row, hashlib.sha256(",".join(row).encode()).hexdigest()])
    return out.getvalue().encode()


def _places(session: Session, listed: Listed) -> Sequence[Place]:
    wanted = {number for number, _, _ in listed.pieces}
    seen: Counter[str] = Counter()
    found: list[tuple[Piece, int]] = []
    printed = (Piece.job_id == listed.batch, Piece.file_name.is_not(None), Piece.state != "held")
    for piece in session.scalars(select(Piece).where(*printed).order_by(Piece.number)):
        seen[piece.postal_class] += 1
        if piece.number in wanted:
            found.append((piece, seen[piece.postal_class]))
    return [_place(piece, position, seen) for piece, position in found]


def _place(piece: Piece, position: int, seen: Mapping[str, int]) -> Place:
    first = (piece.first_page or 0) + 1
    last = first + piece.pages - 1
    return Place(
        piece.number, piece.postal_class, position, seen[piece.postal_class], piece.file_name or "", first, last
    )


def _parts(
    session: Session, settings: Settings, act: Act, listed: Listed, places: Sequence[Place]
) -> Sequence[dict[str, Any]]:
    size = load_form(FORM, act.day).texts["rows_per_page"]
    chunks = [places[start : start + size] for start in range(0, len(places), size)]
    made_by, approved_by, so_far = _facts(session, listed)
    return [
        {
            "batch": listed.batch,
            "revision": listed.revision,
            "issued_on": act.day.isoformat(),
            "deadline": listed.deadline.isoformat(),
            "issuer": settings.ward.issuer(),
            "made_by": made_by,
            "approved_by": approved_by,
            "count": len(places),
            "so_far": so_far,
            "rows": [_row(place) for place in chunk],
            "part": {"number": number, "of": len(chunks)},
        }
        for number, chunk in enumerate(chunks, start=1)
    ]


def _row(place: Place) -> dict[str, Any]:
    return {
        "number": place.number,
        "position": f"{place.postal_class} {place.position}／{place.of}",
        "file": place.file,
        "page": f"{place.page_from}－{place.page_to}",
    }


def _facts(session: Session, listed: Listed) -> tuple[str, str, int]:
    """Who made and approved the revision, and how many pieces all revisions name up to it."""
    mine = (PullList.job_id == listed.batch, PullList.revision == listed.revision)
    made_by = session.scalars(select(PullList.made_by).where(*mine)).one()
    earlier = (PullList.job_id == listed.batch, PullList.revision <= listed.revision)
    rows = select(func.count()).select_from(PullRow).join(PullList, PullList.id == PullRow.list_id).where(*earlier)
    return made_by, listed.approved_by or "", session.scalar(rows) or 0
