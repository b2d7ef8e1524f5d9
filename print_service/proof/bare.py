"""A page as pdfium draws it without its letters: the ground that fields stand on.

Pages of one form differ in their letters and marks; the ground they share is drawn once for a set of forms and kept. A page on
which something of its own, drawn or pictured, touches a field is drawn for itself.
"""

import ctypes
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from print_service.proof.boxes import Rectangle
from print_service.proof.content import Ground
from print_service.proof.model import Box, ExpectedPage
from print_service.proof.raster import MARGIN_MM, Grey, Raster, Sheet, page_raster

AWAY = 40  # levels of grey from the ground: less is shading or the edge of a pixel, more can be seen
_DEPTH = 20
_POINTS = 72 / 25.4
_INSET_MM = 0.3
_AROUND_MM = 2.0
_SHADE_MM = 4.0
_DRAWN = {raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING}


@dataclass(frozen=True)
class Drawing:
    """An object of a page that is no text, and the box it fills in the page's points."""

    thing: Any
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Patch:
    """A piece of a page: whether each pixel differs from the field's ground, and the page's row and column of the first."""

    away: npt.NDArray[np.bool_]
    top: int
    left: int


def _patch(raster: Raster, zone: Box) -> Patch | None:
    rows, columns = pixels_of(raster, zone)
    inner = raster.pixels[rows, columns]
    if not inner.size or int(inner.max()) - int(inner.min()) <= AWAY:
        return None
    level = _shading(inner, round(_SHADE_MM * raster.dpi / 25.4))
    around = int(_AROUND_MM * raster.dpi / 25.4)
    top = max(0, rows.start - around)
    away = np.abs(raster.pixels[top : rows.stop + around, columns] - level) > AWAY
    return Patch(away, top, columns.start)


def _shading(inner: Grey, width: int) -> npt.NDArray[np.float64]:
    """The grey of the ground by column: the middle one of so many columns around, so that rules do not count and shading does."""
    columns = np.pad(np.median(inner, axis=0), width // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(columns, width // 2 * 2 + 1)
    return np.asarray(np.median(windows, axis=1), dtype=np.float64)


@dataclass
class Bare:
    """The page without its letters, and without what the page itself draws where nothing of that touches a field.

    `plain` is the page with its letters and without what it draws itself; None where that need not be asked.
    """

    raster: Raster
    plain: Raster | None = None
    _patches: dict[Box, Patch | None] = field(default_factory=dict)

    def patch(self, zone: Box) -> Patch | None:
        """What is drawn under a field and just above and below it; None where nothing in the field differs from its ground."""
        if zone not in self._patches:
            self._patches[zone] = _patch(self.raster, zone)
        return self._patches[zone]


@dataclass
class Grounds:
    """The grounds drawn so far, by the forms that make them up."""

    dpi: int
    _kept: dict[tuple[tuple[Ground, ...], Rectangle], Bare] = field(default_factory=dict)

    def of(
        self, sheet: Sheet, forms: tuple[Ground, ...], expected: ExpectedPage, own: Sequence[Drawing], *, alone: bool
    ) -> tuple[Bare, bool]:
        """The page's ground, and whether it came up here first. `own` is what the page itself draws; `alone`: draw it for itself."""
        if alone or _touches_a_field(own, sheet, expected):
            with _hidden(_texts(sheet.page)):
                bare = page_raster(sheet, self.dpi)
            with _hidden([each.thing for each in own]):
                return Bare(bare, page_raster(sheet, self.dpi)), True
        key = forms, sheet.trim
        first = key not in self._kept
        if first:
            with _hidden([*_texts(sheet.page), *(each.thing for each in own)]):
                self._kept[key] = Bare(page_raster(sheet, self.dpi))
        return self._kept[key], first


def pixels_of(raster: Raster, zone: Box) -> tuple[slice, slice]:
    """Rows and columns of a zone, less a rim."""
    x, y, width, height = (float(side) for side in zone)
    per_mm = raster.dpi / 25.4
    return (
        slice(max(0, int((y + _INSET_MM) * per_mm)), max(0, round((y + height - _INSET_MM) * per_mm))),
        slice(max(0, int((x + _INSET_MM) * per_mm)), max(0, round((x + width - _INSET_MM) * per_mm))),
    )


def own_drawings(page: pdfium.PdfPage) -> list[Drawing]:
    """What the page itself draws: paths, pictures, shadings, and forms that come after its first letters. Forms before are the ground."""
    found: list[Drawing] = []
    sides = [ctypes.c_float() for _ in range(4)]
    pointers = [ctypes.byref(side) for side in sides]
    lettered = False
    for number in range(raw.FPDFPage_CountObjects(page)):
        thing = raw.FPDFPage_GetObject(page, number)
        kind = raw.FPDFPageObj_GetType(thing)
        lettered = lettered or kind == raw.FPDF_PAGEOBJ_TEXT
        own = kind in _DRAWN or (lettered and kind == raw.FPDF_PAGEOBJ_FORM)
        if own and raw.FPDFPageObj_GetBounds(thing, *pointers):
            found.append(Drawing(thing, *(side.value for side in sides)))
    return found


def draws_beside_marks(own: Iterable[Drawing], sheet: Sheet, expected: ExpectedPage) -> bool:
    """Whether one of the drawings does not lie within the zone of a mark that should be there."""
    zones = [_points(mark.zone, sheet.trim) for mark in expected.marks if mark.text]
    slack = float(MARGIN_MM) * _POINTS
    return any(
        not any(
            left - slack <= each.left
            and bottom - slack <= each.bottom
            and each.right <= right + slack
            and each.top <= top + slack
            for left, bottom, right, top in zones
        )
        for each in own
    )


def _touches_a_field(own: Iterable[Drawing], sheet: Sheet, expected: ExpectedPage) -> bool:
    fields = [_points(text.zone, sheet.trim) for text in expected.texts]
    return any(
        each.left < right and left < each.right and each.bottom < top and bottom < each.top
        for each in own
        for left, bottom, right, top in fields
    )


def _points(zone: Box, trim: Rectangle) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of a zone in the page's points."""
    x, y, width, height = (float(side) * _POINTS for side in zone)
    return trim.left + x, trim.top - y - height, trim.left + x + width, trim.top - y


def _texts(page: pdfium.PdfPage) -> list[Any]:
    """The page's text objects, those of its forms among them."""
    return [found.raw for found in page.get_objects((raw.FPDF_PAGEOBJ_TEXT,), max_depth=_DEPTH)]


@contextmanager
def _hidden(things: Sequence[Any]) -> Iterator[None]:
    _show(things, shown=False)
    try:
        yield
    finally:
        _show(things, shown=True)


def _show(things: Sequence[Any], *, shown: bool) -> None:
    for thing in things:
        raw.FPDFPageObj_SetIsActive(thing, shown)
