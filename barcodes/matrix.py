"""Modules of the two matrix symbols the marks need: QR and square Data Matrix.

Between `elqr`, `piece` and what draws them. `qr` and `ecc200` make the symbols of which a batch has hundreds of thousands; libzint
makes the rest, and decides how a text is encoded. Both are checked against independent encoders in the tests.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zint import DataMatrixOptions, Symbol, Symbology

from barcodes import ecc200

_QR_LEVEL = {"L": 1, "M": 2, "Q": 3, "H": 4}
_ONE_DIGIT = str.maketrans("123456789", "000000000")


@dataclass(frozen=True, slots=True)
class Modules:
    """A square symbol without quiet zone: `side` modules, and its rows from the top, each padded to whole bytes.

    A row's first module is the highest bit of its first byte, 1 is black; the padding is 0.
    """

    side: int
    packed: bytes

    def rows(self) -> tuple[tuple[bool, ...], ...]:
        """Rows of modules, True is black."""
        stride = len(self.packed) // self.side
        lines = (self.packed[start : start + stride] for start in range(0, len(self.packed), stride))
        return tuple(
            tuple(bit == "1" for bit in f"{int.from_bytes(line):0{8 * stride}b}"[: self.side]) for line in lines
        )


def qr(text: str, level: str) -> Modules:
    """The smallest QR symbol (model 2) of `level` that holds ASCII `text`."""
    symbol = Symbol()
    symbol.symbology = Symbology.QRCODE
    symbol.option_1 = _QR_LEVEL[level]
    symbol.encode(text)
    return _modules(symbol)


def data_matrix(text: str) -> Modules:
    """The smallest square Data Matrix (ECC 200) that holds ASCII `text`."""
    if _is_ascii_best(text.translate(_ONE_DIGIT)):
        return Modules(*ecc200.packed(text))
    return _zint_data_matrix(text)


# What encodation is shortest depends on where a text has digits, not on which: the pieces of a batch share two shapes or so.
@lru_cache(maxsize=4096)
def _is_ascii_best(shape: str) -> bool:
    theirs = _zint_data_matrix(shape)
    return theirs.side in ecc200.SIZES and theirs == Modules(*ecc200.packed(shape))


def _zint_data_matrix(text: str) -> Modules:
    symbol = Symbol()
    symbol.symbology = Symbology.DATAMATRIX
    symbol.option_3 = DataMatrixOptions.SQUARE
    symbol.encode(text)
    return _modules(symbol)


_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def _modules(symbol: Any) -> Modules:
    packed = symbol.encoded_data
    stride, used = packed.shape[1], -(-symbol.width // 8)
    data = packed.tobytes().translate(_MIRRORED)
    rows = (data[row * stride : row * stride + used] for row in range(symbol.rows))
    return Modules(symbol.width, b"".join(rows))
