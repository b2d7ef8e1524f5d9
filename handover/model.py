"""The nouns of custody: media, their transfers, the copies made of them, spoiled sheets, and what is outside the building.

Frozen facts that `custody.fold` builds from the journal; nothing here is stored. A copy (複製) is anything that holds
the batch's data at the vendor's: the lesson of 2024 is that an erasure certificate for "the disc" says nothing about
a server nobody listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from handover.records import ReadBack, SecretDelivery, VendorReport


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
    COMING_BACK = "coming-back"
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
    SEND_BACK = "send-back"
    RETURN = "return"
    CLOSE = "close"


class CopyState(StrEnum):
    """Where a copy stands."""

    OPEN = "open"
    CERTIFIED = "certified"


class CertificateState(StrEnum):
    """Where a certificate of erasure stands at the ward; a number nobody used is unknown."""

    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class CertificateEvent(StrEnum):
    """What the ward decides on a certificate."""

    ACCEPT = "accept"
    REJECT = "reject"


class SpoilageState(StrEnum):
    """Where spoiled sheets stand: none were reported before, kept at the vendor's, or gone."""

    UNREPORTED = "unreported"
    KEPT = "kept"
    SETTLED = "settled"


class SpoilageEvent(StrEnum):
    """What can happen to spoiled sheets; a report of none settles itself."""

    REPORT_SOME = "report-some"
    REPORT_NONE = "report-none"
    DISPOSE = "dispose"


class Disposal(StrEnum):
    """How spoiled sheets end (form F-16): dissolved, burnt, shredded, or handed in at the ward, counted."""

    DISSOLVED = "dissolved"
    BURNT = "burnt"
    SHREDDED = "shredded"
    HANDED_IN = "handed-in"


class CheckKind(StrEnum):
    """How the ward checked a certificate (foot of form F-17)."""

    DOCUMENT = "document"
    ON_SITE = "on-site"
    TOOL_LOG = "tool-log"


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
class Receipt:
    """What closes a transfer (受領): who took the medium in, when, where, and whether the seal was whole."""

    by: tuple[str, ...]
    at: datetime
    place: str
    seal_no: str
    seal_intact: bool


@dataclass(frozen=True)
class Transfer:
    """One way of a medium (F-07 out, F-15 back): two names give it, two carry it, and its receipt closes it.

    A medium brought back with no departure recorded has the vendor's name as the giver and no expected arrival. Media
    carried together stand on one slip, whose number is that of the first one's transfer.
    """

    id: str
    medium: str
    batch: str
    direction: str
    given_by: tuple[str, ...]
    carriers: tuple[str, ...]
    seal_no: str
    case_no: str
    place: str
    left_at: datetime
    expected_at: datetime | None
    slip: str
    receipt: Receipt | None = None


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
    by: str = ""
    certificate: str = ""
    state: CopyState = CopyState.OPEN


@dataclass(frozen=True)
class Spoilage:
    """Spoiled and spare sheets 損紙・予備 of a batch; `sheets` carry personal data, `blanks` do not. `place` is where
    they are kept, `dispose_by` until when.
    """

    id: str
    batch: str
    sheets: int
    blanks: int
    holder: str
    place: str
    since: datetime
    dispose_by: date
    reported_by: str
    state: SpoilageState


@dataclass(frozen=True)
class Acceptance:
    """The vendor's report (F-01) as the ward accepted it: the contract's digest, when and by whom."""

    contract: str
    sha256: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Custody:
    """All media, transfers, copies, certificates, spoiled sheets and reports the journal knows, each by id; the latest reading
    back and the delivery of the passphrase by medium.
    """

    media: Mapping[str, Medium] = field(default_factory=dict)
    transfers: Mapping[str, Transfer] = field(default_factory=dict)
    copies: Mapping[str, Copy] = field(default_factory=dict)
    certificates: Mapping[str, CertificateState] = field(default_factory=dict)
    spoilage: Mapping[str, Spoilage] = field(default_factory=dict)
    read_backs: Mapping[str, ReadBack] = field(default_factory=dict)
    secrets: Mapping[str, SecretDelivery] = field(default_factory=dict)
    reports: Mapping[str, VendorReport] = field(default_factory=dict)
    acceptance: Acceptance | None = None

    def media_of(self, batch: str) -> tuple[Medium, ...]:
        """The media of a batch, by id."""
        return tuple(self.media[name] for name in sorted(self.media) if self.media[name].batch == batch)

    def transfers_of(self, medium: str) -> tuple[Transfer, ...]:
        """The transfers of a medium, in order."""
        return tuple(one for one in self.transfers.values() if one.medium == medium)

    def carried_with(self, transfer: Transfer) -> tuple[Transfer, ...]:
        """The transfers on one slip, this one among them, in order."""
        return tuple(one for one in self.transfers.values() if one.slip == transfer.slip)

    def copies_of(self, batch: str) -> tuple[Copy, ...]:
        """Every copy of a batch, by id."""
        return tuple(self.copies[name] for name in sorted(self.copies) if self.copies[name].batch == batch)

    def open_copies(self, batches: tuple[str, ...]) -> tuple[Copy, ...]:
        """The copies of these batches that no certificate covers, by id."""
        found = (self.copies[name] for name in sorted(self.copies))
        return tuple(copy for copy in found if copy.batch in batches and copy.state is CopyState.OPEN)

    def spoilage_of(self, batch: str) -> tuple[Spoilage, ...]:
        """The reports of spoiled sheets of a batch, in order."""
        return tuple(one for one in self.spoilage.values() if one.batch == batch)


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
