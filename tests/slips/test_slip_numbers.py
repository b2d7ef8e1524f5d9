"""Numbering: the template by hand, one key a slip, and every refusal by name."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from barcodes import cvs, elqr, payeasy
from print_service.findings import RefusedError, catalogue
from print_service.settings import load_settings, template
from print_service.slips.model import ElQrRule, NumberingRule, OcrRule, SlipOrder
from print_service.slips.number import number_slip, numbering_rule

SECRET = bytes(range(32))
RULE = NumberingRule(
    agency="13199",
    issuer="999999",
    company="00000",
    category={"resident-tax": "010", "vehicle-tax": "020"},
    tax_code={"resident-tax": "01", "vehicle-tax": "02"},
    el_qr=ElQrRule("99000", "999"),
)
ORDER = SlipOrder("resident-tax", 2026, "0000123456", 1, 48_200, date(2026, 6, 30), date(2026, 8, 31))

orders = st.builds(
    SlipOrder,
    tax_item=st.sampled_from(["resident-tax", "vehicle-tax"]),
    levy_year=st.integers(2020, 2060),
    notice_no=st.from_regex("[0-9]{1,10}", fullmatch=True).map(lambda text: text.zfill(10)),
    period=st.integers(0, 4),
    amount=st.integers(1, 10**7),
    due=st.just(date(2026, 6, 30)),
    pay_by=st.dates(date(2026, 6, 30), date(2027, 6, 30)),
    reissue=st.integers(0, 9),
)


def keys(refused):
    return {finding.key for finding in refused.value.findings}


def test_the_number_follows_its_template():
    """08 for 令和8年度, 01 for the tax, ten digits of notice number, period, reissue."""
    slip = number_slip(RULE, SECRET, ORDER)
    assert slip.key.number == "0801000012345610"
    assert (slip.key.agency, slip.key.category, len(slip.key.confirmation)) == ("13199", "010", 6)
    assert cvs.parse(slip.cvs_digits).free == "000000801000012345610"


def test_the_whole_years_slip_made_again_has_its_own_number():
    again = number_slip(RULE, SECRET, replace(ORDER, period=0, reissue=1))
    assert again.key.number == "0801000012345601"
    assert again.cvs_digits[29] == "1"


def test_a_levy_year_bears_the_era_of_its_first_day():
    """令和元年度 is 2019: April 1 of that year was still 平成31年."""
    assert number_slip(RULE, SECRET, replace(ORDER, levy_year=2019)).key.number[:2] == "31"
    assert number_slip(RULE, SECRET, replace(ORDER, levy_year=2020)).key.number[:2] == "02"


def test_the_marks_carry_the_slips_facts():
    slip = number_slip(RULE, SECRET, ORDER)
    bars, payload = cvs.parse(slip.cvs_digits), elqr.parse(slip.el_qr)
    assert (bars.issuer, bars.free, bars.amount, bars.pay_by) == (
        "999999",
        "000000801000012345610",
        48_200,
        date(2026, 8, 31),
    )
    assert (payload.amount, payload.item, payload.case_key) == (48_200, "010", "00000801000012345610")
    assert (payload.confirmation, payload.due, payload.period) == (slip.key.confirmation, date(2026, 6, 30), "01")


@given(orders)
def test_the_marks_of_every_slip_parse_back(order):
    slip = number_slip(RULE, SECRET, order)
    assert slip.key.number.endswith(f"{order.notice_no}{order.period}{order.reissue}")
    assert elqr.parse(slip.el_qr).amount == order.amount
    if order.amount > 300_000:
        assert (slip.cvs_digits, slip.cvs_refusal) == (None, "amount-over-limit")
    else:
        assert slip.cvs_refusal is None
        assert cvs.parse(slip.cvs_digits).free == f"00000{slip.key.number}"


@pytest.mark.parametrize(("amount", "bars"), [(300_000, True), (300_001, False)])
def test_three_hundred_thousand_itself_is_taken_by_shops(amount, bars):
    assert (number_slip(RULE, SECRET, replace(ORDER, amount=amount)).cvs_digits is not None) == bars


def test_the_confirmation_number_needs_the_secret():
    """HMAC-SHA256 by openssl: printf '13199|0801000012345610|010' | openssl dgst -sha256 -mac HMAC -macopt hexkey:…"""
    slip = number_slip(RULE, SECRET, ORDER)
    digest = int("7335a456f47d888f85db7c8b12ab52447d5bb28eee01e89aafab842a7cd8b06c", 16)
    assert slip.key.confirmation == f"{digest % 1_000_000:06d}"
    assert number_slip(RULE, SECRET, ORDER) == slip
    assert number_slip(RULE, SECRET[::-1], ORDER).key.confirmation != slip.key.confirmation


def test_confirmation_numbers_are_spread_evenly():
    """Chi-square of the first digit over 2,000 slips, 9 degrees of freedom: above 27.9 once in a thousand secrets."""
    firsts = [
        number_slip(RULE, SECRET, replace(ORDER, notice_no=f"{n:010d}")).key.confirmation[0] for n in range(2_000)
    ]
    assert sum((firsts.count(str(digit)) - 200) ** 2 / 200 for digit in range(10)) < 27.9


def test_a_year_of_slips_has_no_number_twice():
    every = product(("resident-tax", "vehicle-tax"), (2026, 2027), range(30), range(5), range(3))
    slips = [
        number_slip(RULE, SECRET, replace(ORDER, tax_item=i, levy_year=y, notice_no=f"{n:010d}", period=p, reissue=r))
        for i, y, n, p, r in every
    ]
    # 確認番号 is left out on purpose: two slips told apart by it alone could be taken for each other.
    for number in (
        lambda slip: (slip.key.agency, slip.key.number, slip.key.category),
        lambda slip: cvs.parse(slip.cvs_digits).free,
        lambda slip: slip.el_qr,
    ):
        assert len({number(slip) for slip in slips}) == len(slips) == 2 * 2 * 30 * 5 * 3


def test_the_amount_is_no_part_of_a_slips_key():
    """Another amount without another issue would be the same key twice: the ledger's constraint then refuses the slip."""
    raised = number_slip(RULE, SECRET, replace(ORDER, amount=50_000))
    assert raised.key == number_slip(RULE, SECRET, ORDER).key


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"tax_item": "property-tax"}, "slips.tax-item-unknown"),
        ({"notice_no": "12345678901"}, "slips.notice-no"),
        ({"notice_no": "１２３"}, "slips.notice-no"),  # full-width digits
        ({"notice_no": ""}, "slips.notice-no"),
        ({"period": 5}, "slips.period"),
        ({"period": -1}, "slips.period"),
        ({"reissue": 10}, "slips.reissue-exhausted"),
        ({"amount": 0}, "slips.amount-not-positive"),
        ({"amount": -100}, "slips.amount-not-positive"),
        ({"amount": 10**11}, "slips.amount-too-wide"),
        ({"pay_by": date(2026, 6, 29)}, "slips.pay-by-before-due"),
    ],
)
def test_a_slip_that_may_not_be_is_refused(change, key):
    with pytest.raises(RefusedError) as refused:
        number_slip(RULE, SECRET, replace(ORDER, **change))
    assert keys(refused) == {key}
    assert refused.value.findings[0].sentence


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"agency": "1319"}, "slips.setting-width"),
        ({"issuer": "499999"}, "slips.issuer-first-digit"),
        ({"company": "0000０"}, "slips.setting-width"),
        ({"category": {"resident-tax": "10"}}, "slips.setting-width"),
        ({"tax_code": {"resident-tax": "01", "vehicle-tax": "01"}}, "slips.tax-code-twice"),
        ({"el_qr": ElQrRule("9900", "999")}, "slips.setting-width"),
        ({"template": (("notice_no", 14), ("period", 1), ("reissue", 1))}, "slips.template"),
        (
            {"template": (("era_year", 2), ("tax_code", 2), ("notice_no", 8), ("period", 1), ("reissue", 1))},
            "slips.template",
        ),
    ],
)
def test_a_ward_whose_numbers_do_not_fit_is_refused(change, key):
    with pytest.raises(RefusedError) as refused:
        number_slip(replace(RULE, **change), SECRET, ORDER)
    assert keys(refused) == {key}


def test_faults_of_rule_secret_and_order_come_at_once():
    with pytest.raises(RefusedError) as refused:
        number_slip(replace(RULE, agency=""), b"short", replace(ORDER, amount=0, reissue=99))
    assert keys(refused) == {
        "slips.setting-width",
        "slips.secret-too-short",
        "slips.amount-not-positive",
        "slips.reissue-exhausted",
    }


def test_a_ward_may_cut_its_number_otherwise_if_the_notice_number_fits():
    parts = (("tax_code", 2), ("era_year", 2), ("reissue", 2), ("period", 2), ("notice_no", 8))
    assert number_slip(replace(RULE, template=parts), SECRET, ORDER).key.number == "0108000100123456"
    with pytest.raises(RefusedError) as refused:
        number_slip(replace(RULE, template=parts), SECRET, replace(ORDER, notice_no="0123456789"))
    assert keys(refused) == {"slips.notice-no"}


def test_a_ward_without_el_qr_gets_none():
    assert number_slip(replace(RULE, el_qr=None), SECRET, ORDER).el_qr is None


def test_the_settings_shipped_give_a_rule_that_works(tmp_path):
    (tmp_path / "ward.toml").write_text(template(), encoding="utf-8")
    rule = numbering_rule(load_settings(tmp_path / "ward.toml"))
    assert number_slip(rule, SECRET, ORDER).key.number == "0801000012345610"


def test_every_key_of_the_room_is_catalogued():
    assert {key for key in catalogue() if key.startswith("slips.")} >= {"slips.tax-item-unknown", "slips.template"}


OCR = replace(RULE, ocr=OcrRule("01", {"resident-tax": "000101", "vehicle-tax": "000201"}))


def test_the_ocr_lines_say_what_the_slip_says():
    """Fields by hand: 口座 11 zeros, 金額 11, 2, 収納機関番号, 0, 納付区分, 令和8年度, 1, 会計; 予算区分, 科目ID, 8, 1, key, four free."""
    slip = number_slip(OCR, SECRET, ORDER)
    upper, lower = slip.ocr_lines
    assert upper[2:] == "00000000000" + "00000048200" + "2" + "13199" + "0" + "010" + "08" + "1" + "01"
    assert lower[2:] == "1" + "000101" + "8" + "1" + "00000801000012345610" + slip.key.confirmation + "0000000"
    assert (len(upper), len(lower)) == (39, 44)
    assert [payeasy.parse_line(line) for line in slip.ocr_lines] == [upper[2:], lower[2:]]


def test_an_ocr_line_has_room_for_any_amount_a_slip_may_have():
    assert "99999999999" in number_slip(OCR, SECRET, replace(ORDER, amount=10**11 - 1)).ocr_lines[0]


def test_a_ward_without_ocr_lines_gets_none():
    assert number_slip(RULE, SECRET, ORDER).ocr_lines is None


def test_a_tax_without_account_item_and_wrong_widths_are_refused():
    with pytest.raises(RefusedError) as refused:
        number_slip(replace(RULE, ocr=OcrRule("1", {"vehicle-tax": "00201"})), SECRET, ORDER)
    assert [finding.key for finding in refused.value.findings] == [
        "slips.setting-width",
        "slips.setting-width",
        "slips.account-item-unknown",
    ]


def test_a_mark_the_channel_table_does_not_offer_is_not_made():
    slip = number_slip(RULE, SECRET, replace(ORDER, marks=()))
    assert (slip.cvs_digits, slip.cvs_refusal, slip.el_qr) == (None, "not-offered", None)
    assert slip.key.number == number_slip(RULE, SECRET, ORDER).key.number
