"""Optical bars for inserters: the ladder a layout asks for, read back, and its faults."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import raster

from barcodes.omr import OmrLayout, read
from barcodes.piece import PieceMark
from barcodes.rules import MarkError

LAYOUT = OmrLayout(("start", "first", "last", "sheet.0", "sheet.1", "sheet.2", "piece.0", "parity"))
NAMES = [
    "first",
    "last",
    "more",
    "front",
    *(f"{name}.{bit}" for name in ("sheet", "left", "piece") for bit in range(4)),
]


def keys(error):
    return [fault.key for fault in error.value.faults]


@pytest.mark.parametrize(
    ("sheet", "bars"),
    [(1, "start first sheet.0 parity"), (3, "start sheet.0 sheet.1 parity"), (6, "start last sheet.1 sheet.2")],
)
def test_bars_of_a_sheet(sheet, bars):
    bits = LAYOUT.bits(PieceMark("R08-N01", 12, sheet, 6, "F"))
    assert [name for name, bar in zip(LAYOUT.places, bits, strict=True) if bar] == bars.split()


def test_bars_stand_at_their_pitch_in_whole_dots():
    symbol = LAYOUT.symbol(PieceMark("R08-N01", 12, 1, 6, "F"), 600)
    # A sixth of an inch is 100 dots; 3 mm of blank 71 dots, 0.5 mm thick 12 dots, 8 mm long 189 dots.
    assert [(rect.x, rect.y, rect.width, rect.height) for rect in symbol.rects] == [
        (71, 71 + 100 * place, 189, 12) for place in (0, 1, 3, 7)
    ]
    assert (symbol.width, symbol.height) == (189 + 142, 71 + 700 + 12 + 71)


@given(
    st.lists(st.sampled_from(NAMES), unique=True, max_size=12),
    st.booleans(),
    st.integers(1, 15),
    st.integers(1, 15),
    st.integers(1, 15),
    st.sampled_from("FB"),
)
def test_a_layouts_bars_are_read_back_from_their_print(names, with_parity, number, sheet, more, side):
    layout = OmrLayout(("start", *names, *(["parity"] if with_parity else [])))
    mark = PieceMark("A", number, sheet, min(sheet + more, 99), side)
    image = raster(layout.symbol(mark, 300)) == 0
    quiet, pitch = 36, 50  # 3 mm and a sixth of an inch in dots of 300 dpi
    bits = tuple(bool(image[quiet + pitch * place + 2, quiet + 5]) for place in range(len(layout.places)))
    said = read(layout, bits)
    assert said["start"] == 1
    assert said.get("front", side == "F") == (side == "F")
    assert said.get("last", mark.sheet == mark.sheets) == (mark.sheet == mark.sheets)
    for counter, value in (("sheet", mark.sheet), ("left", mark.sheets - mark.sheet), ("piece", number)):
        covered = sum(1 << int(name[-1]) for name in names if name.startswith(f"{counter}."))
        assert said.get(counter, 0) == value & covered


def test_every_fault_of_a_layout_is_told_at_once():
    with pytest.raises(MarkError) as error:
        OmrLayout(("first", "parity", "sheet", "sheet.20", "x"), pitch_mm=Decimal("0.4"))
    assert keys(error) == ["omr.start", "omr.parity-place", "omr.place", "omr.place", "omr.place", "omr.sizes"]


@pytest.mark.parametrize(
    ("bits", "found"),
    [("1010", ["omr.length"]), ("01010001", ["omr.no-start", "omr.parity"]), ("11010000", ["omr.parity"])],
)
def test_wrong_bars_are_refused(bits, found):
    with pytest.raises(MarkError) as error:
        read(LAYOUT, tuple(bit == "1" for bit in bits))
    assert keys(error) == found


def test_a_resolution_of_nothing_is_refused():
    with pytest.raises(MarkError) as error:
        LAYOUT.symbol(PieceMark("A", 1, 1, 1, "F"), 0)
    assert keys(error) == ["symbol.dpi"]
