"""eL-QR (地方税統一QRコード): the 255-digit payload, its QR symbol of version 6-M, and the eL number (eL番号).

From the facts of one local-tax slip to digits and back. Source: a public payment-terminal program that reads the
payload field by field, with two real samples; both inner check digits and the CRC were recomputed from them
(`tests/vectors/marks_elqr.toml`). Cited by it: the study group material of 総務省 (地方税におけるQRコード規格) and the
MPM guideline 3.0 of キャッシュレス推進協議会. 255 digits fill version 6 at level M exactly; module size and printed
tolerances are not public, so the size is the caller's, from 0.25 mm.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from barcodes import geometry
from barcodes.digits import crc16, is_digits, ocr_pair
from barcodes.geometry import Symbol, from_modules
from barcodes.payeasy import PayeasyKey
from barcodes.qr import numeric_255
from barcodes.rules import Fault, MarkError, fault, refuse_any

LENGTH = 255
QUIET_MODULES = 4

_HEAD = "0002010102122796000513800" + "0183"
_MPN_START, _MPN_END = 29, 112
_ACCOUNT, _BURDEN, _AGENCY, _STAMP = "00000000000", "2", "13800", "0"
_ELTAX_AREA = "0"
_FURTHER = "8085" + "0" * 85
_CRC_TAG = "6305"
_USUAL_MODULE_MM = Decimal("0.254")
_LEAST_MODULE_MM = Decimal("0.25")


@dataclass(frozen=True)
class ElQr:
    """One eL-QR. Strings are digits of fixed width; raises `MarkError` with every fault.

    `amount` yen (払込金額, up to 11 digits), `item` 3 (税目・料金番号), `case_key` 20 (案件特定キー), `confirmation` 6
    (確認番号), `organisation` 5 (共通納税機関コード), `office` 3 (税務事務所コード), `levy_year` and `tax_year`
    (賦課年度, 課税年度, western), `period` 2 (期別), `due` (納期限) and `pay_by` (支払期限), not before `due`.
    """

    amount: int
    item: str
    case_key: str
    confirmation: str
    organisation: str
    office: str
    levy_year: int
    tax_year: int
    period: str
    due: date
    pay_by: date

    def __post_init__(self) -> None:
        faults: list[Fault] = []
        if not 1 <= self.amount < 10**11:
            faults.append(fault("elqr.amount", amount=self.amount))
        for name, value, width in (
            ("税目・料金番号", self.item, 3),
            ("案件特定キー", self.case_key, 20),
            ("確認番号", self.confirmation, 6),
            ("共通納税機関コード", self.organisation, 5),
            ("税務事務所コード", self.office, 3),
            ("期別", self.period, 2),
        ):
            if not is_digits(value, width):
                faults.append(fault("elqr.field", field=name, value=value[:40], width=width))
        faults.extend(
            fault("elqr.year", field=name, year=year)
            for name, year in (
                ("賦課年度", self.levy_year),
                ("課税年度", self.tax_year),
                ("納期限の年", self.due.year),
                ("支払期限の年", self.pay_by.year),
            )
            if not 1000 <= year <= 9999
        )
        if self.pay_by < self.due:
            faults.append(
                fault("elqr.pay-by-before-due", pay_by=self.pay_by.isoformat(), due=self.due.isoformat()),
            )
        refuse_any(faults)

    def payload(self) -> str:
        """The 255 digits of the symbol, CRC last."""
        upper = f"{_ACCOUNT}{self.amount:011d}{_BURDEN}{_AGENCY}{_STAMP}{self.item}00000"
        lower = f"{self.case_key}{self.confirmation}{_ELTAX_AREA}{self.organisation}{self.office}0000000"
        dates = f"{self.levy_year}{self.tax_year}{self.period}{self.due:%Y%m%d}{self.pay_by:%Y%m%d}"
        body = (
            f"{_HEAD}{ocr_pair(upper)}{upper}{ocr_pair(lower)}{lower}"
            f"5411{self.amount:011d}6226{dates}{_FURTHER}{_CRC_TAG}"
        )
        return f"{body}{crc16(body):05d}"

    def el_number(self) -> PayeasyKey:
        """The eL number printed on the slip, in the four parts a payer types; it is not itself a Pay-easy key at a
        bank.
        """
        return PayeasyKey(self.organisation, self.case_key, self.confirmation, self.item)

    def symbol(self, dpi: int = 600, dots_per_module: int | None = None) -> Symbol:
        """The QR symbol (41 modules and 4 of quiet zone on each side) at `dpi`.

        Without `dots_per_module` a module is 0.254 mm rounded up to dots (6 at 600 dpi: 12.4 mm in all). Raises
        `MarkError` below 0.25 mm, the smallest size found to read.
        """
        dots = module_dots(dpi, dots_per_module)
        return from_modules(numeric_255(self.payload()).rows(), dpi, dots, QUIET_MODULES)


def module_dots(dpi: int, wanted: int | None) -> int:
    """Dots of a module, as `ElQr.symbol` takes and refuses them."""
    return geometry.module_dots(dpi, wanted, _USUAL_MODULE_MM, _LEAST_MODULE_MM)


@lru_cache(maxsize=256)  # a slip is asked for its fields and for its picture
def parse(payload: str) -> ElQr:
    """The eL-QR that a read payload stands for.

    Raises `MarkError` for another length or other characters, a wrong CRC, wrong inner check digits, a fixed field
    that differs, two amounts that differ, or a field out of rule.
    """
    if not is_digits(payload, LENGTH):
        others = sum(1 for character in payload if character not in "0123456789")
        raise MarkError(fault("elqr.payload", length=len(payload), others=others))
    faults = _check_faults(payload)
    due, pay_by = _date(payload, 141, "納期限", faults), _date(payload, 149, "支払期限", faults)
    mpn = payload[_MPN_START:_MPN_END]
    first, second = mpn[13:24], payload[116:127]
    if first != second:
        faults.append(fault("elqr.amounts-differ", first=first, second=second))
    try:
        mark = ElQr(
            amount=int(second),
            item=mpn[31:34],
            case_key=mpn[41:61],
            confirmation=mpn[61:67],
            organisation=mpn[68:73],
            office=mpn[73:76],
            levy_year=int(payload[131:135]),
            tax_year=int(payload[135:139]),
            period=payload[139:141],
            due=due or date.max,
            pay_by=pay_by or date.max,
        )
    except MarkError as error:
        raise MarkError(*faults, *error.faults) from None
    refuse_any(faults)
    return mark


def _check_faults(payload: str) -> list[Fault]:
    mpn = payload[_MPN_START:_MPN_END]
    faults = [
        fault("elqr.fixed", offset=offset + 1, expected=expected, found=payload[offset : offset + len(expected)])
        for offset, expected in (
            (0, _HEAD),
            (_MPN_START + 2, _ACCOUNT),
            (_MPN_START + 24, _BURDEN + _AGENCY + _STAMP),
            (_MPN_START + 34, "00000"),
            (_MPN_START + 67, _ELTAX_AREA),
            (_MPN_START + 76, "0000000"),
            (_MPN_END, "5411"),
            (127, "6226"),
            (157, _FURTHER),
            (246, _CRC_TAG),
        )
        if payload[offset : offset + len(expected)] != expected
    ]
    expected = f"{crc16(payload[:250]):05d}"
    if expected != payload[250:]:
        faults.append(fault("elqr.crc", expected=expected, found=payload[250:]))
    for half, found, covered in (("前半", mpn[:2], mpn[2:39]), ("後半", mpn[39:41], mpn[41:])):
        if found != ocr_pair(covered):
            faults.append(fault("elqr.check-digits", half=half, expected=ocr_pair(covered), found=found))
    return faults


def _date(payload: str, offset: int, name: str, faults: list[Fault]) -> date | None:
    text = payload[offset : offset + 8]
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        faults.append(fault("elqr.date", field=name, text=text))
        return None
