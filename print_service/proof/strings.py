"""One page's strings judged: glyphs, fields with their letters and ink, wording, whatever stands outside, and the ink where none may be.

Marks are read from their own rasters (`look`).
"""

from collections.abc import Iterator, Sequence

from print_service.findings import Finding
from print_service.proof.audit import Fault, GlyphAudit
from print_service.proof.bare import Bare, Drawing, Grounds
from print_service.proof.content import PageStrings, Reader, Run
from print_service.proof.field_ink import check_ink
from print_service.proof.geometry import PAGE_DPI, check_free, into_bleed
from print_service.proof.legible import check_legible
from print_service.proof.look import Look
from print_service.proof.model import Box, ExpectedText, zone_text
from print_service.proof.outside import check_outside
from print_service.proof.overlap import Overlaps
from print_service.proof.pinned_fonts import FontShelf
from print_service.proof.place import Place
from print_service.proof.raster import Raster, page_raster
from print_service.proof.texts import BODY, ZoneText, check_text, read_zones
from print_service.proof.wording import check_wording, check_wording_seen

_MOST_GLYPH_FINDINGS = 200


class StringsJudge:
    """Judges the strings of one file's pages; what is learned of its fonts and forms serves all of them."""

    def __init__(self, reader: Reader, shelf: FontShelf) -> None:
        self.audit = GlyphAudit(shelf)
        self._reader = reader
        self._grounds = Grounds(PAGE_DPI)
        self._overlaps = Overlaps(reader)
        self._glyph_findings = 0

    def judge(self, look: Look, strings: PageStrings, own: Sequence[Drawing]) -> dict[Box, tuple[str, ...]]:
        """Report on the page; returns the lines of its OCR zones. `own` is what the page itself draws."""
        expected, place, reading = look.expected, look.place, look.reading
        self.audit.page(strings.runs, self._reader.fonts)
        if self.audit.faults:
            reading.findings += self._wrong_glyphs(place, strings.runs)
        zones, lines, outside = read_zones(expected, strings.runs, self._reader.fonts)
        layout = expected.layout
        around = into_bleed(expected.bleed_mm)
        if expected.texts or layout.margin_mm or layout.windows or layout.keep_out:
            whole = page_raster(look.sheet, PAGE_DPI, around)
            page = whole.without(around)
            bare, first = self._grounds.of(look.sheet, strings.grounds, expected, own, alone=look.sweep)
            self._fields(look, strings, zones, page, bare)
            self._wording(look, strings, page, bare, first=first)
            reading.check("ink", list(check_free(place, expected, whole, around)))
        reading.findings += check_outside(place, expected, outside, strings.own, look.owners)
        if layout.wording or layout.other_wording:
            reading.check("wording", list(check_wording(place, expected, strings.runs)))
        return lines

    def _fields(self, look: Look, strings: PageStrings, zones: Sequence[ZoneText], page: Raster, bare: Bare) -> None:
        """Hold the fields against the ledger, against the page's raster and against what else is printed."""
        overs = self._overlaps.over(strings, [[run for run, _ in zone.glyphs] for zone in zones])
        for text, zone, over in zip(look.expected.texts, zones, overs, strict=True):
            found = self._field(look, text, zone, page, bare) or _overlapped(look.place, text, over)
            if text.text or found is not None:
                look.reading.check(f"text-{text.kind}", [found] if found is not None else [])

    def _wording(self, look: Look, strings: PageStrings, page: Raster, bare: Bare, *, first: bool) -> None:
        """Hold the wording against the page's raster; that of forms, the same on every page that draws them, where they come up first."""
        if look.expected.layout.wording:
            runs = strings.runs if first or look.sweep else strings.own
            seen = check_wording_seen(look.place, look.expected, runs, page, bare.raster)
            look.reading.check("wording-seen", list(seen))

    def _field(self, look: Look, text: ExpectedText, zone: ZoneText, page: Raster, bare: Bare) -> Finding | None:
        """The first thing that is wrong with a field in itself: its text, its letters, their ink."""
        runs = [run for run, _ in zone.glyphs]
        return (
            check_text(look.place, text, zone, look.owners)
            or check_legible(look.place, text, runs, self._reader.fonts)
            or check_ink(look.place, text, zone, page, bare)
        )

    def _wrong_glyphs(self, place: Place, runs: Sequence[Run]) -> Iterator[Finding]:
        told: set[tuple[int, int]] = set()
        for run in runs:
            for position, fault in self.audit.at_fault(run):
                if (run.font, fault.code) not in told and self._glyph_findings < _MOST_GLYPH_FINDINGS:
                    told.add((run.font, fault.code))
                    self._glyph_findings += 1
                    yield _glyph_finding(place, run, position, fault)


def _overlapped(place: Place, text: ExpectedText, over: Run | None) -> Finding | None:
    if over is None:
        return None
    zone = zone_text(text.zone)
    return place.finding("proof.text-overlapped", field=text.zone_name, expected=text.text, found=over.text, zone=zone)


def _glyph_finding(place: Place, run: Run, position: int, fault: Fault) -> Finding:
    first, last = (position, position + 1) if position >= 0 else (0, -1)
    (x, top), (right, bottom) = run.place(run.starts[first], BODY[0]), run.place(run.starts[last], BODY[1])
    zone = f"{x:.1f}, {top:.1f}, {right - x:.1f}, {bottom - top:.1f}"
    codes = " ".join(f"U+{ord(character):04X}" for character in fault.text)
    return place.finding(
        fault.key, font=fault.name, expected=fault.text, codepoints=codes, found=fault.found, zone=zone
    )
