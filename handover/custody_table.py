"""The state machines of custody, written down: state × event → the next state, or the key of the refusal.

Nothing else decides what may happen to a medium, a copy, a certificate or spoiled sheets; commands add only what one
cell cannot see (the other things of a batch, people, times). Steps 7 hand over and 10 return, after the printing
contract's special terms (特記事項 8 to 12; forms F-07, F-08, F-15 to F-17). `Tag` are the journal tags of these events.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from handover.model import (
    CertificateEvent,
    CertificateState,
    CopyState,
    MediumEvent,
    MediumState,
    SpoilageEvent,
    SpoilageState,
)
from handover.rules import RefusalError

State = TypeVar("State", bound=StrEnum)
Happening = TypeVar("Happening", bound=StrEnum)


class Tag(StrEnum):
    """The journal tags of custody, `source:object:action`."""

    CONTRACT_ACCEPTED = "handover:contract:accepted"
    READ_BACK = "handover:medium:read-back"
    SECRET_DELIVERED = "handover:passphrase:delivered"  # noqa: S105  the name of an event
    REGISTERED = "handover:medium:registered"
    HANDED_OVER = "handover:medium:handed-over"
    RECEIVED = "handover:medium:received"
    LOADED = "handover:copy:loaded"
    DISCOVERED = "handover:copy:discovered"
    REPORTED = "handover:report:taken"
    CERTIFIED = "handover:certificate:accepted"
    CERTIFICATE_REJECTED = "handover:certificate:rejected"
    SENT_BACK = "handover:medium:sent-back"
    RETURNED = "handover:medium:returned"
    SPOILED = "handover:spoilage:reported"
    DISPOSED = "handover:spoilage:disposed"
    CLOSED = "handover:batch:closed"


_S, _E = MediumState, MediumEvent
_NOT_OUT = "custody.not-handed-over"
_RECEIVED = "custody.already-received"
_BACK = "custody.already-returned"
_SHUT = "custody.batch-closed"
_STAYS = "custody.not-back"
_ON_ITS_WAY = "custody.coming-back"

TABLE: Mapping[MediumState, Mapping[MediumEvent, MediumState | str]] = {
    _S.REGISTERED: {
        _E.HAND_OVER: _S.OUT,
        _E.RECEIVE_INTACT: _NOT_OUT,
        _E.RECEIVE_BROKEN: _NOT_OUT,
        _E.LOAD: _NOT_OUT,
        _E.DISCOVER: _NOT_OUT,
        _E.CERTIFY: _NOT_OUT,
        _E.SEND_BACK: _NOT_OUT,
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
        _E.SEND_BACK: "custody.not-received",
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
        _E.SEND_BACK: _S.COMING_BACK,
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
        _E.SEND_BACK: _S.COMING_BACK,
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
        _E.SEND_BACK: _S.COMING_BACK,
        _E.RETURN: _S.RETURNED,
        _E.CLOSE: _STAYS,
    },
    _S.COMING_BACK: {
        _E.HAND_OVER: _ON_ITS_WAY,
        _E.RECEIVE_INTACT: _ON_ITS_WAY,
        _E.RECEIVE_BROKEN: _ON_ITS_WAY,
        _E.LOAD: _ON_ITS_WAY,
        _E.DISCOVER: _S.COMING_BACK,
        _E.CERTIFY: _S.COMING_BACK,
        _E.SEND_BACK: _ON_ITS_WAY,
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
        _E.SEND_BACK: _BACK,
        _E.RETURN: _BACK,
        _E.CLOSE: _S.CLOSED,
    },
    _S.CLOSED: {
        _E.HAND_OVER: _SHUT,
        _E.RECEIVE_INTACT: _SHUT,
        _E.RECEIVE_BROKEN: _SHUT,
        _E.LOAD: _SHUT,
        _E.DISCOVER: _S.RETURNED,  # what is found afterwards opens the batch again: the truth comes first
        _E.CERTIFY: _SHUT,
        _E.SEND_BACK: _SHUT,
        _E.RETURN: _SHUT,
        _E.CLOSE: _SHUT,
    },
}

COPY_TABLE: Mapping[CopyState, Mapping[MediumEvent, CopyState | str]] = {
    CopyState.OPEN: {_E.CERTIFY: CopyState.CERTIFIED},
    CopyState.CERTIFIED: {_E.CERTIFY: "custody.copy-certified"},
}

CERTIFICATE_TABLE: Mapping[CertificateState, Mapping[CertificateEvent, CertificateState | str]] = {
    CertificateState.UNKNOWN: {
        CertificateEvent.ACCEPT: CertificateState.ACCEPTED,
        CertificateEvent.REJECT: CertificateState.REJECTED,
    },
    CertificateState.ACCEPTED: {
        CertificateEvent.ACCEPT: "certificate.number-used",
        CertificateEvent.REJECT: "certificate.number-used",
    },
    CertificateState.REJECTED: {
        CertificateEvent.ACCEPT: "certificate.number-used",  # made out anew it has a new number
        CertificateEvent.REJECT: "certificate.number-used",
    },
}

SPOILAGE_TABLE: Mapping[SpoilageState, Mapping[SpoilageEvent, SpoilageState | str]] = {
    SpoilageState.UNREPORTED: {
        SpoilageEvent.REPORT_SOME: SpoilageState.KEPT,
        SpoilageEvent.REPORT_NONE: SpoilageState.SETTLED,
        SpoilageEvent.DISPOSE: "custody.spoilage-unknown",
    },
    SpoilageState.KEPT: {
        SpoilageEvent.REPORT_SOME: "custody.spoilage-known",
        SpoilageEvent.REPORT_NONE: "custody.spoilage-known",
        SpoilageEvent.DISPOSE: SpoilageState.SETTLED,
    },
    SpoilageState.SETTLED: {
        SpoilageEvent.REPORT_SOME: "custody.spoilage-known",
        SpoilageEvent.REPORT_NONE: "custody.spoilage-known",
        SpoilageEvent.DISPOSE: "custody.spoilage-settled",
    },
}


def next_state(
    table: Mapping[State, Mapping[Happening, State | str]], state: State, event: Happening, **values: object
) -> State:
    """The state an event leads to; refuses with the table's key and the values for its sentence."""
    outcome = table[state][event]
    if not isinstance(outcome, type(state)):
        raise RefusalError(str(outcome), **values)
    return outcome
