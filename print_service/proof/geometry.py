"""Where ink stands and where it may not: marks to a tenth of a millimetre, margin, folds, windows, keep-out zones.

A mark's place is measured in its raster by how dark its outermost pixels are, and at a finer raster where that is not enough. What the
printer cannot print and the folding machine needs are settings; windows and folds are declared in form.toml. A form with a bleed is
cut from larger paper: ink of its margin that comes in through the bleed is its ground, any other stands too near to the cut.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from print_service.findings import Finding
from print_service.proof.decode import Symbol
from print_service.proof.model import Box, ExpectedMark, ExpectedPage, Layout, zone_text
from print_service.proof.place import Place
from print_service.proof.raster import Raster

TOLERANCE_MM = 0.1
PAGE_DPI = 100
_INK = 200
_FAINT = 12
_SAME_GREY = 8
_AROUND_MM = 0.5
_FOLD_MARK_MM = 1.0
_DPIS = (1, 2, 4)

Finer = Callable[[int], tuple[Raster, Symbol] | None]


def ink_box(raster: Raster, symbol: Symbol) -> tuple[float, float, float, float]:
    """Left, top, width and height in mm of the symbol's ink; edges within a pixel by its darkness."""
    around = int(_AROUND_MM * raster.dpi / 25.4)
    top, left = max(0, symbol.top - around), max(0, symbol.left - around)
    light = raster.pixels[top : symbol.bottom + around + 1, left : symbol.right + around + 1]
    across, down = _extent(255.0 - light.min(axis=0)), _extent(_unbroken(255.0 - light.min(axis=1)))
    mm = 25.4 / raster.dpi
    x, y = (raster.left + left + across[0]) * mm, (raster.top + top + down[0]) * mm
    return float(x), float(y), float((across[1] - across[0]) * mm), float((down[1] - down[0]) * mm)


def _unbroken(profile: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The profile of rows with what a white row parts from the middle taken away: text just above or below the mark."""
    middle = len(profile) // 2
    white = np.flatnonzero(profile <= _FAINT)
    above, below = white[white < middle], white[white > middle]
    found = profile.copy()
    if len(above):
        found[: above[-1]] = 0
    if len(below):
        found[below[0] :] = 0
    return found


def _extent(profile: npt.NDArray[np.float64]) -> tuple[float, float]:
    inked = np.flatnonzero(profile > _FAINT)
    if not len(inked):
        return 0.0, 0.0
    first, last = int(inked[0]), int(inked[-1])
    return first + 1 - profile[first] / 255, last + profile[last] / 255


def check_place(place: Place, mark: ExpectedMark, layout: Layout, finer: Finer) -> Iterator[Finding]:
    """The mark's ink against the box the form states, and against the folds. `finer(n)` looks at n times the dpi."""
    if mark.ink is None:
        return
    wanted = [float(side) for side in mark.ink]
    box, off = [0.0] * 4, [0.0] * 4
    for times in _DPIS:
        look = finer(times)
        if look is None:
            return
        box = list(ink_box(*look))
        off = [
            abs(found - due) if due or at < 2 else 0.0 for at, (found, due) in enumerate(zip(box, wanted, strict=True))
        ]
        if max(off) <= TOLERANCE_MM:
            break
    values = {"kind": mark.kind, "zone": zone_text(mark.zone)}
    if max(off[:2]) > TOLERANCE_MM:
        yield place.finding("proof.mark-shifted", **values, expected=_pair(wanted), found=_pair(box))
    elif max(off[2:]) > TOLERANCE_MM:
        yield place.finding("proof.mark-size", **values, expected=_pair(wanted[2:]), found=_pair(box[2:]))
    clear = float(layout.fold_clear_mm)
    for fold in layout.folds:
        x, y, width, height = (float(side) for side in fold)
        apart_x = max(x - (box[0] + box[2]), box[0] - (x + width))
        apart_y = max(y - (box[1] + box[3]), box[1] - (y + height))
        if clear and max(apart_x, apart_y) < clear:
            yield place.finding(
                "proof.mark-on-fold", **values, expected=f"{clear:.1f}", found=f"{max(apart_x, apart_y, 0):.1f}"
            )


@dataclass(frozen=True)
class _Strip:
    """A rectangle of the page's raster that holds no ink, less the pixels that `free` marks."""

    key: str
    rows: slice
    columns: slice
    free: npt.NDArray[np.bool_] | None


def into_bleed(bleed_mm: Decimal) -> int:
    """How many pixels of a page's raster lie wholly in the bleed, on each side."""
    return int(float(bleed_mm) * PAGE_DPI / 25.4)


def check_free(place: Place, expected: ExpectedPage, whole: Raster, around: int = 0) -> Iterator[Finding]:
    """Ink in the margin, in a window outside its zones, in a keep-out zone; one finding for each, with the box of the ink.

    `whole` has so many pixels `around` the paper as cut.
    """
    raster = whole.without(around)
    ground = _ground(whole, around, expected.layout) if around else None
    zones = tuple(mark.zone for mark in expected.marks) + tuple(text.zone for text in expected.texts)
    for strip in _strips(expected.layout, zones, raster.pixels.shape, raster.dpi):
        ink = raster.pixels[strip.rows, strip.columns] < _INK
        if strip.free is not None:
            ink &= ~strip.free
        if strip.key == "proof.margin" and ground is not None:
            ink &= ~ground[strip.rows, strip.columns]
        if ink.any():
            rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
            mm = 25.4 / raster.dpi
            x, y = (strip.columns.start + columns[0]) * mm, (strip.rows.start + rows[0]) * mm
            width, height = (columns[-1] - columns[0] + 1) * mm, (rows[-1] - rows[0] + 1) * mm
            yield place.finding(
                strip.key, form=expected.layout.name, zone=f"{x:.1f}, {y:.1f}, {width:.1f}, {height:.1f}"
            )


def _ground(whole: Raster, around: int, layout: Layout) -> npt.NDArray[np.bool_]:
    """Which pixels of the margin are no darker than any that lies straight out from them through the bleed.

    So a ground or a band may end within the margin, and nothing may begin there.
    """
    margin = _margin(layout, whole.dpi)
    found = np.zeros(whole.without(around).pixels.shape, dtype=bool)
    # turned so that each edge in its turn is the upper one; a view, so what is found there is found here
    for turns in range(4):
        grey, inner = np.rot90(whole.pixels, turns), np.rot90(found, turns)
        strip = grey[: around + margin, around:-around].astype(np.int16)
        inner[:margin] |= (strip >= np.maximum.accumulate(strip, axis=0) - _SAME_GREY)[around:]
    return found


def _margin(layout: Layout, dpi: int) -> int:
    return int(float(layout.margin_mm) * dpi / 25.4)


@lru_cache(maxsize=128)
def _strips(layout: Layout, boxes: tuple[Box, ...], shape: tuple[int, ...], dpi: int) -> tuple[_Strip, ...]:
    height, width = shape
    per_mm = dpi / 25.4
    found = []
    margin = _margin(layout, dpi)
    if margin:
        free = np.zeros(shape, dtype=bool)
        for fold in layout.folds:
            free[_cut(fold, per_mm, _FOLD_MARK_MM)] = True
        edges = (
            (slice(0, margin), slice(0, width)),
            (slice(height - margin, height), slice(0, width)),
            (slice(margin, height - margin), slice(0, margin)),
            (slice(margin, height - margin), slice(width - margin, width)),
        )
        found += [_Strip("proof.margin", rows, columns, free[rows, columns]) for rows, columns in edges]
    for window in layout.windows:
        free = np.zeros(shape, dtype=bool)
        for box in boxes:
            free[_cut(box, per_mm, 0.3)] = True
        rows, columns = _cut(window, per_mm, 0.0)
        found.append(_Strip("proof.window", rows, columns, free[rows, columns]))
    found += [_Strip("proof.keep-out", *_cut(box, per_mm, 0.0), None) for _, box in layout.keep_out]
    return tuple(found)


def _cut(box: Box, per_mm: float, around: float) -> tuple[slice, slice]:
    x, y, width, height = (float(side) for side in box)
    return (
        slice(max(0, int((y - around) * per_mm)), round((y + height + around) * per_mm)),
        slice(max(0, int((x - around) * per_mm)), round((x + width + around) * per_mm)),
    )


def _pair(numbers: list[float]) -> str:
    return ", ".join(f"{number:.2f}" for number in numbers[:2])
