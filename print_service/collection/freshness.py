"""How far each payment channel is loaded: what step 12 (dun) asks before it writes to anybody.

Real letters went to people who had paid because one channel's file was late or never loaded; so every channel the ward offers is
asked for, and a channel that is not loaded up to its expected lag is stale. Money by direct debit 口座振替 comes on due dates only:
such a channel is known up to the day before the first due date whose results are still out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.calendar import calendar
from print_service.collection.channels import Channel, offered
from print_service.ledger.tables import Assessment, Instalment, SourceFile
from print_service.settings import Settings

PAYMENTS = "payments"
"""`SourceFile.kind` of files that tell of payments; files of transfers alone (`funds`) do not make a channel fresh."""
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ChannelFreshness:
    """One channel: its last file, the day up to which payments are known, and the day up to which they must be."""

    channel: str
    title: str
    last_file: str | None
    last_loaded_at: datetime | None
    covered_to: date | None
    needed_to: date
    expected_lag_business_days: int
    stale: bool


def freshness(session: Session, settings: Settings, on: date) -> tuple[ChannelFreshness, ...]:
    """A row for each channel of the ward's settings, as of day `on`."""
    return tuple(
        _row(session, channel, settings.collection.lag_business_days[channel.key], on) for channel in offered(settings)
    )


def business_days_before(day: date, count: int) -> date:
    """The day from which `count` opening days of the ward lead up to `day`; `day` itself for none."""
    book = calendar()
    while count > 0:
        day -= _DAY
        count -= book.is_open(day)
    return day


def _row(session: Session, channel: Channel, lag: int, on: date) -> ChannelFreshness:
    mine = (SourceFile.kind == PAYMENTS) & (SourceFile.scope == channel.key)
    last = session.scalars(select(SourceFile).where(mine).order_by(SourceFile.id.desc()).limit(1)).first()
    loaded = session.scalars(select(SourceFile.covered_to).where(mine, SourceFile.covered_to.is_not(None)).distinct())
    days = {day for day in loaded if day is not None}
    covered = _covered_by_schedule(session, days, on) if channel.scheduled else max(days, default=None)
    needed = business_days_before(on, lag)
    return ChannelFreshness(
        channel=channel.key,
        title=channel.title,
        last_file=last.name if last else None,
        last_loaded_at=last.loaded_at if last else None,
        covered_to=covered,
        needed_to=needed,
        expected_lag_business_days=lag,
        stale=covered is None or covered < needed,
    )


def _covered_by_schedule(session: Session, loaded: set[date], on: date) -> date:
    """The day before the first due date by account that has no results yet; `on` when none is out."""
    by_account = (Assessment.method == "account") & Assessment.superseded.is_(False)
    dues = session.scalars(
        select(Instalment.due)
        .join(Assessment, Assessment.id == Instalment.assessment_id)
        .where(by_account, Instalment.due <= on)
        .distinct()
    )
    missing = [due for due in dues if due not in loaded]
    return min(missing) - _DAY if missing else on
