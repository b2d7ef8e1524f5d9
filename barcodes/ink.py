"""A mark as PDF operators in printer dots, straight from what is stored of it: the quick road to the page.

Beside `svg` and `png`, which draw a `Symbol`. Operators as in ISO 32000-1, 8.3-8.5 and 8.9; their origin is the mark's top left, a unit is a
dot, y points down, and they paint in the fill colour that is set: a caller writes `q <dot> 0 0 -<dot> <x> <y> cm 0 g`, the operators, `Q`.

Dots stay dots in every renderer only because nothing touches the grid's lines. Two rules are in use for what a shape covers (10.7.4):
every pixel it touches, or every pixel whose centre it holds; and an edge computed in floating point lies a hair beside its line. So
bars and rectangles end a twentieth of a dot, pictures a tenth of a dot inside of where they stand. Measured with poppler, MuPDF,
Ghostscript and pdfium at 300, 600 and 1200 dpi: without it poppler without smoothing and MuPDF print bars a dot wider, with it none does.

A matrix is one picture of a bit a module (an inline image mask), because its hundreds of rectangles would be most of the page. Its data
is hexadecimal, so that no reader can find the end of the picture inside of it. It is not smoothed: /Interpolate stays out, which
PDF/A-3 (ISO 19005-3, 6.2.8) asks for as well. One renderer of those tried smooths it nevertheless: cairo, below four pixels a module.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import repeat
from operator import getitem

from barcodes import code128, cvs, elqr, piece, qr
from barcodes.customer import CustomerBarcode, in_dots
from barcodes.geometry import Rect, check_reduction
from barcodes.matrix import Modules
from barcodes.piece import Kind, PieceMark


@dataclass(frozen=True, slots=True)
class Ink:
    """The operators of one mark, its box with quiet zones in dots of `dpi`."""

    dpi: int
    width: int
    height: int
    operators: bytes


def cvs_ink(digits: str, dpi: int = 600, height_mm: Decimal = Decimal("10.5"), reduction: int = 0) -> Ink:
    """The convenience-store mark that `CvsBarcode.digits` wrote; digits from elsewhere go through `cvs.parse` first.

    `reduction` takes that many dots off every bar's width, half from each side and an odd one at the right: a printer's ink spreads.
    Raises `MarkError` as `CvsBarcode.symbol` and `check_reduction` do, `ValueError` for what Code 128 C cannot hold.
    """
    dots, height, quiet = cvs.in_dots(dpi, height_mm)
    check_reduction(reduction, dots)
    values, starts = code128.places_of(digits, dots, quiet)
    bars = map(_character, values, starts, repeat(dots), repeat(height), repeat(reduction))
    return _of_bars(dpi, code128.width(len(digits), dots, quiet), height, bars)


def customer_ink(text: str, dpi: int = 600, points: Decimal = Decimal(10), reduction: int = 0) -> Ink:
    """The customer barcode of seven digits of post code and the address digits after them (16000223-30-8).

    `reduction` as in `cvs_ink`. Raises `MarkError` as `CustomerBarcode` and `check_reduction` do.
    """
    width, height, places = _customer_places(dpi, points, reduction)
    return _of_bars(dpi, width, height, map(getitem, places, CustomerBarcode(text[:7], text[7:]).bars()))


def elqr_ink(payload: str, dpi: int = 600, dots_per_module: int | None = None) -> Ink:
    """The eL-QR that `ElQr.payload` wrote, a picture; digits from elsewhere go through `elqr.parse` first.

    Raises `MarkError` as `ElQr.symbol` does, `ValueError` for anything but 255 digits.
    """
    return _picture(qr.numeric_255(payload), dpi, elqr.module_dots(dpi, dots_per_module), elqr.QUIET_MODULES)


def piece_ink(mark: PieceMark, dpi: int = 600, dots_per_module: int | None = None, kind: Kind = "data-matrix") -> Ink:
    """The piece mark, a picture. Raises `MarkError` as `PieceMark.symbol` does."""
    return _picture(mark.modules(kind), dpi, piece.module_dots(dpi, dots_per_module), piece.QUIET_MODULES[kind])


def _of_bars(dpi: int, width: int, height: int, bars: Iterable[str]) -> Ink:
    return Ink(dpi, width, height, f"1 0 0 1 .05 .05 cm\n{''.join(bars)}f\n".encode())


# The same few thousand bars recur on every slip of a batch; looking them up is far quicker than writing.
@lru_cache(maxsize=32_768)
def _character(value: int, x: int, dots: int, height: int, reduction: int) -> str:
    return "".join(_rectangle(bar, reduction) for bar in code128.bars(value, x, dots, height))


@cache
def _customer_places(dpi: int, points: Decimal, reduction: int) -> tuple[int, int, tuple[dict[str, str], ...]]:
    width, height, places = in_dots(dpi, points)
    check_reduction(reduction, places[0]["F"].width)
    written = tuple({kind: _rectangle(bar, reduction) for kind, bar in place.items()} for place in places)
    return width, height, written


@lru_cache(maxsize=32_768)
def _rectangle(rect: Rect, reduction: int = 0) -> str:
    return f"{rect.x + reduction // 2} {rect.y} {rect.width - reduction - 1}.9 {rect.height - 1}.9 re\n"


def _picture(modules: Modules, dpi: int, dots: int, quiet: int) -> Ink:
    side = (modules.side + 2 * quiet) * dots
    data = modules.packed.translate(_PAINTED).hex()
    return Ink(dpi, side, side, f"{_picture_head(modules.side, dots, quiet)}{data}>\nEI\n".encode())


# A mask paints where a bit is 0.
_PAINTED = bytes(255 - byte for byte in range(256))


@lru_cache(maxsize=1024)
def _picture_head(modules: int, dots: int, quiet: int) -> str:
    size = f"{modules * dots - 1}.8"
    matrix = f"{size} 0 0 -{size} {quiet * dots}.1 {(modules + quiet) * dots - 1}.9 cm\n"
    return f"{matrix}BI/W {modules}/H {modules}/BPC 1/IM true/F/AHx ID "
