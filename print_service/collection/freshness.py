"""How far each payment channel is loaded: what step 12 (dun) asks before it writes to anybody.

Real letters went to people who had paid because one channel's file was late or never loaded. So every channel the ward offers is asked
for every day of which its files must tell (`delivery`), from the day the first letters left: a file that was lost between two others
leaves days that nobody told of, and they are named one by one. A number that a channel gives its files must not be missing either.
Money by direct debit 口座振替 comes on due dates only: such a channel is known up to the day before the first due date still out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.calendar import Calendar, calendar, roll, ward_calendar
from print_service.collection.channels import Channel, offered
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.tables import Assessment, Instalment, Posting, SourceFile
from print_service.settings import Settings

PAYMENTS = "payments"
"""`SourceFile.kind` of files that tell of payments; files of transfers alone (`funds`) do not make a channel fresh."""
DUE_DATES = "due-dates"
_DAY = timedelta(days=1)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@dataclass(frozen=True)
class ChannelFreshness:
    """One channel on one day.

    `covered_to`: the last day told of before anything is missing; `known_to`: the last day of which every payment is known;
    `needed_to`: the day that must be covered. `missing` are days nobody told of, `missing_files` numbers no file has, `empty_days` how many
    days count because a person recorded the provider's word that there was nothing.
    """

    channel: str
    title: str
    last_file: str | None
    last_loaded_at: datetime | None
    covered_to: date | None
    known_to: date | None
    needed_to: date
    expected_lag_business_days: int
    missing: tuple[date, ...]
    missing_files: tuple[int, ...]
    empty_days: int
    stale: bool


@dataclass(frozen=True)
class _Coverage:
    """Days told of up to the first gap, days missing before the last one told of, and days still to come."""

    covered_to: date | None
    gaps: tuple[date, ...]
    outstanding: tuple[date, ...]


def freshness(session: Session, settings: Settings, on: date) -> tuple[ChannelFreshness, ...]:
    """A row for each channel of the ward's settings, as of day `on`."""
    return tuple(_row(session, settings, channel, on) for channel in offered(settings))


def delivery_of(settings: Settings, channel: Channel) -> str:
    """The days of which a channel's files must tell: by the ward's setting, else by the table of channels."""
    return settings.collection.delivery.get(channel.key, channel.delivery)


def business_days_before(day: date, count: int, within: Calendar | None = None) -> date:
    """The day from which `count` opening days of the ward lead up to `day`; `day` itself for none."""
    book = within or calendar()
    while count > 0:
        day -= _DAY
        count -= book.is_open(day)
    return day


def expected_days(delivery: str, first: date, last: date, within: Calendar | None = None) -> Iterator[date]:
    """The days from `first` to `last` of which files must tell. A weekly day on which the ward is closed is the next opening day."""
    book = within or calendar()
    rolled: set[date] = set()
    if delivery.startswith("weekly-"):
        weekday = _WEEKDAYS.index(delivery.removeprefix("weekly-"))
        start = first - 14 * _DAY
        days = (start + _DAY * number for number in range((last - start).days + 1))
        rolled = {roll(day, book) for day in days if day.weekday() == weekday}
    for number in range((last - first).days + 1):
        day = first + _DAY * number
        if day in rolled if rolled else delivery == "every-day" or book.is_open(day):
            yield day


def first_day(session: Session, settings: Settings, channel: Channel) -> date | None:
    """The first day of which a channel must tell: when the first letters left, or earlier if its files begin earlier; or by setting."""
    since = settings.collection.since.get(channel.key)
    posted = session.scalar(select(func.min(Posting.posted_on)))
    told = session.scalar(select(func.min(CoveredDay.day)).where(CoveredDay.channel == channel.key))
    return since or min((day for day in (posted, told) if day is not None), default=None)


def told_days(session: Session, channel: str) -> set[date]:
    """Every day of which a channel's files tell, or of which a person recorded that there was nothing."""
    return set(session.scalars(select(CoveredDay.day).where(CoveredDay.channel == channel).distinct()))


def _row(session: Session, settings: Settings, channel: Channel, on: date) -> ChannelFreshness:
    book = ward_calendar(settings)
    lag = settings.collection.lag_business_days[channel.key]
    mine = (SourceFile.kind == PAYMENTS) & (SourceFile.scope == channel.key)
    last = session.scalars(select(SourceFile).where(mine).order_by(SourceFile.id.desc()).limit(1)).first()
    needed = business_days_before(on, lag, book)
    days = told_days(session, channel.key)
    if delivery_of(settings, channel) == DUE_DATES:
        cover = _by_due_dates(session, days, on, needed)
    else:
        first = first_day(session, settings, channel)
        cover = _by_days(delivery_of(settings, channel), first, days, needed, book)
    known = cover.covered_to
    if known is not None and not channel.whole_day:
        known -= _DAY
    numbers = _missing_files(session, channel)
    by_word = (CoveredDay.channel == channel.key) & CoveredDay.source_file_id.is_(None)
    return ChannelFreshness(
        channel=channel.key,
        title=channel.title,
        last_file=last.name if last else None,
        last_loaded_at=last.loaded_at if last else None,
        covered_to=cover.covered_to,
        known_to=known,
        needed_to=needed,
        expected_lag_business_days=lag,
        missing=(*cover.gaps, *cover.outstanding),
        missing_files=numbers,
        empty_days=session.scalar(select(func.count()).where(by_word)) or 0,
        stale=cover.covered_to is None or bool(cover.gaps or cover.outstanding or numbers),
    )


def _by_days(delivery: str, first: date | None, days: set[date], needed: date, book: Calendar) -> _Coverage:
    """A day within the lag may be out, but not between two that are there: then a file was lost."""
    if first is None:
        return _Coverage(None, (), ())
    last = max(days, default=first - _DAY)
    gaps = tuple(day for day in expected_days(delivery, first, last, book) if day not in days)
    end = gaps[0] if gaps else last + _DAY
    return _Coverage(
        max((day for day in days if day < end), default=None),
        gaps,
        tuple(expected_days(delivery, last + _DAY, needed, book)),
    )


def _by_due_dates(session: Session, days: set[date], on: date, needed: date) -> _Coverage:
    """Known up to the day before the first due date by account that has no results yet; `on` when none is out."""
    by_account = (Assessment.method == "account") & Assessment.superseded.is_(False)
    dues = session.scalars(
        select(Instalment.due)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .where(by_account, Instalment.due <= on)
        .distinct()
        .order_by(Instalment.due)
    )
    missing = [due for due in dues if due not in days]
    late = tuple(due for due in missing if due <= needed)
    return _Coverage(missing[0] - _DAY if missing else on, late, ())


def _missing_files(session: Session, channel: Channel) -> tuple[int, ...]:
    """Numbers that no file of the channel has between two that are there; a number that is lower again begins a new count."""
    mine = (SourceFile.scope == channel.key, SourceFile.kind == PAYMENTS, SourceFile.file_number.is_not(None))
    numbered = select(SourceFile.file_number).where(*mine).order_by(SourceFile.covered_to, SourceFile.file_number)
    return tuple(_gaps([number for number in session.scalars(numbered) if number is not None]))


def _gaps(numbers: Sequence[int]) -> Iterator[int]:
    last = None
    for number in numbers:
        if last is not None and number > last:
            yield from range(last + 1, number)
        last = number
