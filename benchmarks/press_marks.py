"""The marks of a page as the rivals of `press.py` draw them: made while drawing, by libzint (C), the very modules that ours have.

A mark is a picture of a pixel a module, an eL-QR in the mask of least penalty as the standard has it; the one row of a GS1-128 is
stretched to its height. libzint takes no address digits that must be cut, so the bars of the customer barcode come from `barcodes`.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import zint
from press_records import Said

from barcodes.customer import CustomerBarcode, in_dots
from barcodes.geometry import nearest_dot
from barcodes.piece import PieceMark
from print_service.press.model import Zone

DOT = 72 / 600
CUSTOMER = in_dots(600, Decimal(10))[2]  # each place's bar by its kind
_FULL = CUSTOMER[0]["F"]
_COLUMNS = {kind: np.zeros(_FULL.height, bool) for kind in CUSTOMER[0]}
for _kind, _bar in CUSTOMER[0].items():
    _COLUMNS[_kind][_bar.y - _FULL.y : _bar.y - _FULL.y + _bar.height] = True


@dataclass(frozen=True)
class Picture:
    """Modules (rows and columns, True is black) and the box they fill, in dots of 600 dpi from the page's top left."""

    modules: Any
    x: int
    y: int
    width: int
    height: int


def words(said: Said) -> str:
    """What a reader gets."""
    return said.payload() if isinstance(said, PieceMark) else said


def picture(zone: Zone, said: Said) -> Picture:
    """A mark in its zone."""
    x, y = corner(zone)
    if isinstance(said, PieceMark):
        return _matrix(_modules("DATAMATRIX", said.payload(), option_3=zint.DataMatrixOptions.SQUARE), x, y, 8, 1)
    if zone.kind == "el-qr":
        return _matrix(_modules("QRCODE", said, option_1=2, option_2=6), x, y, 6, 4)
    if zone.kind == "gs1-128":
        row = _modules("GS1_128", f"[91]{said[2:]}")[:1]
        return Picture(row, x + 60, y, 4 * row.shape[1], 249)
    bars = np.zeros((_FULL.height, 2 * len(CUSTOMER) - 1), bool)  # bars and spaces are of one width
    for place, kind in enumerate(customer_bars(said)):
        bars[:, 2 * place] = _COLUMNS[kind]
    return Picture(bars, x + _FULL.x, y + _FULL.y, _FULL.width * bars.shape[1], _FULL.height)


def customer_bars(said: str) -> str:
    """The 67 bars of a customer barcode, `F` full, `A` upper, `D` lower, `T` timing."""
    return CustomerBarcode(said[:7], said[7:]).bars()


@cache
def corner(zone: Zone) -> tuple[int, int]:
    """The zone's top left in dots of the page."""
    return nearest_dot(zone.x_mm, 600), nearest_dot(zone.y_mm, 600)


def _matrix(modules: Any, x: int, y: int, dots: int, quiet: int) -> Picture:
    side = len(modules) * dots
    return Picture(modules, x + quiet * dots, y + quiet * dots, side, side)


def _modules(symbology: str, text: str, **options: Any) -> Any:
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    for name, value in options.items():
        setattr(symbol, name, value)
    symbol.encode(text)
    packed = np.asarray(symbol.encoded_data)[: symbol.rows, : -(-symbol.width // 8)]
    return np.unpackbits(packed, axis=1, count=symbol.width, bitorder="little").view(bool)
