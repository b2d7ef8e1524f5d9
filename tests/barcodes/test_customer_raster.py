"""The reader of the customer barcode: clean, degraded, tilted, on its head, and what it refuses."""

import tomllib
from contextlib import suppress
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mark_raster import VECTORS, raster
from PIL import Image, ImageFilter

from barcodes.customer import CustomerBarcode, CustomerReading
from barcodes.customer_raster import read, read_bars
from barcodes.png import to_rows
from barcodes.rules import MarkError

DRAWN = tomllib.loads((VECTORS / "marks_customer.toml").read_text(encoding="utf-8"))["bars"][0]
MADE = CustomerBarcode(DRAWN["postcode"], DRAWN["digits"])

DEGRADED = {
    "as drawn": lambda image: image,
    "blur of 1 dot": lambda image: image.filter(ImageFilter.GaussianBlur(1)),
    "one dot of growth": lambda image: image.filter(ImageFilter.MinFilter(3)),
    "one dot of loss": lambda image: image.filter(ImageFilter.MaxFilter(3)),
    "2 degrees": lambda image: image.rotate(2, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
    "-2 degrees": lambda image: image.rotate(-2, Image.Resampling.BICUBIC, expand=True, fillcolor=255),
    "on its head": lambda image: image.rotate(180),
    "along a vertical address": lambda image: image.rotate(90, expand=True),
    "all together": lambda image: (
        image.filter(ImageFilter.MinFilter(3))
        .rotate(182, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
        .filter(ImageFilter.GaussianBlur(1))
    ),
}


def picture(symbol, margin=30):
    return Image.fromarray(np.pad(raster(symbol), margin, constant_values=255))


def rows(image):
    return [bytes(row) for row in np.asarray(image)]


@pytest.mark.parametrize("degradation", DEGRADED)
@pytest.mark.parametrize(("dpi", "points"), [(300, "8"), (300, "10"), (600, "10"), (400, "11.5")])
def test_a_degraded_print_is_read(dpi, points, degradation):
    image = DEGRADED[degradation](picture(MADE.symbol(dpi, Decimal(points))))
    assert read(rows(image)) == CustomerReading("1540023", "3-16-4-205", "", "6")


@settings(max_examples=25)
@given(
    st.from_regex(r"[0-9]{7}", fullmatch=True).filter(lambda code: not code.endswith("00")),
    st.from_regex(r"[0-9A-Z-]{0,16}", fullmatch=True),
)
def test_what_is_drawn_is_what_is_read(postcode, digits):
    made = CustomerBarcode(postcode, digits)
    assert read_bars(to_rows(made.symbol(240))) == made.bars()


def test_booleans_and_integers_are_read_alike():
    grey = raster(MADE.symbol(240))
    assert read((grey < 128).tolist()) == read(grey.tolist()) == read(rows(grey))


def test_grey_paper_and_pale_ink_are_read():
    pale = np.where(raster(MADE.symbol(300)) == 0, 110, 215).astype(np.uint8)
    assert read(rows(pale)).digits == "3-16-4-205"


def test_specks_are_not_bars():
    grey = np.pad(raster(MADE.symbol(600)), 30, constant_values=255)
    rng = np.random.default_rng(8)
    for y, x in zip(rng.integers(0, 60, 40), rng.integers(0, grey.shape[1] - 3, 40), strict=True):
        grey[y : y + 3, x : x + 3] = 0
    assert read(rows(grey)).digits == "3-16-4-205"


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_print_cut_off_is_refused_with_the_bars_found(side):
    grey = raster(MADE.symbol(300))
    cut = grey[:, 80:] if side == "left" else grey[:, :-80]
    with pytest.raises(MarkError) as error:
        read(rows(cut))
    assert error.value.key == "customer.bars-found"
    assert int(error.value.values["found"]) < 67


def test_a_bar_printed_twice_as_high_is_refused_by_the_check_digit_or_the_pattern():
    symbol = MADE.symbol(600)
    grey = raster(symbol)
    timing = next(rect for rect in symbol.rects if rect.height < 40)
    grey[48 : 48 + 85, timing.x : timing.x + timing.width] = 0
    with pytest.raises(MarkError):
        read(rows(grey))


@pytest.mark.parametrize("grid", [[], [b""], [b"\xff" * 40] * 20, [b"\0" * 40] * 20, [[True] * 40] * 20])
def test_an_empty_bitmap_has_no_bars(grid):
    with pytest.raises(MarkError) as error:
        read(grid)
    assert error.value.key == "customer.bars-found"


def test_rings_around_one_middle_are_not_a_row_of_bars():
    y, x = np.mgrid[-140:141, -140:141]
    rings = np.where(np.maximum(abs(x), abs(y)) % 2 == 0, 0, 255).astype(np.uint8)
    with pytest.raises(MarkError):
        read(rows(rings[6:-6, 6:-6]))


@given(st.lists(st.binary(max_size=60), max_size=40))
def test_any_bitmap_is_a_reading_or_the_marks_own_error(grid):
    with suppress(MarkError):
        assert isinstance(read(grid), CustomerReading)
