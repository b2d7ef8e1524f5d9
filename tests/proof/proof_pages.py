"""Pages with marks, drawn without any code of ours: python-barcode, segno and zint write the modules, pikepdf the file.

What the proof reads here has no author in common with the press, so a fault both share cannot hide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
import segno
import zxingcpp
from barcode.codex import Code128, Gs1_128
from proof_fonts import OCR_B, embed, shown

from print_service.proof import ExpectedMark, ExpectedPage

WIDTH, HEIGHT = Decimal("297.0"), Decimal("114.3")
ZONES = {
    "piece": (Decimal("280.0"), Decimal("4.0"), Decimal("12.0"), Decimal("12.0")),
    "gs1-128": (Decimal("20.0"), Decimal("85.0"), Decimal("60.0"), Decimal("12.0")),
    "el-qr": (Decimal("240.0"), Decimal("80.0"), Decimal("20.0"), Decimal("20.0")),
}
MM = 72 / 25.4
_ASCII = "".join(map(chr, range(0x20, 0x7F)))


@dataclass(frozen=True)
class Drawn:
    """Dark cells (True is black), the top left corner of the first, a cell's width and height; all in mm."""

    cells: np.ndarray
    x: float
    y: float
    module: float
    row: float

    def operators(self, page_height: float) -> str:
        out = []
        for j, line in enumerate(self.cells):
            start = None
            for i, dark in enumerate([*line, False]):
                if dark and start is None:
                    start = i
                elif not dark and start is not None:
                    box = (
                        (self.x + start * self.module) * MM,
                        (page_height - self.y - (j + 1) * self.row) * MM,
                        (i - start) * self.module * MM,
                        self.row * MM,
                    )
                    out.append("{:.4f} {:.4f} {:.4f} {:.4f} re".format(*box))
                    start = None
        return "\n".join([*out, "f"])


def _bars(modules: str) -> np.ndarray:
    return np.array([[c == "1" for c in modules]])


def gs1_128(digits: str, *, dx: float = 0, module: float = 25.4 / 600 * 4, height: float = 10.5) -> Drawn:
    """FNC1 + digits by python-barcode, 2.54 mm of quiet zone before it."""
    x, y, _, _ = (float(v) for v in ZONES["gs1-128"])
    return Drawn(_bars(Gs1_128(digits).build()[0]), x + 2.54 + dx, y, module, height)


def code_128(digits: str) -> Drawn:
    """The same digits without FNC1: what a scanner calls ]C0."""
    x, y, _, _ = (float(v) for v in ZONES["gs1-128"])
    return Drawn(_bars(Code128(digits).build()[0]), x + 2.54, y, 25.4 / 600 * 4, 10.5)


def qr(text: str, *, module: float = 0.3387) -> Drawn:
    """QR level M by segno, four modules of quiet zone before it."""
    x, y, _, _ = (float(v) for v in ZONES["el-qr"])
    matrix = segno.make_qr(text, error="m", boost_error=False).matrix
    return Drawn(np.array([[bool(c) for c in row] for row in matrix]), x + 4 * module, y + 4 * module, module, module)


def piece_mark(text: str, *, module: float = 0.3387) -> Drawn:
    """Data Matrix by zint (inside zxing-cpp's writer), two modules of quiet zone before it."""
    x, y, _, _ = (float(v) for v in ZONES["piece"])
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    cells = np.array(symbol.to_image(scale=1, add_quiet_zones=False)) == 0
    return Drawn(cells, x + 2 * module, y + 2 * module, module, module)


@dataclass
class Page:
    """One page to draw; `extra` is appended to its content as it stands."""

    marks: Sequence[Drawn] = ()
    width: float = float(WIDTH)
    height: float = float(HEIGHT)
    rotate: int = 0
    unit: float = 1
    extra: str = ""
    boxes: dict[str, list[float]] = field(default_factory=dict)


def write(path: Path, pages: Sequence[Page]) -> Path:
    """The pages as a PDF of one compressed stream each, with a line of text on every page."""
    pdf = pikepdf.new()
    font = embed(pdf, OCR_B, _ASCII)
    for page in pages:
        pdf.add_blank_page(page_size=(page.width * MM, page.height * MM))
        operators = "\n".join(mark.operators(page.height) for mark in page.marks)
        text = f"BT /F1 9 Tf 30 300 Td {shown(OCR_B, 'Sample text of a slip 012345678')} Tj ET\n"
        last = pdf.pages[-1]
        last.obj.Contents = pdf.make_stream(("0 g\n" + text + operators + "\n" + page.extra).encode())
        last.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        if page.rotate:
            last.obj.Rotate = page.rotate
        if page.unit != 1:
            last.obj.UserUnit = page.unit
        for name, box in page.boxes.items():
            last.obj[name] = pikepdf.Array(box)
    pdf.save(path, deterministic_id=True)
    return path


def piece_text(piece: int, *, batch: str = "R08-N01", sheet: int = 1, sheets: int = 1, side: str = "F") -> str:
    """The piece mark's payload by its documented format."""
    body = f"PS1:{batch}:{piece:06d}:{sheet:02d}/{sheets:02d}:{side}"
    return f"{body}:{sum(i * ord(c) for i, c in enumerate(body, 1)) % 97:02d}"


def cvs_text(piece: int) -> str:
    """Forty-four digits with the check digit of the standard (weights 3, 1 from the right)."""
    body = f"91999999{'13199':5s}{piece:016d}0260630{'0'}{48200:06d}"
    total = sum(int(c) * (3 if i % 2 == 0 else 1) for i, c in enumerate(reversed(body)))
    return body + str(-total % 10)


def qr_text(piece: int) -> str:
    """Some 255 digits: the proof compares an eL-QR as text."""
    return f"{piece:06d}".ljust(255, "7")


def slip(piece: int) -> tuple[Page, ExpectedPage]:
    """A slip's page with its three marks and what the ledger would expect of it, as page 0 of a file."""
    texts = {"piece": piece_text(piece), "gs1-128": cvs_text(piece), "el-qr": qr_text(piece)}
    page = Page([piece_mark(texts["piece"]), gs1_128(texts["gs1-128"]), qr(texts["el-qr"])])
    marks = tuple(ExpectedMark(kind, ZONES[kind], text) for kind, text in texts.items())
    return page, ExpectedPage(piece, 0, WIDTH, HEIGHT, marks)
