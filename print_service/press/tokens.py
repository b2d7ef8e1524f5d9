"""The tokens of a traced template: noncharacters that stand in the rendered text for a value of the record.

Between `press.trace`, which prints them, and `press.guards`, which sees to it that no condition, filter or method takes one for
text. A token is FIRST, its number in digits of its own, LAST. Noncharacters: Unicode 23.7; no record may contain them.
"""

import re
from collections.abc import Iterator, Mapping

_FIRST, _LAST = "\ufdd0", "\ufdd1"
DIGITS = tuple(chr(0xFDD2 + digit) for digit in range(10))
TOKEN = re.compile(f"{_FIRST}([{DIGITS[0]}-{DIGITS[9]}]+){_LAST}")
MARKERS = frozenset([_FIRST, _LAST, *DIGITS])


class TraceError(TypeError):
    """The form does with a field what a slot cannot follow."""


class FieldValue:
    """What stands for a value of the record in a template (`press.traced.Traced`): its base, so that guards know it."""

    __slots__ = ()


def mark(number: int) -> str:
    """The token of this number."""
    return f"{_FIRST}{''.join(DIGITS[int(digit)] for digit in str(number))}{_LAST}"


def is_composed(value: object) -> bool:
    """Whether a value is a text with tokens in it: one that the template put together from fields."""
    return isinstance(value, str) and not MARKERS.isdisjoint(value)


def holds_composed(value: object) -> bool:
    """Whether a value is such a text, or a list or table with one in it."""
    return any(map(is_composed, _leaves(value)))


def holds_field(value: object) -> bool:
    """Whether a value is a field's, or put together from fields, or a list or table with one in it."""
    return any(isinstance(leaf, FieldValue) or is_composed(leaf) for leaf in _leaves(value))


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        value = [part for pair in value.items() for part in pair]
    if isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    else:
        yield value
