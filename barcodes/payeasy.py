"""The Pay-easy key (収納機関番号, 納付番号, 確認番号, 納付区分) and the two OCR lines of the standard slip (標準帳票).

The key is what a payer types at a bank; the OCR lines are what a bank's counter machine reads. Sources: field widths
from the manuals of biller servers and from municipal notices (5, up to 20, up to 6, and 3 digits for local tax); OCR
field order and check digits from a prefecture's public program that cites 標準帳票ガイドライン, equal in two unrelated
billing programs. How a ward fills 納付番号 is its own choice, and how the lower line is cut for a key wider than 18
and 4 digits is not public: `LowerLayout` is therefore a setting. That no key is issued twice is the ledger's promise,
not this module's.
"""

from dataclasses import dataclass, field

from barcodes.digits import is_digits, ocr_pair
from barcodes.rules import Fault, MarkError, fault, refuse_any

_UPPER, _LOWER = 37, 42
_LOWER_TAIL = 33  # what 納付番号, 確認番号 and the free area share


@dataclass(frozen=True)
class PayeasyKey:
    """An inquiry key (照会依頼キー): `agency` 5 digits, `number` 1-20, `confirmation` 1-6, `category` 3. Raises
    `MarkError`.
    """

    agency: str
    number: str
    confirmation: str
    category: str

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if not is_digits(self.agency, 5):
            faults.append(fault("payeasy.agency", agency=self.agency))
        if not is_digits(self.number) or len(self.number) > 20:
            faults.append(fault("payeasy.number", number=self.number))
        if not is_digits(self.confirmation) or len(self.confirmation) > 6:
            # The number itself stays out of the sentence: it is what keeps a stranger from looking the slip up.
            faults.append(fault("payeasy.confirmation", length=len(self.confirmation)))
        if not is_digits(self.category, 3):
            faults.append(fault("payeasy.category", category=self.category))
        refuse_any(faults)

    def number_groups(self) -> str:
        """納付番号 as printed: groups of four from the left, joined by hyphens that are not part of the number."""
        return "-".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


@dataclass(frozen=True)
class UpperBody:
    """The fields of the upper OCR line; every one but `amount` is digits of fixed width. Raises `MarkError`.

    `account` 11 (口座番号), `burden` 1 (払込料金負担区分, 2: payee), `agency` 5, `stamp` 1 (印紙税区分), `category` 3,
    `levy_year` 2 (調定年度, year of the Japanese era), `balance` 1 (収支), `fund` 2 (会計).
    """

    agency: str
    category: str
    levy_year: str
    amount: int
    account: str = "00000000000"
    burden: str = "2"
    stamp: str = "0"
    balance: str = "1"
    fund: str = "01"

    def __post_init__(self) -> None:
        widths = {
            "口座番号": (self.account, 11),
            "払込料金負担区分": (self.burden, 1),
            "収納機関番号": (self.agency, 5),
            "印紙税区分": (self.stamp, 1),
            "納付区分": (self.category, 3),
            "調定年度": (self.levy_year, 2),
            "収支": (self.balance, 1),
            "会計": (self.fund, 2),
        }
        faults = _width_faults(widths)
        if not 1 <= self.amount < 10**11:
            faults.append(fault("payeasy.ocr-amount", amount=self.amount))
        refuse_any(faults)

    def body(self) -> str:
        """The 37 digits before the check digits are put in front."""
        return (
            f"{self.account}{self.amount:011d}{self.burden}{self.agency}{self.stamp}"
            f"{self.category}{self.levy_year}{self.balance}{self.fund}"
        )


@dataclass(frozen=True)
class LowerLayout:
    """How wide 納付番号 and 確認番号 stand in the lower line; the free area (自由使用領域) takes what remains of 33
    digits.

    18 and 4 are the only published widths; a ward with a 6-digit 確認番号 agrees its own with the bank. Raises
    `MarkError`.
    """

    number: int = 18
    confirmation: int = 4

    def __post_init__(self) -> None:
        fits = self.number >= 1 and self.confirmation >= 1 and self.number + self.confirmation <= _LOWER_TAIL
        if not fits:
            raise MarkError(fault("payeasy.ocr-layout", number=self.number, confirmation=self.confirmation))

    @property
    def free(self) -> int:
        """Width of the free area."""
        return _LOWER_TAIL - self.number - self.confirmation


@dataclass(frozen=True)
class LowerBody:
    """The fields of the lower OCR line. Raises `MarkError`.

    `budget` 1 digit (予算区分, 1: current year), `account_item` 6 (科目ID), `form` 1 (収納区分1, 8: standard slip),
    `kind` 1 (収納区分2), `number` and `confirmation` as in the key, filled with zeros at the left to the layout's
    widths.
    """

    number: str
    confirmation: str
    account_item: str
    budget: str = "1"
    form: str = "8"
    kind: str = "1"
    layout: LowerLayout = field(default=LowerLayout())

    def __post_init__(self) -> None:
        faults = _width_faults(
            {
                "予算区分": (self.budget, 1),
                "科目ID": (self.account_item, 6),
                "収納区分1": (self.form, 1),
                "収納区分2": (self.kind, 1),
            }
        )
        for name, value, width in (
            ("納付番号", self.number, self.layout.number),
            ("確認番号", self.confirmation, self.layout.confirmation),
        ):
            if not is_digits(value):
                faults.append(fault("payeasy.ocr-not-digits", field=name, length=len(value)))
            elif len(value) > width:
                faults.append(fault("payeasy.ocr-too-wide", field=name, length=len(value), width=width))
        refuse_any(faults)

    def body(self) -> str:
        """The 42 digits before the check digits are put in front."""
        number = self.number.zfill(self.layout.number)
        confirmation = self.confirmation.zfill(self.layout.confirmation)
        return f"{self.budget}{self.account_item}{self.form}{self.kind}{number}{confirmation}" + "0" * self.layout.free


def upper_line(body: str) -> str:
    """The upper OCR line, 39 digits, from its body of 37. Raises `MarkError` when the body is not 37 digits."""
    return _line(body, _UPPER)


def lower_line(body: str) -> str:
    """The lower OCR line, 44 digits, from its body of 42. Raises `MarkError` when the body is not 42 digits."""
    return _line(body, _LOWER)


def parse_line(line: str) -> str:
    """The body of a read OCR line of 39 or 44 digits. Raises `MarkError` when its length or its check digits are
    wrong.
    """
    if not is_digits(line) or len(line) - 2 not in (_UPPER, _LOWER):
        raise MarkError(fault("payeasy.ocr-line", line=line[:60], length=len(line)))
    expected = ocr_pair(line[2:])
    if expected != line[:2]:
        raise MarkError(fault("payeasy.ocr-check-digits", expected=expected, found=line[:2]))
    return line[2:]


def _line(body: str, width: int) -> str:
    if not is_digits(body, width):
        raise MarkError(fault("payeasy.ocr-body", expected=width, body=body[:60], length=len(body)))
    return ocr_pair(body) + body


def _width_faults(fields: dict[str, tuple[str, int]]) -> list[Fault]:
    return [
        fault("payeasy.ocr-field", field=name, value=value, width=width)
        for name, (value, width) in fields.items()
        if not is_digits(value, width)
    ]
