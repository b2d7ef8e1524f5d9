"""One function for every step of a medium: it refuses with all faults at once, or gives the event the journal must record.

Each takes the custody as it is and the moment the step happened (`at`, with its zone), and never changes anything
itself. People are named by their ids on the contract's list; two names stand on each side of a transfer, and nobody
stands on both. The steps are those of the printing contract's special terms (forms F-07 hand-over slip, F-15 return).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from handover.contract import Contract, Role, Side
from handover.custody import CARRIED, to_close
from handover.custody_checks import blank_faults, known, not_read_back, report_faults, step_faults, zone_faults
from handover.custody_table import Tag
from handover.days import day_of
from handover.duties import duty_faults, work_faults
from handover.manifest import BATCH, HEX64, MEDIUM
from handover.model import Custody, Event, MediumEvent, MediumState, SpoilageState
from handover.rules import Fault, refuse_if


def register(
    custody: Custody,
    *,
    medium: str,
    batch: str,
    serial: str,
    kind: str,
    part: str,
    container_sha256: str,
    copies_allowed: int,
    return_by: date,
    erase_by: date,
    at: datetime,
) -> Event:
    """A medium gets its number; `part` is 正 or 副, `kind` what it is (for example `dvd-r`)."""

    def faults() -> Iterator[Fault]:
        yield from _number_faults(custody, medium, batch)
        if not HEX64.fullmatch(container_sha256):
            yield Fault("custody.container-hash", {"medium": medium})
        if part not in ("正", "副"):
            yield Fault("custody.part", {"part": part})
        if copies_allowed < 0:
            yield Fault("seal.negative-count")
        yield from blank_faults(serial=serial, kind=kind)
        if at.tzinfo is None:
            yield Fault("time.no-zone")
        elif min(return_by, erase_by) < day_of(at):
            yield Fault("custody.deadline-past", {"medium": medium})

    refuse_if(faults())
    body: dict[str, object] = {
        "at": at.isoformat(),
        "batch": batch,
        "serial": serial,
        "kind": kind,
        "part": part,
        "container_sha256": container_sha256,
        "copies_allowed": copies_allowed,
        "return_by": return_by.isoformat(),
        "erase_by": erase_by.isoformat(),
    }
    return Event(Tag.REGISTERED, f"medium:{medium}", body)


def hand_over(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    given_by: Sequence[str],
    carriers: Sequence[str],
    seal_no: str,
    case_no: str,
    place: str,
    expected_at: datetime,
    at: datetime,
    serial: str | None = None,
    slip: str = "",
) -> Event:
    """Two of the ward's staff give the sealed medium, in its locked case, to two named carriers (F-07).

    Refused as well when work may not begin (`duties.work_faults`), when `serial`, read off the disc, is another's, when the
    medium was never read back, or when a carrier had its passphrase in hand. `slip` is that of a medium carried together
    with this one.
    """
    item = known(custody, medium)

    def faults() -> Iterator[Fault]:
        on = day_of(at)
        yield from step_faults(item, MediumEvent.HAND_OVER, at)
        if serial not in (None, item.serial):
            yield Fault("custody.other-serial", {"medium": medium, "found": serial, "wanted": item.serial})
        yield from not_read_back(custody, medium, item.container_sha256)
        if (secret := custody.secrets.get(medium)) and (both := {secret.given_by, secret.received_by} & {*carriers}):
            yield Fault("custody.secret-with-medium", {"medium": medium, "people": " ".join(sorted(both))})
        yield from work_faults(custody, contract, on)
        yield from duty_faults(contract, given_by, on=on, at_least=2, side=Side.WARD, duty="引渡し")
        yield from duty_faults(contract, carriers, on=on, at_least=2, role=Role.CARRIER, trained=True, duty="運搬")
        yield from _both_sides(given_by, carriers)
        yield from blank_faults(seal_no=seal_no, case_no=case_no, place=place)
        yield from _arrival_faults(medium, expected_at, at)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "contract": contract.number,
        "vendor": contract.vendor,
        "given_by": list(given_by),
        "carriers": list(carriers),
        "seal_no": seal_no,
        "case_no": case_no,
        "place": place,
        "expected_at": expected_at.isoformat(),
        **({"slip": slip} if slip else {}),
    }
    return Event(Tag.HANDED_OVER, f"medium:{medium}", body)


def receive(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    received_by: Sequence[str],
    seal_no: str,
    seal_intact: bool,
    at: datetime,
) -> Event:
    """Two of the vendor's staff, other than the carriers, sign for the medium; a seal of another number counts as broken."""
    item = known(custody, medium)
    intact = seal_intact and seal_no == item.seal_no
    event = MediumEvent.RECEIVE_INTACT if intact else MediumEvent.RECEIVE_BROKEN
    refuse_if(
        [
            *step_faults(item, event, at),
            *duty_faults(contract, received_by, on=day_of(at), at_least=2, side=Side.VENDOR, trained=True, duty="受領"),
            *(_both_sides(item.holders, received_by) if item.state in CARRIED else ()),
            *blank_faults(seal_no=seal_no),
        ]
    )
    body = {
        "at": at.isoformat(),
        "received_by": list(received_by),
        "seal_no": seal_no,
        "intact": intact,
        "place": contract.workplace,
    }
    return Event(Tag.RECEIVED, f"medium:{medium}", body)


def send_back(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    given_by: Sequence[str],
    carriers: Sequence[str],
    seal_no: str,
    case_no: str,
    place: str,
    expected_at: datetime,
    at: datetime,
) -> Event:
    """Two of the vendor's staff give the medium, sealed in its case, to two named carriers for the way back (F-15)."""
    item = known(custody, medium)

    def faults() -> Iterator[Fault]:
        on = day_of(at)
        yield from step_faults(item, MediumEvent.SEND_BACK, at)
        yield from duty_faults(contract, given_by, on=on, at_least=2, side=Side.VENDOR, duty="返送")
        yield from duty_faults(contract, carriers, on=on, at_least=2, role=Role.CARRIER, duty="返送の運搬")
        yield from _both_sides(given_by, carriers)
        yield from blank_faults(seal_no=seal_no, case_no=case_no, place=place)
        yield from _arrival_faults(medium, expected_at, at)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "given_by": list(given_by),
        "carriers": list(carriers),
        "seal_no": seal_no,
        "case_no": case_no,
        "place": place,
        "expected_at": expected_at.isoformat(),
    }
    return Event(Tag.SENT_BACK, f"medium:{medium}", body)


def return_medium(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    serial: str,
    returned_by: Sequence[str],
    received_by: Sequence[str],
    place: str,
    at: datetime,
    seal_no: str = "",
    seal_intact: bool = True,
) -> Event:
    """The medium comes back (F-15): two carriers, two of the ward's staff, the serial number read again.

    After a departure that was recorded the carriers must be those who left with it, and another seal number counts as
    broken; without one (the vendor itself brings the medium) seal and case are not asked.
    """
    item = known(custody, medium)
    on = day_of(at)

    def faults() -> Iterator[Fault]:
        yield from step_faults(item, MediumEvent.RETURN, at)
        if serial != item.serial:
            yield Fault("custody.other-serial", {"medium": medium, "found": serial, "wanted": item.serial})
        yield from duty_faults(contract, returned_by, on=on, at_least=2, role=Role.CARRIER, duty="返却")
        yield from duty_faults(contract, received_by, on=on, at_least=2, side=Side.WARD, duty="受取り")
        yield from _both_sides(returned_by, received_by)
        if item.state in CARRIED and set(returned_by) != set(item.holders):
            yield Fault("custody.other-carriers", {"medium": medium, "wanted": " ".join(item.holders)})
        yield from blank_faults(place=place)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "serial": serial,
        "returned_by": list(returned_by),
        "received_by": list(received_by),
        "place": place,
        "seal_no": seal_no,
        "intact": seal_intact and seal_no in ("", item.seal_no),
    }
    return Event(Tag.RETURNED, f"medium:{medium}", body)


def close(custody: Custody, *, batch: str, at: datetime) -> Event:
    """A batch ends: every medium is back, every copy known is certified, and spoiled sheets of a batch that was loaded are
    reported (none is a report too), as many as the vendor's own reports say, and gone; refused otherwise, naming what is missing.
    """
    media = to_close(custody, batch)
    faults = [] if media else [Fault("custody.batch-unknown", {"batch": batch})]
    for medium in media:
        faults += step_faults(medium, MediumEvent.CLOSE, at)
    if left := custody.open_copies((batch,)):
        faults.append(Fault("custody.copies-open", {"batch": batch, "copies": " ".join(copy.id for copy in left)}))
    heaps = custody.spoilage_of(batch)
    if not heaps and custody.copies_of(batch):
        faults.append(Fault("custody.spoilage-unreported", {"batch": batch}))
    if kept := [heap.id for heap in heaps if heap.state is SpoilageState.KEPT]:
        faults.append(Fault("custody.spoilage-open", {"batch": batch, "spoilage": " ".join(kept)}))
    faults += report_faults(custody, batch)
    refuse_if([*faults, *zone_faults(at)])
    body = {
        "at": at.isoformat(),
        "media": [medium.id for medium in media],
        "copies": len(custody.copies_of(batch)),
    }
    return Event(Tag.CLOSED, f"batch:{batch}", body)


def _number_faults(custody: Custody, medium: str, batch: str) -> Iterator[Fault]:
    if medium in custody.media:
        yield Fault("custody.medium-known", {"medium": medium})
    if not MEDIUM.fullmatch(medium):
        yield Fault("seal.medium-name", {"medium": medium})
    if not BATCH.fullmatch(batch):
        yield Fault("seal.batch-name", {"batch": batch})
    if any(known.state is MediumState.CLOSED for known in custody.media_of(batch)):
        yield Fault("custody.batch-closed", {"medium": medium, "batch": batch})


def _both_sides(givers: Sequence[str], takers: Sequence[str]) -> Iterator[Fault]:
    if both := sorted(set(givers) & set(takers)):
        yield Fault("people.both-sides", {"people": " ".join(both)})


def _arrival_faults(medium: str, expected_at: datetime, at: datetime) -> Iterator[Fault]:
    if expected_at.tzinfo is None or at.tzinfo is None:
        yield Fault("time.no-zone")
    elif expected_at < at:
        yield Fault("custody.time-reversed", {"medium": medium})
