"""The glyph audit: what each code of each embedded font draws is what the pinned font file draws for its text.

The text layer of a PDF may be right and the paper wrong: WeasyPrint 70, given two font files under one family, writes one file's glyph
numbers against the other's outlines, and only a look at the outlines shows it. So every pair of a drawn glyph and its text is
compared, outline with outline. Reading fonts is `pdf_fonts`' part, the pinned files are `pinned_fonts`'.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from print_service.proof.content import Run
from print_service.proof.outlines import DrawnFont
from print_service.proof.pdf_fonts import PdfFont
from print_service.proof.pinned_fonts import FontShelf, PinnedFont, clusters, without_selectors


@dataclass(frozen=True)
class Fault:
    """What is wrong with a code of a font (`code` -1: with the font itself): rule key, text, and what is drawn instead."""

    font: int
    code: int
    key: str
    name: str
    text: str = ""
    found: str = ""


@dataclass
class GlyphAudit:
    """Gathers what pages draw, and judges each pair of font and glyph once. `pairs` counts what was judged, `right` what was right."""

    shelf: FontShelf
    pairs: int = 0
    right: int = 0
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    _judged: dict[int, set[int]] = field(default_factory=dict)
    _spans: set[tuple[int, tuple[int, ...], str]] = field(default_factory=set)
    _programs: dict[int, tuple[DrawnFont | None, PinnedFont | None]] = field(default_factory=dict)

    def page(self, runs: Iterable[Run], fonts: dict[int, PdfFont]) -> None:
        """Judge what this page draws and no page before it drew."""
        for run in runs:
            judged = self._judged.get(run.font)
            if judged is None:
                judged = self._judged[run.font] = self._whole_font(run.font, fonts.get(run.font))
            if run.span is not None:
                self._span(run, fonts)
            elif not judged.issuperset(run.codes):
                for code in set(run.codes) - judged:
                    self._judge(run.font, code, fonts[run.font], fonts[run.font].texts.get(code, ""))
                judged.update(run.codes)

    def at_fault(self, run: Run) -> Iterator[tuple[int, Fault]]:
        """Position within the run and fault of each of its glyphs that is wrong; -1 for the font as a whole."""
        if (run.font, -1) in self.faults:
            yield -1, self.faults[run.font, -1]
        for position, code in enumerate(run.codes):
            if (run.font, code) in self.faults:
                yield position, self.faults[run.font, code]

    def _whole_font(self, number: int, font: PdfFont | None) -> set[int]:
        """What is wrong with the font as such; every glyph of its text map is judged, drawn or not."""
        fault, name = "", font.name if font is not None else ""
        if font is None or not font.composite or font.program is None:
            fault = "proof.font-not-embedded"
        elif self._source(number, font) is None:
            fault = "proof.font-not-pinned"
        elif self._program(number, font) is None:
            fault = "proof.font-broken"
        if fault or font is None:
            self.faults[number, -1] = Fault(number, -1, fault, name)
            self.pairs += 1
            return set(range(65536))
        for code in font.texts:
            self._judge(number, code, font, font.texts[code])
        return set(font.texts)

    def _loaded(self, number: int, font: PdfFont) -> tuple[DrawnFont | None, PinnedFont | None]:
        loaded = self._programs.get(number)
        if loaded is None:
            try:
                program: DrawnFont | None = DrawnFont(font.program_bytes)
            except ValueError:
                program = None
            loaded = self._programs[number] = (program, self.shelf.find(font.name))
        return loaded

    def _program(self, number: int, font: PdfFont) -> DrawnFont | None:
        return self._loaded(number, font)[0]

    def _source(self, number: int, font: PdfFont) -> PinnedFont | None:
        return self._loaded(number, font)[1]

    def _glyph(self, number: int, code: int, font: PdfFont) -> int:
        program = self._program(number, font)
        if program is None or font.glyphs is not None or program.by_cid is None:
            return font.glyph(code)
        return program.by_cid.get(font.cid(code), 0)

    def _judge(self, number: int, code: int, font: PdfFont, text: str, parts: Sequence[str] = ()) -> None:
        """One glyph against its text; with `parts`, against any of these parts of it as well."""
        program, source = self._loaded(number, font)
        if program is None or source is None:
            return
        glyph = self._glyph(number, code, font)
        drawn = program.outline(glyph)
        self.pairs += 1
        key, found = "", ""
        if glyph == 0:
            key = "proof.notdef"
        elif not text:
            key = "proof.glyph-without-text" if drawn else ""
        else:
            wanted = [outline for part in (text, *parts) for outline in source.expected(part)]
            if drawn not in wanted and (drawn or any(wanted) or not text.isspace()):
                base = without_selectors(text)
                other = base != text and drawn in source.expected(base)
                key = "proof.glyph-variant" if other else "proof.glyph-differs"
                found = base if other else source.called(drawn, glyph)
        if key:
            self.faults.setdefault((number, code), Fault(number, code, key, font.name, text, found))
        else:
            self.right += 1

    def _span(self, run: Run, fonts: dict[int, PdfFont]) -> None:
        """Codes under an ActualText: cluster by cluster where there are as many, else each as a part of the whole."""
        span = (run.font, run.codes, run.span or "")
        font = fonts.get(run.font)
        if span in self._spans or font is None:
            return
        self._spans.add(span)
        parts = clusters(span[2])
        if len(parts) == len(run.codes):
            for code, text in zip(run.codes, parts, strict=True):
                self._judge(run.font, code, font, text)
        else:
            for code in run.codes:
                self._judge(run.font, code, font, span[2], parts)
