"""The glyph audit: what each code of each embedded font draws is what the pinned font file draws for its text.

The text layer of a PDF may be right and the paper wrong: WeasyPrint 70, given two font files under one family, writes one file's glyph
numbers against the other's outlines, and only a look at the outlines shows it. So every pair of a drawn glyph and its text is
compared, outline with outline: a text of several characters is right only where the pinned font shapes it to one glyph, and a span of
ActualText where its glyphs, in order and all of them, are those of its text. Reading fonts is `pdf_fonts`' part, the pinned files are
`pinned_fonts`'.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from print_service.proof.content import Run
from print_service.proof.outlines import DrawnFont, Outline
from print_service.proof.pdf_fonts import PdfFont
from print_service.proof.pinned_fonts import FontShelf, PinnedFont, clusters, without_selectors


@dataclass(frozen=True)
class Fault:
    """What is wrong with a code of a font (`code` -1: with the font itself, below: with a span): rule key, text, what is drawn instead."""

    font: int
    code: int
    key: str
    name: str
    text: str = ""
    found: str = ""


# The strings of a span: font and codes of each.
_Shown = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class _Drawn:
    """A drawn glyph, and the pinned font to judge it by."""

    source: PinnedFont
    glyph: int
    outline: Outline

    @property
    def called(self) -> str:
        return self.source.called(self.outline, self.glyph)

    def reads(self, text: str) -> bool:
        """Whether the pinned font has this outline for the text, by itself; any blank is a space."""
        return self.source.expected(text) == (self.outline,) or (not self.outline and text.isspace())


@dataclass
class GlyphAudit:
    """Gathers what pages draw, and judges each pair of font and glyph, and each span, once. `pairs` counts what was judged, `right` what
    was right.
    """

    shelf: FontShelf
    pairs: int = 0
    right: int = 0
    faults: dict[tuple[int, int], Fault] = field(default_factory=dict)
    _judged: dict[int, set[int]] = field(default_factory=dict)
    _spans: dict[tuple[_Shown, str], Fault | None] = field(default_factory=dict)
    _begun: dict[Run, Fault] = field(default_factory=dict)
    _programs: dict[int, tuple[DrawnFont | None, PinnedFont | None]] = field(default_factory=dict)

    def page(self, runs: Iterable[Run], fonts: dict[int, PdfFont]) -> None:
        """Judge what this page draws and no page before it drew."""
        spanned: list[Run] = []
        for run in runs:
            judged = self._judged.get(run.font)
            if judged is None:
                judged = self._judged[run.font] = self._whole_font(run.font, fonts.get(run.font))
            if run.span is not None:
                spanned.append(run)
            elif not judged.issuperset(run.codes):
                for code in set(run.codes) - judged:
                    self._judge(run.font, code, fonts[run.font], fonts[run.font].texts.get(code, ""))
                judged.update(run.codes)
        for span in _spans(spanned):
            fault = self._span(span, fonts)
            if fault is not None:
                self._begun[span[0]] = fault

    def at_fault(self, run: Run) -> Iterator[tuple[int, Fault]]:
        """Position and fault of each wrong glyph of a run; -1 for the font or for the span it begins."""
        if (run.font, -1) in self.faults:
            yield -1, self.faults[run.font, -1]
        if self._begun and run in self._begun:
            yield -1, self._begun[run]
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

    def _judge(self, number: int, code: int, font: PdfFont, text: str) -> None:
        """One glyph against its text."""
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
        elif not _Drawn(source, glyph, drawn).reads(text):
            base = without_selectors(text)
            other = base != text and source.expected(base) == (drawn,)
            key = "proof.glyph-variant" if other else "proof.glyph-differs"
            found = base if other else source.called(drawn, glyph)
        if key:
            self.faults.setdefault((number, code), Fault(number, code, key, font.name, text, found))
        else:
            self.right += 1

    def _span(self, runs: Sequence[Run], fonts: dict[int, PdfFont]) -> Fault | None:
        """All strings of one ActualText against the whole of it."""
        text = runs[0].span or ""
        span = tuple((run.font, run.codes) for run in runs), text
        if span not in self._spans:
            fault = self._spans[span] = self._span_fault(*span, fonts)
            if fault is not None:
                self.faults[fault.font, fault.code] = fault
        return self._spans[span]

    def _span_fault(self, shown: _Shown, text: str, fonts: dict[int, PdfFont]) -> Fault | None:
        drawn = [each for number, codes in shown for each in self._drawn(number, codes, fonts.get(number))]
        if len(drawn) < sum(len(codes) for _, codes in shown):
            return None  # a font as a whole is at fault, and told
        self.pairs += 1
        if _reads(drawn, text):
            self.right += 1
            return None
        key, found, base = "proof.glyph-differs", "".join(each.called for each in drawn), without_selectors(text)
        if any(each.glyph == 0 for each in drawn):
            key = "proof.notdef"
        elif not text:
            key = "proof.glyph-without-text"
        elif base != text and _reads(drawn, base):
            key, found = "proof.glyph-variant", base
        number = shown[0][0]
        return Fault(number, -2 - len(self._spans), key, fonts[number].name, text, found)

    def _drawn(self, number: int, codes: Sequence[int], font: PdfFont | None) -> Iterator[_Drawn]:
        """What the codes draw; nothing where the font cannot be judged by."""
        program, source = self._loaded(number, font) if font is not None and font.composite else (None, None)
        if font is None or program is None or source is None:
            return
        for code in codes:
            glyph = self._glyph(number, code, font)
            yield _Drawn(source, glyph, program.outline(glyph))


def _spans(runs: Iterable[Run]) -> Iterator[Sequence[Run]]:
    """Strings by the span they stand in: the first of each bears its text."""
    span: list[Run] = []
    for run in runs:
        if span and (run.text or run.span != span[0].span):
            yield span
            span = []
        span.append(run)
    if span:
        yield span


def _reads(drawn: Sequence[_Drawn], text: str) -> bool:
    """Whether the glyphs are those of the text: one for each cluster, or all as the font shapes the whole."""
    if any(each.glyph == 0 for each in drawn):
        return False
    if not text:
        return not any(each.outline for each in drawn)
    parts = clusters(text)
    if len(parts) == len(drawn) and all(each.reads(part) for each, part in zip(drawn, parts, strict=True)):
        return True
    if not drawn or len({id(each.source) for each in drawn}) > 1:
        return False
    return drawn[0].source.expected(text) == tuple(each.outline for each in drawn)
