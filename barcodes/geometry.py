"""Symbols as rectangles in whole printer dots, quiet zones included.

Between the marks and whatever draws them (`svg`, or a PDF press). A bar that ends between two dots grows by the
printer's "any touched pixel" rule, so nothing here is a fraction of a dot and nothing is ever scaled: the press snaps
the symbol's origin to the device grid and draws it as it is. Lengths in mm are `Decimal`, results in mm exact
`Fraction`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from barcodes.rules import fault, refuse_any

_MM_PER_INCH = Fraction(254, 10)


class Rect(NamedTuple):  # a tuple, because a batch makes some hundred million of them
    """A black rectangle, in dots from the symbol's top left."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A mark ready to print: its box with quiet zones, and what is black in it, all in dots of `dpi`."""

    dpi: int
    width: int
    height: int
    rects: tuple[Rect, ...]

    @property
    def width_mm(self) -> Fraction:
        """Exact width of the box in mm."""
        return to_mm(self.width, self.dpi)

    @property
    def height_mm(self) -> Fraction:
        """Exact height of the box in mm."""
        return to_mm(self.height, self.dpi)


def to_mm(dots: int, dpi: int) -> Fraction:
    """Length in mm of `dots` at `dpi`."""
    return dots * _MM_PER_INCH / dpi


@lru_cache(maxsize=1024)
def to_dots(mm: Decimal | Fraction, dpi: int) -> int:
    """Least whole number of dots that covers `mm` at `dpi`."""
    return ceil(Fraction(mm) * dpi / _MM_PER_INCH)


@lru_cache(maxsize=1024)
def nearest_dot(mm: Decimal, dpi: int) -> int:
    """The dot edge nearest to `mm` at `dpi`; of two, the farther one."""
    return floor(Fraction(mm) / to_mm(1, dpi) + Fraction(1, 2))


@lru_cache(maxsize=1024)
def module_dots(dpi: int, wanted: int | None, usual_mm: Decimal, least_mm: Decimal) -> int:
    """Dots of one matrix module: `wanted`, or what covers `usual_mm`.

    Raises `MarkError` `symbol.dpi`, or `symbol.module-too-small` when a module would be under `least_mm`.
    """
    if dpi < 1:
        refuse_any([fault("symbol.dpi", dpi=dpi)])
    dots = to_dots(usual_mm, dpi) if wanted is None else wanted
    if to_mm(dots, dpi) < Fraction(least_mm):
        module_mm = f"{float(to_mm(dots, dpi)):.3f}"
        refuse_any([fault("symbol.module-too-small", dots=dots, module_mm=module_mm, least_mm=str(least_mm))])
    return dots


def from_bars(widths: Sequence[int], dpi: int, dots_per_module: int, height: int, quiet: int) -> Symbol:
    """A linear symbol from element widths in modules, bar first; `height` and the `quiet` zone of each side in dots."""
    rects = []
    x = quiet
    for index, modules in enumerate(widths):
        width = modules * dots_per_module
        if index % 2 == 0:
            rects.append(Rect(x, 0, width, height))
        x += width
    return Symbol(dpi, x + quiet, height, tuple(rects))


def check_reduction(dots: int, narrowest: int) -> None:
    """Whether bars may lose `dots` when the narrowest has `narrowest`: a dot must remain. Raises `MarkError` `symbol.reduction`."""
    if not 0 <= dots < narrowest:
        refuse_any([fault("symbol.reduction", dots=dots, narrowest=narrowest)])


def from_modules(rows: Sequence[Sequence[bool]], dpi: int, dots_per_module: int, quiet: int) -> Symbol:
    """A matrix symbol from rows of modules (True is black), with `quiet` modules of white on all four sides.

    Neighbouring black modules become one rectangle, across and then down, so that a press has fewer seams to draw.
    """
    rects: list[Rect] = []
    growing: dict[tuple[int, int], tuple[int, int]] = {}
    for y in range(len(rows) + 1):
        runs = _runs(rows[y]) if y < len(rows) else []
        still = {run: growing.get(run, (y, 0)) for run in runs}
        for (x, length), (top, tall) in growing.items():
            if (x, length) not in still:
                rects.append(_scaled(x + quiet, top + quiet, length, tall, dots_per_module))
        growing = {run: (top, tall + 1) for run, (top, tall) in still.items()}
    columns = len(rows[0]) + 2 * quiet
    height = len(rows) + 2 * quiet
    ordered = sorted(rects, key=lambda rect: (rect.y, rect.x))
    return Symbol(dpi, columns * dots_per_module, height * dots_per_module, tuple(ordered))


def _runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    start = None
    for x, black in enumerate([*row, False]):
        if black and start is None:
            start = x
        elif not black and start is not None:
            runs.append((start, x - start))
            start = None
    return runs


def _scaled(x: int, y: int, width: int, height: int, dots: int) -> Rect:
    return Rect(x * dots, y * dots, width * dots, height * dots)
