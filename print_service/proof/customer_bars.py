"""カスタマバーコード in a raster: 67 bars of four heights found, measured and read, because no library reads them.

Written from Japan Post's 「郵便番号・バーコードマニュアル」 (pp. 12-22: bars, characters, check digit mod 19, dimensions for
8 to 11.5 points) without any of the drawing code. A row that crosses every bar has 67 of them at one pitch; how far each
reaches above and below that row makes it full, ascending, descending or timing. Read upside down as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

BARS = 67
_PITCH_MM = (0.7, 1.6)  # 0.95 mm at 8 points and 1.30 mm at 11.5, with something to spare
_LONGEST_MM = 5.0
_ROW_STEP_MM = 0.34  # the lowest timing bar has 0.84 mm
_PITCH_SWING = 0.25
_HEIGHT_SLACK = 0.07
_POSTCODE, _ADDRESS = 7, 13
_HYPHEN, _CC1, _CC4 = 10, 11, 14
# The characters by value: 0-9, hyphen, CC1-CC8.
_TRIPLES = (
    *("FTT", "FFT", "FDA", "DFA", "FAD", "FTF", "DAF", "AFD", "ADF", "TFF"),
    "TFT",
    *("DAT", "DTA", "ADT", "TDA", "ATD", "TAD", "TTF", "FFF"),
)
_VALUES = {bars: value for value, bars in enumerate(_TRIPLES)}
_UPSIDE_DOWN = str.maketrans("AD", "DA")

Ink = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Bars:
    """One bar code as read. `text` has a `?` for each character that is none; the box is in pixels, right and bottom exclusive.

    `uneven` is by how many pixels the halves above and below the timing bars differ.
    """

    text: str
    check_holds: bool
    left: int
    top: int
    right: int
    bottom: int
    uneven: int


def as_printed(stored: str) -> str:
    """What the bars can say of a stored text (seven digits and the uncut address digits), in the words of `Bars.text`."""
    characters = [int(digit) for digit in stored[:_POSTCODE]]
    for character in stored[_POSTCODE:]:
        if character == "-":
            characters.append(_HYPHEN)
        elif character.isdecimal():
            characters.append(int(character))
        else:
            tens, ones = divmod(ord(character) - ord("A"), 10)
            characters += [_CC1 + tens, ones]
    return _text(characters[: _POSTCODE + _ADDRESS])


def read_bars(ink: Ink, dpi: int) -> tuple[Bars, ...]:
    """Every customer bar code that lies level in the picture, from top to bottom. `ink` is true where the paper is black."""
    found: list[Bars] = []
    step = max(1, int(_ROW_STEP_MM * dpi / 25.4))
    rows = ink[step // 2 :: step]
    crowded = np.flatnonzero(np.count_nonzero(rows[:, 1:] != rows[:, :-1], axis=1) >= 2 * BARS - 2)
    for row in (step // 2 + step * crowded).tolist():
        for starts, ends in _ladders(ink[row], dpi):
            if any(bars.top <= row < bars.bottom and bars.left <= starts[0] < bars.right for bars in found):
                continue
            bars = _bars(ink, row, starts, ends, dpi)
            if bars is not None:
                found.append(bars)
    return tuple(found)


def _ladders(line: Ink, dpi: int) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]]:
    """First and last + 1 pixel of 67 bars at one pitch, with nothing at that pitch before or after them."""
    edges = np.flatnonzero(line[1:] != line[:-1]) + 1
    if line[0]:
        edges = np.concatenate(([0], edges))
    if line[-1]:
        edges = np.concatenate((edges, [len(line)]))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) < BARS:
        return
    least, most = (mm * dpi / 25.4 for mm in _PITCH_MM)
    pitches = np.diff(starts + ends) / 2
    breaks = np.flatnonzero((pitches < least) | (pitches > most))
    for first, last in pairwise((-1, *breaks.tolist(), len(starts) - 1)):
        if last - first != BARS:
            continue
        own = pitches[first + 1 : last]
        widths = ends[first + 1 : last + 1] - starts[first + 1 : last + 1]
        if np.ptp(own) < _PITCH_SWING * own.mean() and widths.max() < own.mean():
            yield starts[first + 1 : last + 1], ends[first + 1 : last + 1]


def _bars(ink: Ink, row: int, starts: npt.NDArray[np.intp], ends: npt.NDArray[np.intp], dpi: int) -> Bars | None:
    reach = int(_LONGEST_MM * dpi / 25.4)
    above, below = ink[max(0, row - reach) : row + 1][::-1], ink[row : row + reach]
    middles = (starts + ends) // 2
    tops, bottoms = row + 1 - _run(above, middles), row + _run(below, middles)
    # First and last bar are full: what lies level between their ends is where every other bar may end.
    places = np.linspace(0, 1, BARS)
    top = tops[0] + (tops[-1] - tops[0]) * places
    long = (bottoms[0] - tops[0]) + ((bottoms[-1] - tops[-1]) - (bottoms[0] - tops[0])) * places
    up, down = (tops - top) / long, (bottoms - top) / long
    word = "".join(_kind(*ends_at) for ends_at in zip(up.tolist(), down.tolist(), strict=True))
    if word[:2] == "FA" and word[-2:] == "AF":
        word = word[::-1].translate(_UPSIDE_DOWN)
    if word[:2] != "FD" or word[-2:] != "DF":
        return None
    values = [_VALUES.get(word[at : at + 3], -1) for at in range(2, BARS - 2, 3)]
    free_above, free_below = up[up > 1 / 6], 1 - down[down < 5 / 6]
    uneven = abs(free_above.mean() - free_below.mean()) * long.mean() if len(free_above) and len(free_below) else 0
    return Bars(
        text=_text(values[:-1]),
        check_holds=-1 not in values and sum(values) % 19 == 0,
        left=int(starts[0]),
        top=int(tops.min()),
        right=int(ends[-1]),
        bottom=int(bottoms.max()),
        uneven=round(uneven),
    )


def _run(band: Ink, columns: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """How many pixels of ink follow one another from the band's first row, in the middle of each bar."""
    white = ~band[:, columns]
    lengths = white.argmax(axis=0)
    return np.where(white.any(axis=0), lengths, len(band))


def _kind(up: float, down: float) -> str:
    for kind, top, bottom in (("F", 0, 1), ("A", 0, 2 / 3), ("D", 1 / 3, 1), ("T", 1 / 3, 2 / 3)):
        if max(abs(up - top), abs(down - bottom)) < _HEIGHT_SLACK:
            return kind
    return "?"


def _text(values: list[int]) -> str:
    """Digits, hyphens and letters; a control code that no digit follows stands in brackets, filling at the end not at all."""
    while values and values[-1] == _CC4 and len(values) > _POSTCODE:
        values = values[:-1]
    text, place = "", 0
    while place < len(values):
        value = values[place]
        following = values[place + 1] if place + 1 < len(values) else -1
        letter = 10 * (value - _CC1) + following
        if value < 0:
            text += "?"
        elif value <= _HYPHEN:
            text += "0123456789-"[value]
        elif value < _CC4 and 0 <= following < _HYPHEN and letter < 26:
            text += chr(ord("A") + letter)
            place += 1
        else:
            text += f"[CC{value - _HYPHEN}]"
        place += 1
    return text
