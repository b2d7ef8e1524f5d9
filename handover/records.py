"""What custody keeps beside media and copies: that a medium was read back, how its passphrase went, what the vendor reported.

Frozen facts that `custody.fold` builds from the journal; nothing here is stored. F-06 暗号化・書出記録 is printed from them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SecretRoute(StrEnum):
    """The road of a passphrase letter: another than the medium's."""

    BY_HAND = "by-hand"
    REGISTERED_MAIL = "registered-mail"


@dataclass(frozen=True)
class ReadBack:
    """A medium read again from where it was written and found equal to what was sealed; `size` of the container in bytes.

    `written` says whether this program wrote it in the same act (else another burnt it), `approved_by` who let it be written.
    """

    medium: str
    batch: str
    container: str
    container_sha256: str
    size: int
    place: str
    written: bool
    approved_by: str
    at: datetime


@dataclass(frozen=True)
class SecretDelivery:
    """The passphrase letter of a medium reached the vendor: by which road, from whom to whom, when."""

    medium: str
    route: SecretRoute
    given_by: str
    received_by: str
    delivered_at: datetime


@dataclass(frozen=True)
class VendorReport:
    """What the vendor reported of one container after printing, as the ward took it; `sha256` of the report's bytes."""

    id: str
    batch: str
    medium: str
    container_sha256: str
    sha256: str
    spoiled: int
    blanks: int
