"""A symbol as a PNG: a pixel a dot at its own resolution, read by a reader that is not ours."""

from datetime import date
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mark_raster import raster, read
from PIL import Image

from barcodes.cvs import CvsBarcode
from barcodes.geometry import Rect, Symbol
from barcodes.piece import PieceMark
from barcodes.png import to_png, to_rows

MARK = CvsBarcode("912345", "000020250600001234567", 0, date(2026, 6, 30), 0, 48_200)
EXAMPLES = {"cvs": MARK.symbol(), "piece": PieceMark("R08-N01", 12, 1, 6, "F").symbol()}


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(1, 20), st.integers(72, 1200), st.data())
def test_a_png_is_the_symbol_a_pixel_a_dot_at_its_resolution(width, height, dpi, data):
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    symbol = Symbol(dpi, width, height, (Rect(x, y, width - x, height - y),))
    image = Image.open(BytesIO(to_png(symbol)))
    assert (np.asarray(image.convert("L")) == raster(symbol)).all()
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.02)
    assert [list(row) for row in to_rows(symbol)] == raster(symbol).tolist()


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_png_is_read_by_a_reader(name):
    (found,) = read(np.asarray(Image.open(BytesIO(to_png(EXAMPLES[name]))).convert("L")))
    assert found.text in (MARK.digits(), "PS1:R08-N01:000012:01/06:F:83")
