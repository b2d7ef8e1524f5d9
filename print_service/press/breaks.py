"""Where a Japanese line may end: the rules of UAX #14 for the characters that names, addresses and sentences of a ward are made of.

Used by `press.settext` when a slot wraps. A whole implementation costs milliseconds a line, and a page has less than one; the tests
hold this one against a whole implementation, on every text of the kinds that are printed. Small kana do not start a line (class
CJ resolved to NS, as Pango does). Source: Unicode Standard Annex #14, rules LB7-LB31.
"""

from functools import lru_cache

_OPENING = frozenset("([{‘“（［｛「『【〈《〔｟｢〖〘〚")
_CLOSING = frozenset(")]}’”）］｝」』】〉》〕｠｣〗〙〛、。，．｡､")
_NONSTARTERS = frozenset(
    "ーぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ々〻ゝゞヽヾ・：；？！‼⁇⁈⁉゠〜～ｧｨｩｪｫｬｭｮｯｰ･ﾞﾟ°％℃′″!?"
)
_BREAK_AFTER = frozenset("\u3000\u2010\u2013|")
_INFIX = frozenset(",.:;")
_UNBROKEN = frozenset("\u00a0\u2060\u202f")
_INSEPARABLE = frozenset("…‥")
_QUOTES = frozenset("\"'")
_AFTER_IT_A_DIGIT = frozenset("-/")
_NARROW_CLOSING = frozenset(")]}")
_NARROW_SIGNS = frozenset("([{)]}-/,.:;!? ")
_NEVER_AFTER_SPACE = _CLOSING | _INFIX | frozenset("!?/ ")
_NEVER_BEFORE = _CLOSING | _NONSTARTERS | _INFIX | _BREAK_AFTER | _AFTER_IT_A_DIGIT | frozenset(" \u200b")


@lru_cache(maxsize=8192)
def may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring characters."""
    if before == " ":
        return after not in _NEVER_AFTER_SPACE
    if _never_before(after) or before in _OPENING or before in _QUOTES or before in _UNBROKEN:
        return False
    if before in _INSEPARABLE and after in _INSEPARABLE:
        return False
    return before in _BREAK_AFTER or not _holds_together(before, after)


def _never_before(after: str) -> bool:
    return after in _NEVER_BEFORE or after in _QUOTES or after in _UNBROKEN


def _holds_together(before: str, after: str) -> bool:
    """Words and numbers of narrow letters are not cut; ideographs and kana are."""
    if before in _AFTER_IT_A_DIGIT:
        return after.isdigit() and after.isascii()
    if before in _INFIX:
        return _narrow(after)
    if _narrow(before) and after in _OPENING:
        return after.isascii()
    return (_narrow(before) or before in _NARROW_CLOSING) and _narrow(after)


def _narrow(character: str) -> bool:
    return character < "\u2000" and character not in _NARROW_SIGNS
