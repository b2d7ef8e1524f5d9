"""Step 3 number 採番: a slip's Pay-easy key, convenience-store digits and eL-QR payload, by the ward's rule.

納付番号 is filled by the rule's template; the reissue counter in it gives a slip made again a new key. 確認番号 is an
HMAC-SHA256 of the key's other parts under the ward's secret, so that nobody can compute it from what is known of a
taxpayer. How wards fill either is not public; both are this program's design. Above 300,000 yen there is no
convenience-store mark.
"""

import hmac
from datetime import date

from barcodes.cvs import AMOUNT_LIMIT, CvsBarcode
from barcodes.elqr import ElQr
from barcodes.payeasy import LowerBody, LowerLayout, PayeasyKey, UpperBody, lower_line, upper_line
from print_service.eras import era_year
from print_service.findings import RefusedError
from print_service.settings import Settings
from print_service.slips.model import ElQrRule, NumberingRule, OcrRule, SlipFacts, SlipOrder
from print_service.slips.rules import check_order, check_rule

__all__ = [
    "NOT_OFFERED",
    "OVER_LIMIT",
    "ElQrRule",
    "NumberingRule",
    "SlipFacts",
    "SlipOrder",
    "number_slip",
    "numbering_rule",
]

OVER_LIMIT = "amount-over-limit"
NOT_OFFERED = "not-offered"
_CONFIRMATION_DIGITS = 6
_CASE_KEY_DIGITS = 20
# 標準帳票 publishes widths for an 18 + 4 digit key only. Ours gets the widest number; four positions stay free at the end.
_LOWER_LAYOUT = LowerLayout(number=20, confirmation=_CONFIRMATION_DIGITS)


def numbering_rule(settings: Settings) -> NumberingRule:
    """The ward's rule as its settings state it."""
    slips, el_qr = settings.slips, settings.el_qr
    return NumberingRule(
        agency=slips.agency,
        issuer=slips.issuer,
        company=slips.company,
        category=slips.category,
        tax_code=slips.tax_code,
        el_qr=ElQrRule(el_qr.organisation, el_qr.office) if el_qr.enabled else None,
        ocr=OcrRule(settings.ocr.accounting, settings.ocr.account_item) if settings.ocr.enabled else None,
    )


def number_slip(rule: NumberingRule, secret: bytes, order: SlipOrder) -> SlipFacts:
    """The slip with all its numbers; the same arguments give the same numbers.

    `secret` is at least 16 bytes, the ward's own, and stays the same for as long as slips are payable. Refuses every
    fault of rule, secret and order at once (keys `slips.*`).
    """
    findings = (*check_rule(rule, secret), *check_order(rule, order))
    if findings:
        raise RefusedError(findings)
    number = _number(rule, order)
    category = rule.category[order.tax_item]
    key = PayeasyKey(rule.agency, number, _confirmation(secret, rule.agency, number, category), category)
    over = order.amount > AMOUNT_LIMIT
    cvs_digits = None
    if "cvs" in order.marks and not over:
        free = rule.company + number
        mark = CvsBarcode(rule.issuer, free, order.reissue, order.pay_by, 0, order.amount, order.due)
        cvs_digits = mark.digits()
    refusal = None if cvs_digits else OVER_LIMIT if over else NOT_OFFERED
    return SlipFacts(order, key, cvs_digits, refusal, _el_qr(rule, order, key), _ocr_lines(rule, order, key))


def _era_year(order: SlipOrder) -> int:
    return era_year(date(order.levy_year, 4, 1))[1]


def _number(rule: NumberingRule, order: SlipOrder) -> str:
    parts: dict[str, str | int] = {
        "era_year": _era_year(order),
        "tax_code": rule.tax_code[order.tax_item],
        "notice_no": order.notice_no,
        "period": order.period,
        "reissue": order.reissue,
    }
    return "".join(str(parts[name]).lstrip("0").rjust(width, "0") for name, width in rule.template)


def _confirmation(secret: bytes, agency: str, number: str, category: str) -> str:
    digest = hmac.digest(secret, f"{agency}|{number}|{category}".encode("ascii"), "sha256")
    return f"{int.from_bytes(digest) % 10**_CONFIRMATION_DIGITS:0{_CONFIRMATION_DIGITS}d}"


def _el_qr(rule: NumberingRule, order: SlipOrder, key: PayeasyKey) -> str | None:
    if rule.el_qr is None or "el-qr" not in order.marks:
        return None
    return ElQr(
        amount=order.amount,
        item=key.category,
        case_key=key.number.rjust(_CASE_KEY_DIGITS, "0"),
        confirmation=key.confirmation,
        organisation=rule.el_qr.organisation,
        office=rule.el_qr.office,
        levy_year=order.levy_year,
        tax_year=order.levy_year,
        period=f"{order.period:02d}",
        due=order.due,
        pay_by=order.pay_by,
    ).payload()


def _ocr_lines(rule: NumberingRule, order: SlipOrder, key: PayeasyKey) -> tuple[str, str] | None:
    if rule.ocr is None:
        return None
    upper = UpperBody(
        agency=key.agency,
        category=key.category,
        levy_year=f"{_era_year(order):02d}",
        amount=order.amount,
        fund=rule.ocr.accounting,
    )
    lower = LowerBody(key.number, key.confirmation, rule.ocr.account_item[order.tax_item], layout=_LOWER_LAYOUT)
    return upper_line(upper.body()), lower_line(lower.body())
