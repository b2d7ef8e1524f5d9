"""Due dates of four fiscal years as computed by hand, rolling, and the ward's own exceptions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from print_service.assessments.load import load_assessments
from print_service.calendar import (
    business_days_after,
    calendar,
    due_dates,
    load_calendar,
    reminder_day,
    reminder_deadline,
    roll,
    seizure_day,
    ward_calendar,
)
from print_service.findings import RefusedError
from print_service.ledger.tables import Instalment
from print_service.resources import data_dir

# FY2024-2027 by hand from the calendar; 2026-02-02 is also printed by a Tokyo ward as a due date.
DUE = {
    2024: ("2024-05-31", ("2024-07-01", "2024-09-02", "2024-10-31", "2025-01-31")),
    2025: ("2025-06-02", ("2025-06-30", "2025-09-01", "2025-10-31", "2026-02-02")),
    2026: ("2026-06-01", ("2026-06-30", "2026-08-31", "2026-11-02", "2027-02-01")),
    2027: ("2027-05-31", ("2027-06-30", "2027-08-31", "2027-11-01", "2028-01-31")),
}
days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("levy_year", DUE)
def test_due_dates_of_the_published_years(levy_year):
    vehicle, resident = DUE[levy_year]
    assert due_dates("vehicle-tax", levy_year) == (date.fromisoformat(vehicle),)
    assert due_dates("resident-tax", levy_year) == tuple(map(date.fromisoformat, resident))


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 12, 28), date(2026, 12, 28)),
        (date(2026, 12, 29), date(2027, 1, 4)),  # closed 12/29-1/3, Monday 1/4 opens
        (date(2025, 12, 31), date(2026, 1, 5)),  # 1/3 is a Saturday
        (date(2026, 5, 2), date(2026, 5, 7)),  # Saturday, three holidays, 振替休日 5/6
        (date(2026, 9, 19), date(2026, 9, 24)),  # 敬老の日 9/21, 国民の休日 9/22, 秋分の日 9/23
        (date(2026, 2, 11), date(2026, 2, 12)),
    ],
)
def test_a_closed_day_gives_way_to_the_next_opening_day(day, opens):
    assert roll(day) == opens


@given(days)
def test_rolling_never_goes_back_never_far_and_only_once(day):
    rolled = roll(day)
    assert timedelta(0) <= rolled - day <= timedelta(days=10)
    assert roll(rolled) == rolled
    assert all(not calendar().is_open(day + timedelta(days=i)) for i in range((rolled - day).days))


def test_a_reminder_is_due_twenty_days_after_the_due_date():
    """地方税法329条; a ward may remind earlier or later, the term stays."""
    assert reminder_deadline(date(2026, 6, 30)) == date(2026, 7, 20)
    assert reminder_day(date(2026, 6, 30), days=18) == date(2026, 7, 18)


def test_the_duty_to_seize_begins_when_ten_days_from_the_dispatch_have_passed():
    """地方税法331条1項1号, counted from the dispatch itself: sent 7/21, day ten is 7/30, it has passed on 7/31."""
    assert seizure_day(date(2026, 7, 21)) == date(2026, 7, 31)


@pytest.mark.parametrize(
    ("day", "days", "lands"),
    [
        (date(2026, 6, 19), 0, date(2026, 6, 19)),
        (date(2026, 6, 19), 1, date(2026, 6, 22)),  # Friday, Monday
        (date(2026, 7, 17), 1, date(2026, 7, 21)),  # 海の日 7/20
        (date(2026, 12, 28), 2, date(2027, 1, 5)),
        (date(2026, 6, 20), 1, date(2026, 6, 22)),  # counted from a Saturday
    ],
)
def test_business_days_pass_over_closed_days(day, days, lands):
    assert business_days_after(day, days) == lands


@pytest.mark.parametrize(("tax_item", "levy_year"), [("property-tax", 2026), ("resident-tax", 1999)])
def test_a_tax_or_year_without_schedule_is_refused(tax_item, levy_year):
    with pytest.raises(RefusedError) as refused:
        due_dates(tax_item, levy_year)
    assert refused.value.findings[0].key == "calendar.no-schedule"
    assert str(levy_year) in refused.value.findings[0].sentence


def test_the_ward_may_set_single_days_and_due_dates_and_later_schedules(tmp_path):
    own = (
        (data_dir() / "calendar.toml").read_text(encoding="utf-8")
        + """
[[day]]
date = 2026-06-30
open = false
source = "test"
[[day]]
date = 2026-08-29
open = true
source = "test"
[[due]]
tax_item = "resident-tax"
levy_year = 2026
period = 3
date = 2026-12-25
source = "test"
[[schedule]]
tax_item = "resident-tax"
first_levy_year = 2027
months = [7, 12]
"""
    )
    path = tmp_path / "calendar.toml"
    path.write_text(own, encoding="utf-8")
    book = load_calendar(path)
    expected = (date(2026, 7, 1), date(2026, 8, 31), date(2026, 12, 25), date(2027, 2, 1))
    assert due_dates("resident-tax", 2026, book) == expected
    assert roll(date(2026, 8, 29), book) == date(2026, 8, 29)
    assert due_dates("resident-tax", 2027, book) == (date(2027, 8, 2), date(2028, 1, 4))


def test_the_wards_own_file_comes_on_top_of_the_shipped_calendar(ward):
    """A typhoon day and a due date moved by notice; everything else stays as shipped."""
    assert ward_calendar(ward.settings) == calendar()
    ward.settings.calendar.write_text(
        '[[day]]\ndate = 2026-06-30\nopen = false\nsource = "台風"\n'
        '[[due]]\ntax_item = "vehicle-tax"\nlevy_year = 2026\nperiod = 1\ndate = 2026-07-31\nsource = "告示"\n',
        encoding="utf-8",
    )
    book = ward_calendar(ward.settings)
    assert due_dates("resident-tax", 2026, book)[:2] == (date(2026, 7, 1), date(2026, 8, 31))
    assert due_dates("vehicle-tax", 2026, book) == (date(2026, 7, 31),)
    assert (book.closed_days, book.reminder_days) == (calendar().closed_days, 20)


def test_intake_rolls_due_dates_by_the_wards_own_calendar(ward, act):
    ward.settings.calendar.write_text("[[day]]\ndate = 2026-06-01\nopen = false\n", encoding="utf-8")
    with ward.session() as session:
        load_assessments(session, act(), ward.vehicle_file, "vehicle-tax-host", settings=ward.settings)
        assert set(session.scalars(select(Instalment.due))) == {date(2026, 6, 2)}


@pytest.mark.parametrize(
    "text", ['[[day]]\ndate = "2026-06-30"\nopen = true\n', "[[due]]\nperiod = 1\n", "closed", "closed_days = [1]\n"]
)
def test_a_calendar_that_cannot_be_read_is_refused_with_its_place(ward, text):
    ward.settings.calendar.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError) as refused:
        ward_calendar(ward.settings)
    (finding,) = refused.value.findings
    assert (finding.key, finding.where) == ("calendar.unreadable", str(ward.settings.calendar))
