"""A dunning run: planned and shown, approved by another person, frozen into a job that goes through steps 3 to 10 like any notice.

What is approved is the set of instalments to be written to. When the run is frozen everything is computed again: who paid since or was
excluded since is left out, nobody is added, and every amount is that of the moment, never the plan's.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.batches.exclusions import RULES
from print_service.batches.freeze import Draft, Frozen, JobOrder, freeze
from print_service.collection.match import Balance
from print_service.dunning.letters import demand_drafts, reminder_drafts
from print_service.dunning.owed import owed
from print_service.dunning.plan import (
    FINAL_DEMAND,
    REMINDER,
    Candidates,
    Key,
    demand_candidates,
    key_of,
    reminder_candidates,
)
from print_service.findings import refuse
from print_service.ledger.dunning_tables import DunnedItem, DunningRun, RunItem
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Job, Piece
from print_service.settings import Settings


class RunState(StrEnum):
    """Where a run stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    FROZEN = "frozen"
    DROPPED = "dropped"


LETTERS: Mapping[str, str] = {REMINDER: "督促", FINAL_DEMAND: "催告"}
STATES: Mapping[str, str] = {
    RunState.PLANNED: "計画済",
    RunState.APPROVED: "承認済",
    RunState.FROZEN: "抽出済",
    RunState.DROPPED: "取下げ",
}


@dataclass(frozen=True)
class RunOrder:
    """What is asked for. `batch` becomes the job's id; `kind` is `reminder` or `final-demand`; a demand is for every tax."""

    batch: str
    kind: str
    tax_items: tuple[str, ...]
    as_of: date


@dataclass(frozen=True)
class Run:
    """What a frozen run made: instalments written to, excluded by rule, approved but left out by rule, and the job."""

    data_as_of: date
    chosen: int
    excluded: dict[str, int]
    left_out: dict[str, int]
    frozen: Frozen


def candidates(session: Session, settings: Settings, order: RunOrder) -> Candidates:
    """Who would be written to now. Refuses `dunning.stale-channel`."""
    if order.kind == REMINDER:
        return reminder_candidates(session, settings, order.tax_items, order.as_of, order.batch)
    return demand_candidates(session, settings, order.as_of, order.batch)


def plan_run(session: Session, settings: Settings, act: Act, order: RunOrder) -> DunningRun:
    """Keep the candidates of this moment for another person to approve. Refuses a used id, a stale channel, and a run for nobody."""
    if session.get(DunningRun, order.batch) is not None:
        raise refuse("dunning.run-exists", order.batch, batch=order.batch)
    if session.get(Job, order.batch) is not None:
        raise refuse("job.exists", order.batch, id=order.batch)
    found = candidates(session, settings, order)
    if not found.chosen:
        words = {"kind": LETTERS[order.kind], "as_of": order.as_of.isoformat()}
        raise refuse("dunning.nobody", order.batch, **words)
    run = DunningRun(
        batch=order.batch,
        kind=order.kind,
        tax_items=list(order.tax_items),
        as_of=order.as_of,
        data_as_of=found.data_as_of,
        channels=found.gate.rows(),
        state=RunState.PLANNED,
        planned_by=act.by,
        planned_at=act.at,
    )
    session.add(run)
    session.flush()
    session.add_all(_item(order, balance, None) for balance in found.chosen)
    session.add_all(_item(order, balance, key) for balance, key in found.excluded)
    excluded = dict(Counter(key for _, key in found.excluded))
    body = {"data_as_of": found.data_as_of.isoformat(), "chosen": len(found.chosen), "excluded": excluded}
    record(session, Tag.RUN_PLANNED, act, order.batch, body)
    return run


def approve_run(session: Session, act: Act, batch: str) -> DunningRun:
    """Approve a plan; another person than its maker."""
    run = get_run(session, batch, RunState.PLANNED)
    if act.by == run.planned_by:
        raise refuse("job.same-person", batch, action="督促・催告の承認", maker=run.planned_by)
    run.state, run.approved_by, run.approved_at = RunState.APPROVED, act.by, act.at
    record(session, Tag.RUN_APPROVED, act, batch, {"chosen": len(_approved(session, batch))})
    return run


def drop_run(session: Session, act: Act, batch: str, reason: str) -> DunningRun:
    """Give a plan up before it is frozen; it stays as a record, its id is not used again."""
    run = get_run(session, batch, RunState.PLANNED, RunState.APPROVED)
    if not reason.strip():
        raise refuse("dunning.no-reason", batch)
    run.state, run.dropped_reason = RunState.DROPPED, reason
    record(session, Tag.RUN_DROPPED, act, batch, {"reason": reason})
    return run


def freeze_run(session: Session, settings: Settings, act: Act, batch: str) -> Run:
    """Make the job of an approved run from what is owed now. Refuses a channel that became stale, and `job.nothing-to-print`."""
    run = get_run(session, batch, RunState.APPROVED)
    order = RunOrder(batch, run.kind, tuple(run.tax_items), run.as_of)
    found = candidates(session, settings, order)
    approved = _approved(session, batch)
    chosen = tuple(balance for balance in found.chosen if key_of(balance) in approved)
    excluded = {key_of(balance): key for balance, key in found.excluded}
    kept_keys = {key_of(balance) for balance in chosen}
    for key, item in approved.items():
        if key not in kept_keys:
            item.left_out = excluded.get(key, "dunning.settled-since-plan")
    kept = Candidates(found.gate, chosen, found.excluded)
    frozen = freeze(session, settings, act, _job(order, kept), _drafts(session, settings, order, kept), _held(found))
    _remember(session, order, chosen)
    run.state, run.frozen_by, run.frozen_at = RunState.FROZEN, act.by, act.at
    run.channels, run.data_as_of = found.gate.rows(), found.data_as_of
    left_out = dict(Counter(item.left_out for item in approved.values() if item.left_out))
    counts = dict(Counter(excluded.values()))
    body = {"data_as_of": run.data_as_of.isoformat(), "chosen": len(chosen), "excluded": counts, "left_out": left_out}
    record(session, Tag.RUN_FROZEN, act, batch, body)
    return Run(found.data_as_of, len(chosen), counts, left_out, frozen)


def get_run(session: Session, batch: str, *allowed: RunState) -> DunningRun:
    """The run, in one of the states if any are given. Refuses `ledger.not-found` and `dunning.run-state`."""
    run = session.get(DunningRun, batch)
    if run is None:
        raise refuse("ledger.not-found", batch, kind="督促・催告の計画", id=batch)
    if allowed and run.state not in allowed:
        needed = "・".join(STATES[state] for state in allowed)
        raise refuse("dunning.run-state", batch, state=STATES[run.state], needed=needed)
    return run


def items_of(session: Session, batch: str) -> Sequence[RunItem]:
    """Every instalment the plan saw, excluded ones too, in payer order."""
    return session.scalars(select(RunItem).where(RunItem.batch == batch).order_by(RunItem.payer_key, RunItem.id)).all()


def _approved(session: Session, batch: str) -> Mapping[Key, RunItem]:
    return {(item.assessment_id, item.period): item for item in items_of(session, batch) if item.exclusion is None}


def _item(order: RunOrder, balance: Balance, exclusion: str | None) -> RunItem:
    assessment_id, period = key_of(balance)
    charge = owed(balance, order.as_of).late_charge if order.kind == FINAL_DEMAND else 0
    return RunItem(
        batch=order.batch,
        payer_key=balance.assessment.payer_key,
        assessment_id=assessment_id,
        period=period,
        unpaid=balance.unpaid,
        late_charge=charge,
        exclusion=exclusion,
    )


def _job(order: RunOrder, found: Candidates) -> JobOrder:
    items = tuple(sorted({balance.assessment.tax_item for balance in found.chosen}))
    levy_year = max((balance.assessment.levy_year for balance in found.chosen), default=order.as_of.year)
    return JobOrder(order.batch, order.kind, items or order.tax_items, levy_year, order.as_of, found.data_as_of)


def _drafts(session: Session, settings: Settings, order: RunOrder, found: Candidates) -> Iterator[Draft]:
    make = reminder_drafts if order.kind == REMINDER else demand_drafts
    return make(session, settings, found, order.as_of)


def _held(found: Candidates) -> Sequence[tuple[str, str]]:
    """Payers whom a person's decision or a mark keeps out, each once with its rule."""
    written_to = {balance.assessment.payer_key for balance in found.chosen}
    rules = set(RULES.values())
    held = {balance.assessment.payer_key: key for balance, key in found.excluded if key in rules}
    return [(payer, key) for payer, key in held.items() if payer not in written_to]


def _remember(session: Session, order: RunOrder, chosen: Sequence[Balance]) -> None:
    """What each letter says of each instalment: the pull list compares with it."""
    mine = session.execute(select(Piece.payer_key, Piece.id).where(Piece.job_id == order.batch))
    pieces = dict(mine.all())
    for balance in chosen:
        assessment_id, period = key_of(balance)
        session.add(
            DunnedItem(
                piece_id=pieces[balance.assessment.payer_key],
                assessment_id=assessment_id,
                period=period,
                paid=balance.paid + balance.late_charge_paid,
                unpaid=balance.unpaid,
                late_charge=owed(balance, order.as_of).late_charge if order.kind == FINAL_DEMAND else 0,
            )
        )
    session.flush()
