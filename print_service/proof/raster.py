"""Rasters of a finished PDF by pdfium: the whole page or one zone of it, in grey (where it matters, in colour), at a stated dpi.

Step 5 judges what a printer would put on paper, so nothing here looks at the PDF's text or operators. Only a zone's own
pixels are drawn; pdfium clips the rest of the page away. Pixels are counted from the corner of the paper as cut, which is the corner
of a pixel whatever lies around it, and a pixel is 1/dpi inch to the last: pdfium's own way of drawing a page begins at the corner of
the MediaBox and stretches it to whole pixels.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from pypdfium2 import raw

from print_service.proof.boxes import Rectangle
from print_service.proof.model import Box

MM_PER_INCH = Fraction(254, 10)
MARGIN_MM = Decimal(1)
INK_BELOW = 128

_WASTE = 1.6
_HAIR_PX = 1e-3  # what is a whole number of pixels in the file may come back a little above itself
_WHITE = (255, 255, 255, 255)
_Pixels = tuple[int, int, int, int]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Sheet:
    """An open page and its paper as cut, in the page's own points."""

    page: pdfium.PdfPage
    trim: Rectangle

    def size(self, dpi: int) -> tuple[int, int]:
        """Width and height of the paper as cut, in pixels that hold some of it."""
        width, height = self.trim.right - self.trim.left, self.trim.top - self.trim.bottom
        return ceil(width * dpi / 72 - _HAIR_PX), ceil(height * dpi / 72 - _HAIR_PX)


@dataclass(frozen=True)
class Raster:
    """Grey pixels (0 black), their dpi, and where on the paper as cut their top left corner is, in pixels."""

    pixels: Grey
    dpi: int
    left: int = 0
    top: int = 0

    def without(self, around: int) -> "Raster":
        """The same without so many pixels on each side."""
        if not around:
            return self
        inner = self.pixels[around:-around, around:-around]
        return Raster(inner, self.dpi, self.left + around, self.top + around)

    def mm(self, x: float, y: float) -> tuple[Decimal, Decimal]:
        """Where on the page the pixel (x, y) of this raster lies, in mm to one decimal."""
        scale = 25.4 / self.dpi
        return Decimal(f"{(self.left + x) * scale:.1f}"), Decimal(f"{(self.top + y) * scale:.1f}")


@lru_cache(maxsize=4096)
def _pixels(mm: Decimal, dpi: int) -> Fraction:
    return Fraction(mm) * dpi / MM_PER_INCH


def zone_raster(sheet: Sheet, zone: Box, dpi: int) -> Raster | None:
    """The zone and 1 mm around it, or None where it does not lie on the paper."""
    return zone_rasters(sheet, (zone,), dpi)[zone]


def zone_rasters(sheet: Sheet, zones: Iterable[Box], dpi: int) -> dict[Box, Raster | None]:
    """Each zone and 1 mm around it, None for one that does not lie on the paper; near ones are drawn together, which is faster."""
    size = sheet.size(dpi)
    found: dict[Box, Raster | None] = {}
    pixels: dict[Box, _Pixels] = {}
    for zone in zones:
        x, y, width, height = zone
        if x < 0 or y < 0 or _pixels(x + width, dpi) > size[0] + 1 or _pixels(y + height, dpi) > size[1] + 1:
            found[zone] = None
        else:
            pixels[zone] = _around(zone, dpi, size)
    for whole, members in _together(pixels):
        left, top, _, _ = whole
        grey = _render(sheet, dpi, whole)
        for zone in members:
            own = pixels[zone]
            cut = grey[own[1] - top : own[3] - top, own[0] - left : own[2] - left]
            found[zone] = Raster(cut, dpi, own[0], own[1])
    return found


@lru_cache(maxsize=1024)
def _around(zone: Box, dpi: int, size: tuple[int, int]) -> _Pixels:
    x, y, width, height = zone
    return (
        max(0, floor(_pixels(x - MARGIN_MM, dpi))),
        max(0, floor(_pixels(y - MARGIN_MM, dpi))),
        min(size[0], ceil(_pixels(x + width + MARGIN_MM, dpi))),
        min(size[1], ceil(_pixels(y + height + MARGIN_MM, dpi))),
    )


def _together(zones: Mapping[Box, _Pixels]) -> list[tuple[_Pixels, list[Box]]]:
    """Groups of zones whose common rectangle is not much larger than they are."""
    groups: list[tuple[_Pixels, list[Box]]] = []
    for zone, own in zones.items():
        for at, (whole, members) in enumerate(groups):
            left, top = min(whole[0], own[0]), min(whole[1], own[1])
            right, bottom = max(whole[2], own[2]), max(whole[3], own[3])
            both = (left, top, right, bottom)
            if _area(both) <= _WASTE * (_area(whole) + _area(own)):
                groups[at] = (both, [*members, zone])
                break
        else:
            groups.append((own, [zone]))
    return groups


def _area(pixels: _Pixels) -> int:
    return (pixels[2] - pixels[0]) * (pixels[3] - pixels[1])


def page_raster(sheet: Sheet, dpi: int, around: int = 0) -> Raster:
    """The paper as cut, and so many pixels around it."""
    width, height = sheet.size(dpi)
    grey = _render(sheet, dpi, (-around, -around, width + around, height + around))
    return Raster(grey, dpi, -around, -around)


def media_raster(sheet: Sheet, dpi: int) -> Raster:
    """All that pdfium shows of the page, bleed and all."""
    left, top, right, bottom = _shown(sheet, dpi / 72)
    box = floor(left + _HAIR_PX), floor(top + _HAIR_PX), ceil(right - _HAIR_PX), ceil(bottom - _HAIR_PX)
    return Raster(_render(sheet, dpi, box), dpi, box[0], box[1])


def colours(sheet: Sheet, raster: Raster) -> Grey:
    """Red, green and blue of every pixel of a raster of the sheet, along a third axis."""
    height, width = raster.pixels.shape
    pixels = (raster.left, raster.top, raster.left + width, raster.top + height)
    return _render(sheet, raster.dpi, pixels, colour=True)[:, :, ::-1]


def _shown(sheet: Sheet, scale: float) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what pdfium shows of the page, in pixels from the corner of the paper as cut."""
    left, bottom, right, top = sheet.page.get_bbox()
    trim = sheet.trim
    return (
        (left - trim.left) * scale,
        (trim.top - top) * scale,
        (right - trim.left) * scale,
        (trim.top - bottom) * scale,
    )


def _render(sheet: Sheet, dpi: int, pixels: _Pixels, *, colour: bool = False) -> Grey:
    """Grey pixels of a rectangle, or blue, green and red, counted from the corner of the paper as cut; white where the page does not reach."""
    left, top, right, bottom = pixels
    scale = dpi / 72
    shown = _shown(sheet, scale)
    form = raw.FPDFBitmap_BGR if colour else raw.FPDFBitmap_Gray
    bitmap = pdfium.PdfBitmap.new_native(right - left, bottom - top, form)
    bitmap.fill_rect(_WHITE, 0, 0, right - left, bottom - top)
    # pdfium's own unit here is a point from the top left of what it shows of the page
    matrix = raw.FS_MATRIX(scale, 0, 0, scale, shown[0] - left, shown[1] - top)
    clip = raw.FS_RECTF(
        max(0.0, shown[0] - left),
        max(0.0, shown[1] - top),
        min(right, shown[2]) - left,
        min(bottom, shown[3]) - top,
    )
    flags = raw.FPDF_ANNOT if colour else raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, sheet.page, matrix, clip, flags)
    drawn: Grey = bitmap.to_numpy()
    return drawn
