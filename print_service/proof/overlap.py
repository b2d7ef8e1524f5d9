"""Letters printed over a field's letters: a line of the form that is too long, a watermark, another value in the same place.

Each string alone reads right; on paper neither can be read. Strings are compared by the boxes of their letters.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from print_service.proof.content import Ground, PageStrings, Reader, Run
from print_service.proof.legible import letters_of

_FIELD = 50.0, 700.0  # how far below and above the baseline a field's letters stand, 1/1000 em
_OTHER = -50.0, 750.0
_OVER_MM = 0.2

_Box = tuple[float, float, float, float]
_Boxes = npt.NDArray[np.float64]


@dataclass
class Overlaps:
    """Finds strings over other strings; the boxes of the forms' strings are kept."""

    reader: Reader
    _kept: dict[tuple[Ground, ...], _Boxes] = field(default_factory=dict)

    def over(self, strings: PageStrings, fields: Sequence[Sequence[Run]]) -> list[Run | None]:
        """For the strings of each field the first string of the page that stands over one of them; None where there is none."""
        found: list[Run | None] = [None] * len(fields)
        own = [(number, run) for number, runs in enumerate(fields) for run in runs]
        if not own:
            return found
        boxes = np.concatenate((self._of_grounds(strings.grounds), _boxes(strings.own, _OTHER)))
        near = _near(_boxes([run for _, run in own], _FIELD), boxes)
        others: list[Run] = []
        for at, other_at in np.argwhere(near):
            others = others or [*self._runs(strings.grounds), *strings.own]
            (number, run), other = own[at], others[other_at]
            if other is not run and found[number] is None and _letters_meet(run, other):
                found[number] = other
        return found

    def _of_grounds(self, grounds: tuple[Ground, ...]) -> _Boxes:
        if grounds not in self._kept:
            self._kept[grounds] = _boxes(self._runs(grounds), _OTHER)
        return self._kept[grounds]

    def _runs(self, grounds: tuple[Ground, ...]) -> Sequence[Run]:
        return [run for ground in grounds for run in self.reader.strings_of(ground)]


def _near(fields: _Boxes, others: _Boxes) -> npt.NDArray[np.bool_]:
    """Which of the fields' boxes (rows) overlap which of the others (columns)."""
    left, top, right, bottom = (fields[:, side, None] for side in range(4))
    across = np.minimum(right, others[:, 2]) - np.maximum(left, others[:, 0])
    down = np.minimum(bottom, others[:, 3]) - np.maximum(top, others[:, 1])
    return (across > _OVER_MM) & (down > _OVER_MM)


def _boxes(runs: Sequence[Run], heights: tuple[float, float]) -> _Boxes:
    boxes = [_between(run, run.starts[0], run.starts[-1], heights) for run in runs]
    return np.array(boxes, dtype=np.float64).reshape(-1, 4)


def _between(run: Run, start: float, end: float, heights: tuple[float, float]) -> _Box:
    """Left, top, right and bottom in mm of a part of a string."""
    a, b, c, d, e, f = run.matrix
    if b or c or a < 0 or d > 0:
        corners = [run.place(along, up) for along in (start, end) for up in heights]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return min(xs), min(ys), max(xs), max(ys)
    return a * start + e, d * heights[1] + f, a * end + e, d * heights[0] + f


def _letters_meet(run: Run, other: Run) -> bool:
    theirs = list(_letters(other, _OTHER))
    return any(_meet(box, another) for box in _letters(run, _FIELD) for another in theirs)


def _letters(run: Run, heights: tuple[float, float]) -> Iterator[_Box]:
    letters = letters_of(run) or "x" * len(run.codes)
    for at, letter in enumerate(letters):
        if not letter.isspace():
            yield _between(run, run.starts[at], run.starts[at + 1], heights)


def _meet(one: _Box, other: _Box) -> bool:
    across = min(one[2], other[2]) - max(one[0], other[0])
    return across > _OVER_MM and min(one[3], other[3]) - max(one[1], other[1]) > _OVER_MM
