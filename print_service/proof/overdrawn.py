"""Ink that is no letter on the line of a field: a rule through an amount, a figure drawn before it, a picture over a name.

The strings read right all the same, so the page is drawn once more with its text left out; what then still stands on a
field's line was drawn. A ground that many pages share is looked at where it comes up first; a page on which something of its
own lies in a field is looked at itself. Vertical rules between figures, up to a millimetre, and shading
lighter than ink are the form's right.
"""

import ctypes
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from print_service.findings import Finding
from print_service.proof.boxes import Rectangle
from print_service.proof.model import Box, ExpectedPage, ExpectedText
from print_service.proof.place import Place
from print_service.proof.raster import Raster, Sheet, page_raster
from print_service.proof.texts import BODY, INK, ZoneText

_DPI = 200
_LETTERS = (700.0, 50.0)  # the line as high as its letters, 1/1000 em above the baseline
_BEYOND_MM = 0.2
_INSET_MM = 0.3
_RULE_MM = 1.0
_LEAST_PX = 2
_DEPTH = 8
_POINTS = 72 / 25.4
_DRAWN = {raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING}


def draws_in_a_field(sheet: Sheet, expected: ExpectedPage) -> bool:
    """Whether a path, picture or shading of the page itself, none of a form it shares, touches a field."""
    fields = [_points(text.zone, sheet.trim) for text in expected.texts if text.text]
    sides = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(side) for side in sides]
    for number in range(raw.FPDFPage_CountObjects(sheet.page)):
        thing = raw.FPDFPage_GetObject(sheet.page, number)
        if raw.FPDFPageObj_GetType(thing) in _DRAWN and raw.FPDFPageObj_GetBounds(thing, *pointers):
            left, bottom, right, top = (side.value for side in sides)
            if any(left < field[2] and field[0] < right and bottom < field[3] and field[1] < top for field in fields):
                return True
    return False


def _points(zone: Box, trim: Rectangle) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a zone in the page's points."""
    x, y, width, height = (float(side) * _POINTS for side in zone)
    return trim.left + x, trim.top - y - height, trim.left + x + width, trim.top - y


def check_overdrawn(place: Place, sheet: Sheet, expected: ExpectedPage, zones: Sequence[ZoneText]) -> Iterator[Finding]:
    """A finding for each field on whose line something other than text stands; `zones` as read, in the order of the fields."""
    with _without_text(sheet.page):
        raster = page_raster(sheet, _DPI)
    ink = raster.pixels < INK
    for mark in expected.marks:
        rows, columns = _pixels(mark.zone, raster, 0.0)
        ink[rows, columns] = False
    for text, zone in zip(expected.texts, zones, strict=True):
        at = _drawn_at(text, zone, raster, ink)
        if at is not None:
            yield place.finding("proof.text-overdrawn", field=text.zone_name, expected=text.text, zone=at)


@contextmanager
def _without_text(page: pdfium.PdfPage) -> Iterator[None]:
    texts = [found.raw for found in page.get_objects((raw.FPDF_PAGEOBJ_TEXT,), max_depth=_DEPTH)]
    _show(texts, shown=False)
    try:
        yield
    finally:
        _show(texts, shown=True)


def _show(texts: Sequence[object], *, shown: bool) -> None:
    for text in texts:
        raw.FPDFPageObj_SetIsActive(text, shown)


def _drawn_at(text: ExpectedText, zone: ZoneText, raster: Raster, ink: npt.NDArray[np.bool_]) -> str | None:
    """Where on the lines of the field something is drawn: x, y, width and height in mm."""
    per_mm = raster.dpi / 25.4
    _, columns = _pixels(text.zone, raster, _INSET_MM)
    for run, _ in zone.glyphs:
        if abs(run.matrix[1]) > 1e-6 or abs(run.matrix[2]) > 1e-6:
            continue
        first, last = (round(run.place(0.0, up)[1] * per_mm) for up in _LETTERS)
        above, below = (run.place(0.0, up)[1] for up in BODY)
        around = ink[max(0, int((above - _BEYOND_MM) * per_mm)) : round((below + _BEYOND_MM) * per_mm), columns]
        line = ink[max(0, first) : max(0, last), columns]
        if not line.any():
            continue
        drawn = line & ~_rules(np.logical_and.reduce(around, axis=0), per_mm)
        rows, places = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        if len(places) >= _LEAST_PX:
            x, y = (columns.start + places[0]) / per_mm, (first + rows[0]) / per_mm
            width, height = (places[-1] - places[0] + 1) / per_mm, (rows[-1] - rows[0] + 1) / per_mm
            return f"{x:.1f}, {y:.1f}, {width:.1f}, {height:.1f}"
    return None


def _rules(tall: npt.NDArray[np.bool_], per_mm: float) -> npt.NDArray[np.bool_]:
    """The columns inked from above the line to below it that are no wider than a rule is."""
    edges = np.flatnonzero(np.diff(tall, prepend=False, append=False))
    found = np.zeros_like(tall)
    for first, behind in zip(edges[::2], edges[1::2], strict=True):
        found[first:behind] = behind - first <= _RULE_MM * per_mm
    return found


def _pixels(zone: Box, raster: Raster, inset_mm: float) -> tuple[slice, slice]:
    x, y, width, height = (float(side) for side in zone)
    per_mm = raster.dpi / 25.4
    return (
        slice(max(0, int((y + inset_mm) * per_mm)), max(0, round((y + height - inset_mm) * per_mm))),
        slice(max(0, int((x + inset_mm) * per_mm)), max(0, round((x + width - inset_mm) * per_mm))),
    )
