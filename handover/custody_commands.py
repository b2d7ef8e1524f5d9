"""One function for every step of custody: it refuses with all faults at once, or gives the event the journal must
record.

Each takes the custody as it is and the moment the step happened (`at`, with its zone), and never changes anything
itself. People are named by their ids on the contract's list; two names stand on each side of a transfer. The steps
are those of the printing contract's special terms (forms F-07 hand-over slip, F-08 load log, F-15 return, F-17
erasure certificate).
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from handover import canonical_json
from handover.certificate import ErasureCertificate
from handover.certificate import check as check_certificate
from handover.contract import Contract, Role, Side, duty_faults
from handover.custody import TABLE, Tag, to_close
from handover.manifest import BATCH, HEX64, MEDIUM
from handover.model import CopyKind, Custody, Event, Medium, MediumEvent, MediumState
from handover.rules import Fault, RefusalError, refuse_if

_CERTIFICATE = re.compile(r"[A-Za-z0-9-]{1,40}")


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
        yield from _blank(serial=serial, kind=kind)
        if at.tzinfo is None:
            yield Fault("time.no-zone")
        elif min(return_by, erase_by) < at.date():
            yield Fault("custody.deadline-past", {"medium": medium})

    refuse_if(faults())
    body = {
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
) -> Event:
    """Two of the ward's staff give the sealed medium, in its locked case, to two named carriers (F-07)."""
    item = _known(custody, medium)

    def faults() -> Iterator[Fault]:
        yield from _step(item, MediumEvent.HAND_OVER, at)
        yield from duty_faults(contract, given_by, on=at.date(), at_least=2, side=Side.WARD, duty="引渡し")
        yield from duty_faults(contract, carriers, on=at.date(), at_least=2, role=Role.CARRIER, duty="運搬")
        if both := sorted(set(given_by) & set(carriers)):
            yield Fault("people.both-sides", {"people": " ".join(both)})
        yield from _blank(seal_no=seal_no, case_no=case_no, place=place)
        if expected_at.tzinfo is None or at.tzinfo is None:
            yield Fault("time.no-zone")
        elif expected_at < at:
            yield Fault("custody.time-reversed", {"medium": medium})

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
    """Two of the vendor's staff sign for the medium; a seal of another number counts as broken."""
    item = _known(custody, medium)
    intact = seal_intact and seal_no == item.seal_no
    event = MediumEvent.RECEIVE_INTACT if intact else MediumEvent.RECEIVE_BROKEN
    refuse_if(
        [
            *_step(item, event, at),
            *duty_faults(contract, received_by, on=at.date(), at_least=2, side=Side.VENDOR, duty="受領"),
            *_blank(seal_no=seal_no),
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


def load(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    host: str,
    path: str,
    kind: CopyKind,
    operator: str,
    at: datetime,
) -> Event:
    """The vendor reads the medium into a machine, which makes a copy with its own id (F-08)."""
    item = _known(custody, medium)
    made = sum(copy.medium == medium for copy in custody.copies.values())

    def faults() -> Iterator[Fault]:
        yield from _step(item, MediumEvent.LOAD, at)
        yield from duty_faults(contract, [operator], on=at.date(), side=Side.VENDOR, role=Role.HANDLER, duty="取込み")
        yield from _blank(host=host, path=path)
        if made >= item.copies_allowed:
            yield Fault("custody.copies-exceeded", {"medium": medium, "allowed": item.copies_allowed})

    refuse_if(faults())
    return _copy_event(Tag.LOADED, item, made, {"host": host, "path": path, "kind": kind.value, "by": operator}, at)


def discover(
    custody: Custody, *, medium: str, host: str, path: str, kind: CopyKind, reported_by: str, at: datetime
) -> Event:
    """A copy nobody announced is known of now; it is recorded whatever the count allowed, even after the batch was
    closed.

    `at` is when the copy came to be, as far as known; `reported_by` is a person's id or the name of an office.
    """
    item = _known(custody, medium)
    made = sum(copy.medium == medium for copy in custody.copies.values())
    # A copy may be older than the last change of place: only the table is asked, not the clock.
    refuse_if([*_table(item, MediumEvent.DISCOVER), *_blank(host=host, path=path, reported_by=reported_by), *_zone(at)])
    facts = {"host": host, "path": path, "kind": kind.value, "by": reported_by}
    return _copy_event(Tag.DISCOVERED, item, made, facts, at)


def certify(
    custody: Custody,
    contract: Contract,
    certificate: ErasureCertificate,
    *,
    accepted_by: str,
    at: datetime,
) -> Event:
    """The ward accepts a certificate that covers every open copy of its batches; one copy missing refuses it whole."""
    known = custody.open_copies(certificate.batches)
    faults = [*_zone(at), *_certificate_faults(custody, contract, certificate, at)]
    faults += duty_faults(contract, [accepted_by], on=at.date(), side=Side.WARD, role=Role.SUPERVISOR, duty="確認")
    try:
        check_certificate(certificate, known)
    except RefusalError as error:
        faults += error.faults
    if not known:
        faults.append(Fault("custody.nothing-to-certify", {"batches": " ".join(certificate.batches)}))
    refuse_if(faults)
    body = {
        "at": at.isoformat(),
        "contract": certificate.contract,
        "batches": list(certificate.batches),
        "copies": [copy.id for copy in known],
        "sha256": canonical_json.sha256_hex(certificate.to_bytes()),
        "accepted_by": accepted_by,
    }
    return Event(Tag.CERTIFIED, f"certificate:{certificate.number}", body)


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
) -> Event:
    """The medium comes back (F-15): two carriers, two of the ward's staff, the serial number read again."""
    item = _known(custody, medium)

    def faults() -> Iterator[Fault]:
        yield from _step(item, MediumEvent.RETURN, at)
        if serial != item.serial:
            yield Fault("custody.other-serial", {"medium": medium, "found": serial, "wanted": item.serial})
        yield from duty_faults(contract, returned_by, on=at.date(), at_least=2, role=Role.CARRIER, duty="返却")
        yield from duty_faults(contract, received_by, on=at.date(), at_least=2, side=Side.WARD, duty="受取り")
        if both := sorted(set(returned_by) & set(received_by)):
            yield Fault("people.both-sides", {"people": " ".join(both)})
        yield from _blank(place=place)

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "serial": serial,
        "returned_by": list(returned_by),
        "received_by": list(received_by),
        "place": place,
    }
    return Event(Tag.RETURNED, f"medium:{medium}", body)


def close(custody: Custody, *, batch: str, at: datetime) -> Event:
    """A batch ends: every medium is back and every copy known is certified; refused otherwise, naming what is
    missing.
    """
    media = to_close(custody, batch)
    faults = [] if media else [Fault("custody.batch-unknown", {"batch": batch})]
    for medium in media:
        faults += _step(medium, MediumEvent.CLOSE, at)
    if left := custody.open_copies((batch,)):
        faults.append(Fault("custody.copies-open", {"batch": batch, "copies": " ".join(copy.id for copy in left)}))
    refuse_if([*faults, *_zone(at)])
    body = {
        "at": at.isoformat(),
        "media": [medium.id for medium in media],
        "copies": sum(copy.batch == batch for copy in custody.copies.values()),
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


def _known(custody: Custody, medium: str) -> Medium:
    if medium not in custody.media:
        raise RefusalError("custody.medium-unknown", medium=medium)
    return custody.media[medium]


def _table(medium: Medium, event: MediumEvent) -> Iterator[Fault]:
    outcome = TABLE[medium.state][event]
    if not isinstance(outcome, MediumState):
        yield Fault(outcome, {"medium": medium.id, "batch": medium.batch})


def _step(medium: Medium, event: MediumEvent, at: datetime) -> Iterator[Fault]:
    yield from _table(medium, event)
    if at.tzinfo is None:
        yield Fault("time.no-zone")
    elif at < medium.since:
        yield Fault("custody.time-reversed", {"medium": medium.id})


def _zone(at: datetime) -> Iterator[Fault]:
    if at.tzinfo is None:
        yield Fault("time.no-zone")


def _blank(**texts: str) -> Iterator[Fault]:
    for name, text in texts.items():
        if not text.strip():
            yield Fault("custody.field-empty", {"field": name})


def _copy_event(tag: Tag, medium: Medium, made: int, facts: dict[str, str], at: datetime) -> Event:
    body = {"at": at.isoformat(), "medium": medium.id, "batch": medium.batch, **facts}
    return Event(tag, f"copy:{medium.id}-C{made + 1:02d}", body)


def _certificate_faults(
    custody: Custody, contract: Contract, certificate: ErasureCertificate, at: datetime
) -> Iterator[Fault]:
    if not _CERTIFICATE.fullmatch(certificate.number):
        yield Fault("certificate.number-form", {"number": certificate.number})
    if certificate.number in custody.certificates:
        yield Fault("certificate.number-used", {"number": certificate.number})
    if certificate.contract != contract.number:
        yield Fault("certificate.other-contract", {"found": certificate.contract, "wanted": contract.number})
    for batch in certificate.batches:
        if not custody.media_of(batch):
            yield Fault("custody.batch-unknown", {"batch": batch})
    if certificate.issued_on > at.date():
        yield Fault("certificate.dates", {"copy": "-"})
    yield from duty_faults(
        contract, [certificate.responsible], on=certificate.issued_on, side=Side.VENDOR, duty="消去証明"
    )
    for row in certificate.rows:
        on = row.erased_at.date()
        yield from duty_faults(contract, [row.executor], on=on, side=Side.VENDOR, role=Role.HANDLER, duty="消去")
        yield from duty_faults(contract, [row.witness], on=on, duty="立会い")
