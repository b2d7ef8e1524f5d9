"""Marks: speed against named rivals, and which print survives which degradation.

`python benchmarks/marks.py` prints symbols a second on one core (processor time, best of five rounds, single process) and ratios;
`python benchmarks/marks.py --degraded` prints a table of dpi against degradation. Both tables stand in `benchmarks/marks.md`.
Degraded prints are made here from ideal bitmaps, one pixel a dot: blur is Gaussian with its sigma in dots, growth adds dots on
every side of everything black, noise is Gaussian of standard deviation 15 of 255. Readers: zxing-cpp, and for the customer barcode
our own. Ten different marks of each kind; a cell says how many were read with every digit right.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import segno
import zint
import zxingcpp
from barcode.codex import Gs1_128
from PIL import Image, ImageFilter

from barcodes.customer import CustomerBarcode
from barcodes.customer import parse as parse_customer
from barcodes.customer_raster import read as read_customer
from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from barcodes.geometry import Symbol
from barcodes.ink import customer_ink, cvs_ink, elqr_ink, piece_ink
from barcodes.piece import PieceMark
from barcodes.png import to_rows
from barcodes.rules import MarkError

MANY, ROUNDS, EACH = 4000, 5, 10
DAY = date(2026, 6, 30)


def cvs_mark(number: int) -> CvsBarcode:
    return CvsBarcode("912345", f"{number * 7_919:021d}", 0, DAY + timedelta(number % 300), 0, 1 + number * 31)


def address(number: int) -> str:
    return f"千葉市稲毛区緑町{number % 9 + 1}丁目{number % 97 + 1}-{number % 31 + 1}　郵便ビル{number}号"


def customer_mark(number: int) -> CustomerBarcode:
    return CustomerBarcode.from_address("263-0023", address(number))


def el_qr(number: int) -> ElQr:
    return ElQr(1 + number, "999", f"{number:020d}", "123456", "99000", "999", 2026, 2026, "01", DAY, DAY)


def rate(work: Callable[[int], object], count: int = MANY) -> float:
    best = 0.0
    for _ in range(ROUNDS):
        start = time.process_time()
        for number in range(count):
            work(number)
        best = max(best, count / (time.process_time() - start))
    return best


def speed() -> None:
    digits = [cvs_mark(number).digits() for number in range(MANY)]
    payloads = [el_qr(number).payload() for number in range(MANY)]
    marks = map(customer_mark, range(MANY))
    customers = [f"{mark.postcode}{mark.digits}" for mark in marks]
    pieces = [PieceMark("R08-N01", number + 1, 1, 6, "F").payload() for number in range(MANY)]
    rows = [
        ("GS1-128: 44 digits, checked, to PDF operators", lambda n: cvs_ink(digits[n])),
        ("python-barcode: the same digits to modules", lambda n: Gs1_128(digits[n]).build()),
        (
            "libzint (C, zint-bindings): the same digits to modules",
            lambda n: zint_modules("GS1_128", f"[91]{digits[n][2:]}"),
        ),
        ("libzint: the same digits to its rectangles", lambda n: zint_rectangles(f"[91]{digits[n][2:]}")),
        ("customer barcode: address to 67 bars", lambda n: customer_mark(n).bars()),
        ("customer barcode: its stored digits, checked, to PDF operators", lambda n: customer_ink(customers[n])),
        (
            "libzint: ready digits (no address) to customer bars",
            lambda n: zint_modules("JAPANPOST", "2630023" + f"{n}-1-2"),
        ),
        ("eL-QR: 255 digits, checked, to PDF operators", lambda n: elqr_ink(payloads[n])),
        ("segno: the same digits to modules, best of eight masks", lambda n: segno_modules(payloads[n])),
        ("libzint: the same digits to modules, best of eight masks", lambda n: zint_modules("QRCODE", payloads[n])),
        ("piece mark: fields to PDF operators", lambda n: piece_ink(PieceMark("R08-N01", n + 1, 1, 6, "F"))),
        ("libzint: the same text to modules", lambda n: zint_modules("DATAMATRIX", pieces[n])),
    ]
    ours = 0.0
    print("| what | a second | ours is |\n|---|---|---|")
    for name, work in rows:
        rival = name.startswith(("python-barcode", "libzint", "segno"))
        found = rate(work, 40 if name.startswith("segno") else MANY)
        ours = ours if rival else found
        print(f"| {name} | {found:,.0f} | {f'{ours / found:.2f} ×' if rival else ''} |")
    if shutil.which("zint"):
        start = time.perf_counter()
        for each in digits[:50]:
            subprocess.run(
                ["zint", "-b", "GS1_128", "-d", f"[91]{each[2:]}", "--dump"], check=True, capture_output=True
            )
        print(f"| zint, a process a symbol | {50 / (time.perf_counter() - start):,.0f} | |")


def segno_modules(text: str) -> object:
    return segno.make(text, version=6, error="m", boost_error=False, micro=False).matrix


def zint_modules(symbology: str, text: str) -> object:
    symbol = zint.Symbol()
    symbol.symbology = getattr(zint.Symbology, symbology)
    if symbology == "QRCODE":
        symbol.option_1 = 2  # level M
    symbol.encode(text)
    return symbol.encoded_data.tobytes()


def zint_rectangles(text: str) -> object:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.GS1_128
    symbol.encode(text)
    symbol.buffer_vector()
    return symbol


def grown(image: Image.Image, dots: int) -> Image.Image:
    """Every black area wider by `dots` dots in all across and down (half on each side, an odd dot at the right)."""
    grey = np.asarray(image)
    result = grey.copy()
    for right in range(dots + 1):
        for down in range(dots + 1):
            result = np.minimum(result, np.roll(grey, (down - dots // 2, right - dots // 2), (0, 1)))
    return Image.fromarray(result)


def rotated(image: Image.Image, degrees: float) -> Image.Image:
    return image.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def noisy(image: Image.Image) -> Image.Image:
    grey = np.asarray(image).astype(np.float64)
    grain = np.random.default_rng(20260630).normal(0, 15, grey.shape)
    return Image.fromarray(np.clip(grey + grain, 0, 255).astype(np.uint8))


DEGRADATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "as drawn": lambda image: image,
    "blur 1.0": lambda image: image.filter(ImageFilter.GaussianBlur(1.0)),
    "blur 1.5": lambda image: image.filter(ImageFilter.GaussianBlur(1.5)),
    "blur 2.0": lambda image: image.filter(ImageFilter.GaussianBlur(2.0)),
    "growth 1": lambda image: grown(image, 1),
    "growth 2": lambda image: grown(image, 2),
    "rotated 2°": lambda image: rotated(image, 2),
    "noise": noisy,
    "growth 1, blur 1, 2°, noise": lambda image: noisy(
        rotated(grown(image, 1), 2).filter(ImageFilter.GaussianBlur(1.0))
    ),
}


def kinds() -> Iterator[tuple[str, int, list[tuple[Symbol, str]]]]:
    for dpi in (300, 400, 480, 600):
        yield "GS1-128", dpi, [((mark := cvs_mark(n)).symbol(dpi), mark.digits()) for n in range(EACH)]
    for dpi in (300, 400, 480, 600):
        yield "eL-QR", dpi, [((mark := el_qr(n)).symbol(dpi), mark.payload()) for n in range(EACH)]
    for dpi in (240, 300, 400, 480, 600):
        yield "customer 10 pt", dpi, [((mark := customer_mark(n)).symbol(dpi), mark.bars()) for n in range(EACH)]
    for dpi in (300, 600):
        yield (
            "customer 8 pt",
            dpi,
            [((mark := customer_mark(n)).symbol(dpi, Decimal(8)), mark.bars()) for n in range(EACH)],
        )
    for kind in ("data-matrix", "qr"):
        for dpi in (300, 400, 480, 600):
            marks = [PieceMark("R08-N01", n + 1, 1, 6, "F") for n in range(EACH)]
            yield f"piece, {kind}", dpi, [(mark.symbol(dpi, kind=kind), mark.payload()) for mark in marks]


def survives(symbol: Symbol, text: str, degrade: Callable[[Image.Image], Image.Image]) -> bool:
    rows = np.array([list(row) for row in to_rows(symbol)], dtype=np.uint8)
    image = degrade(Image.fromarray(np.pad(rows, 12, constant_values=255)))
    if set(text) <= set("FADT"):
        try:
            reading = read_customer([bytes(row) for row in np.asarray(image)])
        except MarkError:
            return False
        return reading == parse_customer(text)
    found = zxingcpp.read_barcodes(np.asarray(image), text_mode=zxingcpp.TextMode.Plain)
    return [each.text for each in found] == [text]


def degraded() -> None:
    print(f"| mark | dpi | dots a module | {' | '.join(DEGRADATIONS)} |")
    print("|---" * (len(DEGRADATIONS) + 3) + "|")
    for name, dpi, marks in kinds():
        cells = [sum(survives(symbol, text, degrade) for symbol, text in marks) for degrade in DEGRADATIONS.values()]
        narrowest = min(min(rect.width, rect.height) for rect in marks[0][0].rects)
        shown = ["all" if count == EACH else "–" if count == 0 else f"{count} of {EACH}" for count in cells]
        print(f"| {name} | {dpi} | {narrowest} | {' | '.join(shown)} |")


if __name__ == "__main__":
    if "--degraded" in sys.argv[1:]:
        degraded()
    else:
        speed()
