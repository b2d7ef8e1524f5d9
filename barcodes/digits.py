"""Strings of decimal digits and the check digits the slip's marks carry.

Ground floor of `barcodes`. Sources: modulo 10 weight 3-1 of the convenience-store code (GS1 General Specifications
7.9; the published numbers in `tests/vectors/marks_cvs.toml`); the pair of check digits of the standard slip's OCR
lines, which the eL-QR repeats inside (public billing programs reproducing printed lines,
`tests/vectors/marks_payeasy.toml`); CRC-16/CCITT-FALSE (ITU-T V.41 polynomial, initial value FFFF).
"""

from binascii import crc_hqx
from itertools import cycle
from operator import mul

_SECOND_WEIGHTS = (9, 1, 8, 1, 7, 1, 6, 1, 5, 1, 4, 1, 3, 1, 2, 1)
_FIRST_WEIGHTS = (2, 1, 3, 1, 4, 1, 5, 1, 6, 1, 7, 1, 8, 1, 9, 1)
_VALUES = bytes(code - 48 if 48 <= code < 58 else 0 for code in range(256))


def is_digits(text: object, width: int | None = None) -> bool:
    """Whether `text` is one or more ASCII digits, exactly `width` of them when given; full-width digits are not."""
    return isinstance(text, str) and text.isascii() and text.isdigit() and (width is None or len(text) == width)


def modulo10(digits: str) -> int:
    """Check digit 0-9 of `digits`: weights 3, 1, 3, ... from the right, complement to ten."""
    values = _values(digits)
    return -(3 * sum(values[::-2]) + sum(values[-2::-2])) % 10


def ocr_pair(body: str) -> str:
    """The two check digits standing before an OCR body, modulo 11 then modulo 10; remainders, not complements."""
    values = _values(body)
    second = sum(map(mul, values, cycle(_SECOND_WEIGHTS))) % 10
    first = sum(map(mul, (second, *values), cycle(_FIRST_WEIGHTS))) % 11
    return f"{first % 10}{second}"


def _values(digits: str) -> bytes:
    return digits.encode("ascii").translate(_VALUES)


def crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE of ASCII `text`: polynomial 1021, initial FFFF, nothing reflected, no final xor."""
    return crc_hqx(text.encode("ascii"), 0xFFFF)
