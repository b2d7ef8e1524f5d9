"""Custody: what became of every medium, copy and spoiled sheet, told by the journal alone.

`fold` plays the journal's events through the tables of `custody_table`; the commands check a step before it happens and
give the event to record. `outside` answers the one question that must always have a true answer: what personal data is
outside the building now, who has it, until when. Steps 7 hand over and 10 return; steps and forms after the printing
contract's special terms (F-01, F-07, F-08, F-15 to F-17).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from handover import custody_records as records
from handover.custody_table import (
    CERTIFICATE_TABLE,
    COPY_TABLE,
    SPOILAGE_TABLE,
    TABLE,
    Tag,
    next_state,
)
from handover.journal import Entry
from handover.manifest import instant
from handover.model import (
    Acceptance,
    CertificateEvent,
    CertificateState,
    Copy,
    CopyKind,
    Custody,
    Medium,
    MediumEvent,
    MediumState,
    Outside,
    Receipt,
    Spoilage,
    SpoilageEvent,
    SpoilageState,
    Transfer,
)
from handover.rules import RefusalError

_S, _E = MediumState, MediumEvent
AWAY = frozenset({_S.OUT, _S.RECEIVED, _S.SEAL_BROKEN, _S.LOADED, _S.COMING_BACK})
CARRIED = frozenset({_S.OUT, _S.COMING_BACK})
UNKNOWN = "不明"  # who holds a copy found of a medium that, as far as the journal knows, never left


def move(medium: Medium, event: MediumEvent) -> MediumState:
    """The medium's next state; refuses with the table's key."""
    return next_state(TABLE, medium.state, event, medium=medium.id, batch=medium.batch)


def fold(entries: Iterable[Entry]) -> Custody:
    """The custody the journal tells, entries of other rooms passed over.

    The chain should be verified before. Refuses (`custody.impossible`) an entry that no command could have written.
    """
    custody = Custody()
    for entry in entries:
        try:
            custody = apply(custody, entry.tag, entry.subject, entry.body)
        except (RefusalError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise RefusalError("custody.impossible", seq=entry.seq, tag=entry.tag) from error
    return custody


def apply(custody: Custody, tag: str, subject: str, body: Mapping[str, Any]) -> Custody:
    """The custody after one event; any other room's tag changes nothing."""
    change = _CHANGES.get(tag)
    return custody if change is None else change(custody, subject.partition(":")[2], body)


def outside(custody: Custody) -> list[Outside]:
    """Every medium that has left and is not back, every copy no certificate covers, every spoiled sheet that is kept; the
    earliest deadline first.
    """
    found = []
    for medium in custody.media.values():
        if medium.state in AWAY:
            holder = " ".join(medium.holders) if medium.state in CARRIED else medium.vendor
            found.append(
                Outside("medium", medium.id, medium.batch, holder, medium.place, medium.since, medium.return_by)
            )
    for copy in custody.open_copies(tuple({medium.batch for medium in custody.media.values()})):
        place, until = f"{copy.host}:{copy.path}", custody.media[copy.medium].erase_by
        found.append(Outside("copy", copy.id, copy.batch, copy.holder, place, copy.first_written, until))
    found += [
        Outside("spoilage", heap.id, heap.batch, heap.holder, heap.place, heap.since, heap.dispose_by)
        for heap in custody.spoilage.values()
        if heap.state is SpoilageState.KEPT
    ]
    return sorted(found, key=lambda item: (item.until, item.what, item.id))


def to_close(custody: Custody, batch: str) -> tuple[Medium, ...]:
    """The media a closing concerns: those not closed yet (a batch opened again has others), or all when all are
    closed.
    """
    media = custody.media_of(batch)
    return tuple(medium for medium in media if medium.state is not _S.CLOSED) or media


def transfer_id(custody: Custody, medium: str) -> str:
    """The number of a medium's next transfer."""
    return f"{medium}-T{len(custody.transfers_of(medium)) + 1:02d}"


def spoilage_id(custody: Custody, batch: str) -> str:
    """The number of a batch's next report of spoiled sheets."""
    return f"{batch}-S{len(custody.spoilage_of(batch)) + 1:02d}"


def _accepted(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    return replace(custody, acceptance=Acceptance(name, body["sha256"], instant(body["at"]), body["accepted_by"]))


def _registered(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    if name in custody.media:
        raise RefusalError("custody.medium-known", medium=name)
    medium = Medium(
        id=name,
        batch=body["batch"],
        serial=body["serial"],
        kind=body["kind"],
        part=body["part"],
        container_sha256=body["container_sha256"],
        copies_allowed=body["copies_allowed"],
        return_by=date.fromisoformat(body["return_by"]),
        erase_by=date.fromisoformat(body["erase_by"]),
        since=instant(body["at"]),
    )
    return replace(custody, media={**custody.media, name: medium})


def _handed_over(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    return _carried(custody, replace(custody.media[name], vendor=body["vendor"]), body, _E.HAND_OVER, "out")


def _received(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    medium = custody.media[name]
    state = move(medium, _E.RECEIVE_INTACT if body["intact"] is True else _E.RECEIVE_BROKEN)
    return _arrive(custody, replace(medium, state=state), body)


def _sent_back(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    return _carried(custody, custody.media[name], body, _E.SEND_BACK, "back")


def _carried(custody: Custody, medium: Medium, body: Mapping[str, Any], event: MediumEvent, direction: str) -> Custody:
    """Two carriers take the medium, sealed in its case."""
    moved = replace(
        medium,
        state=move(medium, event),
        seal_no=body["seal_no"],
        case_no=body["case_no"],
        holders=tuple(body["carriers"]),
        place=body["place"],
        since=instant(body["at"]),
    )
    return _depart(_with(custody, moved), moved, body, direction, body["given_by"], body["carriers"])


def _returned(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    medium = custody.media[name]
    back = replace(medium, state=move(medium, _E.RETURN))
    if medium.state not in CARRIED:
        custody = _depart(custody, back, body, "back", [], body["returned_by"])
    return _arrive(custody, back, body)


def _depart(
    custody: Custody, medium: Medium, body: Mapping[str, Any], direction: str, given_by: list[str], carriers: list[str]
) -> Custody:
    """A transfer begins."""
    number = transfer_id(custody, medium.id)
    transfer = Transfer(
        id=number,
        medium=medium.id,
        batch=medium.batch,
        direction=direction,
        given_by=tuple(given_by),
        carriers=tuple(carriers),
        seal_no=body.get("seal_no", ""),
        case_no=body.get("case_no", ""),
        place=body["place"],
        left_at=instant(body["at"]),
        expected_at=instant(body["expected_at"]) if "expected_at" in body else None,
        slip=body.get("slip") or number,
    )
    return replace(custody, transfers={**custody.transfers, transfer.id: transfer})


def _arrive(custody: Custody, medium: Medium, body: Mapping[str, Any]) -> Custody:
    """The receiver's receipt closes the transfer that was open."""
    transfer = custody.transfers_of(medium.id)[-1]
    at = instant(body["at"])
    receipt = Receipt(
        tuple(body["received_by"]), at, body["place"], body.get("seal_no", ""), body.get("intact", True) is True
    )
    arrived = replace(medium, holders=receipt.by, place=receipt.place, since=at)
    closed = replace(transfer, receipt=receipt)
    return replace(_with(custody, arrived), transfers={**custody.transfers, transfer.id: closed})


def _loaded(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    return _add_copy(custody, name, body, _E.LOAD)


def _discovered(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    return _add_copy(custody, name, body, _E.DISCOVER)


def _add_copy(custody: Custody, name: str, body: Mapping[str, Any], event: MediumEvent) -> Custody:
    medium = custody.media[body["medium"]]
    if name in custody.copies:
        raise RefusalError("custody.copy-known", copy=name)
    copy = Copy(
        id=name,
        medium=medium.id,
        batch=medium.batch,
        kind=CopyKind(body["kind"]),
        host=body["host"],
        path=body["path"],
        first_written=instant(body["at"]),
        holder=body.get("holder") or medium.vendor or UNKNOWN,
        by=body["by"],
    )
    moved = _with(custody, replace(medium, state=move(medium, event)))
    return replace(moved, copies={**custody.copies, name: copy})


def _certified(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    custody = _judged(custody, name, CertificateEvent.ACCEPT)
    covered = {}
    for copy in (custody.copies[one] for one in body["copies"]):
        state = next_state(COPY_TABLE, copy.state, _E.CERTIFY, copy=copy.id, certificate=copy.certificate)
        covered[copy.id] = replace(copy, certificate=name, state=state)
    for medium in {copy.medium for copy in covered.values()}:
        custody = _with(custody, replace(custody.media[medium], state=move(custody.media[medium], _E.CERTIFY)))
    return replace(custody, copies={**custody.copies, **covered})


def _rejected(custody: Custody, name: str, _: Mapping[str, Any]) -> Custody:
    return _judged(custody, name, CertificateEvent.REJECT)


def _judged(custody: Custody, number: str, event: CertificateEvent) -> Custody:
    before = custody.certificates.get(number, CertificateState.UNKNOWN)
    state = next_state(CERTIFICATE_TABLE, before, event, number=number)
    return replace(custody, certificates={**custody.certificates, number: state})


def _spoiled(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    if name in custody.spoilage:
        raise RefusalError("custody.spoilage-known", spoilage=name)
    batch, sheets = body["batch"], body["sheets"]
    media = custody.media_of(batch)
    event = SpoilageEvent.REPORT_SOME if sheets else SpoilageEvent.REPORT_NONE
    heap = Spoilage(
        id=name,
        batch=batch,
        sheets=sheets,
        blanks=body["blanks"],
        holder=body["holder"],
        place=body["place"],
        since=instant(body["at"]),
        dispose_by=max(medium.erase_by for medium in media),
        reported_by=body["by"],
        state=next_state(SPOILAGE_TABLE, SpoilageState.UNREPORTED, event, spoilage=name),
    )
    for medium in media if sheets else ():
        if medium.state is _S.CLOSED:
            custody = _with(custody, replace(medium, state=move(medium, _E.DISCOVER)))
    return replace(custody, spoilage={**custody.spoilage, name: heap})


def _disposed(custody: Custody, name: str, _: Mapping[str, Any]) -> Custody:
    heap = custody.spoilage[name]
    state = next_state(SPOILAGE_TABLE, heap.state, SpoilageEvent.DISPOSE, spoilage=name)
    return replace(custody, spoilage={**custody.spoilage, name: replace(heap, state=state)})


def _closed(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    if not custody.media_of(name):
        raise RefusalError("custody.batch-unknown", batch=name)
    if left := custody.open_copies((name,)):
        raise RefusalError("custody.copies-open", batch=name, copies=len(left))
    if kept := [heap for heap in custody.spoilage_of(name) if heap.state is SpoilageState.KEPT]:
        raise RefusalError("custody.spoilage-open", batch=name, spoilage=len(kept))
    for medium in to_close(custody, name):
        custody = _with(custody, replace(medium, state=move(medium, _E.CLOSE), since=instant(body["at"])))
    return custody


def _with(custody: Custody, medium: Medium) -> Custody:
    return replace(custody, media={**custody.media, medium.id: medium})


_CHANGES: Mapping[str, Callable[[Custody, str, Mapping[str, Any]], Custody]] = {
    Tag.CONTRACT_ACCEPTED: _accepted,
    Tag.READ_BACK: records.read_back,
    Tag.SECRET_DELIVERED: records.secret_delivered,
    Tag.REPORTED: records.reported,
    Tag.REGISTERED: _registered,
    Tag.HANDED_OVER: _handed_over,
    Tag.RECEIVED: _received,
    Tag.LOADED: _loaded,
    Tag.DISCOVERED: _discovered,
    Tag.CERTIFIED: _certified,
    Tag.CERTIFICATE_REJECTED: _rejected,
    Tag.SENT_BACK: _sent_back,
    Tag.RETURNED: _returned,
    Tag.SPOILED: _spoiled,
    Tag.DISPOSED: _disposed,
    Tag.CLOSED: _closed,
}
