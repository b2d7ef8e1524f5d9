"""Modules of the two matrix symbols the marks need, from libzint: QR and square Data Matrix.

Between `elqr`, `piece` and `geometry`. libzint places the modules; which version, level and mask it chose is checked
against independent encoders in the tests, and the size again here, because a symbol of another size would no longer
fit its zone.
"""

from typing import Any

from zint import DataMatrixOptions, Symbol, Symbology

_QR_LEVEL = {"L": 1, "M": 2, "Q": 3, "H": 4}


def qr_numeric(digits: str, version: int, level: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules of a QR symbol (model 2) of exactly `version` and `level`, without quiet zone.

    Raises `ValueError` when the digits do not fit that version; the marks that call this have fixed lengths.
    """
    symbol = Symbol()
    symbol.symbology = Symbology.QRCODE
    symbol.option_1 = _QR_LEVEL[level]
    symbol.option_2 = version
    try:
        symbol.encode(digits)
    except RuntimeError as error:
        raise ValueError(f"{len(digits)} digits do not fit QR version {version}-{level}") from error
    rows = _rows(symbol)
    side = 17 + 4 * version
    if len(rows) != side or len(rows[0]) != side:
        raise ValueError(f"QR of {len(rows)} modules a side where version {version} has {side}")
    return rows


def qr(text: str, level: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules of the smallest QR symbol (model 2) of `level` that holds ASCII `text`, without quiet zone."""
    symbol = Symbol()
    symbol.symbology = Symbology.QRCODE
    symbol.option_1 = _QR_LEVEL[level]
    symbol.encode(text)
    return _rows(symbol)


def data_matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of modules of the smallest square Data Matrix (ECC 200) that holds ASCII `text`, without quiet zone."""
    symbol = Symbol()
    symbol.symbology = Symbology.DATAMATRIX
    symbol.option_3 = DataMatrixOptions.SQUARE
    symbol.encode(text)
    return _rows(symbol)


def _rows(symbol: Any) -> tuple[tuple[bool, ...], ...]:
    packed = symbol.encoded_data
    stride = packed.shape[1]
    data = packed.tobytes()
    return tuple(
        tuple(bool(data[row * stride + column // 8] >> column % 8 & 1) for column in range(symbol.width))
        for row in range(symbol.rows)
    )
