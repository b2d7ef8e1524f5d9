"""Where a mark stands on its page: at its zone's corner, on the nearest dot of its own resolution, never scaled."""

from datetime import date

import pytest

from barcodes.ink import Ink
from print_service.press.errors import PressError
from print_service.press.forms import load_form
from print_service.press.marks import MarkSetter

CVS = (1272, 249)  # dots of 600 dpi: 53.848 mm and 10.541 mm


def setter(folder, *, x="10", y="20", width="60", height="12", upwards=False):
    (folder / "notices/card").mkdir(parents=True)
    (folder / "notices/card/form.toml").write_text(
        f"""
id = "card"
title = "札"
[paper]
width_mm = "100.0"
height_mm = "50.8"
pages = 1
duplex = false
[zones.mark]
kind = "gs1-128"
page = 1
x_mm = "{x}"
y_mm = "{y}"
width_mm = "{width}"
height_mm = "{height}"
[[version]]
valid_from = 2024-04-01
source = "test"
fields = []
[version.texts]
""",
        encoding="utf-8",
    )
    return MarkSetter(load_form("card", date(2026, 1, 1), folder), "mark", upwards=upwards)


@pytest.mark.parametrize(("width", "height"), [("53.84", "12"), ("60", "10.5"), ("1", "1")])
def test_too_small_a_zone_is_refused_with_the_millimetres_needed(tmp_path, width, height):
    with pytest.raises(PressError) as refusal:
        setter(tmp_path, width=width, height=height)(Ink(600, *CVS, b""))
    (finding,) = refusal.value.findings
    assert finding.key == "press.symbol-too-large"
    needed = [float(finding.values[name]) for name in ("symbol_width", "symbol_height")]
    assert needed == pytest.approx([53.848, 10.541], abs=0.01)
    assert (finding.values["zone_width"], finding.values["zone_height"]) == (width, height)


def test_a_zone_of_just_the_millimetres_needed_is_enough(tmp_path):
    assert setter(tmp_path, width="53.85", height="10.55")(Ink(600, *CVS, b"f")).endswith(b"cm 0 g\nf Q")


# 10 mm are 236.2 dots, 20 mm 472.4 dots of 600 dpi; 0.0212 mm are half a dot and a little. A dot is 0.12 points.
@pytest.mark.parametrize(
    ("x", "y", "left", "top"), [("10", "20", "28.32", "56.64"), ("0.0211", "0", "0", "0"), ("0.0212", "0", "0.12", "0")]
)
def test_the_corner_snaps_to_the_nearest_dot(tmp_path, x, y, left, top):
    drawn = setter(tmp_path, x=x, y=y)(Ink(600, 10, 10, b"f"))
    assert drawn == f"q 0.12 0 0 0.12 {left} {top} cm 0 g\nf Q".encode()


def test_in_a_pdf_the_page_counts_from_its_foot(tmp_path):
    # 50.8 mm are 144 points.
    drawn = setter(tmp_path, upwards=True)(Ink(600, 10, 10, b"f"))
    assert drawn == b"q 0.12 0 0 -0.12 28.32 87.36 cm 0 g\nf Q"


def test_a_resolution_that_does_not_divide_72_keeps_ten_decimals(tmp_path):
    # 25.4 mm are 203 dots, 72 points.
    drawn = setter(tmp_path, x="25.4", y="0")(Ink(203, 1, 1, b"f"))
    assert drawn == b"q 0.354679803 0 0 0.354679803 72 0 cm 0 g\nf Q"
