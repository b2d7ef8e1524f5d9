"""A second opinion on bar codes and QR: zbar reads what zxing-cpp has read.

Used for a stratified sample of a file's pages when asked for. zbar knows neither Data Matrix nor the customer bar code, and does not tell
FNC1 from none; what it says of the digits has no line of code in common with the first decoder.
"""

from functools import cache
from importlib import import_module
from typing import Any

from print_service.findings import refuse
from print_service.proof.raster import Raster

_TYPES = {"gs1-128": "CODE128", "el-qr": "QRCODE"}


@cache
def _zbar() -> Any:
    """The library pyzbar with its library. Raises RefusedError `proof.second-decoder-absent`."""
    try:
        return import_module("pyzbar.pyzbar")
    except (ImportError, OSError) as error:
        raise refuse("proof.second-decoder-absent", reason=str(error)) from error


def require_second_decoder() -> None:
    """Raises RefusedError where zbar is not installed."""
    _zbar()


def confirms(raster: Raster, kind: str, text: str) -> str | None:
    """What zbar reads in the raster (empty: nothing); None for a kind of mark it does not know."""
    if kind not in _TYPES:
        return None
    zbar = _zbar()
    pixels = raster.pixels.copy(order="C")
    data = (pixels.tobytes(), pixels.shape[1], pixels.shape[0])
    read = [
        found.data.decode("ascii", "replace").strip("\x1d")
        for found in zbar.decode(data, symbols=[zbar.ZBarSymbol[_TYPES[kind]]])
    ]
    return text if text in read else " / ".join(read)
