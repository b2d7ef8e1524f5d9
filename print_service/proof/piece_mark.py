"""The piece mark's payload, parsed from its documented format alone and without the code that writes it.

`PS1:<batch>:<piece, 6 digits>:<sheet, 2>/<sheets, 2>:<F or B>:<check, 2>`, where the check is Σ position × code point
over all that stands before the last colon, mod 97.
"""

import re
from dataclasses import dataclass

_FORM = re.compile(r"PS1:([A-Z0-9-]{1,12}):([0-9]{6}):([0-9]{2})/([0-9]{2}):([FB]):([0-9]{2})", re.ASCII)


@dataclass(frozen=True)
class PieceMark:
    """Batch, piece, sheet n of m and side (F front, B back); `check_holds` tells whether the check agrees."""

    batch: str
    piece: int
    sheet: int
    sheets: int
    side: str
    check_holds: bool


def parse(text: str) -> PieceMark | None:
    """The payload's parts, or None where the text has another form."""
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    batch, piece, sheet, sheets, side, check = match.groups()
    weighted = sum(i * ord(c) for i, c in enumerate(text[: text.rindex(":")], 1))
    return PieceMark(batch, int(piece), int(sheet), int(sheets), side, weighted % 97 == int(check))
