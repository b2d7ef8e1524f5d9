"""What a scanner, a person or another program hands over as "the code", brought down to the characters of the mark.

Before `explain`. A scanner may put a symbology identifier in front (ISO/IEC 15424, `]C1` for GS1-128), sends FNC1 as
the group separator (ASCII 29) or as a word of its configuration, and ends with a carriage return; a keyboard in kana
mode makes full-width figures. What was found is noted, never swallowed.
"""

import re
from dataclasses import dataclass

from barcodes.rules import Fault, fault

_NARROW = {0x3000: " ", **{0xFF01 + offset: chr(0x21 + offset) for offset in range(94)}}
_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_SEPARATORS = re.compile(r"\x1d|␝|ñ|\\F|\^FNC1|[<{\[(]?\b(?:FNC1|GS)\b[>}\])]?", re.IGNORECASE)
_BLANKS = " \t\r\n\u3000\ufeff"  # not ASCII 29, which Python counts as white space
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1c\x1e\x1f\x7f]")


@dataclass(frozen=True)
class Scan:
    """One reading: its `text`, the symbology identifier (or empty), and what was noted on the way."""

    text: str
    symbology: str
    notes: tuple[Fault, ...]


def cleaned(text: str) -> Scan:
    """The reading without identifier, separators, control characters and blanks at its ends. Takes any string."""
    notes: list[Fault] = []
    # A command line hands over bytes that are no text as lone surrogates, which nothing could print.
    plain = text.encode("utf-8", "replace").decode("utf-8")
    plain = _CONTROLS.sub("", plain).strip(_BLANKS)
    narrow = plain.translate(_NARROW)
    if narrow != plain:
        notes.append(fault("explain.full-width", count=sum(a != b for a, b in zip(plain, narrow, strict=True))))
    identifier = _IDENTIFIER.match(narrow)
    symbology = identifier.group() if identifier else ""
    rest = narrow[len(symbology) :].strip(_BLANKS)
    lead = _SEPARATORS.match(rest)
    rest = rest[lead.end() :].strip(_BLANKS) if lead else rest
    inner = len(_SEPARATORS.findall(rest))
    if inner:
        rest = _SEPARATORS.sub("", rest)
        notes.append(fault("explain.separator", count=inner))
    return Scan(rest.strip(_BLANKS), symbology, tuple(notes))
