"""Marks from typed words, as a command line or a web form gives them: every fault of every word at once.

Above the marks. Numbers and dates arrive as text; one that cannot be read is told together with whatever else the mark
would refuse, so that a tester corrects a slip once and not field by field.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from barcodes.cvs import CvsBarcode
from barcodes.digits import is_digits
from barcodes.elqr import ElQr
from barcodes.payeasy import lower_line, upper_line
from barcodes.rules import Fault, MarkError, fault, refuse_any

NO_LIMIT = "999999"
"""Typed for a convenience-store mark without a handling limit; the bars carry the same six nines."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_FINEST_DPI = 4800
_MOST_FIGURES = 18


def cvs_mark(
    *, issuer: str, free: str, reissue: str, pay_by: str, amount: str, stamp: str = "0", due: str | None = None
) -> CvsBarcode:
    """A convenience-store mark; `pay_by` and `due` are days as 2026-06-30, `pay_by` also 999999. Raises `MarkError`."""
    faults: list[Fault] = []
    # What cannot be read is replaced by something the mark accepts, so that no fault is told that is not there.
    pay_by_day = None if pay_by == NO_LIMIT else _day("支払期限日", pay_by, faults)
    due_day = None if due is None else _day("納期限", due, faults)
    reissue_number = _number("再発行区分", reissue, faults)
    stamp_number = _number("印紙フラグ", stamp, faults)
    yen = _number("支払金額", amount, faults)
    try:
        mark = CvsBarcode(
            issuer=issuer,
            free=free,
            reissue=reissue_number or 0,
            pay_by=pay_by_day,
            stamp=stamp_number or 0,
            amount=1 if yen is None else yen,
            due=due_day,
        )
    except MarkError as error:
        raise MarkError(*faults, *error.faults) from None
    refuse_any(faults)
    return mark


def el_qr(
    *,
    amount: str,
    item: str,
    case_key: str,
    confirmation: str,
    organisation: str,
    office: str,
    levy_year: str,
    tax_year: str,
    period: str,
    due: str,
    pay_by: str,
) -> ElQr:
    """An eL-QR; years are western, `due` and `pay_by` days as 2026-06-30. Raises `MarkError`."""
    faults: list[Fault] = []
    yen = _number("払込金額", amount, faults)
    levy, tax = _number("賦課年度", levy_year, faults), _number("課税年度", tax_year, faults)
    due_day, pay_by_day = _day("納期限", due, faults), _day("支払期限", pay_by, faults)
    readable = due_day or pay_by_day or date(2000, 1, 1)
    try:
        mark = ElQr(
            amount=1 if yen is None else yen,
            item=item,
            case_key=case_key,
            confirmation=confirmation,
            organisation=organisation,
            office=office,
            levy_year=readable.year if levy is None else levy,
            tax_year=readable.year if tax is None else tax,
            period=period,
            due=due_day or readable,
            pay_by=pay_by_day or readable,
        )
    except MarkError as error:
        raise MarkError(*faults, *error.faults) from None
    refuse_any(faults)
    return mark


def ocr_line(*, upper: str | None, lower: str | None) -> str:
    """The OCR line of a body of 37 (`upper`) or 42 digits (`lower`): exactly one of them. Raises `MarkError`."""
    if upper is not None and lower is None:
        return upper_line(upper)
    if lower is not None and upper is None:
        return lower_line(lower)
    raise MarkError(fault("typed.one-line"))


def resolution(text: str) -> int:
    """Dots per inch, 1 to 4,800. Raises `MarkError` `typed.resolution`."""
    if not is_digits(text) or len(text) > 4 or not 1 <= int(text) <= _FINEST_DPI:
        raise MarkError(fault("typed.resolution", text=text[:40], finest=_FINEST_DPI))
    return int(text)


def length(name: str, text: str) -> Decimal:
    """A length or point size as a decimal number. Raises `MarkError` `typed.decimal`."""
    if not _DECIMAL.fullmatch(text):
        raise MarkError(fault("typed.decimal", field=name, text=text[:40]))
    return Decimal(text)


def judge(*steps: Callable[[], object]) -> None:
    """Try every step; raise one `MarkError` with the faults of all of them, each once."""
    faults: list[Fault] = []
    for step in steps:
        try:
            step()
        except MarkError as error:
            faults.extend(each for each in error.faults if each not in faults)
    refuse_any(faults)


def _number(name: str, text: str, faults: list[Fault]) -> int | None:
    if is_digits(text) and len(text) <= _MOST_FIGURES:
        return int(text)
    faults.append(fault("typed.number", field=name, text=text[:40]))
    return None


def _day(name: str, text: str, faults: list[Fault]) -> date | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    faults.append(fault("typed.date", field=name, text=text[:40]))
    return None
