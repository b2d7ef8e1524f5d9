"""A style that a slot cannot follow is refused by the property's name: the page laid out whole would be another one."""

import pytest
from form_shop import box, make_form, page

from print_service.press.model import Filling
from print_service.press.slot import SlotPress

SLOT = "left:5mm;top:5mm;width:80mm;height:20mm;"
TABLE = "position:absolute;left:5mm;top:5mm;font:10pt/1.2 'BIZ UDGothic'"


def faults(folder, body, css=""):
    form = make_form(folder, body, ["a"], css)
    printed = SlotPress(folder, folder / "cache").print_file([(1, [Filling(form, {"a": "見本 12"}, {})])], "test")
    return [finding for _, findings in printed.held for finding in findings]


OWN = {
    "text-indent": "text-indent:1em",
    "text-decoration-line": "text-decoration:underline",
    "text-transform": "text-transform:full-width",
    "word-spacing": "word-spacing:2mm",
    "visibility": "visibility:hidden",
    "transform": "transform:rotate(90deg)",
    "opacity": "opacity:.99",
    "text-align-last": "text-align-last:right",
    "direction": "direction:rtl",
    "display": "display:flex;align-items:center;justify-content:center",
    "font-style": "font-style:italic",
    "column-count": "columns:2",
    "word-break": "word-break:break-all",
    "white-space": "white-space:pre-line",
}


@pytest.mark.parametrize("name", sorted(OWN))
def test_a_property_of_a_slot_is_refused_by_name(tmp_path, name):
    found = faults(tmp_path, page(box("{{ a }}", SLOT + OWN[name])))
    assert (found[0].key, found[0].values["property"]) == ("press.slot-property", name)
    assert found[0].where == "notices/card/form.html:1"


@pytest.mark.parametrize("colour", ["rgba(0,0,0,.3)", "device-cmyk(0 0 0 1)"])
def test_a_colour_without_a_place_in_rgb_is_refused(tmp_path, colour):
    (found,) = faults(tmp_path, page(box("{{ a }}", f"{SLOT}color:{colour}")))
    assert (found.key, found.values["property"]) == ("press.slot-property", "color")


AROUND = {
    "text-indent": "text-indent:1em",
    "visibility": "visibility:hidden",
    "text-decoration-line": "text-decoration:underline",
    "transform": "transform:rotate(-90deg)",
    "opacity": "opacity:.5",
    "overflow": "overflow:hidden;width:20mm",
}


@pytest.mark.parametrize("name", sorted(AROUND))
def test_a_property_of_an_element_around_a_slot_is_refused_by_name(tmp_path, name):
    outer = f'<div style="height:40mm;{AROUND[name]}"><p style="width:40mm;height:5mm">{{{{ a }}}}</p></div>'
    found = faults(tmp_path, page(outer), "html { font: 10pt/1.2 'BIZ UDGothic' }")
    assert [(one.key, one.values["property"]) for one in found] == [("press.slot-property", name)]


@pytest.mark.parametrize(
    ("css", "name"),
    [
        (".x::first-line{font-size:20pt}", "::first-line"),
        (".x::first-letter{font-size:20pt}", "::first-letter"),
        (".x::before{content:'';display:inline-block;width:3mm;height:3mm}", "::before / ::after"),
    ],
)
def test_a_pseudo_element_of_a_slot_is_refused(tmp_path, css, name):
    (found,) = faults(tmp_path, page(box("{{ a }}", SLOT, "b x")), css)
    assert (found.key, found.values["property"]) == ("press.slot-property", name)


@pytest.mark.parametrize("align", ["baseline", "middle", "bottom"])
def test_a_slot_in_a_row_must_stand_at_its_top(tmp_path, align):
    cell = f"width:60mm;height:12mm;vertical-align:{align}"
    (found,) = faults(tmp_path, page(f'<table style="{TABLE}"><tr><td style="{cell}">{{{{ a }}}}</td></tr></table>'))
    assert (found.values["property"], found.values["value"]) == ("vertical-align", align)


def test_a_slot_in_a_flex_row_that_lines_up_by_baselines_is_refused(tmp_path):
    row = '<div style="display:flex;align-items:baseline"><p>甲</p><p style="width:40mm;height:6mm">{{ a }}</p></div>'
    (found,) = faults(tmp_path, page(row), "html { font: 10pt/1.2 'BIZ UDGothic' }")
    assert (found.values["property"], found.values["value"]) == ("align-items", "baseline")


def test_a_slot_at_the_top_of_its_cell_is_sound(tmp_path):
    cell = "width:60mm;height:12mm;vertical-align:top"
    assert faults(tmp_path, page(f'<table style="{TABLE}"><tr><td style="{cell}">{{{{ a }}}}</td></tr></table>')) == []


@pytest.mark.parametrize(
    "style", ["letter-spacing:.2em", "padding-left:1em", "line-height:120%", "text-align:left;height:3em"]
)
def test_lengths_in_em_are_refused_where_the_type_size_steps(tmp_path, style):
    (found,) = faults(tmp_path, page(box("{{ a }}", SLOT + style, sizes="14 8", fit="氏名")))
    assert (found.values["area"], found.values["value"]) == ("氏名", "em")


@pytest.mark.parametrize("style", ["letter-spacing:.2em", "padding-left:1em"])
def test_lengths_in_em_are_sound_in_a_slot_of_one_size(tmp_path, style):
    assert faults(tmp_path, page(box("{{ a }}", SLOT + style, sizes="14", fit="氏名"))) == []
