"""Symbols in whole dots, and what reaches the page when a PDF is made of their SVG."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from xml.etree import ElementTree as ET

import numpy as np
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import raster
from weasyprint import HTML

from barcodes.customer import CustomerBarcode
from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from barcodes.geometry import Rect, Symbol, from_bars, from_modules, nearest_dot, to_dots
from barcodes.piece import PieceMark
from barcodes.svg import to_svg

EXAMPLES = {
    "cvs": CvsBarcode("912345", "000020250600001234567", 0, date(2026, 6, 30), 0, 48_200).symbol(),
    "el-qr": ElQr(
        12_300,
        "999",
        "0" * 20,
        "123456",
        "99000",
        "999",
        2026,
        2026,
        "01",
        date(2026, 6, 30),
        date(2026, 7, 31),
    ).symbol(),
    "customer": CustomerBarcode("1540023", "3-16-4-205").symbol(),
    "piece": PieceMark("R08-N01", 12, 1, 6, "F").symbol(),
}


@pytest.mark.parametrize(
    ("mm", "dpi", "dots"), [("2.54", 600, 60), ("2.54", 300, 30), ("2", 600, 48), ("10", 300, 119)]
)
def test_millimetres_are_rounded_up_to_dots(mm, dpi, dots):
    assert to_dots(Decimal(mm), dpi) == dots


@pytest.mark.parametrize(("mm", "dot"), [("10", 236), ("20", 472), ("0.0211", 0), ("0.0212", 1)])
def test_the_nearest_dot_of_600_dpi(mm, dot):
    # 10 mm are 236.2 dots, 20 mm 472.4; 0.0212 mm are half a dot and a little.
    assert nearest_dot(Decimal(mm), 600) == dot


def test_size_in_millimetres_is_exact():
    assert Symbol(600, 600, 300, ()).width_mm == Fraction(254, 10)
    assert Symbol(600, 600, 300, ()).height_mm == Fraction(127, 10)


def test_bars_stand_between_their_quiet_zones():
    symbol = from_bars((2, 1, 1), dpi=600, dots_per_module=4, height=7, quiet=3)
    assert symbol == Symbol(600, 3 + 16 + 3, 7, (Rect(3, 0, 8, 7), Rect(15, 0, 4, 7)))


@given(
    st.integers(1, 12).flatmap(
        lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=12)
    )
)
def test_merged_rectangles_cover_exactly_the_black_modules(rows):
    image = raster(from_modules(rows, dpi=600, dots_per_module=3, quiet=2))
    expected = np.pad(np.kron(np.array(rows), np.ones((3, 3))), 6) == 1
    assert ((image == 0) == expected).all()


@given(st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=1, max_size=9))
def test_rectangles_never_overlap(rows):
    symbol = from_modules(rows, dpi=600, dots_per_module=1, quiet=0)
    assert sum(rect.width * rect.height for rect in symbol.rects) == sum(map(sum, rows))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_mark_lies_inside_its_box(name):
    symbol = EXAMPLES[name]
    for rect in symbol.rects:
        assert 0 <= rect.x < rect.x + rect.width <= symbol.width
        assert 0 <= rect.y < rect.y + rect.height <= symbol.height


@pytest.mark.parametrize("name", EXAMPLES)
def test_svg_has_the_symbols_size_and_one_path(name):
    symbol = EXAMPLES[name]
    root = ET.fromstring(to_svg(symbol))
    assert root.attrib["viewBox"] == f"0 0 {symbol.width} {symbol.height}"
    assert Decimal(root.attrib["width"].removesuffix("mm")) == pytest.approx(
        Decimal(float(symbol.width_mm)), abs=Decimal("1e-6")
    )
    (path,) = root
    assert path.attrib["d"].count("z") == len(symbol.rects)


@pytest.mark.parametrize("name", EXAMPLES)
def test_on_the_device_grid_the_pdf_prints_every_dot_where_it_belongs(name):
    # 1/10 inch from the corner is 60 dots at 600 dpi: on the grid, so no bar may gain or lose a dot.
    symbol = EXAMPLES[name]
    html = (
        "<style>@page{size:4in 2in;margin:0}body{margin:0}svg{position:absolute;left:0.1in;top:0.1in}</style>"
        + to_svg(symbol)
    )
    page = pypdfium2.PdfDocument(HTML(string=html).write_pdf())[0]
    image = page.render(scale=600 / 72, grayscale=True, no_smoothpath=True).to_numpy()
    found = image.reshape(image.shape[:2])[60 : 60 + symbol.height, 60 : 60 + symbol.width]
    assert ((found < 128) == (raster(symbol) == 0)).all()
