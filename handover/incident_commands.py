"""One function for every step of an incident: it refuses with all faults at once, or gives the event to record.

The written report (F-18) has the nine items of the rules under the personal information protection law (規則8条): the
provisional report says what is known, the confirmed one leaves none empty.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from handover import canonical_json
from handover.contract import Contract, Role, Side
from handover.custody_checks import blank_faults, long_faults, zone_faults
from handover.days import day_of, fiscal_year
from handover.duties import duty_faults
from handover.incident import (
    INCIDENT_TABLE,
    Cause,
    Ground,
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    ReportKind,
    ReportRules,
    Tag,
    duty,
)
from handover.model import Event
from handover.rules import Fault, RefusalError, refuse_if

LONGEST = 320
"""Characters of one item of the report that find room on the form."""


@dataclass(frozen=True)
class ReportTexts:
    """The nine items of 規則8条, as the ward words them."""

    outline: str
    data_items: str
    persons: str
    cause: str
    secondary_damage: str
    response: str
    publication: str
    prevention: str
    other: str

    def sha256(self) -> str:
        """SHA-256 (hex) of the canonical JSON of the items."""
        return canonical_json.sha256_hex(canonical_json.dump(vars(self)))


def read_texts(found: Mapping[str, object]) -> ReportTexts:
    """The items of a parsed file; refuses all that are missing, unknown, no text or too long for the form."""
    names = [one.name for one in fields(ReportTexts)]

    def faults() -> Iterator[Fault]:
        for name in names:
            if not isinstance(found.get(name), str):
                yield Fault("incident.item-missing", {"item": name})
            elif len(str(found[name])) > LONGEST:
                yield Fault("incident.item-too-long", {"item": name, "longest": LONGEST})
        for name in sorted(found.keys() - set(names)):
            yield Fault("incident.item-unknown", {"item": name})

    refuse_if(faults())
    return ReportTexts(**{name: str(found[name]).strip() for name in names})


def open_incident(
    register: Mapping[str, Incident],
    contract: Contract,
    *,
    kind: IncidentKind,
    batch: str,
    medium: str,
    step: str,
    pieces: str,
    discovered_by: str,
    discovered_at: datetime,
    known_at: datetime,
    by_vendor: bool,
    entered_by: str,
    at: datetime,
) -> Event:
    """An incident, or the risk of one, enters the register at once; `known_at` is the first notice the ward had.

    `discovered_by` is a person's id or the name of an office, `pieces` a range of piece numbers, `step` the step of the
    pipeline. Gets its number: I-<fiscal year>-<n>.
    """
    year = fiscal_year(day_of(known_at))
    number = f"I-{year}-{sum(name.startswith(f'I-{year}-') for name in register) + 1:03d}"

    def faults() -> Iterator[Fault]:
        moments = (discovered_at, known_at, at)
        if any(moment.tzinfo is None for moment in moments):
            yield Fault("time.no-zone")
        elif not discovered_at <= known_at <= at:
            yield Fault("incident.times", {"incident": number})
        yield from blank_faults(step=step, discovered_by=discovered_by)
        yield from long_faults(pieces=pieces)
        yield from duty_faults(contract, [entered_by], on=day_of(at), side=Side.WARD, duty="事故の登録")

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "kind": kind.value,
        "batch": batch,
        "medium": medium,
        "step": step,
        "pieces": pieces,
        "discovered_by": discovered_by,
        "discovered_at": discovered_at.isoformat(),
        "known_at": known_at.isoformat(),
        "by_vendor": by_vendor,
    }
    return Event(Tag.OPENED, f"incident:{number}", body)


def assess(
    register: Mapping[str, Incident],
    contract: Contract,
    *,
    incident: str,
    persons: int | None,
    grounds: Sequence[Ground],
    encrypted: bool,
    cause: Cause,
    recovered: int,
    recovered_of: int,
    judged_by: str,
    at: datetime,
) -> Event:
    """A supervisor judges what is known now: persons (None: unknown), grounds, encryption, cause, pieces recovered."""
    one = _known(register, incident)

    def faults() -> Iterator[Fault]:
        yield from _table(one, IncidentEvent.ASSESS)
        yield from _moments(one, at)
        if min(persons or 0, recovered, recovered_of) < 0:
            yield Fault("seal.negative-count")
        if recovered > recovered_of:
            yield Fault("incident.recovered", {"recovered": recovered, "total": recovered_of})
        yield from _supervisor(contract, judged_by, at)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "persons": persons,
        "grounds": sorted(ground.value for ground in set(grounds)),
        "encrypted": encrypted,
        "cause": cause.value,
        "recovered": recovered,
        "recovered_of": recovered_of,
        "judged_by": judged_by,
    }
    return Event(Tag.ASSESSED, f"incident:{incident}", body)


def contain(
    register: Mapping[str, Incident],
    *,
    incident: str,
    contained_at: datetime,
    post_stop_at: datetime | None,
    at: datetime,
) -> Event:
    """It spreads no further since `contained_at`; `post_stop_at` is when the post office was asked to stop."""
    one = _known(register, incident)
    moments = [moment for moment in (contained_at, post_stop_at) if moment is not None]
    refuse_if([*_table(one, IncidentEvent.CONTAIN), *_moments(one, *moments, latest=at)])
    body = {
        "at": at.isoformat(),
        "contained_at": contained_at.isoformat(),
        "post_stop_at": post_stop_at.isoformat() if post_stop_at else "",
    }
    return Event(Tag.CONTAINED, f"incident:{incident}", body)


def vendor_reported(register: Mapping[str, Incident], *, incident: str, reported_at: datetime, at: datetime) -> Event:
    """The vendor's written report is in (特記事項 19)."""
    one = _known(register, incident)
    refuse_if([*_table(one, IncidentEvent.VENDOR_REPORT), *_moments(one, reported_at, latest=at)])
    body = {"at": at.isoformat(), "reported_at": reported_at.isoformat()}
    return Event(Tag.VENDOR_REPORTED, f"incident:{incident}", body)


def report(
    register: Mapping[str, Incident],
    contract: Contract,
    texts: ReportTexts,
    *,
    incident: str,
    kind: ReportKind,
    approved_by: str,
    at: datetime,
) -> Event:
    """The report (F-18) goes out, approved by a supervisor; a confirmed one has every item and a containment."""
    one = _known(register, incident)

    def faults() -> Iterator[Fault]:
        yield from _table(one, IncidentEvent(kind.value))
        yield from _moments(one, at)
        wanted = vars(texts) if kind is ReportKind.CONFIRMED else {"outline": texts.outline}
        for name, text in wanted.items():
            if not text.strip():
                yield Fault("incident.item-missing", {"item": name})
        if kind is ReportKind.CONFIRMED:
            yield from _unsettled(one)
        yield from _supervisor(contract, approved_by, at)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "kind": kind.value,
        "sha256": texts.sha256(),
        "approved_by": approved_by,
        "persons": one.persons,
    }
    return Event(Tag.REPORTED, f"incident:{incident}", body)


def close(
    register: Mapping[str, Incident],
    contract: Contract,
    rules: ReportRules,
    *,
    incident: str,
    closed_by: str,
    at: datetime,
) -> Event:
    """An incident ends: contained, the vendor's report in, the number of persons known, and every report owed given."""
    one = _known(register, incident)

    def faults() -> Iterator[Fault]:
        yield from _table(one, IncidentEvent.CLOSE)
        yield from _moments(one, at)
        if one.state is IncidentState.OPEN and duty(one, rules) is not None:
            yield Fault("incident.report-owed", {"incident": incident})
        yield from _unsettled(one)
        if one.by_vendor and one.vendor_reported_at is None:
            yield Fault("incident.vendor-report-missing", {"incident": incident})
        yield from _supervisor(contract, closed_by, at)

    refuse_if(faults())
    return Event(Tag.CLOSED, f"incident:{incident}", {"at": at.isoformat(), "closed_by": closed_by})


def _known(register: Mapping[str, Incident], incident: str) -> Incident:
    if incident not in register:
        raise RefusalError("incident.unknown", incident=incident)
    return register[incident]


def _table(one: Incident, event: IncidentEvent) -> Iterator[Fault]:
    outcome = INCIDENT_TABLE[one.state][event]
    if not isinstance(outcome, IncidentState):
        yield Fault(outcome, {"incident": one.id})


def _unsettled(one: Incident) -> Iterator[Fault]:
    """What neither a confirmed report nor an end may leave open."""
    if one.contained_at is None:
        yield Fault("incident.not-contained", {"incident": one.id})
    if one.persons is None:
        yield Fault("incident.persons-unknown", {"incident": one.id})


def _moments(one: Incident, *moments: datetime, latest: datetime | None = None) -> Iterator[Fault]:
    every = [*moments, *([latest] if latest else [])]
    if faults := [fault for moment in every for fault in zone_faults(moment)]:
        yield faults[0]
    elif any(moment < one.discovered_at or (latest and moment > latest) for moment in every):
        yield Fault("incident.times", {"incident": one.id})


def _supervisor(contract: Contract, person: str, at: datetime) -> Iterator[Fault]:
    return duty_faults(contract, [person], on=day_of(at), side=Side.WARD, role=Role.SUPERVISOR, duty="事故の判断")
