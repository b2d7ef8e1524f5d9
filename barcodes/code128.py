"""Code 128, only as much as the convenience-store slip needs: code set C behind FNC1, an even number of digits.

Between `cvs` and `geometry`. Source: ISO/IEC 15417 (JIS X 0504) character table and modulo 103 check character; GS1
General Specifications for FNC1 directly after the start character, which makes a reader report `]C1`.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, count
from operator import mul

from barcodes.geometry import Rect, Symbol, from_bars

_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
_ELEMENTS = tuple(tuple(int(width) for width in character) for character in _TABLE.split())
_FNC1, _START_C, _STOP = 102, 105, 106
_CHARACTER_MODULES, _STOP_MODULES = 11, 13
_PAIR_VALUES = bytes(10 * (byte >> 4) + (byte & 15) if byte & 15 < 10 > byte >> 4 else 0 for byte in range(256))


def characters(digits: str) -> tuple[int, ...]:
    """Character values for an even number of digits: Start C, FNC1, the pairs, the modulo 103 check character, Stop."""
    # Read as hexadecimal, two digits are one byte; the table turns it into the pair's value.
    data = bytes.fromhex(digits).translate(_PAIR_VALUES)
    check = (_START_C + _FNC1 + sum(map(mul, data, count(2)))) % 103
    return (_START_C, _FNC1, *data, check, _STOP)


def symbol(digits: str, dpi: int, dots_per_module: int, height: int, quiet: int) -> Symbol:
    """The bars of the same digits, `height` and the `quiet` zone of each side in dots."""
    places = zip(*places_of(digits, dots_per_module, quiet), strict=True)
    rects = chain.from_iterable(bars(value, x, dots_per_module, height) for value, x in places)
    return Symbol(dpi, width(len(digits), dots_per_module, quiet), height, tuple(rects))


def places_of(digits: str, dots_per_module: int, quiet: int) -> tuple[Sequence[int], Sequence[int]]:
    """Character values for the same digits, and where each begins, in dots from the left."""
    values = characters(digits)
    step = _CHARACTER_MODULES * dots_per_module
    return values, range(quiet, quiet + len(values) * step, step)


def width(digits: int, dots_per_module: int, quiet: int) -> int:
    """Dots that so many digits take with the quiet zones of both sides."""
    return quiet + (digits // 2 + 3) * _CHARACTER_MODULES * dots_per_module + _STOP_MODULES * dots_per_module + quiet


# A character at a place is the same rectangles on every slip: 107 characters at 26 places, for each size in use.
@lru_cache(maxsize=32_768)
def bars(value: int, x: int, dots_per_module: int, height: int) -> tuple[Rect, ...]:
    """The bars of one character that begins `x` dots from the left."""
    alone = from_bars(_ELEMENTS[value], 1, dots_per_module, height, 0)
    return tuple(bar._replace(x=bar.x + x) for bar in alone.rects)
