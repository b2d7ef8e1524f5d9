"""Where a Japanese line may end: the rules of UAX #14 for the characters that names, addresses and sentences of a ward are made of.

Used by `press.settext` when a slot wraps. A whole implementation costs milliseconds a line, and a page has less than one; the tests
hold this one against Pango, which is what WeasyPrint asks, on the non-kanji characters of JIS X 0208 and CP932. The
ambiguous class AI is resolved to AL and small kana (CJ) to NS, as Pango does. Source: Unicode Standard Annex #14, rules LB7-LB31;
classes from LineBreak.txt.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

# Classes of the annex, for all that is neither a letter (AL) nor an ideograph, kana or full-width sign (ID).
_MEMBERS = {
    "SP": " ",
    "ZW": "\u200b",
    "WJ": "\u2060",
    "GL": "\u00a0\u2007\u2011\u202f",
    "OP": "([{¡¿⦅〈《「『【〔〖〘〚〝（［｛｢",
    "CL": "}⦆、。〉》」』】〕〗〙〛〞〟），．］｝｠｡｣､",
    "CP": ")]",
    "EX": "!?！？ﾞﾟ",  # the half-width voicing marks join even a space before them
    "IS": ",.:;",
    "SY": "/",
    "QU": "\"'«»‘’“”",
    "BA": "|\u00ad\u2010\u2013\u3000",
    "BB": "´ˈˌ",
    "B2": "—",
    "HY": "-",
    "IN": "‥…",
    "NU": "0123456789",
    "PR": "$+\\£¤¥±€№−∓＄￡￥",
    "PO": "%¢°‰′″℃％￠",
    "NS": "ーぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿｧｨｩｪｫｬｭｮｯｰ"
    "‼⁇⁈⁉々〜〻〼゛゜ゝゞ゠・ヽヾ：；･",
    "ID": "☀☁☂☃☞♨",
}
_CLASSES = {character: name for name, characters in _MEMBERS.items() for character in characters}
_FIRST_IDEOGRAPH = "\u2e80"
_MARKS = frozenset({"Mn", "Me"})

# What may not start a line whatever stands before it, spaces or not; and what may not unless a space stands before it.
_NEVER_FIRST = frozenset({"SP", "ZW", "CL", "CP", "EX", "IS", "SY"})
_NEVER_AFTER_TEXT = frozenset({"QU", "BA", "HY", "NS", "IN"})
_NEVER_LAST = frozenset({"OP", "QU", "BB", "GL"})
# Pairs that hold together (LB17, LB23-LB30); those with narrow brackets are in `_holds_together`.
_TOGETHER = frozenset(
    (before, after)
    for befores, afters in (
        ("B2", "B2"),
        ("AL NU", "AL NU"),
        ("PR", "ID"),
        ("ID", "PO"),
        ("PR PO", "AL NU"),
        ("AL NU", "PR PO"),
        ("HY", "NU"),
        ("IS", "AL"),
        ("CP", "AL NU"),
    )
    for before in befores.split()
    for after in afters.split()
)
# A number goes on behind these (LB25).
_IN_NUMBERS = frozenset(
    {("IS", "NU"), ("SY", "NU")} | {(end, sign) for end in ("IS", "SY", "CL", "CP") for sign in ("PR", "PO")}
)
# Pairs that hold together over spaces (LB15-LB17; LB14 is for every class).
_OVER_SPACES = frozenset({("QU", "OP"), ("CL", "NS"), ("CP", "NS"), ("B2", "B2")})


@lru_cache(maxsize=16384)
def may_break(before: str, after: str, earlier: str = "") -> bool:
    """Whether a line may end between two neighbouring characters. `earlier` is what stands before `before`, with the spaces
    left out where `before` is one: a sign within a number, or a bracket before a space, asks it.
    """
    first, second = line_class(before), line_class(after)
    if second in _NEVER_FIRST or "WJ" in (first, second):
        return False
    if first == "ZW":
        return True
    if first == "SP":
        opening = line_class(earlier) if earlier else ""
        return opening != "OP" and (opening, second) not in _OVER_SPACES
    if second == "GL":
        return first in {"BA", "HY"}
    if first in _NEVER_LAST or second in _NEVER_AFTER_TEXT:
        return False
    return not _holds_together(first, second, after, earlier)


def _holds_together(first: str, second: str, after: str, earlier: str) -> bool:
    if (first, second) in _IN_NUMBERS and earlier and line_class(earlier) == "NU":
        return True
    if second == "OP" and first in {"AL", "NU"}:
        return unicodedata.east_asian_width(after) not in {"F", "W", "H"}
    return (first, second) in _TOGETHER


def line_class(character: str) -> str:
    """The character's class in UAX #14, as far as lines of a form tell classes apart."""
    return _CLASSES.get(character) or ("AL" if character < _FIRST_IDEOGRAPH else "ID")


def break_before(clusters: Sequence[str], place: int) -> bool:
    """Whether a line may end before `clusters[place]`; 0 < place < length."""
    before = place - 1
    earlier = before - 1
    while earlier >= 0 and clusters[before] == clusters[earlier] == " ":
        earlier -= 1
    first, second = base_of(clusters[before]), clusters[place][0]
    if line_class(first) in {"PR", "PO"} and line_class(second) == "OP" and clusters[place + 1 : place + 2]:
        # A sign, a bracket and a number hold together (LB25).
        return line_class(clusters[place + 1][0]) != "NU"
    return may_break(first, second, base_of(clusters[earlier]) if earlier >= 0 else "")


def base_of(cluster: str) -> str:
    """The last character of a cluster that is no mark or selector: marks break as what they stand on (LB9)."""
    for character in reversed(cluster):
        if unicodedata.category(character) not in _MARKS:
            return character
    return cluster[-1]
