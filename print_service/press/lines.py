"""Lines of a slot: text in one font or several, cut where a line may end (`press.breaks`) and has no more room.

Step 4 (compose), under `press.settext`. What spaces do is WeasyPrint's: with `white-space: normal` several are one, and a space at a
line's end hangs over the edge but counts where the line is aligned.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from print_service.press.breaks import break_before
from print_service.press.fontuse import FontUse
from print_service.press.shaping import Cluster

# Spaces that are no reason to say that a line is too wide.
HANGING = frozenset(" \u3000")
SPACE = frozenset(" ")
_SPACES = re.compile("  +")


class Piece(NamedTuple):
    """Part of a line in one font: its clusters, or a text of plain characters, and its advance in font units."""

    use: FontUse
    text: str
    clusters: tuple[Cluster, ...]
    advance: int

    def width(self, size: int) -> int:
        """Width at a size. mpt."""
        return self.advance * size // self.use.upem

    def show(self, size: int) -> bytes:
        """The operators that show it."""
        return self.use.show(self.clusters, size) if self.clusters else self.use.show_plain(self.text)


Line = list[Piece]


def collapsed(texts: Sequence[str], *, strips_end: bool) -> list[str]:
    """The texts of one row as `white-space: normal` has them: one space for several, none at its start and, it may be, its end."""
    row: list[str] = []
    after_space = True
    for text in texts:
        single = _SPACES.sub(" ", text)
        row.append(single[1:] if after_space and single[:1] == " " else single)
        after_space = row[-1][-1:] == " " or (after_space and not row[-1])
    for number in reversed(range(len(row) if strips_end else 0)):
        row[number] = row[number].rstrip(" ")
        if row[number]:
            break
    return row


def advance_of(clusters: Sequence[Cluster]) -> int:
    """Advance of shaped clusters in font units."""
    return sum(glyph.advance for cluster in clusters for glyph in cluster.glyphs)


def wrap(paragraph: Line, fits: Callable[[Line], bool], *, anywhere: bool) -> list[Line]:
    """Lines that each fit, cut at the last place where a line may end; where there is none, wherever it must if it may end
    `anywhere` (`overflow-wrap`), else too long. A space at a line's end hangs, and stays.
    """
    atoms = [atom for piece in paragraph for atom in _atoms(piece)]
    lines: list[Line] = []
    start = 0
    while start < len(atoms):
        end = start + 1
        while end < len(atoms) and fits(_joined(_without_hanging(atoms[start : end + 1]))):
            end += 1
        if end < len(atoms):
            end = _line_end(atoms, start, end, anywhere=anywhere)
        lines.append(_joined(atoms[start:end]))
        start = end
    return lines


def _line_end(atoms: Sequence[Piece], start: int, end: int, *, anywhere: bool) -> int:
    """Where the line from `start` ends that has room up to `end`."""
    texts = [atom.text for atom in atoms]
    last = next((place for place in range(end, start, -1) if break_before(texts, place)), 0)
    if last or anywhere:
        return last or end
    return next((place for place in range(end + 1, len(texts)) if break_before(texts, place)), len(texts))


def _atoms(piece: Piece) -> list[Piece]:
    if not piece.clusters:
        return [Piece(piece.use, character, (), piece.use.advance(character)) for character in piece.text]
    return [Piece(piece.use, cluster.text, (cluster,), advance_of((cluster,))) for cluster in piece.clusters]


def without_end(line: Line, characters: frozenset[str]) -> Line:
    """A line without these characters at its end."""
    if not line or line[-1].text[-1:] not in characters:
        return line
    return _joined(_without_last([atom for piece in line for atom in _atoms(piece)], characters))


def _without_hanging(atoms: Line) -> Line:
    """Without the one space that Pango lets stand beyond the end of a line."""
    return atoms[:-1] if len(atoms) > 1 and atoms[-1].text in HANGING else atoms


def _without_last(atoms: Line, characters: frozenset[str]) -> Line:
    while len(atoms) > 1 and atoms[-1].text in characters:
        atoms = atoms[:-1]
    return atoms


def _joined(atoms: Sequence[Piece]) -> Line:
    """Neighbours of one font and one kind as one piece."""
    line: Line = []
    for atom in atoms:
        if line and line[-1].use is atom.use and bool(line[-1].clusters) == bool(atom.clusters):
            last = line[-1]
            line[-1] = Piece(
                atom.use, last.text + atom.text, last.clusters + atom.clusters, last.advance + atom.advance
            )
        else:
            line.append(atom)
    return line
