"""A day of which a channel's files tell nothing because there was nothing: a person records the provider's word, with the reason.

The one way but a file by which a day becomes known to the gate before a reminder (`freshness`). It stands in the ledger with name and
reason, is counted on the run's cover sheet, and is no payment: a file that comes after all is loaded like any other.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.calendar import ward_calendar
from print_service.collection.channels import offered
from print_service.collection.freshness import DUE_DATES, delivery_of, expected_days, first_day, told_days
from print_service.findings import Finding, RefusedError
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.journal import Tag, record
from print_service.settings import Settings

_REASON_LENGTH = 400


def confirm_empty(
    session: Session, settings: Settings, act: Act, channel: str, first: date, last: date, reason: str
) -> Sequence[date]:
    """Record that the days from `first` to `last` of which nobody told had no payment; gives them. All faults at once.

    Refuses a channel that the ward does not offer or that tells of due dates, days to come, a range without a missing day, no reason.
    """
    found = {one.key: one for one in offered(settings)}.get(channel)
    findings = []
    if found is None:
        known = "・".join(one.key for one in offered(settings))
        raise RefusedError([Finding("dunning.override-unknown", channel, {"channel": channel, "known": known})])
    if delivery_of(settings, found) == DUE_DATES:
        findings.append(Finding("collection.empty-by-due-date", channel, {"title": found.title}))
    if last > act.day:
        findings.append(Finding("collection.empty-to-come", channel, {"last": last.isoformat()}))
    if not 0 < len(reason.strip()) <= _REASON_LENGTH:
        findings.append(Finding("collection.no-reason", channel, {"length": _REASON_LENGTH}))
    begin, told = first_day(session, settings, found), told_days(session, channel)
    wanted = expected_days(delivery_of(settings, found), max(first, begin or first), last, ward_calendar(settings))
    days = [day for day in wanted if day not in told]
    if not days and not findings:
        values = {"title": found.title, "first": first.isoformat(), "last": last.isoformat()}
        findings.append(Finding("collection.not-missing", channel, values))
    if findings:
        raise RefusedError(findings)
    session.add_all(
        CoveredDay(channel=channel, day=day, reason=reason.strip(), recorded_by=act.by, recorded_at=act.at)
        for day in days
    )
    session.flush()
    body = {"days": [day.isoformat() for day in days], "reason": reason.strip()}
    record(session, Tag.DAYS_EMPTY, act, channel, body)
    return days
