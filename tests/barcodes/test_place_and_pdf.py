"""A symbol on a page: never scaled, on the printer's dots, the same rectangles in PDF, PNG and bitmap."""

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

from barcodes.customer import CustomerBarcode
from barcodes.cvs import DOTS_PER_MODULE, CvsBarcode
from barcodes.geometry import Rect, Symbol, narrow_bars
from barcodes.pdf import to_operators
from barcodes.piece import PieceMark
from barcodes.place import Box, Placed, place
from barcodes.png import to_png, to_rows
from barcodes.rules import MarkError

MARK = CvsBarcode("912345", "000020250600001234567", 0, date(2026, 6, 30), 0, 48_200)
CVS, CUSTOMER = MARK.symbol(), CustomerBarcode("1540023", "3-16-4-205").symbol()
PIECE = PieceMark("R08-N01", 12, 1, 6, "F").symbol()
EXAMPLES = {"cvs": CVS, "customer": CUSTOMER, "piece": PIECE}
WIDTH_PT, HEIGHT_PT = 288, 144  # 4 by 2 inches
HEIGHT_MM = Decimal("50.8")


def box(width="60", height="12", x="10", y="20"):
    return Box(Decimal(x), Decimal(y), Decimal(width), Decimal(height))


def keys(error):
    return [fault.key for fault in error.value.faults]


def page(operators, dpi):
    """A page with these operators alone, rendered at `dpi` without smoothing."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(WIDTH_PT, HEIGHT_PT))
    document.pages[0].Contents = document.make_stream(operators)
    file = BytesIO()
    document.save(file)
    view = pypdfium2.PdfDocument(file.getvalue())[0]
    image = view.render(scale=dpi / 72, grayscale=True, no_smoothpath=True).to_numpy()
    return image.reshape(image.shape[:2]) < 128


@pytest.mark.parametrize(("width", "height"), [("53.84", "12"), ("60", "10.5"), ("1", "1")])
def test_too_small_a_box_is_refused_with_the_millimetres_needed(width, height):
    # 1272 dots of 600 dpi are 53.848 mm, 249 are 10.541 mm.
    with pytest.raises(MarkError) as error:
        place(CVS, box(width, height))
    assert keys(error) == ["symbol.box-too-small"]
    assert "幅53.85 mm・高さ10.55 mm" in str(error.value)


def test_a_box_of_exactly_the_millimetres_told_is_enough():
    assert place(CVS, box("53.85", "10.55")).symbol is CVS


def test_the_corner_snaps_to_the_nearest_dot():
    # 10 mm are 236.2 dots, 20 mm 472.4 dots of 600 dpi; 0.0212 mm are half a dot and a little.
    assert place(CVS, box()) == Placed(CVS, 236, 472)
    assert place(CVS, box(x="0.0211")).x == 0
    assert place(CVS, box(x="0.0212")).x == 1


@pytest.mark.parametrize("upwards", [False, True])
@pytest.mark.parametrize("finer", [1, 2])
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_dot_is_printed_where_it_belongs_on_the_printer_and_on_a_finer_one(name, finer, upwards):
    placed = Placed(EXAMPLES[name], 61, 37)
    turned = b"1 0 0 -1 0 %d cm\n" % HEIGHT_PT  # what a press with its y axis down has in front of everything
    found = page(to_operators(placed, HEIGHT_MM) if upwards else turned + to_operators(placed), 600 * finer)
    expected = np.zeros((1200, 2400), dtype=bool)
    symbol = placed.symbol
    expected[37 : 37 + symbol.height, 61 : 61 + symbol.width] = raster(symbol) == 0
    assert (found == np.kron(expected, np.ones((finer, finer), dtype=bool))).all()


def test_operators_end_a_twentieth_of_a_dot_inside_of_whole_dots_in_black_of_device_grey():
    symbol = Symbol(600, 20, 20, (Rect(4, 4, 3, 12),))
    drawn = b"q 0.12 0 0 0.12 12 6 cm 0 g\n1 0 0 1 .05 .05 cm\n4 4 2.9 11.9 re\nf\nQ"
    assert to_operators(Placed(symbol, 100, 50)) == drawn


def test_a_resolution_that_does_not_divide_72_keeps_ten_decimals():
    assert to_operators(Placed(Symbol(203, 1, 1, ()), 203, 0)).startswith(b"q 0.354679803 0 0 0.354679803 72 0 cm")


@pytest.mark.parametrize("dpi", DOTS_PER_MODULE)
def test_narrower_bars_are_still_read_at_every_resolution(dpi):
    made = MARK.symbol(dpi)
    narrowed = narrow_bars(made, 1)
    assert [after.width for after in narrowed.rects] == [before.width - 1 for before in made.rects]
    assert (narrowed.width, narrowed.height) == (made.width, made.height)
    (found,) = read(raster(narrowed))
    assert (found.text, found.symbology_identifier) == (MARK.digits(), "]C1")


def test_reduction_reaches_the_page():
    assert to_operators(Placed(CVS, 0, 0), reduction=1) == to_operators(Placed(narrow_bars(CVS, 1), 0, 0))
    assert narrow_bars(CVS, 3).rects[0] == CVS.rects[0]._replace(x=CVS.rects[0].x + 1, width=CVS.rects[0].width - 3)


@pytest.mark.parametrize("dots", [4, 5, -1])
def test_a_reduction_that_makes_a_bar_vanish_is_refused(dots):
    with pytest.raises(MarkError) as error:
        to_operators(Placed(CVS, 0, 0), reduction=dots)
    assert keys(error) == ["symbol.reduction"]


def test_a_matrix_is_not_narrowed():
    with pytest.raises(MarkError) as error:
        narrow_bars(PIECE, 1)
    assert keys(error) == ["symbol.not-bars"]


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 20), st.integers(72, 1200), st.data())
def test_a_png_is_the_symbol_a_pixel_a_dot_at_its_resolution(width, height, dpi, data):
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    symbol = Symbol(dpi, width, height, (Rect(x, y, width - x, height - y),))
    image = Image.open(BytesIO(to_png(symbol)))
    assert (np.asarray(image.convert("L")) == raster(symbol)).all()
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert [list(row) for row in to_rows(symbol)] == raster(symbol).tolist()


@pytest.mark.parametrize("name", ["cvs", "piece"])
def test_a_png_is_read_by_a_reader(name):
    (found,) = read(np.asarray(Image.open(BytesIO(to_png(EXAMPLES[name]))).convert("L")))
    assert found.text in (MARK.digits(), "PS1:R08-N01:000012:01/06:F:83")
