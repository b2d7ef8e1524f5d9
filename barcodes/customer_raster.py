"""A reader of the customer barcode from a bitmap, because no open reader knows this symbology.

After `customer`, for tests and benches: dots in, postcode and address digits out. It looks for 67 separate bars in one
row, takes each bar's kind from how far it reaches above and below the line that runs through the full and the timing
bars, and so needs neither the resolution nor the point size. A bar may be some dots too wide, edges may be blurred,
the row may lie at any angle and on its head. Source of the bars' shapes: 日本郵便 「郵便番号・バーコードマニュアル」page 12 (heights
3.6, 2.4 and 1.2 mm at 10 points).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, sin
from statistics import median

from barcodes.customer import CustomerReading, parse
from barcodes.rules import MarkError, fault

Grid = Sequence[bytes] | Sequence[Sequence[bool]] | Sequence[Sequence[int]]
"""Rows from the top, all of one length: bytes (or integers) of grey, 0 black to 255 white; or booleans, True black."""

_BARS = 67
_LEAST_CONTRAST = 64
_SPECK = 0.2  # of the median bar's area; the smallest bar has half of it
_TIMING_TO_HALF, _HALF_TO_FULL = 0.5, 5 / 6  # between 1.2, 2.4 and 3.6 of 3.6
_PITCH_SPREAD = 0.35
_TURN = str.maketrans("AD", "DA")
_RUN = re.compile(b"\1+")


@dataclass(frozen=True)
class _Bar:
    """A connected black area: how many dots, where its middle is, and the ends of its rows."""

    area: int
    x: float
    y: float
    ends: list[tuple[int, int]]


def read(grid: Grid) -> CustomerReading:
    """What the customer barcode in a bitmap says, upright or on its head.

    The bitmap holds the mark with its blank and nothing else of size. Raises `MarkError`: `customer.bars-found` when
    there are not 67 bars at an even pitch, else what `customer.parse` finds wrong.
    """
    bars = read_bars(grid)
    try:
        return parse(bars)
    except MarkError as upright:
        try:
            return parse(bars[::-1].translate(_TURN))
        except MarkError as turned:
            raise min(upright, turned, key=_frame_is_wrong) from None


def read_bars(grid: Grid) -> str:
    """The 67 bars as F, A, D, T, in the direction they lie (a mark on its head comes out turned).

    Raises `MarkError` `customer.bars-found`.
    """
    bars = _without_specks(_connected(_black(grid)))
    if len(bars) != _BARS:
        raise MarkError(fault("customer.bars-found", found=len(bars)))
    angle = _angle(bars)
    along = (cos(angle), sin(angle))
    bars.sort(key=lambda bar: bar.x * along[0] + bar.y * along[1])
    places = [bar.x * along[0] + bar.y * along[1] for bar in bars]
    pitches = [after - before for before, after in pairwise(places)]
    usual = median(pitches)
    if usual <= 0 or any(abs(pitch - usual) > _PITCH_SPREAD * usual for pitch in pitches):
        raise MarkError(fault("customer.bars-found", found=len(bars)))
    spans = [_span(bar, along) for bar in bars]
    heights = [bottom - top for top, bottom in spans]
    # The frame's FD and DF put a full bar at both ends.
    full = (heights[0] + heights[-1]) / 2
    middles = [(top + bottom) / 2 for top, bottom in spans]
    centred = [0, *(index for index in range(1, _BARS - 1) if _kind(heights[index] / full)), _BARS - 1]
    slope, start = _line([places[index] for index in centred], [middles[index] for index in centred])
    return "".join(
        _kind(height / full) or ("A" if middle < start + slope * place else "D")
        for height, middle, place in zip(heights, middles, places, strict=True)
    )


def _kind(height: float) -> str:
    """F or T by the height as a part of the full bar's; nothing for a half bar."""
    if height > _HALF_TO_FULL:
        return "F"
    return "T" if height < _TIMING_TO_HALF else ""


def _black(grid: Grid) -> list[bytes]:
    """Rows of 1 for black and 0 for white."""
    rows = [row if isinstance(row, bytes) else _row(row) for row in grid]
    darkest, lightest = min(map(min, filter(None, rows)), default=0), max(map(max, filter(None, rows)), default=0)
    if lightest - darkest < _LEAST_CONTRAST:
        return []
    middle = (darkest + lightest + 1) // 2
    table = bytes(1 if grey < middle else 0 for grey in range(256))
    return [row.translate(table) for row in rows]


def _row(row: Sequence[bool] | Sequence[int]) -> bytes:
    if row and isinstance(row[0], bool):
        return bytes(0 if black else 255 for black in row)
    return bytes(row)


def _connected(rows: list[bytes]) -> list[_Bar]:
    """Areas of runs that touch from row to row."""
    runs: list[tuple[int, int, int]] = []
    parents: list[int] = []
    above: list[int] = []
    for y, row in enumerate(rows):
        here: list[int] = []
        for match in _RUN.finditer(row):
            here.append(len(runs))
            parents.append(len(runs))
            runs.append((y, match.start(), match.end()))
        _join(above, here, runs, parents)
        above = here
    areas: dict[int, list[tuple[int, int, int]]] = {}
    for number, run in enumerate(runs):
        areas.setdefault(_root(parents, number), []).append(run)
    return [_measured(area) for area in areas.values()]


def _join(above: list[int], here: list[int], runs: list[tuple[int, int, int]], parents: list[int]) -> None:
    first = 0
    for number in here:
        _, start, end = runs[number]
        while first < len(above) and runs[above[first]][2] <= start:
            first += 1
        for other in above[first:]:
            if runs[other][1] >= end:
                break
            parents[_root(parents, other)] = _root(parents, number)


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _measured(area: list[tuple[int, int, int]]) -> _Bar:
    dots = sum(end - start for _, start, end in area)
    x = sum((end - start) * (start + end - 1) / 2 for _, start, end in area) / dots
    y = sum((end - start) * y for y, start, end in area) / dots
    return _Bar(dots, x, y, [end for y, start, stop in area for end in ((start, y), (stop - 1, y))])


def _without_specks(bars: list[_Bar]) -> list[_Bar]:
    if not bars:
        return bars
    # Specks may be many: what counts as usual is the middle of the 67 largest.
    usual = median(sorted((bar.area for bar in bars), reverse=True)[:_BARS])
    return [bar for bar in bars if bar.area > _SPECK * usual]


def _angle(bars: list[_Bar]) -> float:
    """Direction of the row: the long axis of the bars' middles, within a quarter turn of the x axis."""
    mean_x, mean_y = sum(bar.x for bar in bars) / len(bars), sum(bar.y for bar in bars) / len(bars)
    xx = sum((bar.x - mean_x) ** 2 for bar in bars)
    yy = sum((bar.y - mean_y) ** 2 for bar in bars)
    xy = sum((bar.x - mean_x) * (bar.y - mean_y) for bar in bars)
    return atan2(2 * xy, xx - yy) / 2


def _span(bar: _Bar, along: tuple[float, float]) -> tuple[float, float]:
    across = [y * along[0] - x * along[1] for x, y in bar.ends]
    return min(across), max(across) + 1


def _line(xs: list[float], ys: list[float]) -> tuple[float, float]:
    """Slope and start of the line through the points, least squares."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return slope, mean_y - slope * mean_x


def _frame_is_wrong(error: MarkError) -> bool:
    return any(each.key == "customer.frame" for each in error.faults)
