"""Era dates; the boundaries are those of the orders named in data/eras.toml."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.eras import era_year, eras, levy_year_name, wareki
from print_service.findings import RefusedError


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 6, 30), "令和8年6月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
    ],
)
def test_a_day_is_written_in_its_era(day, written):
    assert wareki(day) == written


def test_a_fiscal_year_bears_the_era_of_its_first_of_april():
    assert [levy_year_name(year) for year in (2019, 2020, 2026)] == ["平成31年度", "令和2年度", "令和8年度"]


def test_a_day_before_the_oldest_era_is_refused():
    with pytest.raises(RefusedError, match="1868-01-24"):
        wareki(date(1868, 1, 24))


@given(st.dates(min_value=date(1868, 1, 25), max_value=date(2099, 12, 31)))
def test_year_in_era_grows_only_at_new_year_and_restarts_only_at_an_era(day):
    era, year = era_year(day)
    following, next_year = era_year(day + timedelta(days=1))
    if following != era:
        assert (next_year, following.first_day) == (1, day + timedelta(days=1))
    else:
        assert next_year == year + (day.month == 12 and day.day == 31)


def test_eras_stand_in_order():
    assert [era.letter for era in eras()] == ["M", "T", "S", "H", "R"]
