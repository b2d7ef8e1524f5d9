"""Spoiled and spare sheets (損紙・予備, form F-16): the vendor reports how many carry personal data and where they are kept,
and later how they ended, before a witness. None is a report too: a batch that was loaded is not closed without one.

Election paper, the strictest local practice for spoiled sheets, is burnt with a witness present or handed in counted.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

from handover.contract import Contract, Role, Side
from handover.custody import spoilage_id
from handover.custody_checks import blank_faults, long_faults, zone_faults
from handover.custody_table import SPOILAGE_TABLE, Tag
from handover.days import day_of
from handover.duties import duty_faults
from handover.model import Custody, Disposal, Event, MediumState, SpoilageEvent, SpoilageState
from handover.rules import Fault, refuse_if

_NUMBER = re.compile(r"[A-Za-z0-9-]{0,40}")


def report_spoilage(
    custody: Custody,
    contract: Contract,
    *,
    batch: str,
    sheets: int,
    blanks: int,
    place: str,
    reported_by: str,
    at: datetime,
) -> Event:
    """So many sheets with personal data and so many blanks were spoiled or left over; they are kept at `place`."""
    media = custody.media_of(batch)

    def faults() -> Iterator[Fault]:
        yield from zone_faults(at)
        if not media:
            yield Fault("custody.batch-unknown", {"batch": batch})
        elif all(medium.state is MediumState.REGISTERED for medium in media):
            yield Fault("custody.not-handed-over", {"medium": " ".join(medium.id for medium in media)})
        if min(sheets, blanks) < 0:
            yield Fault("seal.negative-count")
        yield from duty_faults(
            contract, [reported_by], on=day_of(at), side=Side.VENDOR, role=Role.HANDLER, duty="損紙の報告"
        )
        yield from blank_faults(place=place) if sheets else long_faults(place=place)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "batch": batch,
        "sheets": sheets,
        "blanks": blanks,
        "place": place,
        "holder": contract.vendor,
        "by": reported_by,
    }
    return Event(Tag.SPOILED, f"spoilage:{spoilage_id(custody, batch)}", body)


def dispose(
    custody: Custody,
    contract: Contract,
    *,
    spoilage: str,
    method: Disposal,
    disposed_on: date,
    place: str,
    executor: str,
    witness: str,
    certificate: str,
    at: datetime,
) -> Event:
    """The sheets are gone: how, when, where, who did it and who watched; `certificate` is the paper's number, if any."""
    heap = custody.spoilage.get(spoilage)

    def faults() -> Iterator[Fault]:
        yield from zone_faults(at)
        outcome = SPOILAGE_TABLE[heap.state if heap else SpoilageState.UNREPORTED][SpoilageEvent.DISPOSE]
        if not isinstance(outcome, SpoilageState):
            yield Fault(outcome, {"spoilage": spoilage})
        if heap is not None and not day_of(heap.since) <= disposed_on <= day_of(at):
            yield Fault("custody.spoilage-dates", {"spoilage": spoilage})
        yield from duty_faults(contract, [executor], on=disposed_on, side=Side.VENDOR, duty="損紙の処分")
        yield from duty_faults(contract, [witness], on=disposed_on, duty="損紙処分の立会い")
        if executor == witness:
            yield Fault("custody.witness-is-executor", {"spoilage": spoilage})
        yield from blank_faults(place=place)
        if not _NUMBER.fullmatch(certificate):
            yield Fault("certificate.number-form", {"number": certificate})

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "method": method.value,
        "disposed_on": disposed_on.isoformat(),
        "place": place,
        "executor": executor,
        "witness": witness,
        "certificate": certificate,
    }
    return Event(Tag.DISPOSED, f"spoilage:{spoilage}", body)
