"""Rasters of a finished PDF by pdfium: the whole page or one zone of it, in grey, at a stated dpi.

Step 5 judges what a printer would put on paper, so nothing here looks at the PDF's text or operators. Only a zone's own
pixels are drawn; pdfium clips the rest of the page away.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from print_service.proof.model import Box

MM_PER_INCH = Fraction(254, 10)
MARGIN_MM = Decimal(1)
INK_BELOW = 128

_WASTE = 1.6
_Pixels = tuple[int, int, int, int]
Grey = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Raster:
    """Grey pixels (0 black), their dpi, and the page pixel of their top left corner."""

    pixels: Grey
    dpi: int
    left: int = 0
    top: int = 0

    def mm(self, x: float, y: float) -> tuple[Decimal, Decimal]:
        """Where on the page the pixel (x, y) of this raster lies, in mm to one decimal."""
        scale = 25.4 / self.dpi
        return Decimal(f"{(self.left + x) * scale:.1f}"), Decimal(f"{(self.top + y) * scale:.1f}")


def size_mm(page: pdfium.PdfPage) -> tuple[Decimal, Decimal]:
    """Width and height of the page as a viewer shows it, mm to two decimals."""
    return Decimal(f"{page.get_width() / 72 * 25.4:.2f}"), Decimal(f"{page.get_height() / 72 * 25.4:.2f}")


@lru_cache(maxsize=4096)
def _pixels(mm: Decimal, dpi: int) -> Fraction:
    return Fraction(mm) * dpi / MM_PER_INCH


def zone_raster(page: pdfium.PdfPage, zone: Box, dpi: int) -> Raster | None:
    """The zone and 1 mm around it, or None where it does not lie on the page."""
    return zone_rasters(page, (zone,), dpi)[zone]


def zone_rasters(page: pdfium.PdfPage, zones: Iterable[Box], dpi: int) -> dict[Box, Raster | None]:
    """Each zone and 1 mm around it, None for one that does not lie on the page; near ones are drawn together, which is faster."""
    size = ceil(page.get_width() * dpi / 72), ceil(page.get_height() * dpi / 72)
    found: dict[Box, Raster | None] = {}
    pixels: dict[Box, _Pixels] = {}
    for zone in zones:
        x, y, width, height = zone
        if x < 0 or y < 0 or _pixels(x + width, dpi) > size[0] + 1 or _pixels(y + height, dpi) > size[1] + 1:
            found[zone] = None
        else:
            pixels[zone] = _around(zone, dpi, size)
    for whole, members in _together(pixels):
        left, top, right, bottom = whole
        grey = _render(page, dpi, (left, size[1] - bottom, size[0] - right, top))
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


def page_raster(page: pdfium.PdfPage, dpi: int) -> Raster:
    """The whole page."""
    return Raster(_render(page, dpi, (0, 0, 0, 0)), dpi)


def _render(page: pdfium.PdfPage, dpi: int, cut: tuple[int, int, int, int]) -> Grey:
    """Grey pixels of the page less what is cut off at left, bottom, right and top, in pixels."""
    scale = dpi / 72
    # half a pixel less, because pdfium's crop rounds up and a whole number may come back a hair above itself
    crop = tuple(max(0.0, (side - 0.5) / scale) for side in cut)
    bitmap: Any = page.render(scale=scale, crop=crop, grayscale=True)
    pixels: Grey = bitmap.to_numpy()
    return pixels[:, :, 0] if pixels.ndim == 3 else pixels
