"""What makes a mark wrong: each check compares one decoded symbol with the ledger and answers with keyed findings.

Check digits and the piece mark's form are computed in this room again, from their public definitions, so that an error in
the code that drew them is seen and not repeated. Payment slip check digit: mod 10, weights 3 and 1 from the right, over 43
digits with AI 91.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from print_service.findings import Finding
from print_service.proof import piece_mark
from print_service.proof.decode import CUSTOMER, Symbol
from print_service.proof.model import ExpectedMark, ExpectedPage
from print_service.proof.ocr_lines import LENGTHS, check_digits_hold
from print_service.proof.quiet import Shortage

Owners = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class Place:
    """Where a finding is: file, page counted from 1, piece."""

    file: str
    page: int
    piece: int

    def finding(self, key: str, **values: str | int) -> Finding:
        """A finding here; file, page and piece are among its values."""
        where = f"{self.file} p.{self.page} piece {self.piece}"
        return Finding(key, where, {"file": self.file, "page": self.page, "piece": self.piece, **values})


def place_of(pdf: Path, page: ExpectedPage) -> Place:
    """The place of a page."""
    return Place(pdf.name, page.page + 1, page.piece)


def slip_check_holds(digits: str) -> bool:
    """Whether 44 digits end in their mod-10 check digit."""
    if len(digits) != 44 or not (digits.isascii() and digits.isdecimal()):
        return False
    weighted = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(reversed(digits)))
    return weighted % 10 == 0


def check_symbol(place: Place, mark: ExpectedMark, symbol: Symbol, owners: Owners) -> tuple[Finding, ...]:
    """Every way in which the decoded symbol is not the expected one; empty when it is."""
    values = {"kind": mark.kind, "expected": mark.text, "found": symbol.text}
    if mark.kind == "piece":
        return tuple(_check_piece(place, mark, symbol))
    found = []
    if mark.kind == "gs1-128" and symbol.symbology != "]C1":
        found.append(place.finding("proof.not-gs1", **values, symbology=symbol.symbology))
    if mark.kind == "gs1-128" and not slip_check_holds(symbol.text):
        found.append(place.finding("proof.check-digit", **values))
    if mark.kind == CUSTOMER and not symbol.check_holds:
        found.append(place.finding("proof.customer-check", **values))
    return (*found, *_compare(place, mark, symbol.text, owners))


def check_lines(
    place: Place, mark: ExpectedMark, printed: Sequence[str], text: Sequence[str], owners: Owners
) -> tuple[Finding, ...]:
    """Every way in which the OCR lines on the paper, or those in the PDF's text, are not the expected ones."""
    values = {"kind": mark.kind, "expected": mark.text, "found": " ".join(printed)}
    found = []
    if tuple(len(line) for line in printed) != LENGTHS:
        found.append(place.finding("proof.ocr-lengths", **values))
    found += [
        place.finding("proof.ocr-check-digits", kind=mark.kind, expected=wanted, found=line)
        for wanted, line in zip(mark.text.split(), printed, strict=False)
        if not check_digits_hold(line)
    ]
    if tuple(text) != tuple(printed):
        found.append(place.finding("proof.ocr-text", **values, text=" ".join(text)))
    return (*found, *_compare(place, mark, " ".join(printed), owners))


def _compare(place: Place, mark: ExpectedMark, read: str, owners: Owners) -> tuple[Finding, ...]:
    if read == mark.text:
        return ()
    values = {"kind": mark.kind, "expected": mark.text, "found": read}
    owner = owners.get((mark.kind, read))
    if owner is None:
        return (place.finding("proof.mark-differs", **values),)
    return (place.finding("proof.foreign-mark", **values, owner=owner[0], owner_page=owner[1] + 1),)


def _check_piece(place: Place, mark: ExpectedMark, symbol: Symbol) -> list[Finding]:
    values = {"kind": mark.kind, "expected": mark.text, "found": symbol.text}
    read, wanted = piece_mark.parse(symbol.text), piece_mark.parse(mark.text)
    if read is None:
        return [place.finding("proof.piece-mark-form", **values)]
    if not read.check_holds:
        return [place.finding("proof.piece-mark-check", **values)]
    if wanted is not None and read.batch != wanted.batch:
        return [place.finding("proof.foreign-batch", **values)]
    if read.piece != place.piece:
        return [place.finding("proof.foreign-piece", **values, owner=read.piece)]
    if symbol.text != mark.text:
        return [place.finding("proof.mark-differs", **values)]
    return []


def check_ground(place: Place, mark: ExpectedMark, short: tuple[Shortage, ...]) -> tuple[Finding, ...]:
    """Findings for too little quiet zone or too low bars; lengths go out as mm with one decimal."""
    found = []
    for each in short:
        values = {"kind": mark.kind, "expected": _mm(each.needed), "found": _mm(each.measured)}
        if each.what == "height":
            found.append(place.finding("proof.bar-height", **values))
        else:
            found.append(place.finding("proof.quiet-zone", **values, side=each.what))
    return tuple(found)


def _mm(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"
