"""One page's marks: each zone drawn by pdfium, decoded, judged by `rules`, `quiet`, `blackness`, `modules` and `geometry`.

A sample of pages, the first of each form's among them, and every page on which something would not read, is also looked at whole: a
mark where none belongs is a fault of the form and so repeats, and a mark beside its zone is named as misplaced.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from print_service.findings import Finding
from print_service.proof.blackness import not_black
from print_service.proof.decode import CUSTOMER, KINDS, Symbol, decode
from print_service.proof.geometry import Finer, check_place
from print_service.proof.model import Box, ExpectedMark, ExpectedPage, zone_text
from print_service.proof.modules import wrong_modules
from print_service.proof.ocr_lines import lines_in_picture
from print_service.proof.owners import Owners
from print_service.proof.place import Place
from print_service.proof.quiet import shortages
from print_service.proof.raster import INK_BELOW, MARGIN_MM, Raster, Sheet, page_raster, zone_raster, zone_rasters
from print_service.proof.rules import (
    check_colour,
    check_ground,
    check_lines,
    check_modules,
    check_slip,
    check_symbol,
)
from print_service.proof.second import confirms

OCR = "ocr"
_EDGE_MM = 1.0


@dataclass
class Reading:
    """What grows while pages are read. `checks` counts (expected, right) by check; `seen` are marks as (kind, text, piece, page)."""

    findings: list[Finding] = field(default_factory=list)
    decoded: Counter[str] = field(default_factory=Counter)
    expected_checks: Counter[str] = field(default_factory=Counter)
    right_checks: Counter[str] = field(default_factory=Counter)
    finer: int = 0
    seen: list[tuple[str, str, int, int]] = field(default_factory=list)

    def check(self, name: str, findings: Sequence[Finding]) -> None:
        """Count one check, right where it found nothing."""
        self.findings += findings
        self.expected_checks[name] += 1
        self.right_checks[name] += not findings


@dataclass(frozen=True)
class Look:
    """One open page with all that judging it needs; `second` asks the second decoder as well, `sweep` looks at it whole."""

    sheet: Sheet
    expected: ExpectedPage
    place: Place
    dpi: int
    owners: Owners
    reading: Reading
    second: bool = False
    sweep: bool = False

    def report(self, key: str, **values: str | int) -> None:
        """A finding on this page."""
        self.reading.findings.append(self.place.finding(key, **values))


def read_marks(look: Look, text_lines: dict[Box, tuple[str, ...]]) -> None:
    """Judge every mark of the page. `text_lines` are the lines of the PDF's text in each OCR zone."""
    expected = look.expected
    rasters = zone_rasters(look.sheet, dict.fromkeys(mark.zone for mark in expected.marks), look.dpi)
    unread, outside = [], []
    for mark in expected.marks:
        raster = rasters[mark.zone]
        if raster is None:
            look.report("proof.zone-outside-page", kind=mark.kind, zone=zone_text(mark.zone))
            outside.append(mark)
        elif not _read_zone(look, mark, raster, text_lines):
            unread.append(mark)
    if unread or outside or look.sweep:
        _sweep(look, unread, outside)


def _read_zone(look: Look, mark: ExpectedMark, raster: Raster, text_lines: dict[Box, tuple[str, ...]]) -> bool:
    """Judge one zone; False where a mark should be and none was read, which `_sweep` then explains."""
    if mark.kind == OCR:
        return _read_lines(look, mark, raster, text_lines.get(mark.zone, ()))
    if not mark.text:
        for symbol in decode(raster, KINDS, thorough=True):
            _report_unexpected(look, raster, symbol)
        return True
    symbols = decode(raster, (mark.kind,)) or decode(raster, (mark.kind,), thorough=True)
    if not symbols or not symbols[0].check_holds:
        finer = zone_raster(look.sheet, mark.zone, look.dpi * 2)
        again = decode(finer, (mark.kind,), thorough=True) if finer is not None else ()
        if again and finer is not None:
            symbols, raster = again, finer
            look.reading.finer += 1
    if not symbols:
        return False
    if len(symbols) > 1:
        texts = " / ".join(symbol.text for symbol in symbols)
        zone = zone_text(mark.zone)
        look.report(
            "proof.mark-ambiguous", kind=mark.kind, expected=mark.text, found=texts, number=len(symbols), zone=zone
        )
        return True
    _judge(look, mark, raster, symbols[0])
    return True


def _judge(look: Look, mark: ExpectedMark, raster: Raster, symbol: Symbol) -> None:
    reading, place = look.reading, look.place
    findings = check_symbol(place, mark, symbol, look.owners)
    reading.decoded[mark.kind] += not findings
    reading.findings += findings
    reading.findings += check_ground(place, mark, shortages(raster, symbol))
    ink = slice(max(0, symbol.top), symbol.bottom + 1), slice(max(0, symbol.left), symbol.right + 1)
    reading.findings += check_colour(place, mark, not_black(look.sheet, raster, ink, colour=look.sweep))
    if symbol.text == mark.text:  # else what is wrong with it is told
        reading.findings += check_modules(place, mark, *wrong_modules(raster, symbol))
    if look.expected.slip is not None and mark.kind in {"gs1-128", "el-qr"}:
        reading.check("slip", list(check_slip(place, mark, symbol.text, look.expected.slip)))
    if mark.ink is not None:
        reading.check("place", list(check_place(place, mark, look.expected.layout, _finer(look, mark, raster, symbol))))
    if look.second:
        confirmed = confirms(raster, mark.kind, symbol.text)
        if confirmed is not None:
            values = {"kind": mark.kind, "expected": symbol.text, "found": confirmed, "zone": zone_text(mark.zone)}
            wrong = [] if confirmed == symbol.text else [place.finding("proof.second-decoder", **values)]
            reading.check("second", wrong)
    if mark.kind != CUSTOMER:  # one address may have many letters
        _note(look, mark, symbol.text)


def _finer(look: Look, mark: ExpectedMark, raster: Raster, symbol: Symbol) -> Finer:
    def again(times: int) -> tuple[Raster, Symbol] | None:
        if times == 1:
            return raster, symbol
        finer = zone_raster(look.sheet, mark.zone, raster.dpi * times)
        if finer is None:
            return None
        return finer, symbol.scaled(times)

    return again


def _read_lines(look: Look, mark: ExpectedMark, raster: Raster, text: tuple[str, ...]) -> bool:
    printed = lines_in_picture(raster, mark.zone)
    zone = zone_text(mark.zone)
    if not mark.text:
        if printed or text:
            found, at = " ".join(printed or text), f"{mark.zone[0]}, {mark.zone[1]}"
            look.report("proof.mark-unexpected", kind=mark.kind, expected="", found=found, at=at, zone=zone)
        return True
    if any("?" in line for line in printed):
        finer = zone_raster(look.sheet, mark.zone, look.dpi * 2)
        printed = lines_in_picture(finer, mark.zone) if finer is not None else printed
        look.reading.finer += 1
    if not printed:
        look.report("proof.mark-missing", kind=mark.kind, expected=mark.text, found=" ".join(text), zone=zone)
        return True
    around = ceil(float(MARGIN_MM) * raster.dpi / 25.4)
    ink = slice(around, -around), slice(around, -around)
    look.reading.findings += check_colour(look.place, mark, not_black(look.sheet, raster, ink, colour=look.sweep))
    findings = check_lines(look.place, mark, printed, text, look.owners)
    look.reading.decoded[mark.kind] += not findings
    look.reading.findings += findings
    if look.expected.slip is not None:
        look.reading.check("slip", list(check_slip(look.place, mark, printed[0], look.expected.slip)))
    _note(look, mark, " ".join(printed))
    return True


def _note(look: Look, mark: ExpectedMark, text: str) -> None:
    look.reading.seen.append((mark.kind, text, look.expected.piece, look.expected.page))


def _sweep(look: Look, unread: Sequence[ExpectedMark], outside: Sequence[ExpectedMark]) -> None:
    """Look at the whole page: explain marks that were not read, name marks that no zone is for."""
    raster = page_raster(look.sheet, look.dpi)
    symbols = decode(raster, KINDS, thorough=bool(unread))
    stray = [s for s in symbols if not any(_within(raster, s, mark.zone) for mark in look.expected.marks)]
    explained = _of_another_page(look, [*unread, *outside], stray)
    for mark in unread:
        twins = [symbol for symbol in symbols if (symbol.kind, symbol.text) == (mark.kind, mark.text)]
        stray = [symbol for symbol in stray if symbol not in twins]
        if mark not in explained:
            _report_unread(look, mark, [twin for twin in twins if not _inside(raster, twin, mark.zone)], raster)
    for symbol in stray:
        if symbol.kind != "piece" or not explained:
            _report_unexpected(look, raster, symbol)


def _of_another_page(look: Look, unread: Sequence[ExpectedMark], stray: Sequence[Symbol]) -> list[ExpectedMark]:
    """The page's own piece mark, where another's stands elsewhere instead: a page of another form, in this one's place."""
    own = [mark for mark in unread if mark.kind == "piece" and mark.text]
    others = [symbol for symbol in stray if symbol.kind == "piece"]
    if len(own) != 1 or len(others) != 1 or others[0].text == own[0].text:
        return []
    look.reading.findings += check_symbol(look.place, own[0], others[0], look.owners)
    _note(look, own[0], others[0].text)
    return own


def _report_unread(look: Look, mark: ExpectedMark, twins: Sequence[Symbol], raster: Raster) -> None:
    zone, key, found = zone_raster(look.sheet, mark.zone, look.dpi), "proof.mark-missing", ""
    if twins:
        x, y = raster.mm(twins[0].left, twins[0].top)
        key, found = "proof.mark-misplaced", f"{x}, {y}"
    elif zone is not None and (zone.pixels < INK_BELOW).any():
        key = "proof.mark-cut" if _reaches_the_edge(raster, mark.zone) else "proof.mark-unreadable"
    look.report(key, kind=mark.kind, expected=mark.text, found=found, zone=zone_text(mark.zone))


def _reaches_the_edge(page: Raster, zone: Box) -> bool:
    """Whether the ink of a zone goes on to the paper's edge, less than any quiet zone from it."""
    ink, per_mm = page.pixels < INK_BELOW, page.dpi / 25.4
    left, top, right, bottom = (
        round(float(side) * per_mm) for side in (zone[0], zone[1], zone[0] + zone[2], zone[1] + zone[3])
    )
    rows, columns = slice(max(0, top), bottom), slice(max(0, left), right)
    (height, width), strip = ink.shape, round(_EDGE_MM * per_mm)
    return bool(
        (left <= strip and ink[rows, :strip].any())
        or (top <= strip and ink[:strip, columns].any())
        or (right >= width - strip and ink[rows, -strip:].any())
        or (bottom >= height - strip and ink[-strip:, columns].any())
    )


def _report_unexpected(look: Look, raster: Raster, symbol: Symbol) -> None:
    x, y = raster.mm(symbol.left, symbol.top)
    mm = 25.4 / raster.dpi
    zone = f"{x}, {y}, {(symbol.right - symbol.left) * mm:.1f}, {(symbol.bottom - symbol.top) * mm:.1f}"
    look.report("proof.mark-unexpected", kind=symbol.kind, expected="", found=symbol.text, at=f"{x}, {y}", zone=zone)


def _inside(raster: Raster, symbol: Symbol, zone: Box) -> bool:
    """Whether the whole symbol lies in the zone."""
    (left, top), (right, bottom) = raster.mm(symbol.left, symbol.top), raster.mm(symbol.right, symbol.bottom)
    return zone[0] <= left and zone[1] <= top and right <= zone[0] + zone[2] and bottom <= zone[1] + zone[3]


def _within(raster: Raster, symbol: Symbol, zone: Box) -> bool:
    x, y = raster.mm(*symbol.centre)
    return (
        zone[0] - MARGIN_MM <= x <= zone[0] + zone[2] + MARGIN_MM
        and zone[1] - MARGIN_MM <= y <= zone[1] + zone[3] + MARGIN_MM
    )
