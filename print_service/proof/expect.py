"""What the finished file of a job must hold, from the ledger and from the zones that form.toml states (`forms`)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.ledger.tables import Job, PageFile, Piece
from print_service.proof.customer_bars import as_printed
from print_service.proof.fields import printed
from print_service.proof.forms import FormZones, form_zones, layout_of
from print_service.proof.model import ExpectedMark, ExpectedPage, ExpectedText, Kind, SlipFacts

# Zones whose mark the ledger keeps in the document's `marks` under the zone's name.
_STORED: Mapping[str, Kind] = {"cvs": "gs1-128", "el_qr": "el-qr", "customer": "customer", "ocr": "ocr"}


@dataclass(frozen=True)
class Printer:
    """What the printer and the folding machine ask of a page, mm: the strip it cannot print, and what marks keep from folds."""

    margin_mm: Decimal = Decimal(0)
    fold_clear_mm: Decimal = Decimal(0)


def expected_pages(
    session: Session, job: Job, file: PageFile, issuer: Mapping[str, str], printer: Printer = Printer()
) -> Iterator[ExpectedPage]:
    """Every page of one finished file, in order. `issuer` is what all forms say of the ward."""
    pieces = session.scalars(
        select(Piece).where(Piece.job_id == job.id, Piece.file_name == file.name).order_by(Piece.number)
    )
    for piece in pieces:
        assert piece.first_page is not None
        page, sheet = piece.first_page, 1
        for document in piece.documents:
            form = form_zones(document["form"])
            place = _Place(job.id, job.issued_on, piece.number, piece.sheets, page, sheet, printer, issuer)
            yield from _document_pages(document, form, place)
            page += form.pages
            sheet += (form.pages + 1) // 2 if form.duplex else form.pages


@dataclass(frozen=True)
class _Place:
    """Where a document stands in its job: first page in the file, first sheet in the envelope."""

    batch: str
    issued_on: date
    piece: int
    sheets: int
    page: int
    sheet: int
    printer: Printer
    issuer: Mapping[str, str] | None = None


def _document_pages(document: Mapping[str, Any], form: FormZones, place: _Place) -> Iterator[ExpectedPage]:
    fields = _all_fields(document, place)
    texts: list[list[ExpectedText]] = [[] for _ in range(form.pages + 1)]
    for read in form.reads:
        texts[read.page] += read.expected(fields)
    slip = _slip_facts(document)
    also = None if place.issuer is None else _also(form, {**fields, "issuer": place.issuer})
    for offset in range(form.pages):
        side = "B" if form.duplex and offset % 2 else "F"
        sheet = place.sheet + (offset // 2 if form.duplex else offset)
        printer = place.printer
        yield ExpectedPage(
            piece=place.piece,
            page=place.page + offset,
            width_mm=form.width_mm,
            height_mm=form.height_mm,
            marks=tuple(_marks(document, form, offset + 1, _piece_text(place, sheet, side))),
            texts=tuple(texts[offset + 1]),
            layout=layout_of(document["form"], offset + 1, place.issued_on, printer.margin_mm, printer.fold_clear_mm),
            slip=slip,
            bleed_mm=form.bleed_mm,
            also=also,
        )


def _also(form: FormZones, fields: Mapping[str, Any]) -> str:
    return "\n".join("".join(printed(pattern, fields).split()) for pattern in form.also)


def _marks(document: Mapping[str, Any], form: FormZones, number: int, piece_text: str) -> Iterator[ExpectedMark]:
    for name, (page, box) in form.zones.items():
        if page != number:
            continue
        if name.startswith("piece_mark"):
            yield ExpectedMark("piece", box, piece_text, form.ink.get(name))
        elif name in _STORED:
            text = _stored_text(name, document["marks"][name])
            yield ExpectedMark(_STORED[name], box, text, form.ink.get(name))


def _all_fields(document: Mapping[str, Any], place: _Place) -> dict[str, Any]:
    control = {"batch": place.batch, "piece": place.piece, "sheet": place.sheet, "sheets": place.sheets}
    marks, key = document.get("marks", {}), document.get("key", {})
    return {
        **document["fields"],
        "control": control,
        "marks": marks,
        "key": key,
        "el_number": _el_number(marks.get("el_qr"), key),
    }


def _el_number(payload: str | None, key: Mapping[str, str]) -> str | None:
    """eL番号 as printed: in the payload the case number of 20 digits is followed by confirmation, 0 and the organisation."""
    if not payload:
        return None
    number = key["number"].zfill(20)
    before = f"{number}{key['confirmation']}0"
    organisation, at = "?", payload.find(before)
    while at >= 0:
        follows = payload[at + len(before) :][:5]
        if len(follows) == 5 and follows.isascii() and follows.isdecimal():
            organisation = follows
            break
        at = payload.find(before, at + 1)
    return f"{organisation}-{number}-{key['confirmation']}-{key['category']}"


def _slip_facts(document: Mapping[str, Any]) -> SlipFacts | None:
    fields = document["fields"]
    if not any(document.get("marks", {}).get(name) for name in ("cvs", "el_qr", "ocr")) or "pay_by" not in fields:
        return None
    return SlipFacts(fields["amount"], date.fromisoformat(fields["due"]), date.fromisoformat(fields["pay_by"]))


def _stored_text(name: str, stored: str | Sequence[str] | None) -> str:
    if not stored:
        return ""
    if name == "customer":
        return as_printed(str(stored))
    return stored if isinstance(stored, str) else " ".join(stored)


def _piece_text(place: _Place, sheet: int, side: str) -> str:
    body = f"PS1:{place.batch}:{place.piece:06d}:{sheet:02d}/{place.sheets:02d}:{side}"
    check = sum(at * ord(character) for at, character in enumerate(body, start=1)) % 97
    return f"{body}:{check:02d}"
