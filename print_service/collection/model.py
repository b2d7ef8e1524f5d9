"""The nouns of step 11, collect 収納: what a payment file tells, what the ledger knows of a bill, and what follows from both.

速報 provisional: the money was taken. 確報 confirmed: it was reconciled, or a bank posted it. 取消 cancelled: an earlier record is
revoked. 不能 failed: a direct debit took nothing. 入金 transferred: the operator has passed the money on. 訂正 correction: the agency
says a record was wrong, and only a person can say what that means. Yen are int.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Literal, NamedTuple

Kind = Literal["provisional", "confirmed", "cancelled", "failed", "transferred", "correction"]
KINDS: tuple[Kind, ...] = ("provisional", "confirmed", "cancelled", "failed", "transferred", "correction")


class PaymentRecord(NamedTuple):
    """One record as the file states it.

    `reference` names the slip (see `references`). 収納日 `collected_on` is the legal day of payment, `data_date` the day the channel
    recorded it, `funds_on` the day the money reaches the ward's account. `late_charge` 延滞金 is the part of `amount` the file calls so.
    """

    line: int
    kind: Kind
    reference: str
    collected_on: date
    collected_at: time | None
    store: str
    serial: str
    amount: int
    late_charge: int
    data_date: date
    funds_on: date | None
    remark: str


@dataclass(frozen=True)
class PaymentFile:
    """A payment file that was read without a fault. `covered_to`: the day up to which payments are known [U]; None for a file of
    transfers alone.
    """

    sha256: str
    layout: str
    channel: str
    covered_to: date | None
    records: tuple[PaymentRecord, ...]


class Receipted(NamedTuple):
    """A record in the ledger: the file it came in, what it names, and what of the name `differs` (納付区分, 確認番号)."""

    file: int
    line: int
    channel: str
    kind: str
    reference: str
    slip_id: int | None
    period: int | None
    differs: str
    collected_on: date
    collected_at: time | None
    store: str
    serial: str
    amount: int
    late_charge: int
    data_date: date
    funds_on: date | None
    remark: str


class SlipFacts(NamedTuple):
    """What an issued slip asks for."""

    id: int
    period: int
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class Bill:
    """An assessment with its slips by id and its instalments' amounts by number; none of it for money that names nothing of ours."""

    assessment_id: int | None
    withdrawn: bool
    slips: dict[int, SlipFacts]
    instalments: dict[int, int]


NOTHING_OF_OURS = Bill(None, withdrawn=False, slips={}, instalments={})


@dataclass(slots=True)
class Standing:
    """Money that stands: paid once. `counted` yen pay the slip from its `counted_from`-th yen on (set when slips are weighed)."""

    first: Receipted
    occurrence: int
    provisional_on: date | None
    confirmed_on: date | None
    funds_on: date | None
    counted: int = 0
    counted_from: int = 0

    @property
    def principal(self) -> int:
        """Yen of tax, late charge apart."""
        return self.first.amount - self.first.late_charge


class Oddity(NamedTuple):
    """What does not fit: a rule's key, what it is about (the same facts give the same words), and the record that shows it best."""

    key: str
    subject: str
    shown_by: Receipted
    amount: int
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all receipts of one bill come to."""

    payments: tuple[Standing, ...]
    oddities: tuple[Oddity, ...]
