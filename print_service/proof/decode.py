"""Marks in a raster: text, symbology identifier and place of each symbol found, by zxing-cpp and our own reader of customer bars.

The formats are restricted to what the zone is for. The quick look takes the raster as it is; the thorough one also
turns and shrinks it, which costs three times as much and is kept for zones that would not read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import zxingcpp
from zxingcpp import BarcodeFormat, BarcodeFormats, TextMode

from print_service.proof.customer_bars import read_bars
from print_service.proof.raster import INK_BELOW, Raster

FORMATS: Mapping[str, BarcodeFormat] = {
    "gs1-128": BarcodeFormat.Code128,
    "el-qr": BarcodeFormat.QRCode,
    "piece": BarcodeFormat.DataMatrix,
}
CUSTOMER = "customer"
KINDS = (*FORMATS, CUSTOMER)


@dataclass(frozen=True)
class Symbol:
    """A decoded symbol: `symbology` is the AIM identifier (`]C1` is GS1-128), the box is in pixels of its raster.

    `modules` is the symbol's width in modules where the symbology tells it, else 0; `mask` is the data mask a QR says it has. Of a
    customer bar code we check the check digit ourselves (`check_holds`) and measure by how many pixels its upper and lower halves
    differ (`uneven`).
    """

    kind: str
    text: str
    symbology: str
    left: int
    top: int
    right: int
    bottom: int
    modules: int
    check_holds: bool = True
    uneven: int = 0
    mask: int = 0

    @property
    def centre(self) -> tuple[float, float]:
        """Middle of the box, pixels."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def scaled(self, times: int) -> "Symbol":
        """The same symbol in a raster of so many times the dpi."""
        right, bottom = (self.right + 1) * times, (self.bottom + 1) * times
        return replace(self, left=self.left * times, top=self.top * times, right=right, bottom=bottom)


def _told(extra: object, name: str) -> str:
    return str(extra.get(name, "")) if isinstance(extra, dict) else ""


def _modules(kind: str, version: str) -> int:
    if kind == "el-qr" and version.isdecimal():
        return 17 + 4 * int(version)
    if kind == "piece" and "x" in version:
        return int(version.split("x")[1])
    return 0


def decode(raster: Raster, kinds: tuple[str, ...], *, thorough: bool = False) -> tuple[Symbol, ...]:
    """Every symbol of these kinds in the raster, from top left to bottom right."""
    symbols = _matrices_and_bars(raster, tuple(kind for kind in kinds if kind in FORMATS), thorough=thorough)
    if CUSTOMER in kinds:
        symbols += _customer_bars(raster)
    return tuple(sorted(symbols, key=lambda s: (s.top, s.left, s.kind, s.text)))


def _customer_bars(raster: Raster) -> list[Symbol]:
    return [
        Symbol(CUSTOMER, b.text, "", b.left, b.top, b.right - 1, b.bottom - 1, 0, b.check_holds, b.uneven)
        for b in read_bars(raster.pixels < INK_BELOW, raster.dpi)
    ]


def _matrices_and_bars(raster: Raster, kinds: tuple[str, ...], *, thorough: bool) -> list[Symbol]:
    if not kinds:
        return []
    found = zxingcpp.read_barcodes(
        raster.pixels,
        formats=BarcodeFormats([FORMATS[kind] for kind in kinds]),
        try_rotate=thorough,
        try_downscale=thorough,
        try_invert=False,
        text_mode=TextMode.Plain,
    )
    kind_of = {form: kind for kind, form in FORMATS.items()}
    symbols = []
    for each in found:
        kind = kind_of.get(each.symbology, "")
        corners = [getattr(each.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
        xs, ys = [corner.x for corner in corners], [corner.y for corner in corners]
        modules, mask = _modules(kind, _told(each.extra, "Version")), int(_told(each.extra, "DataMask") or 0)
        box = min(xs), min(ys), max(xs), max(ys)
        symbols.append(Symbol(kind, each.text, each.symbology_identifier, *box, modules, mask=mask))
    return symbols
