"""The ink of a field: every letter leaves some, and on its line nothing else does.

The strings of a field read right under a rule that strikes them out, beside a figure drawn before them, on white paper in white. So a page is
held against itself without its letters (`bare`): where the two agree a letter left no ink, and what stands on a line of the
latter was drawn. Rules of a form between figures are its right, and so is a ground of one grey.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from print_service.findings import Finding
from print_service.proof.bare import AWAY, Bare, Patch, pixels_of
from print_service.proof.content import Run
from print_service.proof.legible import is_upright, letters_of
from print_service.proof.model import ExpectedText, zone_text
from print_service.proof.place import Place
from print_service.proof.raster import Grey, Raster
from print_service.proof.texts import BODY, ZoneText

_LETTERS = 700.0, 50.0  # the line as high as its letters, 1/1000 em above the baseline
_RIMS = 6  # of which a letter's rim is one, where its neighbour's ink may show
_RIM = 0.3  # of a letter's step at either side, where a rule between two letters may stand
_RULE_MM = 1.0
_ROW = 3  # rules of one height: furniture, and no figure drawn by hand
_TALL_MM = 0.25, 1.0  # how far above and below the letters' bodies a rule beside them reaches
_PLAIN = 100  # levels of grey that some letter of three must differ by; less under a letter is shading
_MANY = 3

_Flags = npt.NDArray[np.bool_]


def check_ink(place: Place, text: ExpectedText, zone: ZoneText, page: Raster, bare: Bare) -> Finding | None:
    """A letter or figure of a field that left no ink, or something on its line that is none."""
    values = {"field": text.zone_name, "expected": text.text}
    for run, glyphs in zone.glyphs:
        for position in inkless(run, glyphs, page, bare.raster):
            found = run.text[:position] if len(run.text) == len(run.codes) else ""
            whole = zone_text(text.zone)
            return place.finding("proof.text-invisible", found=found, zone=whole, **values)
    at = _drawn_on_ground(text, zone, bare) or _drawn_by_page(text, zone, page, bare)
    return place.finding("proof.text-overdrawn", zone=at, **values) if at else None


def inkless(run: Run, glyphs: Sequence[int], page: Raster, bare: Raster) -> list[int]:
    """Positions in the string of the letters, figures and signs that cannot be seen: white, covered, cut off, too pale."""
    letters = letters_of(run)
    if not letters or not is_upright(run):
        return []  # a glyph of several characters, or text that runs askew: its place is not told by these boxes
    top, bottom, edges = _pixels(run, page)
    height, width = page.pixels.shape
    if edges[0] < 0 or edges[-1] > width or top < 0 or bottom > height or any(map(int.__gt__, edges, edges[1:])):
        return list(glyphs)[:1]
    rows, columns = slice(top, bottom + 1), slice(edges[0], edges[-1] + 2)
    with_ink, without = page.pixels[rows, columns], bare.pixels[rows, columns]
    contrast = np.maximum.reduce(np.maximum(with_ink, without) - np.minimum(with_ink, without), axis=0)
    last = len(contrast) - 1
    rims = [(behind - edge) // _RIMS for edge, behind in pairwise(edges)]
    # of each letter's columns without its rim, where its neighbours' ink may begin; what lies between two letters is passed over
    bounds = [
        min(at - edges[0], last)
        for edge, behind, rim in zip(edges, edges[1:], rims, strict=False)
        for at in (edge + rim, behind - rim)
    ]
    strongest = np.maximum.reduceat(contrast, bounds)[::2]
    seen = np.minimum.reduce(strongest) > AWAY and (len(letters) < _MANY or np.maximum.reduce(strongest) >= _PLAIN)
    if seen:
        return []
    inked = [at for at in glyphs if unicodedata.category(letters[at][0])[0] in "LNPS"]
    pale = [at for at in inked if strongest[at] <= AWAY]
    if not pale and len(inked) >= _MANY and max(strongest[at] for at in inked) < _PLAIN:
        return inked[:1]
    return pale


def _pixels(run: Run, raster: Raster) -> tuple[int, int, list[int]]:
    """First and last row of the letters' bodies, and the column at which each letter begins, with the end of the last."""
    per_mm = raster.dpi / 25.4
    top, bottom = sorted(int(run.place(0.0, up)[1] * per_mm) for up in BODY)
    scale, shift = run.matrix[0] * per_mm, run.matrix[4] * per_mm
    return top, bottom, [int(start * scale + shift) for start in run.starts]


def _drawn_on_ground(text: ExpectedText, zone: ZoneText, bare: Bare) -> str | None:
    """Where on the lines of the field the page without its letters differs from the field's ground: x, y, width, height in mm."""
    patch = bare.patch(text.zone)
    runs = [run for run, _ in zone.glyphs if is_upright(run)]
    if patch is None:
        return None
    for run in runs:
        first, last = _line(run, bare.raster, patch.top)
        line = patch.away[first:last]
        columns = np.logical_or.reduce(line, axis=0)
        if columns.any():
            columns &= ~_rules(columns, run, patch, runs, bare.raster)
        if columns.any():
            return _box(line & columns, bare.raster, patch.top + first, patch.left)
    return None


def _line(run: Run, raster: Raster, top: int = 0) -> tuple[int, int]:
    """First and last row of the letters on a run's line, counted from the row `top`."""
    first, last = (round(run.place(0.0, up)[1] * raster.dpi / 25.4) - top for up in _LETTERS)
    return max(0, first), max(0, last)


def _rules(columns: _Flags, run: Run, patch: Patch, runs: Sequence[Run], raster: Raster) -> _Flags:
    """Columns of a line where a rule of the form may stand: narrow, through no letter; between letters, taller than these, or one
    of a row of such.
    """
    per_mm = raster.dpi / 25.4
    hit = _bodies(runs, per_mm, patch.left, len(columns))
    begin = min(run.place(run.starts[0])[0] for run in runs) * per_mm - patch.left
    end = max(run.place(run.starts[-1])[0] for run in runs) * per_mm - patch.left
    edges = np.flatnonzero(np.diff(columns, prepend=False, append=False))
    narrow = [
        slice(first, behind)
        for first, behind in zip(edges[::2], edges[1::2], strict=True)
        if behind - first <= _RULE_MM * per_mm and not hit[first:behind].any()
    ]
    first, last = _line(run, raster, patch.top)
    heights = Counter(_height(patch.away[first:last, each]) for each in narrow)
    found = np.zeros_like(columns)
    for each in narrow:
        between = begin - 1 <= each.start and each.stop <= end + 1
        row = heights[_height(patch.away[first:last, each])] >= _ROW
        found[each] = between or row or _tall(run, patch.away[:, each], patch.top, per_mm)
    return found


def _height(columns: _Flags) -> tuple[int, int]:
    """First and last row of what is drawn in some columns."""
    rows = np.flatnonzero(columns.any(axis=1))
    return int(rows[0]), int(rows[-1])


def _bodies(runs: Sequence[Run], per_mm: float, left: int, width: int) -> _Flags:
    """Which of so many columns, the first of them `left`, go through the middle of a letter."""
    found = np.zeros(width, dtype=bool)
    for run in runs:
        letters = letters_of(run) or "x" * len(run.codes)
        for at, letter in enumerate(letters):
            begin, end = run.place(run.starts[at])[0], run.place(run.starts[at + 1])[0]
            rim = _RIM * (end - begin)
            if not letter.isspace():
                found[max(0, round((begin + rim) * per_mm) - left) : max(0, round((end - rim) * per_mm) - left)] = True
    return found


def _tall(run: Run, columns: _Flags, top: int, per_mm: float) -> bool:
    """Whether what is drawn in the columns shows above the letters' bodies and below them."""
    head, foot = (run.place(0.0, up)[1] for up in BODY)
    above = columns[
        max(0, int((head - _TALL_MM[1]) * per_mm) - top) : max(0, round((head - _TALL_MM[0]) * per_mm) - top)
    ]
    below = columns[round((foot + _TALL_MM[0]) * per_mm) - top : round((foot + _TALL_MM[1]) * per_mm) - top + 1]
    return bool(above.any() and below.any())


def _drawn_by_page(text: ExpectedText, zone: ZoneText, page: Raster, bare: Bare) -> str | None:
    """Where what the page itself draws changes a letter, or anything in a field that must be empty."""
    if bare.plain is None:
        return None
    if not text.text:
        rows, columns = pixels_of(page, text.zone)
        changed = _differs(page.pixels[rows, columns], bare.plain.pixels[rows, columns], AWAY)
        return _box(changed, page, rows.start, columns.start) if changed.any() else None
    for run, _ in zone.glyphs:
        first, last = _line(run, page)
        changed = _differs(page.pixels[first:last], bare.plain.pixels[first:last], _PLAIN)
        changed &= _bodies([run], page.dpi / 25.4, 0, changed.shape[1])
        if changed.any():
            return _box(changed, page, first)
    return None


def _differs(one: Grey, other: Grey, levels: int) -> _Flags:
    return np.maximum(one, other) - np.minimum(one, other) > levels


def _box(drawn: _Flags, raster: Raster, top: int, left: int = 0) -> str:
    """Left, top, width and height in mm of what is drawn; the page's row and column of the first pixel are given."""
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    mm = 25.4 / raster.dpi
    x, y = (left + columns[0]) * mm, (top + rows[0]) * mm
    return f"{x:.1f}, {y:.1f}, {(columns[-1] - columns[0] + 1) * mm:.1f}, {(rows[-1] - rows[0] + 1) * mm:.1f}"
