"""What a reminder 督促状 says: amounts from the ledger, its own slip, the late charge's rates and where the higher one begins."""

from datetime import date

import pytest

from print_service.demo.payments import Visit
from print_service.dunning.notice import charge_notice
from print_service.findings import RefusedError

CAR, TAX = "vehicle-tax", "resident-tax"
CAR_DAY, TAX_DAY = date(2026, 6, 22), date(2026, 7, 21)
SAKI = "variant-taka-saki"


@pytest.mark.parametrize(
    ("due", "boundary"),
    [
        (date(2026, 6, 1), "2026-07-01"),  # from 6/2; the same-numbered day is 7/2
        (date(2026, 6, 30), "2026-07-31"),  # from 7/1
        (date(2026, 8, 31), "2026-09-30"),  # from 9/1
        (date(2026, 2, 2), "2026-03-02"),  # published by 中央区
    ],
)
def test_the_notice_names_the_last_day_of_the_lower_rate(due, boundary):
    """民法143条2項: a month ends the day before its same-numbered day."""
    assert charge_notice(due, date(2026, 7, 21))["boundary"] == boundary


def test_the_notice_prints_the_rates_of_its_year():
    """令和8年: 2.8 % and 9.1 %, as municipalities publish them."""
    notice = charge_notice(date(2026, 6, 30), date(2026, 7, 21))
    assert (notice["rate_first"], notice["rate_after"]) == ("2.8", "9.1")
    before = charge_notice(date(2025, 6, 30), date(2025, 7, 21))
    assert (before["rate_first"], before["rate_after"]) == ("2.4", "8.7")


def test_a_notice_in_a_year_without_rates_is_refused():
    with pytest.raises(RefusedError) as refused:
        charge_notice(date(2026, 11, 30), date(2027, 1, 5))
    assert [finding.key for finding in refused.value.findings] == ["dunning.rate-unknown"]


def test_the_letter_states_the_debt_and_its_limit(dunned):
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX)
    (letter,) = dunned.documents("R08-D01", SAKI, "reminder")
    told = {name: letter[name] for name in ("amount", "paid", "unpaid", "due", "pay_by", "period_label", "issued_on")}
    assert told == {
        "amount": 120_500,
        "paid": 0,
        "unpaid": 120_500,
        "due": "2026-06-30",
        "pay_by": "2026-08-05",  # 15 days after the issue, setting pay_within_days
        "period_label": "第1期",
        "issued_on": "2026-07-21",
    }
    assert letter["charge_notice"] == {"rate_first": "2.8", "rate_after": "9.1", "boundary": "2026-07-31"}


def test_the_slip_beside_the_letter_is_for_what_is_left(dunned):
    with dunned.ward.session() as session:
        digits = dunned.part_slip(session, dunned.slip(session, SAKI, TAX, 1), 50_000)
    dunned.pay(TAX_DAY, [Visit(digits, 50_000, date(2026, 7, 1), "confirmed")])
    dunned.remind("R08-D01", TAX_DAY, TAX)
    (letter,) = dunned.documents("R08-D01", SAKI, "reminder")
    (slip,) = dunned.documents("R08-D01", SAKI, "payment_slip")
    assert (letter["amount"], letter["paid"], letter["unpaid"]) == (120_500, 50_000, 70_500)
    assert (slip["amount"], slip["purpose"], slip["pay_by"]) == (70_500, "reminder", "2026-08-05")


def test_the_reminders_slip_has_a_key_of_its_own_and_pays_its_instalment(dunned):
    """C-09: slip → payment file → match, in a loop."""
    dunned.pay(TAX_DAY)
    dunned.remind_and_post("R08-D01", TAX_DAY, TAX)
    with dunned.ward.session() as session:
        first, second = (dunned.slip(session, SAKI, TAX, 1, kind) for kind in ("notice", "reminder"))
    assert (first.number, first.cvs_digits) != (second.number, second.cvs_digits)
    late = date(2026, 9, 25)
    dunned.pay(late, [dunned.visit(SAKI, TAX, 1, date(2026, 8, 4), kind="reminder")])
    dunned.demand("R08-F01", late)
    rows = dunned.documents("R08-F01", "long-address", "final_demand")[0]["rows"]
    assert [row["period_label"] for row in rows] == ["第1期", "第2期"]
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-F01")}


def test_one_payers_instalments_of_both_taxes_share_an_envelope(dunned):
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX, CAR)
    letters = dunned.documents("R08-D01", SAKI, "reminder")
    assert sorted(letter["unpaid"] for letter in letters) == [12_900, 120_500]


def test_above_the_stores_limit_the_slip_has_no_bar_code(dunned):
    """標準料金代理収納: 300,000 yen is the most a store takes."""
    dunned.pay(TAX_DAY)
    dunned.remind("R08-D01", TAX_DAY, TAX)
    (slip,) = dunned.documents("R08-D01", "above-limit", "payment_slip")
    assert (slip["amount"], slip["cvs_refusal"]) == (632_800, "amount-over-limit")
