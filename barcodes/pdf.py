"""A placed symbol as PDF operators: its `ink` at its corner on the page, in DeviceGray black.

The last step of `barcodes` for a press; `svg` and `png` draw the same rectangles. Operators as in ISO 32000-1, 8.3-8.6.
The corner is a whole number of dots, so that a device of the symbol's resolution, or of a multiple of it, prints every
bar as wide as it was computed.
"""

from decimal import Decimal
from functools import lru_cache

from barcodes.ink import ink
from barcodes.place import Placed

_POINTS_PER_INCH = 72
_MM_PER_INCH = Decimal("25.4")
_DECIMALS = Decimal("1e-10")


def to_operators(placed: Placed, page_height_mm: Decimal | None = None, reduction: int = 0) -> bytes:
    """The operators, between `q` and `Q`, for a content stream in points.

    Without `page_height_mm` the stream's y axis must point down from the page's top, as WeasyPrint's does; with it,
    the stream is a plain page's, y up from the bottom. `reduction` takes that many dots off every bar's width. Raises
    `MarkError` as `narrow_bars` does.
    """
    matrix = _matrix(placed.symbol.dpi, placed.x, placed.y, page_height_mm)
    return matrix + ink(placed.symbol, reduction).operators + b"Q"


@lru_cache(maxsize=1024)
def _matrix(dpi: int, x: int, y: int, page_height_mm: Decimal | None) -> bytes:
    dot = Decimal(_POINTS_PER_INCH) / dpi
    left, top = dot * x, dot * y
    if page_height_mm is None:
        return f"q {_number(dot)} 0 0 {_number(dot)} {_number(left)} {_number(top)} cm 0 g\n".encode()
    bottom = page_height_mm * _POINTS_PER_INCH / _MM_PER_INCH - top
    return f"q {_number(dot)} 0 0 -{_number(dot)} {_number(left)} {_number(bottom)} cm 0 g\n".encode()


def _number(value: Decimal) -> str:
    text = f"{value.quantize(_DECIMALS):f}".rstrip("0").rstrip(".")
    return text or "0"
