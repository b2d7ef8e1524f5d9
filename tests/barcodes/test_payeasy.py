"""The Pay-easy key and the OCR lines of the standard slip, against lines other programs print."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mark_raster import VECTORS

from barcodes import payeasy
from barcodes.payeasy import LowerBody, LowerLayout, PayeasyKey, UpperBody
from barcodes.rules import MarkError

FACTS = tomllib.loads((VECTORS / "marks_payeasy.toml").read_text(encoding="utf-8"))


def keys(error):
    return [fault.key for fault in error.value.faults]


@pytest.mark.parametrize("vector", FACTS["key"], ids=lambda vector: vector["source"])
def test_number_is_shown_in_groups_of_four(vector):
    key = PayeasyKey(vector["agency"], vector["number"], vector["confirmation"], vector["category"])
    assert key.number_groups() == vector["groups"]


def test_every_part_out_of_rule_is_told_at_once():
    with pytest.raises(MarkError) as error:
        PayeasyKey("1310", "1" * 21, "１２３４５６", "10")
    assert keys(error) == ["payeasy.agency", "payeasy.number", "payeasy.confirmation", "payeasy.category"]


def test_a_refused_confirmation_number_is_not_repeated_in_the_message():
    with pytest.raises(MarkError) as error:
        PayeasyKey("13199", "1", "8765432", "010")
    assert "8765432" not in str(error.value)


@pytest.mark.parametrize("vector", FACTS["upper"], ids=lambda vector: vector["body"])
def test_upper_line_carries_both_check_digits(vector):
    assert payeasy.upper_line(vector["body"]) == vector["line"]


@pytest.mark.parametrize("vector", FACTS["lower"], ids=lambda vector: vector["body"])
def test_lower_line_carries_both_check_digits(vector):
    assert payeasy.lower_line(vector["body"]) == vector["line"]


def test_upper_body_is_built_from_its_fields():
    vector = FACTS["upper"][0]
    assert UpperBody(**vector["fields"]).body() == vector["body"]


def test_lower_body_is_built_in_the_published_widths():
    # 予算区分 1, 科目ID 002508, 収納区分 8 and 1, 納付番号 18, 確認番号 4, free area 11: the prefecture's own values.
    made = LowerBody(number="101000000010000001", confirmation="0000", account_item="002508")
    assert made.body() == "1" + "002508" + "8" + "1" + "101000000010000001" + "0000" + "0" * 11


def test_a_wider_key_needs_a_layout_that_holds_it():
    with pytest.raises(MarkError) as error:
        LowerBody(number="0801000012345601", confirmation="123456", account_item="000001")
    assert keys(error) == ["payeasy.ocr-too-wide"]
    wide = LowerBody("0801000012345601", "123456", "000001", layout=LowerLayout(number=20, confirmation=6))
    assert wide.body()[9:35] == "0000" + "0801000012345601" + "123456"
    assert len(wide.body()) == 42


@pytest.mark.parametrize(("number", "confirmation"), [(30, 4), (0, 4), (18, 0), (-1, 1)])
def test_a_layout_that_overflows_the_line_is_refused(number, confirmation):
    with pytest.raises(MarkError) as error:
        LowerLayout(number, confirmation)
    assert keys(error) == ["payeasy.ocr-layout"]


def test_fields_of_other_widths_are_refused_together():
    with pytest.raises(MarkError) as error:
        UpperBody(agency="1", category="1", levy_year="2026", amount=0)
    assert keys(error) == ["payeasy.ocr-field"] * 3 + ["payeasy.ocr-amount"]


@given(st.from_regex(r"[0-9]{37}", fullmatch=True))
def test_lines_are_read_back_to_their_body(body):
    assert payeasy.parse_line(payeasy.upper_line(body)) == body


@given(st.from_regex(r"[0-9]{37}", fullmatch=True))
def test_check_digits_equal_the_rule_by_positions(body):
    # Positions counted from 1 with CD1 at 1, CD2 at 2 and the body from 3, as the prefecture's program counts them.
    at = {place: int(digit) for place, digit in enumerate(body, start=3)}
    falling = dict(zip(range(3, 40, 2), [9, 8, 7, 6, 5, 4, 3, 2] * 3, strict=False))
    rising = dict(zip(range(2, 40, 2), [2, 3, 4, 5, 6, 7, 8, 9] * 3, strict=False))
    at[2] = sum(digit * falling.get(place, 1) for place, digit in at.items()) % 10
    at[1] = sum(digit * rising.get(place, 1) for place, digit in at.items()) % 11 % 10
    assert payeasy.upper_line(body)[:2] == f"{at[1]}{at[2]}"


@given(st.text(max_size=50))
def test_any_other_line_is_refused_with_the_marks_own_error(text):
    with pytest.raises(MarkError):
        payeasy.parse_line(text)


def test_a_wrong_check_digit_is_refused():
    with pytest.raises(MarkError) as error:
        payeasy.parse_line("62" + FACTS["upper"][0]["body"])
    assert keys(error) == ["payeasy.ocr-check-digits"]


@pytest.mark.parametrize("body", ["", "1" * 36, "1" * 38, "１" * 37])
def test_a_body_of_another_length_is_refused(body):
    with pytest.raises(MarkError) as error:
        payeasy.upper_line(body)
    assert keys(error) == ["payeasy.ocr-body"]
