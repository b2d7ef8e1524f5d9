"""A record that cannot be printed is held by its number and its reasons; the others of its file are printed."""

from io import BytesIO

import pytest
from form_shop import box, make_form, page
from pypdf import PdfReader

from print_service.press.model import Filling
from print_service.press.slot import SlotPress


def print_all(tmp_path, body, records):
    form = make_form(tmp_path, page(box(body)), ["a"])
    pieces = [(number, [Filling(form, {"a": value}, {})]) for number, value in enumerate(records, start=1)]
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file(pieces, "test")
    texts = [sheet.extract_text() for sheet in PdfReader(BytesIO(printed.pdf)).pages] if printed.pdf else []
    return texts, [(number, [fault.key for fault in faults]) for number, faults in printed.held]


@pytest.mark.parametrize(
    ("records", "held"),
    [(["2026-06-05", "1800-01-01", "2026-06-06"], 2), (["1800-01-01", "2026-06-05", "2026-06-06"], 1)],
)
def test_a_day_before_meiji_holds_its_piece_and_no_other(tmp_path, records, held):
    assert print_all(tmp_path, "{{ a | wareki }}", records) == (
        ["令和8年6月5日", "令和8年6月6日"],
        [(held, ["eras.before-the-oldest"])],
    )


FILTERS = ["yen", "wareki", "wareki_time", "levy_year", "zen", "period", "digits(6)", "mj", "ocr"]


@pytest.mark.parametrize("name", FILTERS)
def test_no_filter_prints_a_missing_value(tmp_path, name):
    good = {"wareki": "2026-06-05", "wareki_time": "2026-06-05T10:15", "mj": "見本", "ocr": "12"}.get(name, 2026)
    texts, held = print_all(tmp_path, f"{{{{ a | {name} }}}}", [good, None])
    assert (len(texts), held) == (1, [(2, ["press.template"])])


def test_a_period_ends_no_line(tmp_path):
    assert print_all(tmp_path, "{{ a | period }}", [1, "1\n2"]) == (["第1期"], [(2, ["press.template"])])
