"""Who may do what on which day, and what of a contract has lapsed or lapses soon.

`duty_faults` judges the people of one act, `work_faults` whether work may begin at all (hand-over and every load: the
contract in force, reported and accepted as it stands, an accreditation valid, the responsible person valid and trained).
What brings data home again (return, erasure, report of a copy) is never refused for a lapsed paper. `limits` is the
table a supervisor reads before work. Special terms (特記事項) 10, 13, 18; form F-01.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from handover.contract import Contract, Role, Side
from handover.custody_table import Tag
from handover.days import day_of
from handover.model import Custody, Event
from handover.rules import Fault, refuse_if


class LimitKind(StrEnum):
    """What of a contract has a last day."""

    CONTRACT = "contract"
    ACCREDITATION = "accreditation"
    PERSON = "person"
    TRAINING = "training"


@dataclass(frozen=True)
class Limit:
    """One thing of the contract with its last day; `last_day` None means it never began (a person without training)."""

    kind: LimitKind
    id: str
    last_day: date | None

    def lapsed(self, on: date) -> bool:
        """Whether it holds no more on this day."""
        return self.last_day is None or self.last_day < on

    def lapses_within(self, on: date, days: int) -> bool:
        """Whether it still holds, but ends in at most so many days."""
        return not self.lapsed(on) and self.last_day is not None and self.last_day <= on + timedelta(days=days)


def limits(contract: Contract) -> list[Limit]:
    """Everything of the contract that ends, the earliest last day first."""
    found = [Limit(LimitKind.CONTRACT, contract.number, contract.valid_to)]
    found += [
        Limit(LimitKind.ACCREDITATION, f"{one.kind} {one.number}", one.valid_to) for one in contract.accreditations
    ]
    for person in contract.people.values():
        if person.valid_to is not None:
            found.append(Limit(LimitKind.PERSON, person.id, person.valid_to))
        if person.side is Side.VENDOR:
            found.append(Limit(LimitKind.TRAINING, person.id, contract.trained_until(person)))
    return sorted(found, key=lambda limit: (limit.last_day or date.min, limit.kind, limit.id))


def duty_faults(
    contract: Contract,
    ids: Sequence[str],
    *,
    on: date,
    at_least: int = 1,
    side: Side | None = None,
    role: Role | None = None,
    trained: bool = False,
    duty: str,
) -> Iterator[Fault]:
    """Why these people may not do this duty on this day: too few of them, unknown, not valid, wrong side, wrong role, or
    (where `trained` is asked) of the vendor and without a training that holds.

    `duty` is the Japanese word for what they do, for the sentence.
    """
    if len(set(ids)) < at_least:
        yield Fault("people.too-few", {"duty": duty, "found": len(set(ids)), "wanted": at_least})
    for person_id in dict.fromkeys(ids):
        values = {"person": person_id, "duty": duty, "on": on.isoformat()}
        person = contract.people.get(person_id)
        if person is None:
            yield Fault("people.not-on-list", values)
            continue
        if not person.valid_on(on):
            yield Fault("people.not-valid", values)
        if side is not None and person.side is not side:
            yield Fault("people.wrong-side", {**values, "side": "区" if side is Side.WARD else "受託者"})
        if role is not None and role not in person.roles:
            yield Fault("people.wrong-role", {**values, "role": role.value})
        until = contract.trained_until(person)
        if trained and person.side is Side.VENDOR and (until is None or until < on):
            yield Fault("people.untrained", {**values, "until": until or "記録なし"})


def work_faults(custody: Custody, contract: Contract, on: date) -> Iterator[Fault]:
    """Why no work may begin under this contract on this day."""
    if not contract.valid_from <= on <= contract.valid_to:
        yield Fault(
            "contract.not-in-force",
            {"contract": contract.number, "first": contract.valid_from, "last": contract.valid_to, "on": on},
        )
    if all(one.valid_to < on for one in contract.accreditations):
        last = max(one.valid_to for one in contract.accreditations)
        yield Fault("contract.accreditation-lapsed", {"last": last, "on": on})
    accepted = custody.acceptance
    if accepted is None:
        yield Fault("contract.not-reported", {"contract": contract.number})
    elif accepted.sha256 != contract.digest():
        yield Fault("contract.changed-since", {"day": day_of(accepted.at)})
    yield from duty_faults(contract, [contract.responsible], on=on, side=Side.VENDOR, trained=True, duty="取扱責任者")


def accept_contract(custody: Custody, contract: Contract, *, accepted_by: str, at: datetime) -> Event:
    """The ward accepts the vendor's report (F-01) as it stands in the contract's file, with its declaration that nothing
    is entrusted further. Refuses one already accepted, a declaration of a later day, and anyone but a supervisor.
    """
    on = day_of(at)
    declared = contract.no_reentrustment

    def faults() -> Iterator[Fault]:
        if custody.acceptance is not None and custody.acceptance.sha256 == contract.digest():
            yield Fault("contract.already-accepted", {"day": day_of(custody.acceptance.at)})
        if declared.on > on:
            yield Fault("contract.declared-later", {"on": declared.on})
        yield from duty_faults(contract, [accepted_by], on=on, side=Side.WARD, role=Role.SUPERVISOR, duty="届の受理")

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "sha256": contract.digest(),
        "accepted_by": accepted_by,
        "people": sorted(contract.people),
        "reentrustment": "none",
        "declared_on": declared.on.isoformat(),
        "declared_by": declared.by,
    }
    return Event(Tag.CONTRACT_ACCEPTED, f"contract:{contract.number}", body)
