"""The incident register (事故, form F-18): what happened to personal data, who was told when, and the clocks that run.

The law wants a provisional report (速報) promptly, in about 3 to 5 days, and a confirmed one (確報) in 30 days, 60 where
an improper purpose is suspected, when one of its grounds holds: sensitive data, possible damage to property, improper
purpose, more than 100 persons (a private firm: 1,000), data an ordinance protects (個人情報保護法68条, 規則43条; firms 26条,
規則7条・8条). Days and numbers come in as `ReportRules`, dated data of the application. A vendor that told the ward is
released from its own report, so the moment of its first notice is kept. The register keeps times, counts and kinds;
what is written about persons stands in the report, of which the journal has the hash.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from handover.clocks import Clock, ClockKind, in_order
from handover.custody_table import next_state
from handover.days import day_of, end_of
from handover.journal import Entry
from handover.manifest import instant
from handover.rules import RefusalError


class Tag(StrEnum):
    """The journal tags of the register, `source:object:action`."""

    OPENED = "handover:incident:opened"
    ASSESSED = "handover:incident:assessed"
    CONTAINED = "handover:incident:contained"
    VENDOR_REPORTED = "handover:incident:vendor-reported"
    REPORTED = "handover:incident:reported"
    CLOSED = "handover:incident:closed"


class IncidentKind(StrEnum):
    """What may have become of the data: leaked, lost, damaged (漏えい・滅失・毀損)."""

    LEAK = "leak"
    LOSS = "loss"
    DAMAGE = "damage"


class Ground(StrEnum):
    """Why an incident must be reported, whatever the number of persons."""

    SENSITIVE = "sensitive"
    PROPERTY = "property"
    IMPROPER = "improper"
    ORDINANCE = "ordinance"
    MY_NUMBER = "my-number"


class Cause(StrEnum):
    """The class of the root cause."""

    UNKNOWN = "unknown"
    HUMAN = "human"
    MACHINE = "machine"
    PROGRAM = "program"
    RULE_BROKEN = "rule-broken"
    INTRUSION = "intrusion"
    THEFT = "theft"


class ReportKind(StrEnum):
    """速報 and 確報."""

    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"


class IncidentState(StrEnum):
    """How far an incident has been reported."""

    OPEN = "open"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


class IncidentEvent(StrEnum):
    """What can happen to an incident in the register."""

    ASSESS = "assess"
    CONTAIN = "contain"
    VENDOR_REPORT = "vendor-report"
    PROVISIONAL = "provisional"
    CONFIRMED = "confirmed"
    CLOSE = "close"


_S, _E = IncidentState, IncidentEvent
_SHUT = "incident.closed"

INCIDENT_TABLE: Mapping[IncidentState, Mapping[IncidentEvent, IncidentState | str]] = {
    _S.OPEN: {
        _E.ASSESS: _S.OPEN,
        _E.CONTAIN: _S.OPEN,
        _E.VENDOR_REPORT: _S.OPEN,
        _E.PROVISIONAL: _S.PROVISIONAL,
        _E.CONFIRMED: _S.CONFIRMED,  # all that is asked is known at once: one report serves as both
        _E.CLOSE: _S.CLOSED,  # where no report is owed
    },
    _S.PROVISIONAL: {
        _E.ASSESS: _S.PROVISIONAL,
        _E.CONTAIN: _S.PROVISIONAL,
        _E.VENDOR_REPORT: _S.PROVISIONAL,
        _E.PROVISIONAL: _S.PROVISIONAL,
        _E.CONFIRMED: _S.CONFIRMED,
        _E.CLOSE: "incident.confirmed-missing",
    },
    _S.CONFIRMED: {
        _E.ASSESS: _S.PROVISIONAL,  # what became known since must be confirmed again
        _E.CONTAIN: _S.CONFIRMED,
        _E.VENDOR_REPORT: _S.CONFIRMED,
        _E.PROVISIONAL: "incident.confirmed-given",
        _E.CONFIRMED: _S.CONFIRMED,
        _E.CLOSE: _S.CLOSED,
    },
    _S.CLOSED: dict.fromkeys(_E, _SHUT),
}


@dataclass(frozen=True)
class ReportRules:
    """The law's numbers on one day: persons above which it must be told, and days, from the day the ward knew.

    `first_day_counts` says whether that day is the first; `vendor_report_days` is the contract's limit for the vendor's
    written report.
    """

    persons_over: int
    vendor_persons_over: int
    provisional_days_from: int
    provisional_days: int
    confirmed_days: int
    confirmed_days_improper: int
    first_day_counts: bool
    vendor_report_days: int


@dataclass(frozen=True)
class Incident:
    """One incident; `persons` None while unknown, `known_at` when the ward knew of it, `by_vendor` whether it happened in
    the vendor's hands, `encrypted` whether the data were protected by strong encryption whose secret is safe.
    """

    id: str
    kind: IncidentKind
    batch: str
    medium: str
    step: str
    pieces: str
    discovered_by: str
    discovered_at: datetime
    known_at: datetime
    by_vendor: bool
    persons: int | None = None
    grounds: frozenset[Ground] = frozenset()
    encrypted: bool = False
    cause: Cause = Cause.UNKNOWN
    recovered: int = 0
    recovered_of: int = 0
    contained_at: datetime | None = None
    post_stop_at: datetime | None = None
    vendor_reported_at: datetime | None = None
    reports: tuple[tuple[ReportKind, datetime], ...] = ()
    state: IncidentState = IncidentState.OPEN


@dataclass(frozen=True)
class Duty:
    """That the commission (個人情報保護委員会) must be told: the grounds, whether the number of persons is one (`persons`
    also while it is unknown), and until which days.
    """

    grounds: tuple[Ground, ...]
    persons: bool
    provisional_from: date
    provisional_by: date
    confirmed_by: date


def duty(incident: Incident, rules: ReportRules) -> Duty | None:
    """Whether the incident must be reported. Strong encryption takes away every ground but that of the individual number,
    whose own rule is not certain to say so; an unknown number of persons counts as many.
    """
    many = incident.persons is None or incident.persons > rules.persons_over
    held = {Ground.MY_NUMBER} if incident.encrypted else set(Ground)
    grounds = tuple(ground for ground in Ground if ground in incident.grounds & held)
    if not grounds and (incident.encrypted or not many):
        return None
    first = day_of(incident.known_at) - timedelta(days=rules.first_day_counts)
    long = Ground.IMPROPER in grounds
    return Duty(
        grounds=grounds,
        persons=many and not incident.encrypted,
        provisional_from=first + timedelta(days=rules.provisional_days_from),
        provisional_by=first + timedelta(days=rules.provisional_days),
        confirmed_by=first + timedelta(days=rules.confirmed_days_improper if long else rules.confirmed_days),
    )


def vendor_duty(incident: Incident, rules: ReportRules) -> bool:
    """Whether the vendor, a private firm, would have to report as well, had it not told the ward (規則7条: no ground of an
    ordinance, and another number of persons).
    """
    as_firm = replace(incident, grounds=incident.grounds - {Ground.ORDINANCE})
    return incident.by_vendor and duty(as_firm, replace(rules, persons_over=rules.vendor_persons_over)) is not None


def clocks(incidents: Iterable[Incident], rules: ReportRules) -> list[Clock]:
    """What is still owed for incidents not closed: the vendor's written report, 速報, 確報."""
    found = []
    for one in incidents:
        if one.state is _S.CLOSED:
            continue
        if one.by_vendor and one.vendor_reported_at is None:
            until = end_of(day_of(one.known_at) + timedelta(days=rules.vendor_report_days))
            found.append(Clock(ClockKind.VENDOR_REPORT, one.id, one.batch, "受託者", until))
        owed = duty(one, rules)
        if owed is not None and one.state is _S.OPEN:
            found.append(Clock(ClockKind.PROVISIONAL, one.id, one.batch, "区", end_of(owed.provisional_by)))
        if owed is not None and one.state in (_S.OPEN, _S.PROVISIONAL):
            found.append(Clock(ClockKind.CONFIRMED, one.id, one.batch, "区", end_of(owed.confirmed_by)))
    return in_order(found)


def fold(entries: Iterable[Entry]) -> Mapping[str, Incident]:
    """The register the journal tells, by number; other entries passed over. Refuses (`custody.impossible`) an entry no
    command could have written.
    """
    register: dict[str, Incident] = {}
    for entry in entries:
        try:
            _apply(register, entry.tag, entry.subject.partition(":")[2], entry.body)
        except (RefusalError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise RefusalError("custody.impossible", seq=entry.seq, tag=entry.tag) from error
    return register


def _apply(register: dict[str, Incident], tag: str, name: str, body: Mapping[str, Any]) -> None:
    if tag == Tag.OPENED:
        if name in register:
            raise RefusalError("incident.known", incident=name)
        register[name] = _opened(name, body)
    elif tag in _CHANGES:
        register[name] = _CHANGES[tag](register[name], body)


def _opened(name: str, body: Mapping[str, Any]) -> Incident:
    texts = {one: body[one] for one in ("batch", "medium", "step", "pieces", "discovered_by")}
    return Incident(
        id=name,
        kind=IncidentKind(body["kind"]),
        discovered_at=instant(body["discovered_at"]),
        known_at=instant(body["known_at"]),
        by_vendor=body["by_vendor"] is True,
        **texts,
    )


def _assessed(one: Incident, body: Mapping[str, Any]) -> Incident:
    return replace(
        one,
        state=_next(one, _E.ASSESS),
        persons=body["persons"],
        grounds=frozenset(map(Ground, body["grounds"])),
        encrypted=body["encrypted"] is True,
        cause=Cause(body["cause"]),
        recovered=body["recovered"],
        recovered_of=body["recovered_of"],
    )


def _contained(one: Incident, body: Mapping[str, Any]) -> Incident:
    stop = instant(body["post_stop_at"]) if body["post_stop_at"] else one.post_stop_at
    return replace(one, state=_next(one, _E.CONTAIN), contained_at=instant(body["contained_at"]), post_stop_at=stop)


def _vendor_reported(one: Incident, body: Mapping[str, Any]) -> Incident:
    return replace(one, state=_next(one, _E.VENDOR_REPORT), vendor_reported_at=instant(body["reported_at"]))


def _reported(one: Incident, body: Mapping[str, Any]) -> Incident:
    kind = ReportKind(body["kind"])
    state = _next(one, IncidentEvent(kind.value))
    return replace(one, state=state, reports=(*one.reports, (kind, instant(body["at"]))))


def _closed(one: Incident, _: Mapping[str, Any]) -> Incident:
    return replace(one, state=_next(one, _E.CLOSE))


def _next(one: Incident, event: IncidentEvent) -> IncidentState:
    return next_state(INCIDENT_TABLE, one.state, event, incident=one.id)


_CHANGES: Mapping[str, Callable[[Incident, Mapping[str, Any]], Incident]] = {
    Tag.ASSESSED: _assessed,
    Tag.CONTAINED: _contained,
    Tag.VENDOR_REPORTED: _vendor_reported,
    Tag.REPORTED: _reported,
    Tag.CLOSED: _closed,
}
