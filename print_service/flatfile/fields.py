"""One field's characters ↔ its value: the parsers and formatters behind `read` and `write`.

Pure functions over str, the same for fixed-length and CSV files. Digits stay strings (a notice number is a name, not
a quantity), yen become int, dates become `date`; a code becomes its meaning. What a parser refuses it refuses by key;
text values never go into a finding, because findings are logged and names are personal data.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, time

from print_service.flatfile.layout import Era, Field, FieldType, Layout

Value = str | int | date | time | None
Parser = Callable[[str], Value]

# C0, DEL, C1, zero-width and directional marks, line separators, byte order mark, noncharacters; CP932's single bytes
# A0, FD-FF reach us as U+F8F0-F8F3.
_FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\uf8f0-\uf8f3\ufeff\ufff9-\uffff]")
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ue000-\uf8ff\ufeff\ufff9-\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_PADDING = " \u3000"
_SHOWN = 24


class FieldFaultError(Exception):
    """A field's characters are not what its layout says."""

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def _shown(text: str) -> str:
    """A machine field's content for a sentence: short, printable, ASCII."""
    cut = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
    return "".join(character if " " <= character <= "~" or character == "…" else "?" for character in cut)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def parser(field: Field, layout: Layout, gaiji: Mapping[int, str], unmapped: list[tuple[str, str]]) -> Parser:
    """The parser of one field. It raises FieldFaultError; it gives None for an optional field that is blank.

    Private-use characters that `gaiji` does not translate stay, and are noted in `unmapped` as (field name, character).
    """
    makers: dict[FieldType, Callable[[], Parser]] = {
        FieldType.DIGITS: lambda: _optional(field, _digits(field)),
        FieldType.INT: lambda: _optional(field, _int),
        FieldType.TEXT: lambda: _text(field, layout, gaiji, unmapped),
        FieldType.DATE: lambda: _optional(field, _date(field, layout), zeros=("0" * field.width, "0")),
        FieldType.YEAR: lambda: _optional(field, _year(field, layout)),
        FieldType.TIME: lambda: _optional(field, _time),
        FieldType.CODE: lambda: _optional(field, _code(field)),
        FieldType.CONST: lambda: _const(field),
        FieldType.FILLER: lambda: _filler(field),
    }
    return makers[field.type]()


def _optional(field: Field, parse: Parser, *, zeros: tuple[str, ...] = ()) -> Parser:
    blanks = {"", " " * field.width, *zeros}
    required = field.required

    def with_blank(text: str) -> Value:
        if text in blanks:
            if required:
                raise FieldFaultError("flatfile.missing")
            return None
        return parse(text)

    return with_blank


def _digits(field: Field) -> Parser:
    width = field.width

    def digits(text: str) -> Value:
        if len(text) != width or not _is_digits(text):
            raise FieldFaultError("flatfile.not-digits", width=width, found=_shown(text))
        return text

    return digits


def _int(text: str) -> Value:
    if not _is_digits(text):
        raise FieldFaultError("flatfile.not-a-number", found=_shown(text))
    return int(text)


def _text(field: Field, layout: Layout, gaiji: Mapping[int, str], unmapped: list[tuple[str, str]]) -> Parser:
    name, required, width, limited = field.name, field.required, field.width, layout.format == "csv"

    def text_of(text: str) -> Value:
        text = text.rstrip(_PADDING)
        if not text:
            if required:
                raise FieldFaultError("flatfile.missing")
            return ""
        if _ODD.search(text):
            bad = _FORBIDDEN.search(text)
            if bad:
                raise FieldFaultError("flatfile.control-character", code=f"{ord(bad[0]):04X}", position=bad.start() + 1)
            text = text.translate(gaiji)
            unmapped.extend((name, character) for character in _PRIVATE.findall(text))
        if limited and len(text) > width:
            raise FieldFaultError("flatfile.text-too-long", width=width, found=len(text))
        return text

    return text_of


def _era_of(digit: str, eras: tuple[Era, ...]) -> Era:
    for era in eras:
        if era.digit == digit:
            return era
    raise FieldFaultError("flatfile.era-unknown", found=digit)


def _date(field: Field, layout: Layout) -> Parser:
    with_era, width, eras = field.format.startswith("e"), field.width, layout.eras

    def day(text: str) -> Value:
        if len(text) != width or not _is_digits(text):
            raise FieldFaultError("flatfile.not-a-date", found=_shown(text))
        era = _era_of(text[0], eras) if with_era else None
        year = era.start.year + int(text[1:3]) - 1 if era else int(text[:4])
        try:
            found = date(year, int(text[-4:-2]), int(text[-2:]))
        except ValueError as error:
            raise FieldFaultError("flatfile.not-a-date", found=text) from error
        if era and (found < era.start or (era.until and found > era.until)):
            raise FieldFaultError("flatfile.era-out-of-range", found=text, era=era.name)
        return found

    return day


def _year(field: Field, layout: Layout) -> Parser:
    with_era, width, eras = field.format.startswith("e"), field.width, layout.eras

    def year(text: str) -> Value:
        if len(text) != width or not _is_digits(text):
            raise FieldFaultError("flatfile.not-a-year", found=_shown(text))
        if not with_era:
            return int(text)
        era = _era_of(text[0], eras)
        found = era.start.year + int(text[1:]) - 1
        if text[1:] == "00" or (era.until and found > era.until.year):
            raise FieldFaultError("flatfile.era-out-of-range", found=text, era=era.name)
        return found

    return year


def _time(text: str) -> Value:
    digits = text.ljust(6, "0")
    if len(text) in {4, 6} and _is_digits(text) and digits[:2] < "24" and digits[2:4] < "60" and digits[4:] < "60":
        return time(int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    raise FieldFaultError("flatfile.not-a-time", found=_shown(text))


def _code(field: Field) -> Parser:
    codes = dict(field.codes or {})

    def code(text: str) -> Value:
        try:
            return codes[text]
        except KeyError:
            allowed = "・".join(codes)
            raise FieldFaultError("flatfile.code-unknown", found=_shown(text), allowed=allowed) from None

    return code


def _const(field: Field) -> Parser:
    value = field.value

    def const(text: str) -> Value:
        if text != value:
            raise FieldFaultError("flatfile.const-differs", found=_shown(text), expected=value)
        return value

    return const


def _filler(field: Field) -> Parser:
    any_content = field.any_content

    def filler(text: str) -> Value:
        if not any_content and text.strip(" "):
            raise FieldFaultError("flatfile.filler-not-blank")
        return None

    return filler


def format_value(field: Field, layout: Layout, value: Value) -> str:
    """The characters of a value, unpadded for text and blank, filled to the width for digits. Raises ValueError."""
    if field.type is FieldType.CONST:
        return field.value
    if field.type is FieldType.FILLER:
        return ""
    if value is None:
        if field.required:
            raise ValueError(f"{field.name}: required")
        return "0" * field.width if field.type is FieldType.DATE else ""
    return _formatted(field, layout, value)


def _formatted(field: Field, layout: Layout, value: str | int | date | time) -> str:
    if isinstance(value, date):
        text = _format_date(field, layout, value)
    elif isinstance(value, time):
        text = value.strftime("%H%M%S")[: field.width]
    elif field.type is FieldType.YEAR:
        text = _format_year(field, layout, int(value))
    elif field.type is FieldType.CODE:
        text = next(code for code, meaning in (field.codes or {}).items() if meaning == value)
    elif isinstance(value, int):
        text = f"{value:0{field.width}d}" if layout.format == "fixed" else str(value)
        if value < 0 or len(text) > field.width:
            raise ValueError(f"{field.name}: {value} does not fit")
    else:
        text = value
    return text


def _format_date(field: Field, layout: Layout, value: date) -> str:
    if not field.format.startswith("e"):
        return value.strftime("%Y%m%d")
    for era in layout.eras:
        if era.start <= value and (era.until is None or value <= era.until):
            return f"{era.digit}{value.year - era.start.year + 1:02d}{value:%m%d}"
    raise ValueError(f"{field.name}: no era holds {value}")


def _format_year(field: Field, layout: Layout, value: int) -> str:
    if not field.format.startswith("e"):
        return f"{value:04d}"
    for era in reversed(layout.eras):
        if era.start.year <= value:
            return f"{era.digit}{value - era.start.year + 1:02d}"
    raise ValueError(f"{field.name}: no era holds {value}")
