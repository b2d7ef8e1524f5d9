"""Readings cut into their fields by position alone, right or wrong: what `explain` shows beside its findings.

Whether a field is in rule is the marks' business; here a reading of the right length is cut as its layout says, any
other is shown whole. Layouts as in `cvs`, `payeasy`, `elqr`, `customer` and `piece`.
"""

from datetime import date

from barcodes import customer
from barcodes.elqr import LENGTH
from barcodes.rules import MarkError

Fields = dict[str, str | int | list[str] | None]

_UPPER = (
    ("account", 11),
    ("amount", 11),
    ("burden", 1),
    ("agency", 5),
    ("stamp", 1),
    ("category", 3),
    ("levy_year", 2),
    ("balance", 1),
    ("fund", 2),
)
_LOWER = (
    ("budget", 1),
    ("account_item", 6),
    ("form", 1),
    ("kind", 1),
    ("number", 18),
    ("confirmation", 4),
    ("free", 11),
)
_UPPER_LENGTH, _LOWER_LENGTH = 39, 44


def cut_cvs(digits: str) -> Fields:
    """The fields of 44 digits; `pay_by` is null for 999999 and the raw six digits when they are no date."""
    if len(digits) != 44:
        return _whole(digits)
    pay_by = digits[30:36]
    return {
        "digits": digits,
        "ai": digits[:2],
        "issuer": digits[2:8],
        "free": digits[8:29],
        "reissue": int(digits[29]),
        "pay_by": None if pay_by == "999999" else _iso(f"20{pay_by}"),
        "stamp": int(digits[36]),
        "amount": int(digits[37:43]),
        "check_digit": digits[43],
        "text": [
            f"({digits[:2]}){digits[2:8]}-{digits[8:30]}",
            f"{digits[30:36]}-{digits[36]}-{digits[37:43]}-{digits[43]}",
        ],
    }


def cut_el_qr(digits: str) -> Fields:
    """The fields of 255 digits, named as the options of the command line that makes them."""
    if len(digits) != LENGTH:
        return _whole(digits)
    mpn = digits[29:112]
    return {
        "amount": int(digits[116:127]),
        "item": mpn[31:34],
        "case_key": mpn[41:61],
        "confirmation": mpn[61:67],
        "organisation": mpn[68:73],
        "office": mpn[73:76],
        "levy_year": int(digits[131:135]),
        "tax_year": int(digits[135:139]),
        "period": digits[139:141],
        "due": _iso(digits[141:149]),
        "pay_by": _iso(digits[149:157]),
        "check_digits": [mpn[:2], mpn[39:41]],
        "crc": digits[250:],
    }


def cut_ocr(digits: str) -> Fields:
    """The fields of an OCR line, the lower one in the published widths (18 and 4); of both lines, each as it stands."""
    if len(digits) == _UPPER_LENGTH + _LOWER_LENGTH:
        return {"line": "both", "upper": digits[:_UPPER_LENGTH], "lower": digits[_UPPER_LENGTH:]}
    for name, parts, length in (("upper", _UPPER, _UPPER_LENGTH), ("lower", _LOWER, _LOWER_LENGTH)):
        if len(digits) == length:
            fields: Fields = {"line": name, "digits": digits, "check_digits": digits[:2]}
            start = 2
            for field, width in parts:
                fields[field] = digits[start : start + width]
                start += width
            if name == "upper":
                fields["amount"] = int(str(fields["amount"]))
            return fields
    return _whole(digits)


def cut_customer(bars: str) -> Fields:
    """Postcode, address digits as far as they fitted and the check character, where the bars can be read."""
    try:
        reading = customer.parse(bars)
    except MarkError:
        return {"bars": bars, "length": len(bars)}
    return {
        "postcode": reading.postcode,
        "digits": reading.digits,
        "cut": reading.cut or None,
        "check": reading.check,
        "bars": bars,
    }


def cut_piece(payload: str) -> Fields:
    """The parts of a piece mark between its colons."""
    parts = payload.split(":")
    if len(parts) != 6:
        return _whole(payload)
    _, batch, number, sheets, side, check = parts
    sheet, _, of = sheets.partition("/")
    return {"batch": batch, "piece": number, "sheet": sheet, "sheets": of, "side": side, "check": check}


def _whole(text: str) -> Fields:
    return {"text": text[:300], "length": len(text)}


def _iso(figures: str) -> str:
    try:
        return date(int(figures[:4]), int(figures[4:6]), int(figures[6:])).isoformat()
    except ValueError:
        return figures
