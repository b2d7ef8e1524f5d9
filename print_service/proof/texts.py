"""Fields read back: the strings that stand in each zone of a page, compared with the ledger, spelling and selectors included.

Strings and their places come from `content`. A zone's lines may be broken where the form had no room, so white space at a line's end
does not count; any other does. Text outside the zones is the form's own: there, another piece's name or number is looked for.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from print_service.findings import Finding
from print_service.proof.content import Run
from print_service.proof.model import Box, ExpectedPage, ExpectedText
from print_service.proof.owners import Owners
from print_service.proof.pdf_fonts import PdfFont
from print_service.proof.pinned_fonts import clusters, without_selectors
from print_service.proof.place import Place
from print_service.proof.raster import Raster
from print_service.proof.words import OUTSIDE

_MIDDLE = 350.0  # of a character's height above the baseline, 1/1000 em
_SLACK_MM = 0.4
_LINE_MM = 0.6
BODY = 850.0, -130.0  # top and foot of a character, 1/1000 em above the baseline
INK = 215  # lighter than any ink that can be read, darker than the forms' shading
_LONG_NUMBER = re.compile(r"[0-9]{10,}")
_OWN = ("name", "address", "number")


@dataclass
class ZoneText:
    """What stands in one zone: (baseline, left edge, text) in mm, and the strings it came from with the glyphs that lie in it."""

    pieces: list[tuple[float, float, str]] = field(default_factory=list)
    glyphs: list[tuple[Run, Sequence[int]]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Its lines from the top, each from the left."""
        found: list[str] = []
        last: float | None = None
        for down, _, text in sorted(self.pieces):
            if last is not None and down - last < _LINE_MM:
                found[-1] += text
            else:
                found.append(text)
                last = down
        return found


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
    """What stands in each of the page's field zones, in their order; the lines of its OCR zones; the strings in no zone."""
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
            if first is None:
                outside.append(run)
            elif first >= 0:
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
    """Whether lines read back are the text, however it was broken into lines."""
    left = text
    for line in lines:
        own, left = line.strip(), left.lstrip()
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
        zone=", ".join(map(str, expected.zone)),
        **values,
    )


def check_outside(place: Place, expected: ExpectedPage, outside: Sequence[Run], owners: Owners) -> Iterator[Finding]:
    """Names, addresses and numbers of other pieces that stand outside the zones, and long numbers that are nobody's."""
    own = " ".join(text.text for text in expected.texts)
    for run in outside:
        owner = owners.of_texts((run.text,), place.piece)
        if owner is not None:
            yield place.finding(
                "proof.foreign-text", field=OUTSIDE, expected="なし", found=run.text, zone=_at(run), owner=owner
            )
            continue
        for number in _LONG_NUMBER.findall(run.text):
            if number not in own:
                yield place.finding("proof.number-unexpected", expected="", found=number, zone=_at(run))


def check_wording(place: Place, expected: ExpectedPage, runs: Sequence[Run]) -> Iterator[Finding]:
    """Wording of the form's version that the page lacks, and wording of another version that it carries."""
    layout = expected.layout
    if not (layout.wording or layout.other_wording):
        return
    whole = solid("".join(run.text for run in runs))
    others = [(day, text) for day, text in layout.other_wording if text in whole]
    for text in layout.wording:
        if text not in whole:
            if others:
                day, found = others[0]
                yield place.finding("proof.form-version", form=layout.name, expected=text, found=found, other=day)
            else:
                yield place.finding("proof.wording-missing", form=layout.name, expected=text)


def check_visible(place: Place, expected: ExpectedText, zone: ZoneText, raster: Raster) -> Finding | None:
    """A letter or figure of a field that left no ink on the paper: white, covered, cut off."""
    for run, glyphs in zone.glyphs:
        for position in _inkless(run, glyphs, raster):
            return place.finding(
                "proof.text-invisible",
                field=expected.zone_name,
                expected=expected.text,
                found=run.text[:position] if len(run.text) == len(run.codes) else "",
                zone=", ".join(map(str, expected.zone)),
            )
    return None


def _inkless(run: Run, glyphs: Sequence[int], raster: Raster) -> list[int]:
    text = run.text if len(run.text) == len(run.codes) else clusters(run.text)
    if len(text) != len(run.codes) or abs(run.matrix[1]) > 1e-6 or abs(run.matrix[2]) > 1e-6:
        return []  # a glyph of several characters, or text that runs askew: its place is not told by these boxes
    per_mm = raster.dpi / 25.4
    top, bottom = sorted(int(run.place(0.0, up)[1] * per_mm) for up in BODY)
    scale, shift = run.matrix[0] * per_mm, run.matrix[4] * per_mm
    edges = [int(start * scale + shift) for start in run.starts]
    height, width = raster.pixels.shape
    if edges[0] < 0 or edges[-1] > width or top < 0 or bottom > height:
        return list(glyphs)[:1]
    band = np.minimum.reduce(raster.pixels[top : bottom + 1, edges[0] : edges[-1] + 2], axis=0)
    last = len(band) - 1
    darkest = np.minimum.reduceat(band, [min(edge - edges[0], last) for edge in edges[:-1]])
    if np.maximum.reduce(darkest) < INK:
        return []
    pale = set(np.flatnonzero(darkest >= INK).tolist())
    return [at for at in glyphs if at in pale and unicodedata.category(text[at][0])[0] in "LN"]


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


def _at(run: Run) -> str:
    (x, top), (right, bottom) = run.place(run.starts[0], BODY[0]), run.place(run.starts[-1], BODY[1])
    return f"{x:.1f}, {top:.1f}, {right - x:.1f}, {bottom - top:.1f}"
