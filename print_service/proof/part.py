"""Some pages of a file read back: marks by raster, fields and glyphs by the file's own strings and fonts, ink by geometry.

A part is a pure function of the file and of what is expected of those pages, so the parts of one file go to several processes; `prove`
joins them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2 as pdfium

from print_service.findings import Finding
from print_service.proof.audit import Fault, GlyphAudit
from print_service.proof.boxes import NOT_MEASURABLE, Boxes, check_boxes, read_boxes
from print_service.proof.content import Reader, Run
from print_service.proof.geometry import PAGE_DPI, check_ink, into_bleed
from print_service.proof.look import Look, Reading, read_marks
from print_service.proof.model import Box, ExpectedPage
from print_service.proof.overdrawn import check_overdrawn, draws_in_a_field
from print_service.proof.owners import Owners
from print_service.proof.pinned_fonts import SHIPPED, FontRules, font_shelf
from print_service.proof.place import Place, place_of
from print_service.proof.raster import Sheet, page_raster
from print_service.proof.texts import BODY, check_outside, check_text, check_visible, check_wording, read_zones

_MOST_GLYPH_FINDINGS = 200
_TAIL = re.compile(rb"startxref\s+([0-9]{1,12})\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref|[0-9]+\s+[0-9]+\s+obj")


@dataclass(frozen=True)
class PartOrder:
    """What to read: `pages` are expected pages of the file in order, `second` the numbers of those for the second decoder, `sweep` of
    those that are looked at whole.
    """

    pdf: Path
    pages: tuple[ExpectedPage, ...]
    owners: Owners
    dpi: int = 300
    second: frozenset[int] = frozenset()
    sweep: frozenset[int] = frozenset()
    fonts: FontRules = SHIPPED


@dataclass(frozen=True)
class Part:
    """What was found in one part. `fault` is the key of what is wrong with the file as such; then nothing else was read.

    `count` is how many pages the file has, `pages` how many this part was to read.
    """

    sha256: str
    count: int
    fault: str
    reading: Reading
    pages: int = 0


def read_part(order: PartOrder) -> Part:
    """Read the ordered pages of the file. Whatever is wrong with the file becomes a finding."""
    reading = Reading()
    data = order.pdf.read_bytes() if order.pdf.is_file() else None
    if data is None:
        return Part("", 0, "proof.file-missing", reading)
    sha256, fault = hashlib.sha256(data).hexdigest(), _damage(data)
    if fault:
        return Part(sha256, 0, fault, reading)
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return Part(sha256, 0, "proof.unreadable-pdf", reading)
    try:
        with pikepdf.open(order.pdf, suppress_warnings=True) as tree:
            count = len(document)
            _File(order, document, tree, reading).read(count)
    except pikepdf.PdfError:
        return Part(sha256, 0, "proof.unreadable-pdf", reading)
    finally:
        document.close()
    return Part(sha256, count, "", reading, len(order.pages))


def _damage(data: bytes) -> str:
    """Key of what is wrong with the file as a file: pdfium would silently mend a torn one and show what is left."""
    if b"%PDF-" not in data[:1024]:
        return "proof.not-a-pdf"
    tail = _TAIL.search(data[-1024:])
    if tail is None or not _TABLE.match(data[int(tail[1]) : int(tail[1]) + 32]):
        return "proof.truncated-pdf"
    return ""


class _File:
    """One open file: what is learned of its fonts and forms serves all pages of the part."""

    def __init__(self, order: PartOrder, document: pdfium.PdfDocument, tree: pikepdf.Pdf, reading: Reading) -> None:
        self._order = order
        self._document = document
        self._tree = tree
        self._reading = reading
        self._reader = Reader()
        self._audit: GlyphAudit = GlyphAudit(font_shelf(order.fonts))
        self._glyph_findings = 0

    def read(self, count: int) -> None:
        """Read every ordered page that the file has."""
        pages: Any = self._tree.pages
        for expected in self._order.pages:
            if expected.page >= count:
                continue
            place = place_of(self._order.pdf, expected)
            try:
                page = self._document[expected.page]
            except pdfium.PdfiumError:
                self._reading.findings.append(place.finding("proof.page-unreadable"))
                continue
            try:
                self._page(page, pages[expected.page].obj, expected, place)
            finally:
                page.close()
        self._reading.expected_checks["glyphs"] += self._audit.pairs
        self._reading.right_checks["glyphs"] += self._audit.right

    def _page(self, page: pdfium.PdfPage, tree: pikepdf.Object, expected: ExpectedPage, place: Place) -> None:
        order, reading = self._order, self._reading
        boxes = _boxes(tree)
        if boxes is None:
            reading.findings.append(place.finding("proof.page-unreadable"))
            return
        found = list(check_boxes(place, expected, boxes))
        reading.findings += found
        if any(finding.key in NOT_MEASURABLE for finding in found):
            return
        also = {"second": expected.page in order.second, "sweep": expected.page in order.sweep}
        look = Look(Sheet(page, boxes.trim), expected, place, order.dpi, order.owners, reading, **also)
        lines: dict[Box, tuple[str, ...]] = {}
        grounds = self._reader.grounds
        try:
            runs = self._reader.page(tree)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
            look.report("proof.page-unreadable")
        else:
            lines = self._strings(look, runs, new_ground=self._reader.grounds > grounds)
        read_marks(look, lines)

    def _strings(self, look: Look, runs: Sequence[Run], *, new_ground: bool) -> dict[Box, tuple[str, ...]]:
        """Judge glyphs, fields, wording and ink; returns the lines of the OCR zones. `new_ground`: no page of this part
        had this one's ground before.
        """
        expected, place, reading = look.expected, look.place, self._reading
        fonts, owners = self._reader.fonts, self._order.owners
        self._audit.page(runs, fonts)
        if self._audit.faults:
            self._name_glyphs(place, runs)
        zones, lines, outside = read_zones(expected, runs, fonts)
        layout = expected.layout
        bounded = layout.margin_mm or layout.windows or layout.keep_out
        around = into_bleed(expected.bleed_mm)
        whole = page_raster(look.sheet, PAGE_DPI, around) if expected.texts or bounded else None
        raster = whole.without(around) if whole is not None else None
        for text, zone in zip(expected.texts, zones, strict=True):
            found = check_text(place, text, zone, owners)
            if found is None and raster is not None and text.text:
                found = check_visible(place, text, zone, raster)
            if text.text or found is not None:
                reading.check(f"text-{text.kind}", [found] if found is not None else [])
        if expected.texts and (new_ground or look.sweep or draws_in_a_field(look.sheet, expected)):
            reading.check("overdrawn", list(check_overdrawn(place, look.sheet, expected, zones)))
        if expected.texts:
            reading.findings += check_outside(place, expected, outside, owners)
        if layout.wording or layout.other_wording:
            reading.check("wording", list(check_wording(place, expected, runs)))
        if bounded and whole is not None:
            reading.check("ink", list(check_ink(place, expected, whole, around)))
        return lines

    def _name_glyphs(self, place: Place, runs: Sequence[Run]) -> None:
        told: set[tuple[int, int]] = set()
        for run in runs:
            for position, fault in self._audit.at_fault(run):
                if (run.font, fault.code) not in told and self._glyph_findings < _MOST_GLYPH_FINDINGS:
                    told.add((run.font, fault.code))
                    self._glyph_findings += 1
                    self._reading.findings.append(_glyph_finding(place, run, position, fault))


def _boxes(tree: pikepdf.Object) -> Boxes | None:
    """The page's boxes, None where they are no boxes."""
    try:
        return read_boxes(tree)
    except (pikepdf.PdfError, ValueError, TypeError, ArithmeticError):
        return None


def _glyph_finding(place: Place, run: Run, position: int, fault: Fault) -> Finding:
    first, last = (position, position + 1) if position >= 0 else (0, -1)
    (x, top), (right, bottom) = run.place(run.starts[first], BODY[0]), run.place(run.starts[last], BODY[1])
    zone = f"{x:.1f}, {top:.1f}, {right - x:.1f}, {bottom - top:.1f}"
    codes = " ".join(f"U+{ord(character):04X}" for character in fault.text)
    return place.finding(
        fault.key, font=fault.name, expected=fault.text, codepoints=codes, found=fault.found, zone=zone
    )


def merged(readings: Sequence[Reading]) -> Reading:
    """Several readings as one, in their order."""
    whole = Reading()
    for reading in readings:
        whole.findings += reading.findings
        whole.decoded += reading.decoded
        _add(whole.expected_checks, reading.expected_checks)
        _add(whole.right_checks, reading.right_checks)
        whole.finer += reading.finer
        whole.seen += reading.seen
    return whole


def _add(sums: Counter[str], more: Counter[str]) -> None:
    for key, number in more.items():
        sums[key] += number
