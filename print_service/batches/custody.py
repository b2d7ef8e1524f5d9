"""Steps 7 and 10 in the ledger: each custody command reads the journal, decides, and writes its event in one transaction.

What may happen is decided by the commands of `handover`; this module brings the ledger's facts (which container is on which medium,
which letters are still with the vendor), reads the registers of incidents and audits, and keeps the answer.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Concatenate, ParamSpec

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handover import audit, clocks, contract, custody, custody_commands, incident
from handover.audit import Audit
from handover.clocks import Clock
from handover.contract import Contract
from handover.incident import Incident, ReportRules
from handover.model import Custody, Event, Outside
from handover.rules import Fault, RefusalError, refuse_if
from print_service.act import Act
from print_service.findings import refuse
from print_service.ledger.dunning_tables import PullList, PullReport, PullRow
from print_service.ledger.journal import entries, record
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Container, Piece
from print_service.resources import data_dir
from print_service.settings import Settings

PREFIX = "handover:"
P = ParamSpec("P")


@dataclass(frozen=True)
class Along:
    """A further medium in the same case: its number, serial number and seal."""

    medium: str
    serial: str
    seal_no: str


@dataclass(frozen=True)
class Outing:
    """How a medium leaves the building: serial and kind of the medium, people by id, seal, case, place, expected arrival, and
    the media carried `along` on the same slip.
    """

    medium: str
    serial: str
    kind: str
    given_by: tuple[str, ...]
    carriers: tuple[str, ...]
    seal_no: str
    case_no: str
    place: str
    expected_at: datetime
    along: tuple[Along, ...] = ()


def the_contract(settings: Settings) -> Contract:
    """The contract beside ward.toml."""
    return contract.load(settings.home / "contract.toml")


def report_rules(settings: Settings, on: date) -> ReportRules:
    """When an incident known on this day must be reported: dated data, and the contract's limit for the vendor's own report."""
    with (data_dir() / "breach-report.toml").open("rb") as file:
        rows = tomllib.load(file)["rules"]
    valid = [row for row in rows if row["valid_from"] <= on]
    if not valid:
        raise refuse("handover.no-report-rules", on=on.isoformat())
    row = max(valid, key=lambda row: row["valid_from"])
    facts = {name: value for name, value in row.items() if name != "valid_from"}
    return ReportRules(**facts, vendor_report_days=settings.handover.vendor_report_days)


def current(session: Session) -> Custody:
    """Custody as the journal tells it."""
    return custody.fold(entries(session, PREFIX))


def incidents(session: Session) -> dict[str, Incident]:
    """The register of incidents as the journal tells it."""
    return dict(incident.fold(entries(session, PREFIX)))


def audits(session: Session) -> dict[str, Audit]:
    """The on-site audits as the journal tells them."""
    return dict(audit.fold(entries(session, PREFIX)))


def outside(session: Session) -> list[Outside]:
    """What personal data is outside the building now, who has it, until when; the earliest deadline first.

    Media, copies and spoiled sheets as custody tells; and of a batch that was loaded, its letters that may be printed there: those
    neither posted nor taken out, and those to be taken out whose number the vendor has not reported.
    """
    now = current(session)
    found = custody.outside(now)
    for batch in sorted({copy.batch for copy in now.copies.values()}):
        if count := letters_left(session, batch):
            first = min(now.copies_of(batch), key=lambda copy: copy.first_written)
            receipt = next((one.receipt for one in now.transfers_of(first.medium) if one.receipt), None)
            place = f"{receipt.place if receipt else first.host}（{count}通）"
            until = max(medium.return_by for medium in now.media_of(batch))
            found.append(Outside("paper", batch, batch, first.holder, place, first.first_written, until))
    return sorted(found, key=lambda item: (item.until, item.what, item.id))


def letters_left(session: Session, batch: str) -> int:
    """How many letters of a batch are neither posted nor, as the vendor's count confirms, taken out of the goods."""
    composed = select(func.count()).where(Piece.job_id == batch, Piece.state == PieceState.COMPOSED)
    count = session.scalar(composed) or 0
    approved = select(PullList.id).where(PullList.job_id == batch, PullList.approved_at.is_not(None))
    for list_id in session.scalars(approved).all():
        listed = session.scalar(select(func.count()).where(PullRow.list_id == list_id)) or 0
        last = select(PullReport.pulled).where(PullReport.list_id == list_id).order_by(PullReport.id.desc()).limit(1)
        if session.scalar(last) != listed:
            count += listed
    return count


def close_batch(session: Session, act: Act, batch: str) -> None:
    """Close a batch; refused as well while letters that the vendor may have printed are neither posted nor taken out."""
    now = current(session)
    faults: list[Fault] = []
    count = letters_left(session, batch) if now.copies_of(batch) else 0
    if count:
        faults.append(Fault("custody.letters-left", {"batch": batch, "count": count}))
    try:
        event = custody_commands.close(now, batch=batch, at=act.at)
    except RefusalError as error:
        raise RefusalError.of([*error.faults, *faults]) from error
    refuse_if(faults)
    witness(session, act, event)


def running_clocks(session: Session, settings: Settings, now: datetime) -> list[Clock]:
    """Every deadline that still runs: custody, incidents, the yearly audit; the earliest first."""
    rules_on = Act("", now).day
    found = clocks.custody_clocks(current(session))
    found += incident.clocks(incidents(session).values(), report_rules(settings, rules_on))
    found += audit.clocks(audits(session).values(), the_contract(settings), rules_on)
    return clocks.in_order(found)


def witness(session: Session, act: Act, event: Event) -> None:
    """Keep what a command decided."""
    record(session, event.tag, act, event.subject, event.body)


def carry_out(
    session: Session,
    settings: Settings,
    act: Act,
    command: Callable[Concatenate[Custody, Contract, P], Event],
    *args: P.args,
    **facts: P.kwargs,
) -> Event:
    """Let a custody command decide on what the journal and the contract say, and keep its event."""
    event = command(current(session), the_contract(settings), *args, **facts)
    witness(session, act, event)
    return event


def hand_out(session: Session, settings: Settings, act: Act, outing: Outing) -> None:
    """Register each medium with its live container, unless it is (a spare, 副), and hand all of them to two named carriers; on one
    slip, whose number is that of the first medium's transfer.
    """
    first = Along(outing.medium, outing.serial, outing.seal_no)
    slip = custody.transfer_id(current(session), outing.medium) if outing.along else ""
    for one in (first, *outing.along):
        _register(session, settings, act, one, outing.kind)
        carry_out(
            session,
            settings,
            act,
            custody_commands.hand_over,
            medium=one.medium,
            serial=one.serial,
            given_by=outing.given_by,
            carriers=outing.carriers,
            seal_no=one.seal_no,
            case_no=outing.case_no,
            place=outing.place,
            expected_at=outing.expected_at,
            slip=slip,
            at=act.at,
        )


def _register(session: Session, settings: Settings, act: Act, one: Along, kind: str) -> None:
    now = current(session)
    known = now.media.get(one.medium)
    holds = Container.medium == one.medium if known is None else Container.sha256 == known.container_sha256
    container = session.scalar(select(Container).where(holds, Container.voided.is_(False)))
    if container is None:
        raise refuse("handover.no-container", one.medium, medium=one.medium)
    if known is not None:
        return
    last_day = act.day + timedelta(days=settings.handover.return_days)
    event = custody_commands.register(
        now,
        medium=one.medium,
        batch=container.job_id,
        serial=one.serial,
        kind=kind,
        part="正",
        container_sha256=container.sha256,
        copies_allowed=settings.handover.copies_allowed,
        return_by=last_day,
        erase_by=last_day,
        at=act.at,
    )
    witness(session, act, event)
