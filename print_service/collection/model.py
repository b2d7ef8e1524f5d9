"""The nouns of step 11, collect 収納, as a payment file states them: one record a payment, not yet matched with any
slip.

速報 provisional: the store has taken the money. 確報 confirmed: slip and cash were reconciled. 速報取消 cancelled: a
provisional record is revoked. Yen are int.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from print_service.findings import Finding

Kind = Literal["provisional", "confirmed", "cancelled"]


@dataclass(frozen=True)
class PaymentRecord:
    """One record. `digits44` is the slip's bar code; `data_date` is when the agency recorded it, `transfer_date` when
    money comes.
    """

    line: int
    kind: Kind
    collected_on: date
    collected_at: time
    digits44: str
    amount: int
    store: str
    chain: str
    data_date: date
    transfer_date: date | None


@dataclass(frozen=True)
class PaymentTotals:
    """Control totals: number of records and sum of their amounts in yen, by kind."""

    records: int
    amount: int
    by_kind: dict[Kind, int]


@dataclass(frozen=True)
class PaymentFile:
    """A payment file that was read without a fault. `covered_to`: the latest header date, up to which payments are
    known [U].
    """

    sha256: str
    layout: str
    channel: str
    covered_to: date
    records: tuple[PaymentRecord, ...]
    totals: PaymentTotals
    warnings: tuple[Finding, ...]
