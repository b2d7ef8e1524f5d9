"""The nouns of step 1, intake 取込: who owes, what was assessed (調定) and in which instalments (期別).

Yen are int, keys and numbers are strings of digits, names are as the host gave them. `Assessment.facts` is JSON-able
and holds what the tax item's notice prints, no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

TaxItem = Literal["resident-tax", "vehicle-tax"]
Method = Literal["slip", "account"]


@dataclass(frozen=True)
class Addressee:
    """宛名: seven-digit postcode, address, building line 方書 (may be empty), name, kana, and 様 or 御中."""

    postcode: str
    address: str
    building: str
    name: str
    kana: str
    honorific: str


@dataclass(frozen=True)
class Payer:
    """A taxpayer by the host's ten-digit key 宛名番号, with the marks that hold a letter back."""

    key: str
    addressee: Addressee
    protected: bool
    deceased: bool
    returned: bool


@dataclass(frozen=True)
class Account:
    """The bank account of an account-transfer payer, its number already masked by the host."""

    bank: str
    branch: str
    number_masked: str


@dataclass(frozen=True)
class Instalment:
    """One period's amount, yen; `number` counts from 1."""

    number: int
    amount: int


@dataclass(frozen=True)
class Assessment:
    """One notice's worth of tax: annual amount in yen, its instalments, and the facts the notice prints."""

    tax_item: TaxItem
    levy_year: int
    notice_no: str
    payer_key: str
    method: Method
    account: Account | None
    annual: int
    instalments: tuple[Instalment, ...]
    facts: Mapping[str, Any]
