"""Steps 7 and 10 in the ledger: each custody command reads the journal, decides, and writes its event in one transaction.

What may happen is decided by `handover.custody_commands`; this module only brings the ledger's facts (which container is on which
medium) and keeps the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec

from sqlalchemy import select
from sqlalchemy.orm import Session

from handover import contract, custody, custody_commands
from handover.contract import Contract
from handover.model import Custody, Event
from print_service.act import Act
from print_service.findings import refuse
from print_service.ledger.journal import entries, record
from print_service.ledger.tables import Container
from print_service.settings import Settings

PREFIX = "handover:"
P = ParamSpec("P")


@dataclass(frozen=True)
class Outing:
    """How a medium leaves the building: serial and kind of the medium, people by id, seal, case, place, expected arrival."""

    medium: str
    serial: str
    kind: str
    given_by: tuple[str, ...]
    carriers: tuple[str, ...]
    seal_no: str
    case_no: str
    place: str
    expected_at: datetime


def the_contract(settings: Settings) -> Contract:
    """The contract beside ward.toml."""
    return contract.load(settings.home / "contract.toml")


def current(session: Session) -> Custody:
    """Custody as the journal tells it."""
    return custody.fold(entries(session, PREFIX))


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
    """Register the medium with its live container and hand it to two named carriers."""
    container = session.scalar(select(Container).where(Container.medium == outing.medium, Container.voided.is_(False)))
    if container is None:
        raise refuse("handover.no-container", outing.medium, medium=outing.medium)
    now = current(session)
    if outing.medium not in now.media:
        last_day = act.day + timedelta(days=settings.handover.return_days)
        event = custody_commands.register(
            now,
            medium=outing.medium,
            batch=container.job_id,
            serial=outing.serial,
            kind=outing.kind,
            part="正",
            container_sha256=container.sha256,
            copies_allowed=settings.handover.copies_allowed,
            return_by=last_day,
            erase_by=last_day,
            at=act.at,
        )
        witness(session, act, event)
    carry_out(
        session,
        settings,
        act,
        custody_commands.hand_over,
        medium=outing.medium,
        given_by=outing.given_by,
        carriers=outing.carriers,
        seal_no=outing.seal_no,
        case_no=outing.case_no,
        place=outing.place,
        expected_at=outing.expected_at,
        at=act.at,
    )
