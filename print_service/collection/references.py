"""What a record calls the slip it pays, and back: one string for each way of naming, made from the layout's fields.

- 44 digits: the GS1-128 of 標準料金代理収納 (AI 91, issuer, free key, re-issue count, pay-by date, stamp flag, amount, check digit;
  check digit by weights 3, 1, 3, 1… from the right, ten's complement, GS1 General Specifications 7.9).
- `pe-AGENCY-NUMBER-CONFIRMATION-CATEGORY`: the Pay-easy key; the lower and upper OCR line carry the same four parts.
- `el-NUMBER-CONFIRMATION-CATEGORY`: eL番号, whose case key is our 納付番号 filled with zeros.
- `dd-YEAR-TAX-NOTICE-PERIOD`: customer number of a direct debit, by our own filling [U].

Which one a layout gives is seen from its fields. 納付番号 is compared in sixteen digits, as we issue it.
"""

from collections.abc import Callable, Mapping

from barcodes.digits import is_digits, modulo10, ocr_pair
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout
from print_service.flatfile.stream import Record

BAR_CODE, PAY_EASY, EL_QR, DEBIT = "bar-code", "pe", "el", "dd"
_NUMBER_DIGITS = 16
_BAR_CODE_PARTS = (
    "ai",
    "country",
    "agency",
    "company",
    "free_key",
    "reissue",
    "pay_by",
    "stamp",
    "amount",
    "check_digit",
)
_UPPER = ("account", "slip_amount", "burden", "agency", "stamp", "category", "era_year", "balance", "fund")
_LOWER = ("budget", "account_item", "form", "turn", "number", "confirmation", "free")
_DEBIT = ("levy_year", "tax_code", "notice_no", "period")

Referee = Callable[[Record, Faults, str], str]
"""Gives the reference of a record; faults of its check digits are noted at the place given."""


def referee(layout: Layout) -> Referee | None:
    """How records of this layout name their slips; None when its fields name none."""
    names = set(layout.data.names)
    ways: Mapping[tuple[str, ...], Referee] = {
        _BAR_CODE_PARTS: _bar_code_in_parts,
        ("bar_code",): _bar_code,
        ("upper_check", *_UPPER, "lower_check", *_LOWER): _ocr,
        ("case_key", "confirmation", "category"): _el_number,
        ("agency", "number", "confirmation", "category"): _pay_easy,
        _DEBIT: _debit,
    }
    return next((way for wanted, way in ways.items() if names.issuperset(wanted)), None)


def form_of(reference: str) -> str:
    """Which way of naming a reference is of."""
    return reference[:2] if reference[2:3] == "-" else BAR_CODE


def shown(reference: str) -> str:
    """As a person reads it, and as no spreadsheet takes it for a number: the bar code in the groups printed under it, a key without
    its 確認番号, which keeps strangers from looking a slip up.
    """
    if form_of(reference) == BAR_CODE:
        groups = ((2, 8), (8, 30), (30, 36), (36, 37), (37, 43), (43, 44))
        return "(91)" + "-".join(reference[start:end] for start, end in groups)
    parts = reference.split("-")[1:]
    if form_of(reference) == DEBIT:
        return "-".join(parts)
    number = parts[-3]
    return "-".join(number[start : start + 4] for start in range(0, len(number), 4)) + f"（納付区分 {parts[-1]}）"


def _bar_code_in_parts(record: Record, faults: Faults, where: str) -> str:
    parts = (f"{record.number(name):06d}" if name == "amount" else record.text(name) for name in _BAR_CODE_PARTS)
    return _checked("".join(parts), faults, f"{where}:check_digit")


def _bar_code(record: Record, faults: Faults, where: str) -> str:
    digits = record.text("bar_code").removeprefix("EAN")
    if not is_digits(digits, 44) or not digits.startswith("91"):
        faults.add("collection-file.bar-code", f"{where}:bar_code", length=len(digits))
        return digits
    return _checked(digits, faults, f"{where}:bar_code")


def _checked(digits: str, faults: Faults, where: str) -> str:
    expected = str(modulo10(digits[:-1]))
    if digits[-1] != expected:
        faults.add("collection-file.check-digit", where, found=digits[-1], expected=expected)
    return digits


def _ocr(record: Record, faults: Faults, where: str) -> str:
    for pair, names in (("upper_check", _UPPER), ("lower_check", _LOWER)):
        body = "".join(record.text(name) for name in names)
        expected = ocr_pair(body)
        if record.text(pair) != expected:
            faults.add("collection-file.ocr-check", f"{where}:{pair}", found=record.text(pair), expected=expected)
    return _pay_easy(record, faults, where)


def _pay_easy(record: Record, _faults: Faults, _where: str) -> str:
    number = _sixteen(record.text("number"))
    return f"{PAY_EASY}-{record.text('agency')}-{number}-{record.text('confirmation')}-{record.text('category')}"


def _el_number(record: Record, _faults: Faults, _where: str) -> str:
    return f"{EL_QR}-{_sixteen(record.text('case_key'))}-{record.text('confirmation')}-{record.text('category')}"


def _debit(record: Record, _faults: Faults, _where: str) -> str:
    return "-".join((DEBIT, *(record.text(name) for name in _DEBIT)))


def _sixteen(number: str) -> str:
    return number.lstrip("0").rjust(_NUMBER_DIGITS, "0")
