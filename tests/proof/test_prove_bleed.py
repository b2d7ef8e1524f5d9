"""A form with a bleed: pressed by the real press, every place measured from the corner of the paper as cut."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pikepdf
import pytest
from bleed_form import BANDS, PAGE, TINT, TOML, WHITE, area, expected, ground, make, pixel, pressed, slot
from PIL import Image

from print_service.proof import MarkCount, prove_file
from print_service.proof.overlay import write_pictures

pytestmark = pytest.mark.xdist_group("proof-press")
CACHE = "press-fonts"
MM = 25.4 / 100  # a pixel of a picture


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.getbasetemp().parent / CACHE


@pytest.fixture(scope="module")
def right(tmp_path_factory, cache):
    """The form as it should be, and its cards."""
    root = make(tmp_path_factory.mktemp("right") / "templates")
    return root, pressed(root, cache, root.parent / "cards.pdf")


def proved(tmp_path, cache, right, **wrong):
    """The evidence of cards drawn from another form than the one they are proved against."""
    pdf = pressed(make(tmp_path / "wrong", **wrong), cache, tmp_path / "cards.pdf")
    return prove_file(pdf, expected(right[0]))


def only(evidence, key):
    """The one finding of each of the three cards."""
    assert [finding.key for finding in evidence.findings] == [key] * 3, list(map(str, evidence.findings))
    return evidence.findings[0].values


def red_box(tmp_path, evidence):
    """Left, top, right and bottom of the red of the first card's picture, mm from the picture's corner."""
    first = next(write_pictures(tmp_path, evidence, tmp_path / "findings"))
    pixels = np.asarray(Image.open(first).convert("RGB")).astype(int)
    red = (pixels[:, :, 0] - pixels[:, :, 1] > 150) & (pixels[:, :, 0] - pixels[:, :, 2] > 150)
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    return columns[0] * MM, rows[0] * MM, (columns[-1] + 1) * MM, (rows[-1] + 1) * MM


def test_cards_with_a_ground_that_runs_into_the_bleed_are_sound(right):
    root, pdf = right
    with pikepdf.open(pdf) as document:
        assert min(map(float, document.pages[0].MediaBox)) < -8
    evidence = prove_file(pdf, expected(root))
    assert [str(finding) for finding in evidence.findings] == []
    assert evidence.checks["place"] == MarkCount(6, 6)
    assert evidence.checks["ink"] == evidence.checks["text-name"] == evidence.checks["text-number"] == MarkCount(3, 3)
    # dark to the paper's edge and beyond, which a form without a bleed may not be
    assert max(pixel(pdf, 50, 0.1), pixel(pdf, 50, -2.9), pixel(pdf, 0.1, 75)) < 40


def test_a_mark_a_third_of_a_millimetre_off_is_named_where_it_stands(tmp_path, cache, right):
    off = TOML.replace('x_mm = "88.9"', 'x_mm = "89.2"')
    evidence = proved(tmp_path, cache, right, toml=off)
    values = only(evidence, "proof.mark-shifted")
    assert values["expected"] == "89.24, 13.04"
    left, top = (float(side) for side in str(values["found"]).split(", "))
    assert abs(left - 89.54) < 0.03  # seven dots of 600 dpi
    assert abs(top - 13.04) < 0.03
    # zone 88.9 12.7 10 10, framed at 0.8 mm; the picture begins 3.05 mm beyond the cut, a pixel is 0.25 mm
    assert red_box(tmp_path, evidence) == pytest.approx((91.15, 14.95, 102.75, 26.55), abs=0.4)


def test_a_mark_a_tenth_of_a_millimetre_off_is_where_it_should_be(tmp_path, cache, right):
    """Two dots of 600 dpi are 0.085 mm: nothing is added to that by the bleed."""
    off = TOML.replace('x_mm = "88.9"', 'x_mm = "88.985"').replace('y_mm = "101.6"', 'y_mm = "101.685"')
    assert proved(tmp_path, cache, right, toml=off).findings == ()


def test_ink_in_a_quiet_zone_is_named_with_its_side(tmp_path, cache, right):
    inked = ground(TINT, BANDS, WHITE, area(26, 103, 0.6, 5, "000"))
    evidence = proved(tmp_path, cache, right, below=inked)
    values = only(evidence, "proof.quiet-zone")
    assert (values["kind"], values["side"]) == ("gs1-128", "left")
    assert abs(float(str(values["found"])) - (27.94 - 26.6)) < 0.25
    assert red_box(tmp_path, evidence) == pytest.approx((27.65, 103.85, 89.25, 118.45), abs=0.4)


def test_a_text_in_another_zone_is_missing_here_and_unexpected_there(tmp_path, cache, right):
    moved = PAGE.replace(slot("number", 40), "").replace(slot("name", 30), slot("number", 30) + slot("name", 40))
    evidence = proved(tmp_path, cache, right, page=moved)
    assert [(f.key, f.values["field"], f.values["zone"]) for f in evidence.findings[:2]] == [
        ("proof.text-differs", "name-card", "22, 30, 50, 6"),
        ("proof.text-differs", "number-card", "22, 40, 50, 6"),
    ]
    assert red_box(tmp_path, evidence) == pytest.approx((24.25, 32.25, 75.85, 49.85), abs=0.4)


@pytest.mark.parametrize(
    ("part", "key", "zone"),
    [
        # a bar within the margin that stops short of the cut, or goes on for half of the bleed only
        (area(30, 145, 20, 2, "000"), "proof.margin", (30, 145, 20, 2)),
        (area(30, 145, 20, 4.5, "000"), "proof.margin", (30, 145, 20, 3)),
        (area(102, 100, 4, 20, "000"), "proof.margin", (102, 100, 3, 20)),
        # a figure printed upon the ground within the margin
        (area(1, 30, 1, 1, "000"), "proof.margin", (1, 30, 1, 1)),
        (area(74, 40, 5, 5, "000"), "proof.window", (74, 40, 5, 5)),
        (area(62, 127, 3, 3, "000"), "proof.keep-out", (62, 127, 3, 3)),
    ],
)
def test_ink_where_none_may_be_is_named_at_its_place(tmp_path, cache, right, part, key, zone):
    evidence = proved(tmp_path, cache, right, below=ground(TINT, BANDS, WHITE, part))
    values = only(evidence, key)
    assert [float(side) for side in str(values["zone"]).split(", ")] == pytest.approx(zone, abs=0.3)
    x, y, width, height = zone
    frame = (x + 3.05 - 0.8, y + 3.05 - 0.8, x + width + 3.05 + 0.8, y + height + 3.05 + 0.8)
    assert red_box(tmp_path, evidence) == pytest.approx(frame, abs=0.5)


def test_ground_up_to_the_cut_of_a_form_without_a_bleed_is_in_the_margin(tmp_path, cache):
    root = make(tmp_path / "plain", toml=TOML.replace('bleed_mm = "3.0"\n', ""))
    evidence = prove_file(pressed(root, cache, tmp_path / "cards.pdf"), expected(root))
    assert {finding.key for finding in evidence.findings} == {"proof.margin"}


def test_cards_pressed_without_the_bleed_of_their_form_are_named(tmp_path, cache, right):
    evidence = proved(tmp_path, cache, right, toml=TOML.replace('bleed_mm = "3.0"\n', ""))
    assert "proof.page-bleed" in {finding.key for finding in evidence.findings}


@pytest.mark.parametrize("beyond", [Decimal("3.01"), Decimal("3.05"), Decimal("3.09")])
def test_a_corner_between_two_pixels_is_measured_as_well(tmp_path, right, beyond):
    """A MediaBox that begins anywhere within two dots beyond the bleed: nothing on the paper moves by that."""
    root, pdf = right
    moved, points = tmp_path / "moved.pdf", float(beyond) * 72 / 25.4
    with pikepdf.open(pdf) as document:
        for page in document.pages:
            width, height = (float(side) for side in page.TrimBox[2:])
            page.MediaBox = pikepdf.Array([-points, -points, width + points, height + points])
        document.save(moved)
    assert prove_file(moved, expected(root)).findings == ()
    shifted = [replace(page, marks=tuple(_shifted(mark) for mark in page.marks)) for page in expected(root)]
    findings = prove_file(moved, shifted).findings
    assert [finding.key for finding in findings] == ["proof.mark-shifted"] * 6


def _shifted(mark):
    x, y, width, height = mark.ink
    return replace(mark, ink=(x + Decimal("0.14"), y, width, height))
