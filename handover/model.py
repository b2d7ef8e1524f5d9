"""The nouns of custody: a medium, the copies made of it, where each is, and what is outside the building.

Frozen facts that `custody.fold` builds from the journal; nothing here is stored. A copy (複製) is anything that holds
the batch's data at the vendor's: the lesson of 2024 is that an erasure certificate for "the disc" says nothing about
a server nobody listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class CopyKind(StrEnum):
    """Where data can come to lie at a printing vendor's (form F-17)."""

    MEDIUM = "medium"
    PC = "pc"
    SERVER = "server"
    SPOOL = "spool"
    RIP_CACHE = "rip-cache"
    INSERTER = "inserter"
    BACKUP = "backup"
    MAIL = "mail"


class MediumState(StrEnum):
    """Where a medium stands."""

    REGISTERED = "registered"
    OUT = "out"
    RECEIVED = "received"
    SEAL_BROKEN = "seal-broken"
    LOADED = "loaded"
    RETURNED = "returned"
    CLOSED = "closed"


class MediumEvent(StrEnum):
    """What can happen to a medium."""

    HAND_OVER = "hand-over"
    RECEIVE_INTACT = "receive-intact"
    RECEIVE_BROKEN = "receive-broken"
    LOAD = "load"
    DISCOVER = "discover"
    CERTIFY = "certify"
    RETURN = "return"
    CLOSE = "close"


@dataclass(frozen=True)
class Medium:
    """One numbered medium; `part` is 正 or 副, `holders` are person ids while it is carried, `since` the last change
    of place.
    """

    id: str
    batch: str
    serial: str
    kind: str
    part: str
    container_sha256: str
    copies_allowed: int
    return_by: date
    erase_by: date
    since: datetime
    state: MediumState = MediumState.REGISTERED
    seal_no: str = ""
    case_no: str = ""
    vendor: str = ""
    holders: tuple[str, ...] = ()
    place: str = ""


@dataclass(frozen=True)
class Copy:
    """One copy at the vendor's; `certificate` is the number of the one that covers it, empty while none does."""

    id: str
    medium: str
    batch: str
    kind: CopyKind
    host: str
    path: str
    first_written: datetime
    holder: str
    certificate: str = ""


@dataclass(frozen=True)
class Custody:
    """All media, copies and certificates the journal knows, each by id."""

    media: Mapping[str, Medium] = field(default_factory=dict)
    copies: Mapping[str, Copy] = field(default_factory=dict)
    certificates: frozenset[str] = frozenset()

    def media_of(self, batch: str) -> tuple[Medium, ...]:
        """The media of a batch, by id."""
        return tuple(self.media[name] for name in sorted(self.media) if self.media[name].batch == batch)

    def open_copies(self, batches: tuple[str, ...]) -> tuple[Copy, ...]:
        """The copies of these batches that no certificate covers, by id."""
        found = (self.copies[name] for name in sorted(self.copies))
        return tuple(copy for copy in found if copy.batch in batches and not copy.certificate)


@dataclass(frozen=True)
class Outside:
    """One thing outside the building that holds personal data: what, whose hands, where, since when, until when at
    the latest.
    """

    what: str
    id: str
    batch: str
    holder: str
    place: str
    since: datetime
    until: date


@dataclass(frozen=True)
class Event:
    """What a command gives the journal: its tag, its subject and its body."""

    tag: str
    subject: str
    body: Mapping[str, object]
