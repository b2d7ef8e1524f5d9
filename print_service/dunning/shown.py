"""What a run looks like to those who plan, approve and audit it: counts, sums, exclusions with explicit zeros, channels, deadlines.

The same facts go to the screen and onto the cover sheet. Terms of the law are shown, never acted on.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.batches.exclusions import RULES
from print_service.calendar import reminder_deadline, seizure_day, ward_calendar
from print_service.dunning.plan import REMINDER
from print_service.dunning.run import RunState, get_run, items_of
from print_service.findings import Finding
from print_service.ledger.dunning_tables import DunnedItem, RunItem
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Instalment, Piece, Posting
from print_service.settings import Settings

_OURS = (
    *RULES.values(),
    "dunning.notice-not-posted",
    "dunning.money-to-settle",
    "dunning.no-debit-result",
    "dunning.channel-not-built",
    "dunning.settled-since-plan",
)


@dataclass(frozen=True)
class RunFacts:
    """A run as people see it. Yen, of the plan until it is frozen and of the letters after; `excluded` names every rule, also those that kept nobody out.

    `deadline`: the earliest last day for a reminder by law, `late`: how many instalments are past theirs on the day of the letters.
    `seizure_day`: the day by which payment in full averts the duty to seize, counted from the posting (or the planned day of it).
    """

    batch: str
    kind: str
    state: str
    tax_items: tuple[str, ...]
    as_of: date
    data_as_of: date
    payers: int
    instalments: int
    unpaid: int
    late_charge: int
    pieces: int
    pulled: int
    excluded: Mapping[str, int]
    channels: tuple[Mapping[str, Any], ...]
    planned_by: str
    approved_by: str | None
    frozen_by: str | None
    deadline: date | None
    late: int
    seizure_day: date | None
    warnings: tuple[Finding, ...]


def run_facts(session: Session, settings: Settings, batch: str) -> RunFacts:
    """Everything about one run. Refuses `ledger.not-found`."""
    run = get_run(session, batch)
    items = items_of(session, batch)
    written = [item for item in items if item.exclusion is None and item.left_out is None]
    counts = Counter(item.exclusion or item.left_out for item in items)
    book = ward_calendar(settings)
    deadlines = _deadlines(session, settings, batch) if run.kind == REMINDER else []
    late = sum(day < run.as_of for day in deadlines)
    posted_on = session.scalar(select(func.min(Posting.posted_on)).where(Posting.job_id == batch))
    first = min(deadlines, default=None)
    unpaid, charge = _said(session, batch)
    if run.state != RunState.FROZEN:
        unpaid, charge = sum(item.unpaid for item in written), sum(item.late_charge for item in written)
    warnings: tuple[Finding, ...] = ()
    if late and first:
        warnings = (Finding("dunning.reminder-late", batch, {"count": late, "deadline": first.isoformat()}),)
    return RunFacts(
        batch=batch,
        kind=run.kind,
        state=run.state,
        tax_items=tuple(run.tax_items),
        as_of=run.as_of,
        data_as_of=run.data_as_of,
        payers=len({item.payer_key for item in written}),
        instalments=len(written),
        unpaid=unpaid,
        late_charge=charge,
        pieces=session.scalar(select(func.count()).where(Piece.job_id == batch)) or 0,
        pulled=session.scalar(select(func.count()).where(Piece.job_id == batch, Piece.state == PieceState.PULLED)) or 0,
        excluded={key: counts[key] for key in dict.fromkeys((*_OURS, *filter(None, counts)))},
        channels=tuple(run.channels),
        planned_by=run.planned_by,
        approved_by=run.approved_by,
        frozen_by=run.frozen_by,
        deadline=first,
        late=late,
        seizure_day=seizure_day(posted_on or run.as_of, book) if run.kind == REMINDER else None,
        warnings=warnings,
    )


def _said(session: Session, batch: str) -> tuple[int, int]:
    """Yen of tax and late charge that the letters of a frozen run say, all together."""
    sums = select(func.sum(DunnedItem.unpaid), func.sum(DunnedItem.late_charge))
    unpaid, charge = session.execute(
        sums.join(Piece, Piece.id == DunnedItem.piece_id).where(Piece.job_id == batch)
    ).one()
    return int(unpaid or 0), int(charge or 0)


def _deadlines(session: Session, settings: Settings, batch: str) -> list[date]:
    book = ward_calendar(settings)
    same = (RunItem.assessment_id == Instalment.assessment_id) & (RunItem.period == Instalment.number)
    dues = select(Instalment.due).join(RunItem, same).where(RunItem.batch == batch, RunItem.exclusion.is_(None))
    return [reminder_deadline(due, book) for due in session.scalars(dues)]
