"""Fields read back: the strings that stand in each zone of a page, compared with the ledger, spelling and selectors included.

Strings and their places come from `content`. A zone's lines may be broken where the form had no room, so white space at a line's end
does not count; any other does. Text outside the zones is the form's own; `outside` looks at it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter

from print_service.findings import Finding
from print_service.proof.content import Run
from print_service.proof.model import Box, ExpectedPage, ExpectedText, zone_text
from print_service.proof.owners import Owners
from print_service.proof.pdf_fonts import PdfFont
from print_service.proof.pinned_fonts import without_selectors
from print_service.proof.place import Place

_SPACES = re.compile(r"[ \t]{2,}")
_MIDDLE = 350.0  # of a character's height above the baseline, 1/1000 em
_SLACK_MM = 0.4
LINE_MM = 0.6
BODY = 850.0, -130.0  # top and foot of a character, 1/1000 em above the baseline
_OWN = ("name", "address", "number")


@dataclass
class ZoneText:
    """What stands in one zone: (baseline, left edge, text) in mm, and the strings it came from with the glyphs that lie in it."""

    pieces: list[tuple[float, float, str]] = field(default_factory=list)
    glyphs: list[tuple[Run, Sequence[int]]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Its lines from the top, each from the left."""
        found: list[list[tuple[float, str]]] = []
        last: float | None = None
        for down, x, text in sorted(self.pieces):
            if last is None or down - last >= LINE_MM:
                found.append([])
                last = down
            found[-1].append((x, text))
        return ["".join(text for _, text in sorted(line, key=itemgetter(0))) for line in found]


@dataclass(frozen=True)
class _Index:
    """The zones of a page by whole millimetres down, as floats; numbers below 0 are zones of marks."""

    rows: Mapping[int, tuple[tuple[int, float, float, float, float], ...]]

    def at(self, x: float, y: float) -> int | None:
        for number, left, top, right, bottom in self.rows.get(int(y), ()):
            if left - _SLACK_MM <= x <= right + _SLACK_MM and top <= y <= bottom:
                return number
        return None


@lru_cache(maxsize=256)
def _index(boxes: tuple[Box, ...], marks: tuple[Box, ...]) -> _Index:
    rows: dict[int, list[tuple[int, float, float, float, float]]] = {}
    for number, box in [*enumerate(boxes), *((-1 - at, mark) for at, mark in enumerate(marks))]:
        x, y, width, height = (float(side) for side in box)
        for row in range(int(y), int(y + height) + 1):
            rows.setdefault(row, []).append((number, x, y, x + width, y + height))
    return _Index({row: tuple(zones) for row, zones in rows.items()})


def read_zones(
    expected: ExpectedPage, runs: Sequence[Run], fonts: Mapping[int, PdfFont]
) -> tuple[list[ZoneText], dict[Box, tuple[str, ...]], list[Run]]:
    """What stands in each of the page's field zones, in their order; the lines of its OCR zones; the strings in none of them."""
    ocr = [mark.zone for mark in expected.marks if mark.kind == "ocr"]
    others = tuple(mark.zone for mark in expected.marks if mark.kind != "ocr")
    index = _index((*(text.zone for text in expected.texts), *ocr), others)
    zones = [ZoneText() for _ in range(len(expected.texts) + len(ocr))]
    outside = []
    for run in runs:
        x, y = run.place(run.starts[0], _MIDDLE)
        first = index.at(x, y)
        last = index.at(*run.place(run.starts[-1], _MIDDLE))
        if first == last or run.span is not None:
            if first is None or first < 0:
                outside.append(run)
            else:
                down = run.place(0.0)[1]
                zones[first].pieces.append((round(down, 2), x, run.text))
                zones[first].glyphs.append((run, range(len(run.codes))))
        else:
            _split(run, fonts.get(run.font), index, zones)
    lines = {box: tuple(map(solid, zone.lines())) for box, zone in zip(ocr, zones[len(expected.texts) :], strict=True)}
    return zones[: len(expected.texts)], lines, outside


def _split(run: Run, font: PdfFont | None, index: _Index, zones: list[ZoneText]) -> None:
    """A string that reaches across zones, glyph by glyph."""
    down = round(run.place(0.0)[1], 2)
    shares: dict[int, list[int]] = {}
    for at, code in enumerate(run.codes):
        x, y = run.place((run.starts[at] + run.starts[at + 1]) / 2, _MIDDLE)
        zone = index.at(x, y)
        if zone is not None and zone >= 0:
            zones[zone].pieces.append((down, x, font.texts.get(code, "") if font is not None else ""))
            shares.setdefault(zone, []).append(at)
    for zone, glyphs in shares.items():
        zones[zone].glyphs.append((run, glyphs))


def agrees(lines: Sequence[str], text: str) -> bool:
    """Whether lines read back are the text, however it was broken into lines. Spaces and tabs together count as one, as forms print them."""
    left = _SPACES.sub(" ", text)
    for line in lines:
        own, left = _SPACES.sub(" ", line).strip(), left.lstrip()
        if not left.startswith(own):
            return False
        left = left[len(own) :]
    return not left.strip()


def check_text(place: Place, expected: ExpectedText, zone: ZoneText, owners: Owners) -> Finding | None:
    """What is wrong with one field, None where it reads as the ledger says."""
    lines = zone.lines()
    if agrees(lines, expected.text):
        return None
    found, wanted = "\n".join(lines), expected.text
    read, due = solid(found), solid(wanted)
    key, values = "proof.text-differs", {}
    owner = owners.of_texts([found, *lines], place.piece) if expected.kind in _OWN else None
    if not read:
        key = "proof.text-missing"
    elif not due:
        key = "proof.text-unexpected"
    elif without_selectors(read) == without_selectors(due):
        key = "proof.text-variant" if read != due else "proof.text-differs"
    elif expected.kind == "name" and read == due.removesuffix(solid(wanted.rpartition("\u3000")[2])):
        key = "proof.honorific-missing"
    elif owner is not None:
        key, values = "proof.foreign-text", {"owner": owner}
    return place.finding(
        key,
        field=expected.zone_name,
        expected=_visible(wanted, read, due),
        found=_visible(found, read, due),
        zone=zone_text(expected.zone),
        **values,
    )


def owned_texts(page: ExpectedPage) -> Iterator[str]:
    """Every text of a page that is one payer's alone: names, addresses, numbers, line by line."""
    for text in page.texts:
        if text.kind not in _OWN or not text.text:
            continue
        yield solid(text.text)
        for line in text.text.split("\n"):
            yield solid(line)
            if text.kind == "name" and "\u3000" in line:
                yield solid(line.rpartition("\u3000")[0])


def solid(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def _visible(text: str, read: str, due: str) -> str:
    """The text in one line, as code points where two spellings look alike."""
    if without_selectors(read) != without_selectors(due):
        return " / ".join(text.split("\n"))
    return " ".join(f"U+{ord(character):04X}" for character in text)
