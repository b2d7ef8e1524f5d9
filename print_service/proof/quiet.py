"""Free ground around a decoded symbol and the height of its bars, measured in the raster.

A symbol that a patient decoder reads may still fail at a till: text in the quiet zone, bars cut low. Sources: quiet
zone 2.54 mm and bar height 10 mm at least for the payment slip's GS1-128 (technoveins.co.jp/t/barcheck/cvsbar.htm);
four modules for QR (ISO/IEC 18004); one module for Data Matrix (ISO/IEC 16022); 2 mm and a long bar of 3.40 mm at ten
points for the customer bar code, whose pitch is at most 1.30 mm then (日本郵便「郵便番号・バーコードマニュアル」pp. 12-13).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from print_service.proof.customer_bars import BARS
from print_service.proof.decode import CUSTOMER, Symbol
from print_service.proof.raster import INK_BELOW, Raster

GS1_QUIET_MM = 2.54
GS1_HEIGHT_MM = 10.0
QUIET_MODULES = {"el-qr": 4, "piece": 1}
CUSTOMER_QUIET_MM = 2.0
CUSTOMER_POINTS = (8.0, 11.5)
CUSTOMER_LONG_MM, CUSTOMER_PITCH_MM = 0.340, 0.130  # for one point: the shortest long bar, the widest pitch
SLACK_PX = 2  # edges fall between pixels on both sides


@dataclass(frozen=True)
class Shortage:
    """What is too small: `what` (left, right, top, bottom or height), measured and needed in tenths of a millimetre."""

    what: str
    measured: int
    needed: int


def _free(band: npt.NDArray[np.bool_], *, from_end: bool) -> int:
    """Pixels free of ink, counted along the last axis from the symbol outwards."""
    inked: npt.NDArray[np.bool_] = np.logical_or.reduce(band, axis=0)
    run = inked[::-1] if from_end else inked
    return int(run.argmax()) if run.any() else len(run)


def shortages(raster: Raster, symbol: Symbol) -> tuple[Shortage, ...]:
    """Every side of the symbol with too little free ground, and bars that are too low."""
    ink = raster.pixels < INK_BELOW
    per_mm = raster.dpi / 25.4
    if symbol.kind == "gs1-128":
        return _linear(ink, symbol, per_mm)
    if symbol.kind == CUSTOMER:
        return (*_sides(ink, symbol, CUSTOMER_QUIET_MM * per_mm, per_mm), *_customer_height(symbol, per_mm))
    if symbol.modules == 0:
        return ()
    return _sides(ink, symbol, QUIET_MODULES[symbol.kind] * (symbol.right - symbol.left + 1) / symbol.modules, per_mm)


def _sides(ink: npt.NDArray[np.bool_], symbol: Symbol, needed: float, per_mm: float) -> tuple[Shortage, ...]:
    edge = 2  # the decoder's box may lie a pixel inside or outside the outermost modules
    rows = slice(max(0, symbol.top - int(needed)), symbol.bottom + int(needed))
    columns = slice(max(0, symbol.left - int(needed)), symbol.right + int(needed))
    free = {
        "left": _free(ink[rows, : max(0, symbol.left - edge)], from_end=True),
        "right": _free(ink[rows, symbol.right + edge + 1 :], from_end=False),
        "top": _free(ink[: max(0, symbol.top - edge), columns].T, from_end=True),
        "bottom": _free(ink[symbol.bottom + edge + 1 :, columns].T, from_end=False),
    }
    return tuple(
        Shortage(side, round((pixels + edge) / per_mm * 10), round(needed / per_mm * 10))
        for side, pixels in free.items()
        if pixels + edge < needed - SLACK_PX
    )


def _customer_height(symbol: Symbol, per_mm: float) -> tuple[Shortage, ...]:
    """Long bars too short for their pitch, or more of one half than of the other, as when an edge has cut the bars."""
    high = symbol.bottom - symbol.top + 1
    pitch = (symbol.right - symbol.left + 1) / (BARS - 0.5)
    points = max(CUSTOMER_POINTS[0], pitch / per_mm / CUSTOMER_PITCH_MM)
    needed = CUSTOMER_LONG_MM * points * per_mm
    if symbol.uneven > SLACK_PX:
        needed = max(needed, high + symbol.uneven)
    elif high >= needed - SLACK_PX:
        return ()
    return (Shortage("height", round(high / per_mm * 10), round(needed / per_mm * 10)),)


def _linear(ink: npt.NDArray[np.bool_], symbol: Symbol, per_mm: float) -> tuple[Shortage, ...]:
    middle = (symbol.top + symbol.bottom) // 2
    rows = slice(max(0, middle - 3), middle + 4)
    needed = GS1_QUIET_MM * per_mm
    found = []
    edge = 2
    for side, free in (
        ("left", _free(ink[rows, : max(0, symbol.left - edge)], from_end=True)),
        ("right", _free(ink[rows, symbol.right + edge + 1 :], from_end=False)),
    ):
        if free + edge < needed - SLACK_PX:
            found.append(Shortage(side, round((free + edge) / per_mm * 10), round(GS1_QUIET_MM * 10)))
    high = _height(ink[:, max(0, symbol.left - edge) : symbol.left + edge + 1], middle)
    if high < GS1_HEIGHT_MM * per_mm - SLACK_PX:
        found.append(Shortage("height", round(high / per_mm * 10), round(GS1_HEIGHT_MM * 10)))
    return tuple(found)


def _height(ink: npt.NDArray[np.bool_], middle: int) -> int:
    """Height of the first bar in pixels: its longest column through the middle row."""
    best = 0
    for column in ink.T:
        if not column[middle]:
            continue
        up = column[middle::-1]
        down = column[middle:]
        best = max(best, (int((~up).argmax()) or len(up)) + (int((~down).argmax()) or len(down)) - 1)
    return best
