"""Days as the ward counts them: the day of a moment in Japan, the last moment of a day, fiscal years, months of validity.

Deadlines of contracts are days; events are moments with a zone. Fiscal years run from April to March (地方自治法208条); a
period of months ends on the day before the corresponding day (民法143条).
"""

from calendar import monthrange
from datetime import date, datetime, time, timedelta, timezone

JST = timezone(timedelta(hours=9), "JST")


def day_of(at: datetime) -> date:
    """The calendar day in Japan of a moment with its zone (no summer time, so the zone needs no data base)."""
    return at.astimezone(JST).date()


def end_of(day: date) -> datetime:
    """The last second of a day in Japan: a deadline given as a day is kept until then."""
    return datetime.combine(day, time(23, 59, 59), JST)


def fiscal_year(day: date) -> int:
    """The fiscal year 年度 a day lies in: 2027-03-31 is in 2026."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_end(year: int) -> date:
    """The last day of a fiscal year."""
    return date(year + 1, 3, 31)


def last_day_of_months(start: date, months: int) -> date:
    """The last day of a period of months that begins on `start`."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    days = monthrange(year, month + 1)[1]
    if start.day > days:  # no corresponding day: the period ends with the month
        return date(year, month + 1, days)
    return date(year, month + 1, start.day) - timedelta(days=1)
