"""What the finished file of a job must hold, from the ledger and from the zones that form.toml states.

The forms' TOML is read here by itself: the proof shares no code with the press that drew the pages.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Job, PageFile, Piece
from print_service.proof.customer_bars import as_printed
from print_service.proof.model import Box, ExpectedMark, ExpectedPage, Kind
from print_service.resources import templates_dir

# Zones whose mark the ledger keeps in the document's `marks` under the zone's name.
_STORED: Mapping[str, Kind] = {"cvs": "gs1-128", "el_qr": "el-qr", "customer": "customer", "ocr": "ocr"}


@dataclass(frozen=True)
class FormZones:
    """Size, sheets and mark zones of one form, page by page."""

    width_mm: Decimal
    height_mm: Decimal
    pages: int
    duplex: bool
    zones: Mapping[str, tuple[int, Box]]


def expected_pages(session: Session, job: Job, file: PageFile) -> Iterator[ExpectedPage]:
    """Every page of one finished file, in order."""
    pieces = session.scalars(
        select(Piece).where(Piece.job_id == job.id, Piece.file_name == file.name).order_by(Piece.number)
    )
    for piece in pieces:
        assert piece.first_page is not None
        page, sheet = piece.first_page, 1
        for document in piece.documents:
            form = form_zones(document["form"])
            yield from _document_pages(job.id, piece, document, form, page, sheet)
            page += form.pages
            sheet += (form.pages + 1) // 2 if form.duplex else form.pages


def _document_pages(
    batch: str, piece: Piece, document: Mapping[str, Any], form: FormZones, first: int, sheet: int
) -> Iterator[ExpectedPage]:
    for offset in range(form.pages):
        side = "B" if form.duplex and offset % 2 else "F"
        own_sheet = sheet + (offset // 2 if form.duplex else offset)
        text = _piece_text(batch, piece, own_sheet, side)
        marks = []
        for name, (page, box) in form.zones.items():
            if page != offset + 1:
                continue
            if name.startswith("piece_mark"):
                marks.append(ExpectedMark("piece", box, text))
            elif name in _STORED:
                marks.append(ExpectedMark(_STORED[name], box, _stored_text(name, document["marks"][name])))
        yield ExpectedPage(piece.number, first + offset, form.width_mm, form.height_mm, tuple(marks))


def _stored_text(name: str, stored: str | Sequence[str] | None) -> str:
    if not stored:
        return ""
    if name == "customer":
        return as_printed(str(stored))
    return stored if isinstance(stored, str) else " ".join(stored)


def _piece_text(batch: str, piece: Piece, sheet: int, side: str) -> str:
    body = f"PS1:{batch}:{piece.number:06d}:{sheet:02d}/{piece.sheets:02d}:{side}"
    check = sum(place * ord(character) for place, character in enumerate(body, start=1)) % 97
    return f"{body}:{check:02d}"


@cache
def form_zones(form_id: str) -> FormZones:
    """Paper and mark zones of a form from its form.toml."""
    with (templates_dir() / "notices" / form_id / "form.toml").open("rb") as file:
        table = tomllib.load(file)
    paper = table["paper"]
    zones = {
        name: (int(zone["page"]), (_mm(zone, "x_mm"), _mm(zone, "y_mm"), _mm(zone, "width_mm"), _mm(zone, "height_mm")))
        for name, zone in table["zones"].items()
    }
    return FormZones(_mm(paper, "width_mm"), _mm(paper, "height_mm"), int(paper["pages"]), bool(paper["duplex"]), zones)


def _mm(table: Mapping[str, Any], key: str) -> Decimal:
    return Decimal(str(table[key]))
