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

from print_service.proof.bare import draws_beside_marks, own_drawings
from print_service.proof.boxes import NOT_MEASURABLE, Boxes, check_boxes, read_boxes
from print_service.proof.content import Reader, UnreadableError
from print_service.proof.extras import check_extras
from print_service.proof.look import Look, Reading, read_marks
from print_service.proof.model import Box, ExpectedPage
from print_service.proof.owners import Owners
from print_service.proof.pinned_fonts import SHIPPED, FontRules, font_shelf
from print_service.proof.place import Place, place_of
from print_service.proof.raster import Sheet
from print_service.proof.strings import StringsJudge

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
        self._judge = StringsJudge(self._reader, font_shelf(order.fonts))

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
        self._reading.expected_checks["glyphs"] += self._judge.audit.pairs
        self._reading.right_checks["glyphs"] += self._judge.audit.right

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
        sheet, own = Sheet(page, boxes.trim), own_drawings(page)
        sweep = expected.page in order.sweep or draws_beside_marks(own, sheet, expected)
        second = expected.page in order.second
        look = Look(sheet, expected, place, order.dpi, order.owners, reading, second=second, sweep=sweep)
        lines: dict[Box, tuple[str, ...]] = {}
        reading.findings += check_extras(place, tree, self._tree.Root)
        try:
            strings = self._reader.page(tree)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, UnreadableError):
            look.report("proof.page-unreadable")
        else:
            lines = self._judge.judge(look, strings, own)
        read_marks(look, lines)


def _boxes(tree: pikepdf.Object) -> Boxes | None:
    """The page's boxes, None where they are no boxes."""
    try:
        return read_boxes(tree)
    except (pikepdf.PdfError, ValueError, TypeError, ArithmeticError):
        return None


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
