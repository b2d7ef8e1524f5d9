"""Filling slots: the texts of one record become the operators that show them, fitted to their slot.

Step 4 (compose), for each record. Rows of plain characters that fit go the quick way (`press.quickrows`); a slot with any other
goes cluster by cluster through the fonts of its chain and HarfBuzz. A text that does not fit steps down the slot's sizes and wraps
where the slot may; what does not fit at the smallest size is refused, never cut. Positions are whole thousandths of a point.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from print_service.press.errors import MissingGlyph, MissingGlyphError, press_error
from print_service.press.fontuse import FontUse
from print_service.press.glyphs import FontChain, Run
from print_service.press.lines import HANGING, SPACE, Line, Piece, advance_of, collapsed, without_end, wrap
from print_service.press.quickrows import (
    REMEMBERED,
    SIDEWAYS,
    SLACK,
    MixedRow,
    QuickRow,
)
from print_service.press.recipe import Row, Rows
from print_service.press.shaping import Cluster
from print_service.press.slots import Slot, Step


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
        self._hanging = HANGING if slot.wrap else HANGING - SPACE
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
        for number, (row, chains) in enumerate(zip(rows, self._chains, strict=True), start=1):
            paragraphs.append([])
            for text, chain in zip(self._texts(row, last=number == len(rows)), chains, strict=True):
                runs, lacking = chain.split_marking(text)
                missing += lacking
                paragraphs[-1] += [self._piece(self._use(run.font), run) for run in runs]
        if missing:
            raise MissingGlyphError(dict.fromkeys(missing), self._slot.name)
        return paragraphs

    def _texts(self, row: Row, *, last: bool) -> Sequence[str]:
        texts = (row,) if isinstance(row, str) else row
        if not self._slot.collapse:
            return texts
        # WeasyPrint keeps a space before `<br/>`, which is seen where lines are not aligned to the left.
        return collapsed(texts, strips_end=last or self._slot.align == "left")

    def _piece(self, use: FontUse, run: Run) -> Piece:
        if not self._slot.features and not run.stored and use.plain.issuperset(run.text):
            return Piece(use, run.text, (), use.advance(run.text))
        clusters = use.shape(run.text, {name: bool(value) for name, value in self._slot.features})
        if run.stored:
            # Drawn by the sequence another collection gives the same shape; it reads as it was stored.
            clusters = (Cluster(run.stored, tuple(glyph for cluster in clusters for glyph in cluster.glyphs)),)
        return Piece(use, run.stored or run.text, clusters, advance_of(clusters))

    def _fitted(self, paragraphs: list[Line]) -> bytes:
        slot = self._slot
        excess = 0
        for step in slot.steps:
            lines = [line for paragraph in paragraphs for line in self._wrapped(paragraph, step.size)]
            wide = max(self._width(without_end(line, self._hanging), step.size) for line in lines) - slot.width
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
        lines = wrap(paragraph, lambda line: self._width(line, size) <= self._slot.width, anywhere=self._slot.anywhere)
        return [without_end(line, SPACE) for line in lines] if self._slot.collapse else lines

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
        # What hangs at its end counts where a line is aligned, but moves no line out at its left.
        x = slot.x + max(0, slot.width - width) * SIDEWAYS[slot.align] // 2
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
