"""Rasters of a finished PDF by pdfium: the whole page or one zone of it, in grey, at a stated dpi.

Step 5 judges what a printer would put on paper, so nothing here looks at the PDF's text or operators. Only a zone's own
pixels are drawn; pdfium clips the rest of the page away.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium

from print_service.proof.model import Box

MM_PER_INCH = Fraction(254, 10)
MARGIN_MM = Decimal(1)
INK_BELOW = 128

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


def _pixels(mm: Decimal, dpi: int) -> Fraction:
    return Fraction(mm) * dpi / MM_PER_INCH


def zone_raster(page: pdfium.PdfPage, zone: Box, dpi: int) -> Raster | None:
    """The zone and 1 mm around it, or None where it does not lie on the page."""
    x, y, width, height = zone
    page_width, page_height = ceil(page.get_width() * dpi / 72), ceil(page.get_height() * dpi / 72)
    left = max(0, floor(_pixels(x - MARGIN_MM, dpi)))
    top = max(0, floor(_pixels(y - MARGIN_MM, dpi)))
    right = min(page_width, ceil(_pixels(x + width + MARGIN_MM, dpi)))
    bottom = min(page_height, ceil(_pixels(y + height + MARGIN_MM, dpi)))
    if x < 0 or y < 0 or _pixels(x + width, dpi) > page_width + 1 or _pixels(y + height, dpi) > page_height + 1:
        return None
    return Raster(_render(page, dpi, (left, page_height - bottom, page_width - right, top)), dpi, left, top)


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
