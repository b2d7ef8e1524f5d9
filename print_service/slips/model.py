"""The nouns of numbering: the ward's rule, a slip still to be numbered, and the slip with every number it bears.

Step 3. Pure facts, no database: the same rule, secret and order give the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from barcodes.payeasy import PayeasyKey

Part = tuple[str, int]
# Parts of 納付番号 and their digits. How a ward fills it is its own choice; sixteen digits also fit the free area of
# the convenience-store mark, so one number serves both roads.
SIXTEEN_DIGITS: tuple[Part, ...] = (("era_year", 2), ("tax_code", 2), ("notice_no", 10), ("period", 1), ("reissue", 1))


@dataclass(frozen=True)
class ElQrRule:
    """Numbers assigned by 地方税共同機構: 共通納税機関コード (5 digits) and 税務事務所コード (3 digits)."""

    organisation: str
    office: str


@dataclass(frozen=True)
class OcrRule:
    """What the ward puts into the OCR lines: 会計 (2 digits) and 科目ID (6 digits) by tax item."""

    accounting: str
    account_item: Mapping[str, str]


@dataclass(frozen=True)
class NumberingRule:
    """How the ward numbers its slips; every value is a string of digits.

    `agency` 収納機関番号 (5), `issuer` 請求書発行企業コード (6) and `company` 収納企業コード (5) of the shops' mark,
    `category` 納付区分 (3) and `tax_code` (2) by tax item, `el_qr` and `ocr` None where the ward prints none,
    `template` the parts of 納付番号 with their widths, sixteen digits in all.
    """

    agency: str
    issuer: str
    company: str
    category: Mapping[str, str]
    tax_code: Mapping[str, str]
    el_qr: ElQrRule | None = None
    template: tuple[Part, ...] = SIXTEEN_DIGITS
    ocr: OcrRule | None = None


@dataclass(frozen=True)
class SlipOrder:
    """One slip to number: an assessment's instalment (period 1-4) or whole year (period 0), in yen.

    `due` is the legal 納期限, `pay_by` the last day shops and phones take the slip, `reissue` 0 for the first print,
    `marks` what the channel table lets the slip carry.
    """

    tax_item: str
    levy_year: int
    notice_no: str
    period: int
    amount: int
    due: date
    pay_by: date
    reissue: int = 0
    marks: tuple[str, ...] = ("cvs", "el-qr")

    @property
    def where(self) -> str:
        """How a person looks the slip up."""
        return f"{self.tax_item} {self.levy_year} {self.notice_no} period {self.period} reissue {self.reissue}"


@dataclass(frozen=True)
class SlipFacts:
    """A numbered slip: 44 `cvs_digits` or the `cvs_refusal` that says why not, 255 digits of `el_qr` or None.

    `ocr_lines` are the upper (39 digits) and the lower (44 digits) OCR line, or None.
    """

    order: SlipOrder
    key: PayeasyKey
    cvs_digits: str | None
    cvs_refusal: str | None
    el_qr: str | None
    ocr_lines: tuple[str, str] | None = None
