"""What a slip's order and a ward's numbering rule must satisfy: keyed findings, all at once.

Widths are those of the Pay-easy key (5, up to 20, 6, 3) and of the convenience-store mark (6 and 21).
"""

from collections import defaultdict

from print_service.findings import Finding
from print_service.slips.model import NumberingRule, SlipOrder

NUMBER_DIGITS = 16
SECRET_BYTES = 16
PARTS = ("era_year", "tax_code", "notice_no", "period", "reissue")


def is_digits(text: str, width: int) -> bool:
    """Whether the text is exactly `width` ASCII digits."""
    return len(text) == width and text.isascii() and text.isdecimal()


def check_rule(rule: NumberingRule, secret: bytes) -> tuple[Finding, ...]:
    """Every fault of the ward's rule and of the length of its secret."""
    widths = [("agency", rule.agency, 5), ("issuer", rule.issuer, 6), ("company", rule.company, 5)]
    widths += [(f"category.{item}", code, 3) for item, code in rule.category.items()]
    widths += [(f"tax_code.{item}", code, 2) for item, code in rule.tax_code.items()]
    if rule.el_qr is not None:
        widths += [("el_qr.organisation", rule.el_qr.organisation, 5), ("el_qr.office", rule.el_qr.office, 3)]
    if rule.ocr is not None:
        widths += [("ocr.accounting", rule.ocr.accounting, 2)]
        widths += [(f"ocr.account_item.{item}", code, 6) for item, code in rule.ocr.account_item.items()]
    findings = [
        Finding("slips.setting-width", name, {"name": name, "value": value, "width": width})
        for name, value, width in widths
        if not is_digits(value, width)
    ]
    if rule.issuer[:1] not in ("9", "5"):
        findings.append(Finding("slips.issuer-first-digit", "issuer", {"value": rule.issuer}))
    names = sorted(name for name, _ in rule.template)
    if names != sorted(PARTS) or sum(width for _, width in rule.template) != NUMBER_DIGITS:
        shape = "+".join(f"{name}:{width}" for name, width in rule.template)
        findings.append(Finding("slips.template", "template", {"template": shape, "digits": NUMBER_DIGITS}))
    codes = defaultdict(list)
    for item, code in rule.tax_code.items():
        codes[code].append(item)
    findings += [
        Finding("slips.tax-code-twice", code, {"code": code, "items": "・".join(items)})
        for code, items in codes.items()
        if len(items) > 1
    ]
    if len(secret) < SECRET_BYTES:
        findings.append(Finding("slips.secret-too-short", "secret", {"bytes": len(secret), "least": SECRET_BYTES}))
    return tuple(findings)


def check_order(rule: NumberingRule, order: SlipOrder) -> tuple[Finding, ...]:
    """Every reason why a slip may not be numbered."""
    findings = []

    def refuse(key: str, **values: str | int) -> None:
        findings.append(Finding(key, order.where, values))

    if order.tax_item not in rule.category or order.tax_item not in rule.tax_code:
        refuse("slips.tax-item-unknown", tax_item=order.tax_item)
    if rule.ocr is not None and order.tax_item not in rule.ocr.account_item:
        refuse("slips.account-item-unknown", tax_item=order.tax_item)
    width = dict(rule.template).get("notice_no", 0)
    given = order.notice_no
    if not (given.isascii() and given.isdecimal() and len(given.lstrip("0")) <= width):
        refuse("slips.notice-no", notice_no=order.notice_no, width=width)
    if not 0 <= order.period <= 4:
        refuse("slips.period", period=order.period)
    if not 0 <= order.reissue <= 9:
        refuse("slips.reissue-exhausted", reissue=order.reissue)
    if order.amount < 1:
        refuse("slips.amount-not-positive", amount=order.amount)
    elif order.amount >= 10**11:
        refuse("slips.amount-too-wide", amount=order.amount)
    if order.pay_by < order.due:
        refuse("slips.pay-by-before-due", pay_by=order.pay_by.isoformat(), due=order.due.isoformat())
    return tuple(findings)
