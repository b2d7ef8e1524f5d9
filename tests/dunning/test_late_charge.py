"""The late charge against published and hand-computed amounts, and against a day-by-day account of the same law."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.dunning.late_charge import Segment, charge_rules, first_month_end, late_charge, load_charge_rules
from print_service.findings import RefusedError
from print_service.resources import data_dir

DAY = timedelta(days=1)
days = st.dates(date(2014, 1, 1), date(2026, 12, 1))
principals = st.integers(0, 3_000_000)


def test_the_published_example_of_a_tokyo_ward():
    """56,400 yen due 2026-02-02, paid 2026-05-29: 120 + 1,228 yen, so 1,300 (published by 中央区)."""
    charge = late_charge(56_400, date(2026, 2, 2), date(2026, 5, 29))
    assert charge.amount == 1_300
    assert charge.segments == (
        Segment(date(2026, 2, 3), date(2026, 3, 2), 28, 28, 56_000, 120),
        Segment(date(2026, 3, 3), date(2026, 5, 29), 88, 91, 56_000, 1_228),
    )


@pytest.mark.parametrize(
    ("year", "first", "after"),
    [
        (2014, 29, 92),  # 大磯町, 2014-2024
        (2015, 28, 91),
        (2017, 27, 90),
        (2018, 26, 89),
        (2021, 25, 88),  # 福岡市, 2021-2026
        (2022, 24, 87),
        (2025, 24, 87),  # 敦賀市
        (2026, 28, 91),  # 中央区, 米沢市, 南陽市
    ],
)
def test_the_rates_that_municipalities_publish(year, first, after):
    rate = charge_rules().rates[year]
    assert (rate.first, rate.after) == (first, after)


@pytest.mark.parametrize(
    ("due", "end"),
    [
        (date(2025, 5, 31), date(2025, 6, 30)),  # published by 豊山町's example
        (date(2025, 5, 30), date(2025, 6, 30)),  # 6/31 does not exist: 民法143条2項ただし書
        (date(2026, 2, 2), date(2026, 3, 2)),  # published by 中央区
        (date(2026, 1, 27), date(2026, 2, 27)),
        (date(2026, 1, 28), date(2026, 2, 28)),  # start 1/29, no 2/29
        (date(2026, 1, 29), date(2026, 2, 28)),
        (date(2026, 1, 30), date(2026, 2, 28)),
        (date(2026, 1, 31), date(2026, 2, 28)),  # start 2/1
        (date(2024, 1, 28), date(2024, 2, 28)),  # 2/29 exists
        (date(2024, 1, 30), date(2024, 2, 29)),
        (date(2025, 6, 30), date(2025, 7, 31)),  # start 7/1
        (date(2025, 12, 1), date(2026, 1, 1)),
        (date(2025, 11, 30), date(2025, 12, 31)),
        (date(2025, 12, 31), date(2026, 1, 31)),
    ],
)
def test_the_first_month_ends_by_the_same_numbered_day(due, end):
    assert first_month_end(due) == end


def test_each_calendar_year_has_its_own_rates():
    """By hand: 100,000 × 30 d × 2.4 % = 197.26; 31 d × 8.7 % = 738.90; 90 d × 9.1 % = 2,243.83; together 3,178."""
    charge = late_charge(100_000, date(2025, 10, 31), date(2026, 3, 31))
    assert [(s.days, s.rate_tenths, s.yen) for s in charge.segments] == [(30, 24, 197), (31, 87, 738), (90, 91, 2243)]
    assert charge.amount == 3_100


def test_the_turn_of_the_year_may_fall_into_the_first_month():
    """By hand: due 2025-12-15; 16 d × 2.4 % of 500,000 = 526.02; 15 d × 2.8 % = 575.34; 13 d × 9.1 % = 1,620.54."""
    charge = late_charge(500_000, date(2025, 12, 15), date(2026, 1, 28))
    assert [(s.days, s.rate_tenths, s.yen) for s in charge.segments] == [(16, 24, 526), (15, 28, 575), (13, 91, 1620)]
    assert charge.amount == 2_700


def test_a_leap_year_still_has_365_days():
    """By hand: 1,000,000 due 2024-01-31; February 29 d × 2.4 % = 1,906.84; March 31 d × 8.7 % = 7,389.04."""
    charge = late_charge(1_000_000, date(2024, 1, 31), date(2024, 3, 31))
    assert [(s.days, s.yen) for s in charge.segments] == [(29, 1906), (31, 7389)]
    assert charge.amount == 9_200


def test_a_part_payment_lowers_the_base_from_the_next_day():
    """By hand: 120,500 due 2026-06-30, 50,000 paid on 8/15.

    31 d × 2.8 % of 120,000 = 285.36; 15 d × 9.1 % = 448.76; then 46 d × 9.1 % of 70,000 = 802.79.
    """
    charge = late_charge(120_500, date(2026, 6, 30), date(2026, 9, 30), [(date(2026, 8, 15), 50_000)])
    assert [(s.end, s.base, s.yen) for s in charge.segments] == [
        (date(2026, 7, 31), 120_000, 285),
        (date(2026, 8, 15), 120_000, 448),
        (date(2026, 9, 30), 70_000, 802),
    ]
    assert charge.amount == 1_500


def test_a_part_paid_in_time_counts_from_the_first_day():
    early = late_charge(120_000, date(2026, 6, 30), date(2026, 12, 31), [(date(2026, 6, 30), 50_000)])
    assert early == late_charge(70_000, date(2026, 6, 30), date(2026, 12, 31))


def test_what_is_left_below_two_thousand_bears_nothing_more():
    paid = [(date(2026, 7, 31), 98_500)]
    charge = late_charge(100_000, date(2026, 6, 30), date(2026, 12, 31), paid)
    assert [segment.end for segment in charge.segments] == [date(2026, 7, 31)]


@pytest.mark.parametrize(("principal", "base"), [(1_999, None), (2_000, 2_000), (2_999, 2_000), (3_000, 3_000)])
def test_the_base_is_cut_to_thousands_and_must_be_two_thousand(principal, base):
    segments = late_charge(principal, date(2020, 6, 30), date(2026, 6, 30)).segments
    assert {segment.base for segment in segments} == ({base} if base else set())


def test_a_charge_below_a_thousand_is_not_taken_and_the_rest_is_cut_to_hundreds():
    """By hand: 31 d × 2.8 % of 100,000 = 237.8; 30 d × 9.1 % = 747.9, 31 d = 772.9."""
    due = date(2026, 6, 30)
    before, after = (late_charge(100_000, due, due + timedelta(days=n)) for n in (61, 62))
    assert sum(s.yen for s in before.segments) == 984
    assert before.amount == 0
    assert sum(s.yen for s in after.segments) == 1_009
    assert after.amount == 1_000


@pytest.mark.parametrize("paid_on", [date(2026, 6, 1), date(2026, 6, 30)])
def test_paid_in_time_bears_nothing(paid_on):
    charge = late_charge(100_000, date(2026, 6, 30), paid_on)
    assert (charge.amount, charge.segments) == (0, ())


def test_fractions_may_be_cut_once_at_the_end():
    """By hand: 71,000; 31 d × 2.8 % = 168.84, 47 d × 9.1 % = 831.96: 168 + 831 = 999 is nothing, 1,000.80 is 1,000."""
    arguments = (71_000, date(2026, 6, 30), date(2026, 9, 16))
    assert late_charge(*arguments).amount == 0
    assert late_charge(*arguments, rules=replace(charge_rules(), truncate="end")).amount == 1_000


@pytest.mark.parametrize(
    ("due", "paid_on", "years"),
    [
        (date(2026, 11, 30), date(2027, 1, 1), ["2027"]),
        (date(2013, 12, 1), date(2014, 1, 5), ["2013"]),
        (date(2012, 6, 30), date(2028, 1, 5), ["2012", "2013", "2027", "2028"]),
    ],
)
def test_a_year_without_rates_is_refused_by_name(due, paid_on, years):
    with pytest.raises(RefusedError) as refused:
        late_charge(100_000, due, paid_on)
    assert [(f.key, f.where) for f in refused.value.findings] == [("dunning.rate-unknown", year) for year in years]
    assert years[0] in str(refused.value)


def test_senseless_amounts_are_refused_all_at_once():
    with pytest.raises(RefusedError) as refused:
        late_charge(-1, date(2026, 6, 30), date(2026, 7, 31), [(date(2026, 8, 1), 0), (date(2026, 7, 1), 5)])
    assert {finding.key for finding in refused.value.findings} == {
        "dunning.principal-negative",
        "dunning.part-not-positive",
        "dunning.part-after-payment",
        "dunning.parts-exceed-principal",
    }
    assert all(finding.sentence for finding in refused.value.findings)


def test_the_rates_follow_from_the_special_rate():
    """附則3条の2: special rate + 1 %, at most 7.3; special rate + 7.3 %, at most 14.6; every year from 2014."""
    with (data_dir() / "late-charge.toml").open("rb") as file:
        rows = tomllib.load(file)["rate"]
    assert [row["year"] for row in rows] == list(range(2014, 2027))
    for row in rows:
        assert row["first"] == min(row["special"] + 10, 73)
        assert row["after"] == min(row["special"] + 73, 146)


def test_another_way_of_cutting_is_refused_at_load(tmp_path):
    text = (data_dir() / "late-charge.toml").read_text(encoding="utf-8").replace('"segment"', '"never"', 1)
    (tmp_path / "r.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="truncate"):
        load_charge_rules(tmp_path / "r.toml")


def day_by_day(principal, due, paid_on, parts, *, month_end):
    """The same law as a diary: each day bears base × rate ÷ 365, and no fraction is cut before the end."""
    rates = charge_rules().rates
    total, day = Fraction(0), due + DAY
    while day <= paid_on:
        unpaid = principal - sum(amount for paid, amount in parts if paid < day)
        base = unpaid // 1000 * 1000 if unpaid >= 2000 else 0
        rate = rates[day.year].first if day <= month_end else rates[day.year].after
        total += Fraction(base * rate, 365_000)
        day += DAY
    return total


@st.composite
def cases(draw):
    principal, due = draw(principals), draw(days)
    paid_on = min(due + timedelta(days=draw(st.integers(0, 900))), date(2026, 12, 31))
    offsets = draw(st.lists(st.integers(-30, 600), max_size=3))
    parts, left = [], principal
    for offset in offsets:
        day = min(due + timedelta(days=offset), paid_on)
        amount = draw(st.integers(1, left)) if left else 0
        if amount:
            parts.append((day, amount))
            left -= amount
    return principal, due, paid_on, parts


@given(cases())
def test_it_agrees_with_the_day_by_day_account(case):
    principal, due, paid_on, parts = case
    exact = day_by_day(principal, due, paid_on, parts, month_end=first_month_end(due))
    charge = late_charge(principal, due, paid_on, parts)
    yen = sum(segment.yen for segment in charge.segments)
    assert exact - len(charge.segments) <= yen <= exact
    at_end = late_charge(principal, due, paid_on, parts, replace(charge_rules(), truncate="end"))
    assert at_end.amount == (0 if exact < 1000 else int(exact) // 100 * 100)


@given(cases())
def test_segments_follow_one_another_without_gap_within_one_year(case):
    segments = late_charge(*case[:3]).segments
    assert all(later.start == earlier.end + DAY for earlier, later in pairwise(segments))
    assert all(segment.start.year == segment.end.year for segment in segments)
    assert all(segment.days == (segment.end - segment.start).days + 1 for segment in segments)
    if segments:
        assert (segments[0].start, segments[-1].end) == (case[1] + DAY, case[2])


@given(cases(), st.integers(0, 60))
def test_paying_later_never_costs_less(case, more):
    principal, due, paid_on, parts = case
    later = min(paid_on + timedelta(days=more), date(2026, 12, 31))
    assert late_charge(principal, due, later, parts).amount >= late_charge(principal, due, paid_on, parts).amount


@given(cases(), st.integers(0, 100_000))
def test_owing_more_never_costs_less(case, more):
    principal, due, paid_on, parts = case
    dearer = late_charge(principal + more, due, paid_on, parts).amount
    assert dearer >= late_charge(principal, due, paid_on, parts).amount


@given(cases())
def test_paying_a_part_never_costs_more(case):
    principal, due, paid_on, parts = case
    unpaid = late_charge(principal, due, paid_on)
    assert late_charge(principal, due, paid_on, parts).amount <= unpaid.amount


@given(cases(), st.integers(1, 400))
def test_an_interval_may_be_split_anywhere(case, first):
    """The charge to any day before is the beginning of the charge to the end: its segments, the last one cut at that day."""
    principal, due, paid_on, parts = case
    middle = min(due + timedelta(days=first), paid_on)
    begun = late_charge(principal, due, middle, [(day, yen) for day, yen in parts if day <= middle]).segments
    whole = late_charge(principal, due, paid_on, parts).segments
    within = [segment for segment in whole if segment.start <= middle]
    assert [(s.start, min(s.end, middle), s.rate_tenths, s.base) for s in within] == [
        (s.start, s.end, s.rate_tenths, s.base) for s in begun
    ]
    assert all(one.yen <= other.yen for one, other in zip(begun, within, strict=True))
    assert [one.yen for one in begun[:-1]] == [other.yen for other in within[: len(begun) - 1]]


@given(cases())
def test_the_order_of_part_payments_does_not_matter(case):
    principal, due, paid_on, parts = case
    assert late_charge(principal, due, paid_on, parts) == late_charge(principal, due, paid_on, parts[::-1])
