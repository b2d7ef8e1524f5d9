"""Whether people can read a field's letters: upright, large and wide enough, in order, neither crowded nor torn apart, filled.

The strings of a field are right in any of these states; what the eye or a clerk's scanner would make of them is not.
"""

import unicodedata
from collections.abc import Sequence
from operator import sub

from print_service.findings import Finding
from print_service.proof.content import Run
from print_service.proof.model import ExpectedText, zone_text
from print_service.proof.pdf_fonts import PdfFont
from print_service.proof.pinned_fonts import clusters
from print_service.proof.place import Place

_HAIR = 1e-6  # mm in a thousandth of an em
_LEAST_PT = 5.0
_POINTS = 1000 * 72 / 25.4
_STRETCH = 0.499, 1.3  # half width is half of the full
_LEAST_STEP = 0.6  # of the letter's own width
_GAP = 500.0  # between figures of one number, 1/1000 em beyond the narrowest
_FILLED_OR_NOT_DRAWN = {0, 3, 7}  # ISO 32000-1, table 106; what leaves no ink is found by its ink


def check_legible(
    place: Place, expected: ExpectedText, runs: Sequence[Run], fonts: dict[int, PdfFont]
) -> Finding | None:
    """The first string of a field that cannot be read as it stands."""
    for run in runs:
        reason = illegible(run, fonts.get(run.font))
        if reason:
            zone = zone_text(expected.zone)
            values = {"field": expected.zone_name, "expected": expected.text, "found": run.text, "zone": zone}
            return place.finding("proof.text-illegible", reason=reason, **values)
    return None


def is_upright(run: Run) -> bool:
    """Whether the string runs from left to right, its letters' heads up."""
    a, b, c, d, _, _ = run.matrix
    return a > 0 > d and abs(b) < _HAIR and abs(c) < _HAIR


def illegible(run: Run, font: PdfFont | None) -> str:
    """Key of the first reason why the string cannot be read (`words.REASONS`), empty where it can."""
    if not is_upright(run):
        return "askew"
    em = -run.matrix[3]
    if em * _POINTS < _LEAST_PT:
        return "small"
    if not _STRETCH[0] <= run.matrix[0] / em <= _STRETCH[1]:
        return "stretched"
    if run.mode not in _FILLED_OR_NOT_DRAWN:
        return "unfilled"
    return _crowded_or_torn(run, font) if font is not None and font.composite else ""


def letters_of(run: Run) -> Sequence[str]:
    """The text of each glyph where the string says as many letters as it draws; else nothing."""
    text = run.text if len(run.text) == len(run.codes) else clusters(run.text)
    return text if len(text) == len(run.codes) else ()


def _crowded_or_torn(run: Run, font: PdfFont) -> str:
    widths = font.widths_of(run.codes)
    steps = list(map(sub, run.starts[1:], run.starts))
    spare = list(map(sub, steps, widths))
    low, high = min(spare), max(spare)
    if high - low <= _GAP and low >= (_LEAST_STEP - 1) * min(widths):
        return ""
    letters = letters_of(run) or "x" * len(widths)
    gaps = []
    for at in range(len(widths) - 1):
        kind = unicodedata.category(letters[at][0])[0]
        if kind in "LN" and steps[at] < _LEAST_STEP * widths[at]:
            return "crowded"
        if kind == "N" and unicodedata.category(letters[at + 1][0])[0] in "NP":
            gaps.append(spare[at])
    return "torn" if gaps and max(gaps) - min(gaps) > _GAP else ""
