"""Custody: what became of every medium and every copy, told by the journal alone.

The state machine is a table (state × event → new state or the key of the refusal). `fold` plays the journal's
events through it; `custody_commands` checks a step before it happens and gives the event to record. `outside` answers
the one question that must always have a true answer: what personal data is outside the building now, who has it,
until when. Steps 7 hand over and 10 return; steps and forms after the printing contract's special terms (F-07, F-08,
F-15, F-17).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from handover.journal import Entry
from handover.manifest import instant
from handover.model import Copy, CopyKind, Custody, Medium, MediumEvent, MediumState, Outside
from handover.rules import RefusalError


class Tag(StrEnum):
    """The journal tags of this room, `source:object:action`."""

    REGISTERED = "handover:medium:registered"
    HANDED_OVER = "handover:medium:handed-over"
    RECEIVED = "handover:medium:received"
    LOADED = "handover:copy:loaded"
    DISCOVERED = "handover:copy:discovered"
    CERTIFIED = "handover:certificate:accepted"
    RETURNED = "handover:medium:returned"
    CLOSED = "handover:batch:closed"


_S, _E = MediumState, MediumEvent
_NOT_OUT = "custody.not-handed-over"
_RECEIVED = "custody.already-received"
_BACK = "custody.already-returned"
_SHUT = "custody.batch-closed"
_STAYS = "custody.not-back"

TABLE: Mapping[MediumState, Mapping[MediumEvent, MediumState | str]] = {
    _S.REGISTERED: {
        _E.HAND_OVER: _S.OUT,
        _E.RECEIVE_INTACT: _NOT_OUT,
        _E.RECEIVE_BROKEN: _NOT_OUT,
        _E.LOAD: _NOT_OUT,
        _E.DISCOVER: _NOT_OUT,
        _E.CERTIFY: _NOT_OUT,
        _E.RETURN: _NOT_OUT,
        _E.CLOSE: _S.CLOSED,  # never left the building, like a spare (副) that was not needed
    },
    _S.OUT: {
        _E.HAND_OVER: "custody.already-out",
        _E.RECEIVE_INTACT: _S.RECEIVED,
        _E.RECEIVE_BROKEN: _S.SEAL_BROKEN,
        _E.LOAD: "custody.not-received",
        _E.DISCOVER: _S.OUT,
        _E.CERTIFY: _S.OUT,
        _E.RETURN: _S.RETURNED,  # the carriers turned back
        _E.CLOSE: _STAYS,
    },
    _S.RECEIVED: {
        _E.HAND_OVER: _RECEIVED,
        _E.RECEIVE_INTACT: _RECEIVED,
        _E.RECEIVE_BROKEN: _RECEIVED,
        _E.LOAD: _S.LOADED,
        _E.DISCOVER: _S.LOADED,
        _E.CERTIFY: _S.RECEIVED,
        _E.RETURN: _S.RETURNED,
        _E.CLOSE: _STAYS,
    },
    _S.SEAL_BROKEN: {
        _E.HAND_OVER: _RECEIVED,
        _E.RECEIVE_INTACT: _RECEIVED,
        _E.RECEIVE_BROKEN: _RECEIVED,
        _E.LOAD: "custody.seal-broken",
        _E.DISCOVER: _S.SEAL_BROKEN,
        _E.CERTIFY: _S.SEAL_BROKEN,
        _E.RETURN: _S.RETURNED,
        _E.CLOSE: _STAYS,
    },
    _S.LOADED: {
        _E.HAND_OVER: _RECEIVED,
        _E.RECEIVE_INTACT: _RECEIVED,
        _E.RECEIVE_BROKEN: _RECEIVED,
        _E.LOAD: _S.LOADED,
        _E.DISCOVER: _S.LOADED,
        _E.CERTIFY: _S.LOADED,
        _E.RETURN: _S.RETURNED,
        _E.CLOSE: _STAYS,
    },
    _S.RETURNED: {
        _E.HAND_OVER: _BACK,
        _E.RECEIVE_INTACT: _BACK,
        _E.RECEIVE_BROKEN: _BACK,
        _E.LOAD: _BACK,
        _E.DISCOVER: _S.RETURNED,
        _E.CERTIFY: _S.RETURNED,
        _E.RETURN: _BACK,
        _E.CLOSE: _S.CLOSED,
    },
    _S.CLOSED: {
        _E.HAND_OVER: _SHUT,
        _E.RECEIVE_INTACT: _SHUT,
        _E.RECEIVE_BROKEN: _SHUT,
        _E.LOAD: _SHUT,
        _E.DISCOVER: _S.RETURNED,  # a copy found afterwards opens the batch again: the truth comes first
        _E.CERTIFY: _SHUT,
        _E.RETURN: _SHUT,
        _E.CLOSE: _SHUT,
    },
}


def move(medium: Medium, event: MediumEvent) -> MediumState:
    """The medium's next state; refuses with the table's key."""
    outcome = TABLE[medium.state][event]
    if not isinstance(outcome, MediumState):
        raise RefusalError(outcome, medium=medium.id, batch=medium.batch)
    return outcome


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
    """Every medium that has left and is not back, every copy no certificate covers; the earliest deadline first."""
    found = []
    for medium in custody.media.values():
        if medium.state in (_S.OUT, _S.RECEIVED, _S.SEAL_BROKEN, _S.LOADED):
            holder = " ".join(medium.holders) if medium.state is _S.OUT else medium.vendor
            found.append(
                Outside("medium", medium.id, medium.batch, holder, medium.place, medium.since, medium.return_by)
            )
    for copy in custody.copies.values():
        if not copy.certificate:
            place, until = f"{copy.host}:{copy.path}", custody.media[copy.medium].erase_by
            found.append(Outside("copy", copy.id, copy.batch, copy.holder, place, copy.first_written, until))
    return sorted(found, key=lambda item: (item.until, item.what, item.id))


def overdue(custody: Custody, today: date) -> list[Outside]:
    """What is still outside after its last day."""
    return [item for item in outside(custody) if item.until < today]


def to_close(custody: Custody, batch: str) -> tuple[Medium, ...]:
    """The media a closing concerns: those not closed yet (a batch opened again has others), or all when all are
    closed.
    """
    media = custody.media_of(batch)
    return tuple(medium for medium in media if medium.state is not _S.CLOSED) or media


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
    medium = custody.media[name]
    return _with(
        custody,
        replace(
            medium,
            state=move(medium, _E.HAND_OVER),
            seal_no=body["seal_no"],
            case_no=body["case_no"],
            vendor=body["vendor"],
            holders=tuple(body["carriers"]),
            place=body["place"],
            since=instant(body["at"]),
        ),
    )


def _received(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    medium = custody.media[name]
    event = _E.RECEIVE_INTACT if body["intact"] is True else _E.RECEIVE_BROKEN
    return _with(
        custody,
        replace(
            medium,
            state=move(medium, event),
            holders=tuple(body["received_by"]),
            place=body["place"],
            since=instant(body["at"]),
        ),
    )


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
        holder=medium.vendor or body["by"],
    )
    moved = _with(custody, replace(medium, state=move(medium, event)))
    return replace(moved, copies={**custody.copies, name: copy})


def _certified(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    covered = {copy: replace(custody.copies[copy], certificate=name) for copy in body["copies"]}
    if name in custody.certificates:
        raise RefusalError("certificate.number-used", number=name)
    for medium in {copy.medium for copy in covered.values()}:
        custody = _with(custody, replace(custody.media[medium], state=move(custody.media[medium], _E.CERTIFY)))
    return replace(custody, copies={**custody.copies, **covered}, certificates=custody.certificates | {name})


def _returned(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    medium = custody.media[name]
    return _with(
        custody,
        replace(
            medium,
            state=move(medium, _E.RETURN),
            holders=tuple(body["received_by"]),
            place=body["place"],
            since=instant(body["at"]),
        ),
    )


def _closed(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    if not custody.media_of(name):
        raise RefusalError("custody.batch-unknown", batch=name)
    if left := custody.open_copies((name,)):
        raise RefusalError("custody.copies-open", batch=name, copies=len(left))
    for medium in to_close(custody, name):
        custody = _with(custody, replace(medium, state=move(medium, _E.CLOSE), since=instant(body["at"])))
    return custody


def _with(custody: Custody, medium: Medium) -> Custody:
    return replace(custody, media={**custody.media, medium.id: medium})


_CHANGES: Mapping[str, Callable[[Custody, str, Mapping[str, Any]], Custody]] = {
    Tag.REGISTERED: _registered,
    Tag.HANDED_OVER: _handed_over,
    Tag.RECEIVED: _received,
    Tag.LOADED: _loaded,
    Tag.DISCOVERED: _discovered,
    Tag.CERTIFIED: _certified,
    Tag.RETURNED: _returned,
    Tag.CLOSED: _closed,
}
