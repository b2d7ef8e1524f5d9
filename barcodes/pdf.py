"""A placed symbol as PDF operators: its rectangles filled in DeviceGray black, one unit per dot.

The last step of `barcodes` for a press; `svg` and `png` draw the same rectangles. Operators as in ISO 32000-1, 8.3-8.6.
A bar drawn off the device grid grows by the "any touched pixel" rule (ISO 32000-1, 10.7.4): corner and sizes are whole
dots, so that a device of the symbol's resolution, or of a multiple of it, prints every bar as wide as it was computed.
"""

from decimal import Decimal
from functools import lru_cache

from barcodes.geometry import Rect, narrow_bars
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
    symbol = narrow_bars(placed.symbol, reduction)
    lines = "".join(map(_rectangle, symbol.rects))
    return f"{_matrix(symbol.dpi, placed.x, placed.y, page_height_mm)}{lines}f Q".encode()


# The same few thousand rectangles recur on every slip of a batch; looking them up is three times as quick as writing.
@lru_cache(maxsize=32_768)
def _rectangle(rect: Rect) -> str:
    return f"{rect.x} {rect.y} {rect.width} {rect.height} re\n"


@lru_cache(maxsize=1024)
def _matrix(dpi: int, x: int, y: int, page_height_mm: Decimal | None) -> str:
    dot = Decimal(_POINTS_PER_INCH) / dpi
    left, top = dot * x, dot * y
    if page_height_mm is None:
        return f"q {_number(dot)} 0 0 {_number(dot)} {_number(left)} {_number(top)} cm 0 g\n"
    bottom = page_height_mm * _POINTS_PER_INCH / _MM_PER_INCH - top
    return f"q {_number(dot)} 0 0 -{_number(dot)} {_number(left)} {_number(bottom)} cm 0 g\n"


def _number(value: Decimal) -> str:
    text = f"{value.quantize(_DECIMALS):f}".rstrip("0").rstrip(".")
    return text or "0"
