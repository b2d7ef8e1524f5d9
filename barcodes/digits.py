"""Strings of decimal digits and the check digits the slip's marks carry.

Ground floor of `barcodes`. Sources: modulo 10 weight 3-1 of the convenience-store code (GS1 General Specifications
7.9; the published numbers in `tests/vectors/marks_cvs.toml`); the pair of check digits of the standard slip's OCR
lines, which the eL-QR repeats inside (public billing programs reproducing printed lines,
`tests/vectors/marks_payeasy.toml`); CRC-16/CCITT-FALSE (ITU-T V.41 polynomial, initial value FFFF).
"""

from binascii import crc_hqx

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2)


def is_digits(text: object, width: int | None = None) -> bool:
    """Whether `text` is one or more ASCII digits, exactly `width` of them when given; full-width digits are not."""
    return isinstance(text, str) and text.isascii() and text.isdigit() and (width is None or len(text) == width)


def modulo10(digits: str) -> int:
    """Check digit 0-9 of `digits`: weights 3, 1, 3, ... from the right, complement to ten."""
    return -(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10


def ocr_pair(body: str) -> str:
    """The two check digits standing before an OCR body, modulo 11 then modulo 10; remainders, not complements."""
    second = sum(int(digit) * (1 if index % 2 else _WEIGHTS[index // 2 % 8]) for index, digit in enumerate(body)) % 10
    covered = f"{second}{body}"
    first = sum(int(digit) * (1 if index % 2 else index // 2 % 8 + 2) for index, digit in enumerate(covered)) % 11
    return f"{first % 10}{second}"


def crc16(text: str) -> int:
    """CRC-16/CCITT-FALSE of ASCII `text`: polynomial 1021, initial FFFF, nothing reflected, no final xor."""
    return crc_hqx(text.encode("ascii"), 0xFFFF)
