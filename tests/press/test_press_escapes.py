"""What Jinja2 escapes on the way to a slot is printed as it was written: the same page laid out whole says the same."""

from io import BytesIO

import pytest
from form_shop import box, make_form, page
from pypdf import PdfReader

from print_service.press.errors import PressError
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.press.weasy import WeasyPress

FONTS = ".mj { font-family: 'IPAmjMincho'; line-height: 0 }"
RECORD = {"a": "甲<", "b": "乙"}


def printed(tmp_path, fonts_cache, body):
    """What stands on the page as filled, and as laid out whole."""
    filling = Filling(make_form(tmp_path, page(body), sorted(RECORD), FONTS), RECORD, {})
    filled = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [filling])], "test")
    if filled.held:
        raise PressError(filled.held[0][1])
    return [
        PdfReader(BytesIO(pdf)).pages[0].extract_text()
        for pdf in (filled.pdf, WeasyPress(tmp_path, fonts_cache).print_piece([filling]).pdf)
    ]


BLOCK = "{% set n %}{{ a }} &amp; {{ b }}{% endset %}"
CASES = {
    "join": (box("{{ [a, b] | join(' & ') | mj }}"), "甲< & 乙"),
    "block set": (BLOCK + box("{{ n | mj }}"), "甲< & 乙"),
    "block set through a filter": (BLOCK + box("{{ n | zen }}"), "甲＜　＆　乙"),
    "block set as it is": (BLOCK + box("{{ n }}"), "甲< & 乙"),
}


@pytest.mark.parametrize("name", CASES)
def test_an_ampersand_is_an_ampersand(tmp_path, fonts_cache, name):
    body, text = CASES[name]
    assert printed(tmp_path, fonts_cache, body) == [text, text]


@pytest.mark.parametrize(
    "body", [box("{{ a | safe }}"), "{% set n %}{{ a }}<br/>{{ b }}{% endset %}" + box("{{ n | mj }}")]
)
def test_elements_do_not_come_with_a_value(tmp_path, fonts_cache, body):
    with pytest.raises(PressError) as caught:
        printed(tmp_path, fonts_cache, body)
    assert [(fault.key, fault.where) for fault in caught.value.findings] == [("press.template", "form.html:1")]
