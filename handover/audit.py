"""On-site audits (実地調査): at least one in every fiscal year the contract is in force, warned before it lapses.

The ward goes and sees whether what the vendor reported is done (特記事項 15 to 17), point by point; a point that is not
kept must be remedied by a day, and the remedy is seen as well. One form a visit.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from handover.clocks import Clock, ClockKind, in_order
from handover.contract import Contract, Side
from handover.custody_checks import blank_faults, zone_faults
from handover.custody_table import next_state
from handover.days import day_of, end_of, fiscal_year, fiscal_year_end
from handover.duties import duty_faults
from handover.journal import Entry
from handover.model import Event
from handover.rules import Fault, RefusalError, refuse_if

LONGEST = 60
"""Characters of one note that find room on the form."""


class Tag(StrEnum):
    """The journal tags of audits, `source:object:action`."""

    RECORDED = "handover:audit:recorded"
    REMEDIED = "handover:audit:remedied"


class AuditKind(StrEnum):
    """Announced, or without notice."""

    ANNOUNCED = "announced"
    RANDOM = "random"


class Point(StrEnum):
    """What is looked at; each a duty of the special terms (特記事項) or of the security annex."""

    SECRECY = "secrecy"
    PLACE = "place"
    PURPOSE = "purpose"
    STORAGE = "storage"
    NO_COPIES = "no-copies"
    NO_REENTRUSTMENT = "no-reentrustment"
    ERASURE = "erasure"
    HANDLERS = "handlers"
    TRAINING = "training"
    TRANSPORT = "transport"
    ACCESS = "access"
    NETWORK = "network"
    LOGS = "logs"
    SPOILAGE = "spoilage"


class AuditState(StrEnum):
    """Where an audit stands: not held, with points to remedy, or without any left."""

    UNKNOWN = "unknown"
    OPEN = "open"
    CLEARED = "cleared"


class AuditEvent(StrEnum):
    """What can happen to an audit."""

    RECORD_CLEAN = "record-clean"
    RECORD_FINDINGS = "record-findings"
    REMEDY = "remedy"


AUDIT_TABLE: Mapping[AuditState, Mapping[AuditEvent, AuditState | str]] = {
    AuditState.UNKNOWN: {
        AuditEvent.RECORD_CLEAN: AuditState.CLEARED,
        AuditEvent.RECORD_FINDINGS: AuditState.OPEN,
        AuditEvent.REMEDY: "audit.unknown",
    },
    AuditState.OPEN: {
        AuditEvent.RECORD_CLEAN: "audit.known",
        AuditEvent.RECORD_FINDINGS: "audit.known",
        AuditEvent.REMEDY: AuditState.CLEARED,
    },
    AuditState.CLEARED: {
        AuditEvent.RECORD_CLEAN: "audit.known",
        AuditEvent.RECORD_FINDINGS: "audit.known",
        AuditEvent.REMEDY: "audit.nothing-open",
    },
}


@dataclass(frozen=True)
class Seen:
    """What was seen on one point; `note` holds no personal data."""

    kept: bool
    note: str = ""


@dataclass(frozen=True)
class Visit:
    """One visit as the auditors wrote it down; people by id, `remedy_by` only where a point is not kept."""

    held_on: date
    kind: AuditKind
    place: str
    auditors: tuple[str, ...]
    attended_by: tuple[str, ...]
    points: Mapping[Point, Seen]
    remedy_by: date | None = None


@dataclass(frozen=True)
class Audit:
    """One audit of the register."""

    id: str
    contract: str
    held_on: date
    state: AuditState
    findings: int
    remedy_by: date | None


def read_visit(found: Mapping[str, Any]) -> Visit:
    """The visit of a parsed file; refuses every field and point that is missing, unknown or of the wrong kind."""
    points = found.get("points")
    rows = points if isinstance(points, dict) else {}

    def faults() -> Iterator[Fault]:
        sound = {
            "held_on": type(found.get("held_on")) is date,
            "kind": found.get("kind") in tuple(AuditKind),
            "place": isinstance(found.get("place"), str),
            "auditors": _are_ids(found.get("auditors")),
            "attended_by": _are_ids(found.get("attended_by")),
            "points": isinstance(points, dict),
            "remedy_by": found.get("remedy_by") is None or type(found["remedy_by"]) is date,
        }
        for name in (*(name for name, good in sound.items() if not good), *sorted(found.keys() - sound.keys())):
            yield Fault("audit.field", {"field": name})
        for name in (*(point for point in Point if point not in rows), *sorted(rows.keys() - set(Point))):
            yield Fault("audit.point", {"point": str(name)})
        for name, row in rows.items():
            known = isinstance(row, dict) and row.keys() <= {"kept", "note"} and type(row.get("kept")) is bool
            if not known or not isinstance(row.get("note", ""), str) or len(row.get("note", "")) > LONGEST:
                yield Fault("audit.point", {"point": name})

    refuse_if(faults())
    return Visit(
        held_on=found["held_on"],
        kind=AuditKind(found["kind"]),
        place=found["place"],
        auditors=tuple(found["auditors"]),
        attended_by=tuple(found["attended_by"]),
        points={point: Seen(rows[point]["kept"], rows[point].get("note", "").strip()) for point in Point},
        remedy_by=found.get("remedy_by"),
    )


def record_audit(audits: Mapping[str, Audit], contract: Contract, visit: Visit, *, at: datetime) -> Event:
    """An audit was held; gets its number A-<fiscal year>-<n>. A point not kept needs its note and a day for the remedy."""
    year = fiscal_year(visit.held_on)
    number = f"A-{year}-{sum(name.startswith(f'A-{year}-') for name in audits) + 1:02d}"
    bad = [point for point, seen in visit.points.items() if not seen.kept]

    def faults() -> Iterator[Fault]:
        yield from zone_faults(at)
        yield from blank_faults(place=visit.place)
        if visit.held_on > day_of(at):
            yield Fault("audit.dates", {"audit": number})
        yield from duty_faults(contract, visit.auditors, on=visit.held_on, at_least=2, side=Side.WARD, duty="実地調査")
        yield from duty_faults(contract, visit.attended_by, on=visit.held_on, side=Side.VENDOR, duty="調査の立会い")
        for point in bad:
            yield from blank_faults(**{point.value: visit.points[point].note})
        if bad and (visit.remedy_by is None or visit.remedy_by < visit.held_on):
            yield Fault("audit.remedy-by", {"audit": number})

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "contract": contract.number,
        "held_on": visit.held_on.isoformat(),
        "kind": visit.kind.value,
        "place": visit.place,
        "auditors": list(visit.auditors),
        "attended_by": list(visit.attended_by),
        "points": {point.value: {"kept": seen.kept, "note": seen.note} for point, seen in visit.points.items()},
        "findings": len(bad),
        "remedy_by": visit.remedy_by.isoformat() if bad and visit.remedy_by else "",
    }
    return Event(Tag.RECORDED, f"audit:{number}", body)


def remedy(
    audits: Mapping[str, Audit], contract: Contract, *, audit: str, seen_by: Sequence[str], at: datetime
) -> Event:
    """The ward's staff have seen that every point is kept now."""
    one = audits.get(audit)

    def faults() -> Iterator[Fault]:
        outcome = AUDIT_TABLE[one.state if one else AuditState.UNKNOWN][AuditEvent.REMEDY]
        if not isinstance(outcome, AuditState):
            yield Fault(outcome, {"audit": audit})
        yield from zone_faults(at)
        yield from duty_faults(contract, seen_by, on=day_of(at), side=Side.WARD, duty="改善の確認")

    refuse_if(faults())
    return Event(Tag.REMEDIED, f"audit:{audit}", {"at": at.isoformat(), "seen_by": list(seen_by)})


def fold(entries: Iterable[Entry]) -> Mapping[str, Audit]:
    """The audits the journal tells, by number; other entries passed over. Refuses (`custody.impossible`) an entry no
    command could have written.
    """
    audits: dict[str, Audit] = {}
    for entry in entries:
        try:
            _apply(audits, entry.tag, entry.subject.partition(":")[2], entry.body)
        except (RefusalError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise RefusalError("custody.impossible", seq=entry.seq, tag=entry.tag) from error
    return audits


def clocks(audits: Iterable[Audit], contract: Contract, today: date) -> list[Clock]:
    """A clock for every fiscal year of the contract up to this one without an audit, and for points to remedy."""
    held = list(audits)
    years = {fiscal_year(one.held_on) for one in held if one.contract == contract.number}
    found = [
        Clock(ClockKind.AUDIT, f"FY{year}", "", "区", end_of(min(fiscal_year_end(year), contract.valid_to)))
        for year in range(fiscal_year(contract.valid_from), fiscal_year(min(today, contract.valid_to)) + 1)
        if year not in years
    ]
    found += [
        Clock(ClockKind.REMEDY, one.id, "", "受託者", end_of(one.remedy_by))
        for one in held
        if one.state is AuditState.OPEN and one.remedy_by is not None
    ]
    return in_order(found)


def _apply(audits: dict[str, Audit], tag: str, name: str, body: Mapping[str, Any]) -> None:
    if tag == Tag.RECORDED:
        event = AuditEvent.RECORD_FINDINGS if body["findings"] else AuditEvent.RECORD_CLEAN
        before = audits[name].state if name in audits else AuditState.UNKNOWN
        audits[name] = Audit(
            id=name,
            contract=body["contract"],
            held_on=date.fromisoformat(body["held_on"]),
            state=next_state(AUDIT_TABLE, before, event, audit=name),
            findings=body["findings"],
            remedy_by=date.fromisoformat(body["remedy_by"]) if body["remedy_by"] else None,
        )
    elif tag == Tag.REMEDIED:
        one = audits[name]
        audits[name] = replace(one, state=next_state(AUDIT_TABLE, one.state, AuditEvent.REMEDY, audit=name))


def _are_ids(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
