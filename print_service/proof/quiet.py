"""Free ground around a decoded symbol and the height of its bars, measured in the raster.

A symbol that a patient decoder reads may still fail at a till: text in the quiet zone, bars cut low. Sources: quiet
zone 2.54 mm and bar height 10 mm at least for the payment slip's GS1-128 (technoveins.co.jp/t/barcheck/cvsbar.htm);
four modules for QR (ISO/IEC 18004); one module for Data Matrix (ISO/IEC 16022).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from print_service.proof.decode import Symbol
from print_service.proof.raster import Raster

GS1_QUIET_MM = 2.54
GS1_HEIGHT_MM = 10.0
QUIET_MODULES = {"el-qr": 4, "piece": 1}
INK_BELOW = 128
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
    if symbol.modules == 0:
        return ()
    needed = QUIET_MODULES[symbol.kind] * (symbol.right - symbol.left + 1) / symbol.modules
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
