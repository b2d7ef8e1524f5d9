"""Where a symbol stands on a page: at its box's corner, snapped to the printer's dots, or not at all.

Between `geometry` and `pdf`. Nothing is ever scaled to fit, because a scaled module no longer is a whole number of
dots: a box that is too small is refused with the millimetres the symbol needs.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor

from barcodes.geometry import Symbol, to_mm
from barcodes.rules import fault, refuse_any


@dataclass(frozen=True, slots=True)
class Box:
    """The area a form keeps free for a symbol with its quiet zone; millimetres from the page's top left."""

    x_mm: Decimal
    y_mm: Decimal
    width_mm: Decimal
    height_mm: Decimal


@dataclass(frozen=True, slots=True)
class Placed:
    """A symbol and its top left corner, in dots of the symbol's own resolution from the page's top left."""

    symbol: Symbol
    x: int
    y: int


def place(symbol: Symbol, box: Box) -> Placed:
    """The symbol, unscaled, at the box's top left corner moved to the nearest dot (at most half a dot away).

    Raises `MarkError` `symbol.box-too-small` with the width and height needed in mm (rounded up to a hundredth).
    """
    dpi = symbol.dpi
    if symbol.width > _whole_dots(box.width_mm, dpi) or symbol.height > _whole_dots(box.height_mm, dpi):
        refuse_any(
            [
                fault(
                    "symbol.box-too-small",
                    width_mm=_hundredths_up(symbol.width_mm),
                    height_mm=_hundredths_up(symbol.height_mm),
                    box_width_mm=str(box.width_mm),
                    box_height_mm=str(box.height_mm),
                )
            ]
        )
    return Placed(symbol, nearest_dot(box.x_mm, dpi), nearest_dot(box.y_mm, dpi))


@lru_cache(maxsize=1024)
def nearest_dot(mm: Decimal, dpi: int) -> int:
    """The dot edge nearest to `mm` at `dpi`; of two, the farther one."""
    return floor(Fraction(mm) / to_mm(1, dpi) + Fraction(1, 2))


@lru_cache(maxsize=1024)
def _whole_dots(mm: Decimal, dpi: int) -> int:
    return floor(Fraction(mm) / to_mm(1, dpi))


def _hundredths_up(length: Fraction) -> str:
    hundredths = ceil(length * 100)
    return f"{hundredths // 100}.{hundredths % 100:02d}"
