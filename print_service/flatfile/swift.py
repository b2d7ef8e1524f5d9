"""The swift path of a fixed-length record: one regular expression proves every machine field, then each is converted
unchecked.

A record that does not match, or that a conversion refuses, goes the careful way field by field (`records`), which
names each fault. Both ways give the same values; sound records, nearly all of a season's file, take this one at
several times the speed.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial

from print_service.flatfile.fields import FieldFaultError, Parser, Value
from print_service.flatfile.layout import Field, FieldType, RecordType

_CACHED = 4_096
Convert = Callable[[bytes], Value]


class SwiftReader:
    """The compiled record type; `parsers` are the careful parsers of its fields, in order."""

    def __init__(self, record: RecordType, parsers: tuple[Parser, ...], encoding: str) -> None:
        pairs = tuple(zip(record.fields, parsers, strict=True))
        self._match = re.compile(b"".join(_pattern(field) for field in record.fields), re.DOTALL).fullmatch
        self._converts = tuple(
            _convert(field, parse, encoding) for field, parse in pairs if field.type is not FieldType.FILLER
        )

    def values(self, raw: bytes) -> tuple[Value, ...] | None:
        """The values of a sound record; None when it must be looked at carefully."""
        found = self._match(raw)
        if found is None:
            return None
        try:
            return tuple([convert(group) for convert, group in zip(self._converts, found.groups(), strict=True)])
        except (FieldFaultError, KeyError, UnicodeDecodeError):
            return None


def _pattern(field: Field) -> bytes:
    width = field.width
    if field.type is FieldType.FILLER:
        return b".{%d}" % width if field.any_content else b" {%d}" % width
    if field.type in {FieldType.DIGITS, FieldType.INT}:
        return b"([0-9]{%d})" % width
    return b"(.{%d})" % width


def _convert(field: Field, parse: Parser, encoding: str) -> Convert:
    match field.type:
        case FieldType.INT:
            return int
        case FieldType.DIGITS:
            return partial(str, encoding="ascii")
        case FieldType.CODE:
            return {code.encode("ascii"): meaning for code, meaning in (field.codes or {}).items()}.__getitem__
        case FieldType.TEXT:
            return lambda raw: parse(raw.rstrip(b" ").decode(encoding))
        case _:
            return lru_cache(_CACHED)(lambda raw: parse(raw.decode("latin-1")))
