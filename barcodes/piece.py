"""The piece mark (丁合マーク): which batch, piece, sheet and side a page is, with a check, as a small Data Matrix or
QR, whichever the inserter reads.

Every page carries one, so that an inserter, an inspector and the read-back of finished files can tell whose page it is
without reading a name. There is no public standard; the payload is documented here and re-implemented by the reader on
its own:

    PS1:<batch>:<piece, 6 digits>:<sheet, 2>/<sheets, 2>:<F or B>:<check, 2>

where check is the sum of place times ASCII code over everything before the last colon (places from 1), modulo 97.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from operator import mul
from typing import Literal

from barcodes import geometry
from barcodes.geometry import Symbol, from_modules
from barcodes.matrix import Modules, data_matrix, qr
from barcodes.rules import Fault, MarkError, fault, refuse_any

Kind = Literal["data-matrix", "qr"]

_BATCH = re.compile(r"[A-Z0-9-]{1,12}")
_PAYLOAD = re.compile(r"PS1:([A-Z0-9-]{1,12}):([0-9]{6}):([0-9]{2})/([0-9]{2}):([FB]):([0-9]{2})")
QUIET_MODULES: Mapping[Kind, int] = {"data-matrix": 1, "qr": 4}
_USUAL_MODULE_MM = Decimal("0.338")
_LEAST_MODULE_MM = Decimal("0.25")


@dataclass(frozen=True)
class PieceMark:
    """One page of one piece: `batch` 1-12 of A-Z 0-9 hyphen, `piece` 1-999999, `sheet` 1 to `sheets` (at most 99),
    `side` F or B.

    Raises `MarkError`.
    """

    batch: str
    piece: int
    sheet: int
    sheets: int
    side: str

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if not _BATCH.fullmatch(self.batch):
            faults.append(fault("piece.batch", batch=self.batch))
        if not 1 <= self.piece <= 999_999:
            faults.append(fault("piece.piece", piece=self.piece))
        if not 1 <= self.sheet <= self.sheets <= 99:
            faults.append(fault("piece.sheet", sheet=self.sheet, sheets=self.sheets))
        if self.side not in ("F", "B"):
            faults.append(fault("piece.side", side=self.side))
        refuse_any(faults)

    def payload(self) -> str:
        """The text in the symbol."""
        body = f"PS1:{self.batch}:{self.piece:06d}:{self.sheet:02d}/{self.sheets:02d}:{self.side}"
        return f"{body}:{_check(body)}"

    def symbol(self, dpi: int = 600, dots_per_module: int | None = None, kind: Kind = "data-matrix") -> Symbol:
        """A square Data Matrix with one module of quiet zone, or a QR of level M with four, at `dpi`.

        Without `dots_per_module` a module covers 0.338 mm (8 dots at 600 dpi: as a Data Matrix 7.5 mm in all for a
        batch name of seven characters, 8.2 mm for twelve; as a QR 11.2 mm). Raises `MarkError` below 0.25 mm.
        """
        return from_modules(self.modules(kind).rows(), dpi, module_dots(dpi, dots_per_module), QUIET_MODULES[kind])

    def modules(self, kind: Kind = "data-matrix") -> Modules:
        """The modules of the symbol, without quiet zone."""
        return qr(self.payload(), "M") if kind == "qr" else data_matrix(self.payload())


def module_dots(dpi: int, wanted: int | None) -> int:
    """Dots of a module, as `PieceMark.symbol` takes and refuses them."""
    return geometry.module_dots(dpi, wanted, _USUAL_MODULE_MM, _LEAST_MODULE_MM)


def parse(payload: str) -> PieceMark:
    """The piece mark a payload stands for. Raises `MarkError`: another form, a wrong check, or a field out of rule."""
    match = _PAYLOAD.fullmatch(payload)
    if match is None:
        raise MarkError(fault("piece.payload", payload=payload[:60]))
    expected = _check(payload[:-3])
    if expected != match[6]:
        raise MarkError(fault("piece.check", expected=expected, found=match[6]))
    return PieceMark(match[1], int(match[2]), int(match[3]), int(match[4]), match[5])


def _check(body: str) -> str:
    return f"{sum(map(mul, body.encode(), count(1))) % 97:02d}"
