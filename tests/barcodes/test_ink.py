"""Ink: the same dots as the mark's symbol, in renderers of both rules of what a shape covers, and nothing that smooths or ends it early."""

import shutil
import subprocess
from datetime import date
from decimal import Decimal
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mark_raster import raster, read
from PIL import Image

from barcodes import cvs, elqr
from barcodes.customer import CustomerBarcode
from barcodes.cvs import DOTS_PER_MODULE, CvsBarcode
from barcodes.elqr import ElQr
from barcodes.geometry import Symbol
from barcodes.ink import Ink, customer_ink, cvs_ink, elqr_ink, piece_ink
from barcodes.piece import PieceMark
from barcodes.rules import MarkError

CVS = CvsBarcode("912345", "000020250600001234567", 0, date(2026, 6, 30), 0, 48_200).digits()
EL_QR = ElQr(
    12_300, "999", "9" * 20, "123456", "99000", "999", 2026, 2026, "01", date(2026, 6, 30), date(2026, 7, 31)
).payload()
PIECE = PieceMark("R08-N01", 12, 1, 6, "F")
WIDTH_PT, HEIGHT_PT = 288, 144  # 4 by 2 inches: whole dots at every resolution here


def narrow_bars(symbol, dots):
    """By hand: half is taken off each side, an odd dot at the right; the box stays."""
    bars = [bar._replace(x=bar.x + dots // 2, width=bar.width - dots) for bar in symbol.rects]
    return Symbol(symbol.dpi, symbol.width, symbol.height, tuple(bars))


DRAWN = {
    **{f"cvs at {dpi}": (cvs_ink(CVS, dpi), cvs.parse(CVS).symbol(dpi)) for dpi in DOTS_PER_MODULE},
    **{
        f"cvs at 600 narrower by {dots}": (cvs_ink(CVS, reduction=dots), narrow_bars(cvs.parse(CVS).symbol(), dots))
        for dots in (1, 2, 3)
    },
    **{
        f"customer at {dpi}": (
            customer_ink("26300233-30-8-403", dpi),
            CustomerBarcode("2630023", "3-30-8-403").symbol(dpi),
        )
        for dpi in (300, 600)
    },
    "customer of letters": (customer_ink("62300116-7LB106"), CustomerBarcode("6230011", "6-7LB106").symbol()),
    "customer of no address": (customer_ink("1000013"), CustomerBarcode("1000013", "").symbol()),
    "customer narrower": (
        customer_ink("26300233-30-8-403", reduction=1),
        narrow_bars(CustomerBarcode("2630023", "3-30-8-403").symbol(), 1),
    ),
    **{f"el-qr at {dpi}": (elqr_ink(EL_QR, dpi), elqr.parse(EL_QR).symbol(dpi)) for dpi in (300, 600, 1200)},
    "el-qr of 8 dots": (elqr_ink(EL_QR, 600, 8), elqr.parse(EL_QR).symbol(600, 8)),
    **{f"piece at {dpi}": (piece_ink(PIECE, dpi), PIECE.symbol(dpi)) for dpi in (300, 600, 1200)},
    "piece as QR": (piece_ink(PIECE, kind="qr"), PIECE.symbol(kind="qr")),
    "piece of a long batch": (
        piece_ink(PieceMark("R08-ABCD-012", 999_999, 99, 99, "B")),
        PieceMark("R08-ABCD-012", 999_999, 99, 99, "B").symbol(),
    ),
}

needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler is not installed")
needs_ghostscript = pytest.mark.skipif(shutil.which("gs") is None, reason="ghostscript is not installed")


def on_page(drawn, x, y):
    dot = Decimal(72) / drawn.dpi
    return b"q %s 0 0 -%s %s %s cm 0 g\n%sQ\n" % (
        *(str(number).encode() for number in (dot, dot, dot * x, HEIGHT_PT - dot * y)),
        drawn.operators,
    )


def page(operators):
    document = pikepdf.new()
    document.add_blank_page(page_size=(WIDTH_PT, HEIGHT_PT))
    document.pages[0].Contents = document.make_stream(operators)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def pdfium(pdf, dpi, **how):
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72, grayscale=True, **how).to_numpy()
    return image.reshape(image.shape[:2])


def poppler(pdf, dpi):
    command = ["pdftoppm", "-r", str(dpi), "-mono", "-"]
    return np.asarray(
        Image.open(BytesIO(subprocess.run(command, input=pdf, check=True, capture_output=True).stdout)).convert("L")
    )


def ghostscript(pdf, dpi):
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pbmraw", f"-r{dpi}", "-sOutputFile=-", "-"]
    return np.asarray(
        Image.open(BytesIO(subprocess.run(command, input=pdf, check=True, capture_output=True).stdout)).convert("L")
    )


def expected(symbol, x, y, finer):
    black = np.zeros((HEIGHT_PT * symbol.dpi // 72, WIDTH_PT * symbol.dpi // 72), dtype=bool)
    black[y : y + symbol.height, x : x + symbol.width] = raster(symbol) == 0
    return np.kron(black, np.ones((finer, finer), dtype=bool))


@pytest.mark.parametrize("finer", [1, 2])
@pytest.mark.parametrize("name", DRAWN)
def test_pdfium_paints_the_symbols_dots(name, finer):
    drawn, symbol = DRAWN[name]
    assert (drawn.dpi, drawn.width, drawn.height) == (symbol.dpi, symbol.width, symbol.height)
    found = pdfium(page(on_page(drawn, 61, 37)), drawn.dpi * finer, no_smoothpath=True) < 128
    assert (found == expected(symbol, 61, 37, finer)).all()


@pytest.mark.parametrize("dpi", DOTS_PER_MODULE)
def test_narrower_bars_are_still_read_at_every_resolution(dpi):
    plain, narrowed = (pdfium(page(on_page(cvs_ink(CVS, dpi, reduction=dots), 61, 37)), dpi) for dots in (0, 1))
    assert (
        np.count_nonzero(plain[60] < 128) - np.count_nonzero(narrowed[60] < 128) == 79
    )  # bars of a GS1-128 of 44 digits
    (found,) = read(narrowed)
    assert (found.text, found.symbology_identifier) == (CVS, "]C1")


@needs_poppler
@pytest.mark.parametrize("name", DRAWN)
def test_a_renderer_that_paints_every_pixel_touched_paints_no_dot_more(name):
    # ISO 32000-1, 10.7.4. Without the twentieth of a dot poppler prints most bars a dot wider at these places.
    drawn, symbol = DRAWN[name]
    for x, y in ((61, 37), (83, 41)):
        assert ((poppler(page(on_page(drawn, x, y)), drawn.dpi) < 128) == expected(symbol, x, y, 1)).all()


@needs_ghostscript
@pytest.mark.parametrize("name", ["cvs at 600", "customer at 600", "el-qr at 600", "piece at 600"])
def test_ghostscript_paints_the_symbols_dots(name):
    drawn, symbol = DRAWN[name]
    found = ghostscript(page(on_page(drawn, 61, 37)), drawn.dpi) < 128
    assert (found == expected(symbol, 61, 37, 1)).all()


@pytest.mark.parametrize(("make", "text"), [(elqr_ink, EL_QR), (cvs_ink, CVS)], ids=["el-qr", "cvs"])
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_a_reader_reads_ink_at_half_its_resolution_wherever_it_stands(make, text, x, y):
    (found,) = read(pdfium(page(on_page(make(text), x, y)), 300))
    assert found.text == text


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 999_999))
def test_a_reader_reads_piece_marks_at_half_their_resolution_wherever_they_stand(x, y, number):
    mark = PieceMark("R08-N01", number, 1, 6, "F")
    (found,) = read(pdfium(page(on_page(piece_ink(mark), x, y)), 300))
    assert found.text == mark.payload()


@pytest.mark.parametrize("drawn", [elqr_ink(EL_QR), piece_ink(PIECE)], ids=["el-qr", "piece"])
def test_a_matrix_is_one_picture_that_nothing_smooths_or_ends_early(drawn):
    document = pikepdf.new()
    matrix, picture = pikepdf.parse_content_stream(document.make_stream(drawn.operators))
    assert str(matrix.operator) == "cm"
    image = picture.iimage
    assert image.image_mask
    assert (image.bits_per_component, image.width) == (1, image.height)
    assert b"Interpolate" not in drawn.operators
    data = drawn.operators.partition(b"ID ")[2].partition(b">")[0]
    assert set(data) <= set(b"0123456789abcdef")
    assert len(data) == 2 * image.height * -(-image.width // 8)


def test_many_el_qr_are_each_its_own():
    others = [
        ElQr(each, "999", "9" * 20, "123456", "99000", "999", 2026, 2026, "01", date(2026, 6, 30), date(2026, 7, 31))
        for each in (1, 2, 3)
    ]
    drawn = [elqr_ink(mark.payload()) for mark in others]
    assert drawn == [elqr_ink(mark.payload()) for mark in others]
    assert len({each.operators for each in drawn}) == 3


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: cvs_ink(CVS, 240), "slip.dpi-too-coarse"),
        (lambda: cvs_ink(CVS, 600, Decimal(9)), "slip.too-low"),
        (lambda: cvs_ink(CVS, reduction=4), "symbol.reduction"),
        (lambda: cvs_ink(CVS, reduction=5), "symbol.reduction"),
        (lambda: cvs_ink(CVS, reduction=-1), "symbol.reduction"),
        (lambda: customer_ink("15400001-1"), "customer.catch-all-postcode"),
        (lambda: customer_ink("26300233ー30"), "customer.digits"),
        (lambda: customer_ink("26300233-30", points=Decimal(7)), "customer.point-size"),
        (lambda: customer_ink("26300233-30", reduction=40), "symbol.reduction"),
        (lambda: elqr_ink(EL_QR, 600, 5), "symbol.module-too-small"),
        (lambda: piece_ink(PIECE, 0), "symbol.dpi"),
    ],
)
def test_what_a_symbol_refuses_ink_refuses(make, key):
    with pytest.raises(MarkError) as error:
        make()
    assert error.value.key == key


def test_operators_of_bars_are_rectangles_a_tenth_of_a_dot_smaller():
    drawn = customer_ink("1000013")
    assert isinstance(drawn, Ink)
    assert drawn.operators.startswith(b"1 0 0 1 .05 .05 cm\n48 48 13.9 84.9 re\n")
    assert drawn.operators.endswith(b"re\nf\n")
