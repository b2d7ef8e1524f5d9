"""Filling slots: the texts of one record become the operators that show them, fitted to their slot.

Step 4 (compose), for each record. Rows of plain characters that fit go the quick way (`press.quickrows`); a slot with any other
goes cluster by cluster through the fonts of its chain and HarfBuzz. A text that does not fit steps down the slot's sizes and wraps
where the slot may; what does not fit at the smallest size is refused, never cut. Positions are whole thousandths of a point.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from print_service.press.breaks import may_break
from print_service.press.errors import MissingGlyph, MissingGlyphError, press_error
from print_service.press.fontuse import FontUse
from print_service.press.glyphs import FontChain, Run
from print_service.press.quickrows import REMEMBERED, SIDEWAYS, SLACK, MixedRow, QuickRow
from print_service.press.recipe import Rows
from print_service.press.shaping import Cluster
from print_service.press.slots import Slot, Step

# What Pango lets stand beyond the end of a line.
_HANGING = frozenset(" \u3000")


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


class _Never(dict[Any, bytes | None]):
    """A row that is never quick."""

    def __missing__(self, row: object) -> None:
        return None


class SlotSetter:
    """One slot of a form in one file. `chains` gives the fonts of each text of each row, `use` a font of the file; `height` is the
    page's, in mpt. `quick` has a look-up a row, for rows that each answer.
    """

    def __init__(
        self,
        slot: Slot,
        chains: Sequence[Sequence[FontChain]],
        use: Callable[[str], FontUse],
        height: int,
        form: str,
    ) -> None:
        self._slot = slot
        self._chains = chains
        self._use = use
        self._top = height - slot.y
        self._form = form
        self._set: dict[Rows, bytes] = {}
        is_quick = not (slot.features or slot.spacing) and len(chains) <= _most_lines(slot, slot.steps[0])
        self.quick = list(self._quick_rows()) if is_quick else [_Never()] * len(chains)

    def __call__(self, rows: Rows) -> bytes:
        """The operators for any rows. Raises MissingGlyphError, PressError (`press.overflow`)."""
        found = self._set.get(rows)
        if found is None:
            found = self._fitted(self._pieces(rows))
            if len(self._set) < REMEMBERED:
                self._set[rows] = found
        return found

    def _quick_rows(self) -> Iterator[QuickRow | MixedRow]:
        step, several = self._slot.steps[0], len(self._chains)
        before: Sequence[FontUse] = ()
        for number, chains in enumerate(self._chains):
            baseline = self._baseline(step, number, several)
            uses = [self._use(chain.fonts[0].id) for chain in chains]
            if len(uses) == 1:
                yield QuickRow(self._slot, uses[0], baseline, first=uses != before)
            else:
                yield MixedRow(self._slot, uses, baseline)
            before = uses

    def _pieces(self, rows: Rows) -> list[Line]:
        """Paragraphs, each cut where the font changes. Raises MissingGlyphError for every cluster no font has."""
        paragraphs: list[Line] = []
        missing: list[MissingGlyph] = []
        for row, chains in zip(rows, self._chains, strict=True):
            paragraphs.append([])
            for text, chain in zip([row] if isinstance(row, str) else row, chains, strict=True):
                runs, lacking = chain.split_marking(text)
                missing += lacking
                paragraphs[-1] += [self._piece(self._use(run.font), run) for run in runs]
        if missing:
            raise MissingGlyphError(dict.fromkeys(missing), self._slot.name)
        return paragraphs

    def _piece(self, use: FontUse, run: Run) -> Piece:
        if not self._slot.features and not run.stored and use.plain.issuperset(run.text):
            return Piece(use, run.text, (), use.advance(run.text))
        clusters = use.shape(run.text, {name: bool(value) for name, value in self._slot.features})
        if run.stored:
            # Drawn by the sequence another collection gives the same shape; it reads as it was stored.
            clusters = (Cluster(run.stored, tuple(glyph for cluster in clusters for glyph in cluster.glyphs)),)
        return Piece(use, run.stored or run.text, clusters, _advance(clusters))

    def _fitted(self, paragraphs: list[Line]) -> bytes:
        slot = self._slot
        excess = 0
        for step in slot.steps:
            lines = [line for paragraph in paragraphs for line in self._wrapped(paragraph, step.size)]
            wide = max(self._width(line, step.size) for line in lines) - slot.width
            if wide <= SLACK and len(lines) <= _most_lines(slot, step):
                return b"\n".join(self._shown(lines, step))
            excess = max(wide, len(lines) * step.pitch - min(slot.height, (step.lines or len(lines)) * step.pitch))
        raise press_error(
            "press.overflow",
            slot.name,
            form=self._form,
            page=slot.page,
            area=slot.name,
            excess=f"{excess * 254 / 720_000:.1f}",
        )

    def _wrapped(self, paragraph: Line, size: int) -> list[Line]:
        if not self._slot.wrap or self._width(paragraph, size) <= self._slot.width:
            return [paragraph]
        return wrap(paragraph, lambda line: self._width(line, size) <= self._slot.width)

    def _width(self, line: Line, size: int) -> int:
        # CSS puts the space after every letter, the last one too.
        letters = sum(len(piece.clusters) or len(piece.text) for piece in line) if self._slot.spacing else 0
        return sum(piece.width(size) for piece in line) + letters * self._slot.spacing

    def _shown(self, lines: list[Line], step: Step) -> list[bytes]:
        return [
            self._line(
                step,
                number,
                len(lines),
                self._width(line, step.size),
                b" ".join(b"/%b %d Tf %b" % (piece.use.id, step.size, piece.show(step.size)) for piece in line),
            )
            for number, line in enumerate(lines)
            if line
        ]

    def _line(self, step: Step, number: int, lines: int, width: int, shown: bytes) -> bytes:
        slot = self._slot
        x = slot.x + (slot.width - width) * SIDEWAYS[slot.align] // 2
        line = b"1 0 0 1 %d %d Tm %b" % (x, self._baseline(step, number, lines), shown)
        if slot.spacing:
            line = b"%d Tc %b 0 Tc" % (slot.spacing, line)
        return line if slot.color == "0 g" else b"%b %b 0 g" % (slot.color.encode(), line)

    def _baseline(self, step: Step, number: int, lines: int) -> int:
        above = number * step.pitch + step.ascent
        return self._top - above - (self._slot.height - lines * step.pitch if self._slot.bottom else 0)


def _most_lines(slot: Slot, step: Step) -> int:
    room = (slot.height + SLACK) // step.pitch
    return min(room, step.lines) if step.lines else room


def _advance(clusters: Sequence[Cluster]) -> int:
    return sum(glyph.advance for cluster in clusters for glyph in cluster.glyphs)


def wrap(paragraph: Line, fits: Callable[[Line], bool]) -> list[Line]:
    """Lines that each fit, cut at the last place where a line may end, else wherever it must (`overflow-wrap: anywhere`)."""
    atoms = [atom for piece in paragraph for atom in _atoms(piece)]
    lines: list[Line] = []
    start = 0
    while start < len(atoms):
        end = start + 1
        while end < len(atoms) and fits(_joined(_without_end_space(atoms[start : end + 1]))):
            end += 1
        if end < len(atoms):
            end = _last_break(atoms, start, end)
        lines.append(_joined(_without_end_space(atoms[start:end])))
        start = end
    return lines


def _last_break(atoms: Sequence[Piece], start: int, end: int) -> int:
    for place in range(end, start, -1):
        if may_break(atoms[place - 1].text[-1], atoms[place].text[0]):
            return place
    return end


def _atoms(piece: Piece) -> list[Piece]:
    if not piece.clusters:
        return [Piece(piece.use, character, (), piece.use.advance(character)) for character in piece.text]
    return [Piece(piece.use, cluster.text, (cluster,), _advance((cluster,))) for cluster in piece.clusters]


def _without_end_space(atoms: Line) -> Line:
    while len(atoms) > 1 and atoms[-1].text in _HANGING:
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
