"""The modules of a matrix symbol as printed, against those of the symbol that its text makes.

Error correction reads a symbol with a corner gone or a blot on it as if it were whole, and the next fold or scratch is one too many for
the inserter. So the text is encoded anew by zxing-cpp's writer (libzint; the press draws by code of its own) and module is compared with
module: ISO/IEC 16022 for Data Matrix, ISO/IEC 18004 for QR, of level M as the eL-QR has it and with the mask that it says, for
encoders choose different ones.
"""

import numpy as np
import numpy.typing as npt
import zxingcpp

from print_service.proof.decode import FORMATS, Symbol
from print_service.proof.raster import INK_BELOW, Raster

_WITHIN = (0.4, 0.6)  # of a module: the pixels at its middle, whatever edges the box has been rounded to

Modules = npt.NDArray[np.bool_]


def wrong_modules(raster: Raster, symbol: Symbol) -> tuple[int, int]:
    """How many modules are not as they should be, of how many; none of none for a kind that has no modules.

    A symbol of another size, or encoded in another way, is wrong in half of them or more.
    """
    if symbol.modules == 0:
        return 0, 0
    wanted = _encoded(symbol)
    if wanted.shape != (symbol.modules, symbol.modules):
        return wanted.size, wanted.size
    printed = _printed(raster, symbol)
    wrong = _differing(printed, wanted)
    if wrong:  # it may be turned
        wrong = min(wrong, *(_differing(printed, np.rot90(wanted, turns)) for turns in (1, 2, 3)))
    return wrong, wanted.size


def _differing(printed: Modules, wanted: Modules) -> int:
    """Modules of which any of four pixels differs."""
    upper, lower = printed[::2], printed[1::2]
    wrong = (
        (upper[:, ::2] != wanted) | (upper[:, 1::2] != wanted) | (lower[:, ::2] != wanted) | (lower[:, 1::2] != wanted)
    )
    return int(np.count_nonzero(wrong))


def _encoded(symbol: Symbol) -> Modules:
    options = {"ec_level": "M", "data_mask": symbol.mask} if symbol.kind == "el-qr" else {}
    made = zxingcpp.create_barcode(symbol.text, FORMATS[symbol.kind], **options)
    modules: Modules = np.array(made.to_image(scale=1, add_quiet_zones=False)) < INK_BELOW
    return modules


def _printed(raster: Raster, symbol: Symbol) -> Modules:
    """Ink at two by two pixels of each module, counted from the outermost ink, half a module from the decoder's box at most."""
    around = max(1, (symbol.right - symbol.left + 1) // symbol.modules // 2)
    top, left = max(0, symbol.top - around), max(0, symbol.left - around)
    ink = raster.pixels[top : symbol.bottom + around + 1, left : symbol.right + around + 1] < INK_BELOW
    rows, columns = (_middles(np.logical_or.reduce(ink, axis=axis), symbol.modules) for axis in (1, 0))
    return ink[np.ix_(rows, columns)]


def _middles(inked: npt.NDArray[np.bool_], modules: int) -> npt.NDArray[np.intp]:
    """Two pixels of each module between the first and the last that hold ink."""
    first, last = int(inked.argmax()), len(inked) - int(inked[::-1].argmax())
    at = np.add.outer(np.arange(modules), _WITHIN).ravel() * ((last - first) / modules)
    middles: npt.NDArray[np.intp] = (first + at).astype(np.intp)
    return middles
