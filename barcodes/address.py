"""Address digits (住所表示番号) for the customer barcode, taken from a Japanese address by the post's rules.

Before `customer`. Source: 日本郵便「郵便番号・バーコードマニュアル」pages 18-20 (split into 住所A up to the town and
住所B after it, six basic and five supplementary rules), with the manual's own examples in
`tests/vectors/marks_customer.toml`. The address itself is never changed: what is derived here goes into bars only.
"""

import re

from barcodes.rules import MarkError, fault

_NARROW = {0x3000: " ", **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)}}
_DROPPED = str.maketrans("", "", "&/・.･")
_KANJI_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = "[〇一二三四五六七八九十百千]+"
_COUNTED = re.compile(f"({_NUMERAL})(?=丁目|丁|番地|番|号|地割|線|の|ノ)")
# Without the town's name a numeral may belong to it (八丁堀, 三番町, 二の丸, 三ノ宮); 丁, の and ノ then count only
# before another number or at an end, 番 and 号 unless they go on as names do.
_COUNTED_OUTSIDE_NAMES = re.compile(
    f"({_NUMERAL})(?=丁目|番地|地割|線|番(?![町丁沢耕川江甲堰堀領])|号(?!地)|(?:丁|の|ノ)(?:[0-9 -]|{_NUMERAL}|$))"
)
_RUN_OF_LETTERS = re.compile("[A-Z]{2,}")
_FLOOR = re.compile("(?<=[0-9])F")
_NOT_TAKEN = re.compile("[^0-9A-Z]+")
_BESIDE_LETTER = re.compile("(?<=[A-Z])-|-(?=[A-Z])")


def digits_from_address(address: str, town: str | None = None) -> str:
    """The address digits of a full address, uncut, as the manual writes them: `3-30-8-403`, `6-7LB106`; may be empty.

    `town` is the 町域 (the town part of the postcode's entry, or the whole 住所A): digits are taken after it only.
    Without it 住所B is found by rule, which reads every example of the manual but can be misled by a town whose name
    ends in a counter (八丁 1-2). Raises `MarkError` `customer.town` when the address does not contain the given town.
    """
    narrow = address.translate(_NARROW)
    counted = _COUNTED_OUTSIDE_NAMES
    if town:
        _, found, narrow = narrow.partition(town.translate(_NARROW))
        if not found:
            raise MarkError(fault("customer.town", town=town))
        counted = _COUNTED
    text = narrow.upper().translate(_DROPPED)
    text = counted.sub(lambda match: str(number_from_kanji(match[1])), text)
    text = _RUN_OF_LETTERS.sub("-", text)
    text = _FLOOR.sub("-", text)
    text = _NOT_TAKEN.sub("-", text).strip("-")
    return _BESIDE_LETTER.sub("", text)


def number_from_kanji(numeral: str) -> int:
    """Value of a kanji numeral of units (百二十一: 121) or of places (二〇三: 203)."""
    total = pending = 0
    started = False
    for character in numeral:
        if character in _KANJI_UNITS:
            total += (pending if started else 1) * _KANJI_UNITS[character]
            pending, started = 0, False
        else:
            pending, started = pending * 10 + _KANJI_DIGITS[character], True
    return total + pending
