"""What the press refuses, on a form of a few lines: each silent fault of the layout engine becomes an error by name."""

import pickle
from datetime import date
from io import BytesIO

import pikepdf
import pytest

from barcodes.geometry import Rect, Symbol
from barcodes.ink import ink
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
CSS += ".box { position: absolute; left: 5mm; top: 5mm; width: 40mm; height: 6mm; font: 12pt 'BIZ UDGothic' } body { margin: 0 }"
DOT = ink(Symbol(600, 100, 100, (Rect(0, 0, 100, 100),)))


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
    assert (caught.value.text, caught.value.codepoints) == ("見本\ue123 太郎", "U+E123")


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


def test_content_the_engine_drops_at_the_foot_of_the_page_is_an_error(card):
    long = (
        '<div class="page"><div style="position: absolute; top: 45mm"><p>一</p><p>二</p><p>三</p></div>{{ name }}</div>'
    )
    assert refused(card, body=long) == ["press.text-lost"]


def test_a_second_page_is_an_error(card):
    assert refused(card, body=BODY * 2, css=CSS + ".page { break-after: page }") == ["press.page-count"]


def test_a_symbol_larger_than_its_zone_is_an_error_in_millimetres(card):
    large = Symbol(600, 237, 10, (Rect(0, 0, 237, 10),))
    with pytest.raises(PressError, match=r"10\.03×0\.42 mm.*10×10 mm"):
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
    assert refused(card, body='<div class="page">{{ name }}') == ["press.template"]


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
