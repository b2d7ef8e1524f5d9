"""What the press refuses, on a form of a few lines: each silent fault of the layout engine becomes an error by name."""

import pickle
from datetime import date
from io import BytesIO

import pikepdf
import pytest
from page_twins import characters

from barcodes.ink import Ink
from print_service.press.errors import MissingGlyphError, PressError
from print_service.press.forms import load_form
from print_service.press.model import Filling
from print_service.press.weasy import WeasyPress

FORM = """
id = "card"
title = "カード & 札"
[paper]
width_mm = "100.0"
height_mm = "50.0"
pages = 1
duplex = false
[zones.mark]
kind = "el-qr"
page = 1
x_mm = "10.01"
y_mm = "20.01"
width_mm = "10"
height_mm = "10"
[[version]]
valid_from = 2024-04-01
source = "test"
fields = ["name"]
[version.texts]
"""
BODY = '<div class="page"><div class="box" data-fit="氏名">{{ name | mj }}</div></div>'
CSS = ".page { position: relative } .mj { font-family: 'IPAmjMincho' } .noto { font-family: 'Noto Sans CJK JP' }"
CSS += ".box { position: absolute; left: 5mm; top: 5mm; width: 40mm; height: 6mm; font: 12pt 'BIZ UDGothic' } .line { white-space: nowrap } body { margin: 0 }"
DOT = Ink(600, 100, 100, b"1 0 0 1 .05 .05 cm\n0 0 99.9 99.9 re\nf\n")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.getbasetemp().parent / "press-fonts"


@pytest.fixture
def card(tmp_path, cache):
    def print_card(name="見本 太郎", body=BODY, css=CSS, fields=None, marks=None):
        folder = tmp_path / "notices" / "card"
        folder.mkdir(parents=True, exist_ok=True)
        (tmp_path / "shared").mkdir(exist_ok=True)
        for path, text in [("form.toml", FORM), ("form.html", body), ("form.css", css)]:
            (folder / path).write_text(text, encoding="utf-8")
        form = load_form("card", date(2026, 1, 1), tmp_path)
        filling = Filling(form, {"name": name} if fields is None else fields, marks or {})
        return WeasyPress(tmp_path, cache).print_piece([filling])

    return print_card


def refused(card, **case):
    with pytest.raises(PressError) as caught:
        card(**case)
    return [finding.key for finding in caught.value.findings]


def test_a_card_is_printed(card):
    piece = card(marks={"mark": DOT})
    assert (piece.pages, piece.pdf[:5]) == (1, b"%PDF-")


def test_a_name_no_font_has_holds_the_piece_back(card):
    with pytest.raises(MissingGlyphError) as caught:
        card(name="見本\ue123 太郎")
    assert [(glyph.text, glyph.codepoints) for glyph in caught.value.missing] == [("見本\ue123 太郎", "U+E123")]


def test_refusals_survive_the_way_out_of_a_worker_process(card):
    with pytest.raises(MissingGlyphError) as caught:
        card(name="見本\ue123")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.findings, again.missing) == (caught.value.findings, caught.value.missing)


def test_markup_in_a_value_is_text(card):
    assert card(name="<b>&amp;").pages == 1


def test_undeclared_and_missing_fields_are_told_together(card):
    assert refused(card, fields={"other": 1}) == ["press.field-missing", "press.field-undeclared"]


def test_a_css_fault_is_an_error(card):
    assert refused(card, css=CSS + ".box { writing-mode: vertical-rl }") == ["press.weasyprint-warning"]


def test_content_that_leaves_its_box_is_an_error(card):
    assert refused(card, name="見本" * 20) == ["press.overflow"]


def sized(sizes, css="box line"):
    return f'<div class="page"><div class="{css}" data-fit="氏名" data-sizes="{sizes}">{{{{ name | mj }}}}</div></div>'


def drawn(pdf):
    """How many 見 stand on the page, how many lines they take, and the size of the first two in points."""
    places = sorted(characters(pdf, 0)["見"], key=lambda place: (-place[1], place[0]))
    return len(places), len({round(y) for _, y in places}), round(places[1][0] - places[0][0], 1)


# The box is 40 mm wide, 113.4 points: 9 characters of 12 points, 12 of 9, 16 of 7.
@pytest.mark.parametrize(("count", "size"), [(2, 12), (9, 12), (10, 9), (12, 9), (13, 7), (16, 7)])
def test_a_long_value_stands_in_the_largest_size_that_holds_it_all(card, count, size):
    assert drawn(card(name="見" * count, body=sized("12 9 7")).pdf) == (count, 1, size)


def test_what_the_smallest_size_does_not_hold_is_refused(card):
    assert refused(card, name="見" * 17, body=sized("12 9 7")) == ["press.overflow"]


@pytest.mark.parametrize(
    ("count", "lines", "size"), [(9, 1, 12), (10, 1, 9), (13, 1, 7), (17, 2, 7), (32, 2, 7), (33, 2, 6)]
)
def test_a_size_may_say_how_many_lines_it_takes(card, count, lines, size):
    body = sized("12/1 9/1 7/2 6/2", "box")
    assert drawn(card(name="見" * count, body=body, css=CSS.replace("6mm", "20mm")).pdf) == (count, lines, size)


def test_a_box_with_sizes_is_measured_without_a_name_too(card):
    body = sized("12 9 7").replace('data-fit="氏名"', "")
    assert drawn(card(name="見" * 16, body=body).pdf) == (16, 1, 7)
    assert refused(card, name="見" * 17, body=body) == ["press.overflow"]


def test_a_box_keeps_its_own_style_when_it_steps_down(card):
    body = sized("12 9").replace("data-sizes", 'style="left:30mm;font-size:30pt;top:9mm" data-sizes')
    (x, y), *_ = characters(card(name="見" * 12, body=body).pdf, 0)["見"]
    assert (round(x, 1), drawn(card(name="見" * 12, body=body).pdf)) == (round(30 * 72 / 25.4, 1), (12, 1, 9))
    assert y < 141.7 - 9 * 72 / 25.4


def test_content_the_engine_drops_at_the_foot_of_the_page_is_an_error(card):
    long = (
        '<div class="page"><div style="position: absolute; top: 45mm"><p>一</p><p>二</p><p>三</p></div>{{ name }}</div>'
    )
    assert refused(card, body=long) == ["press.text-lost"]


def test_a_second_page_is_an_error(card):
    assert refused(card, body=BODY * 2, css=CSS + ".page { break-after: page }") == ["press.page-count"]


def test_a_symbol_larger_than_its_zone_is_an_error_in_millimetres(card):
    large = Ink(600, 237, 10, b"0 0 237 10 re\nf\n")
    with pytest.raises(PressError, match=r"10\.04×0\.43 mm.*10×10 mm"):
        card(marks={"mark": large})


def test_a_symbol_for_no_zone_is_an_error(card):
    assert refused(card, marks={"nowhere": DOT}) == ["press.zone-unknown"]


def test_an_undefined_variable_is_an_error(card):
    assert refused(card, body='<div class="page">{{ name }}{{ nmae }}</div>') == ["press.template"]


def test_an_absent_value_is_never_printed(card):
    assert refused(card, fields={"name": None}, body='<div class="page">{{ name }}</div>') == ["press.template"]


def test_a_literal_character_outside_the_base_font_is_an_error(card):
    assert refused(card, body='<div class="page">邉\U000e010f{{ name }}</div>') == ["press.template-character"]


def test_unbalanced_markup_is_an_error(card):
    assert refused(card, body='<div class="page">{{ name }}') == ["press.template-markup"]


def test_a_mark_stands_on_the_600_dpi_grid_in_whole_dots(card):
    pdf = pikepdf.open(BytesIO(card(marks={"mark": DOT}).pdf))
    operations = [
        ([float(operand) for operand in instruction.operands], str(instruction.operator))
        for instruction in pikepdf.parse_content_stream(pdf.pages[0])
        if str(instruction.operator) in {"cm", "re", "f", "g"}
    ]
    # 10.01 mm = 236.46 dots and 20.01 mm = 472.68 dots of 0.12 point; a dot of the symbol is 0.12 point too.
    dots = [236 * 0.12, 473 * 0.12]
    matrices = [operands for operands, operator in operations if operator == "cm"]
    rectangles = [operands for operands, operator in operations if operator == "re"]
    # The ink ends a tenth of a dot inside of its hundred dots, so that no renderer touches the next one.
    assert matrices[-2] == pytest.approx([0.12, 0, 0, 0.12, *dots])
    assert rectangles[-1] == pytest.approx([0, 0, 100, 100], abs=0.1)
