"""Due dates of four fiscal years as computed by hand, rolling, and the ward's own exceptions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.calendar import calendar, due_dates, load_calendar, reminder_day, roll
from print_service.findings import RefusedError
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
    assert reminder_day(date(2026, 6, 30)) == date(2026, 7, 20)
    assert reminder_day(date(2026, 6, 30), days=30) == date(2026, 7, 30)


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
