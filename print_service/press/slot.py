"""`SlotPress`: a file of pieces at press speed. Forms are laid out once, records fill them, fonts are embedded once.

Step 4 (compose). A file is a pure function of its pieces: statics are named in the order of their first use, fonts hold what
the file shows. A piece that cannot be set is left out and named with every reason; it never spoils the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from print_service.findings import Finding
from print_service.press.compile import Compiler
from print_service.press.errors import PressError
from print_service.press.filemaker import FileMaker
from print_service.press.fonts import load_fonts
from print_service.press.glyphs import FontChain, FontGlyphs, font_chains
from print_service.press.layout import LayoutEngine
from print_service.press.model import Filling, Form
from print_service.press.shaping import Shaper
from print_service.press.variants import ReadyForm
from print_service.press.write import Page, write


@dataclass(frozen=True)
class PrintedFile:
    """A PDF, where each piece stands in it (number, first page from 0, pages), and who was left out for which reasons."""

    pdf: bytes
    index: tuple[tuple[int, int, int], ...]
    held: tuple[tuple[int, tuple[Finding, ...]], ...]


class SlotPress:
    """A press for the forms of a templates folder. `cache` keeps compiled forms; processes may share it."""

    def __init__(self, templates: Path, cache: Path, fonts: Path | None = None) -> None:
        self._templates, self._cache, self._fonts_folder = templates, cache, fonts
        self.fonts = load_fonts(fonts)
        self._forms: dict[tuple[str, str], ReadyForm] = {}
        self._shapers: dict[str, Shaper] = {}
        self._chains: dict[tuple[str, str], FontChain] = {}

    def print_file(self, pieces: Iterable[tuple[int, Iterable[Filling]]], title: str) -> PrintedFile:
        """One file of (piece number, its fillings) in order; empty bytes when no piece could be set."""
        file = FileMaker(self)
        index: list[tuple[int, int, int]] = []
        held: list[tuple[int, tuple[Finding, ...]]] = []

        def pages() -> Iterator[Page]:
            first = 0
            for number, fillings in pieces:
                made, faults = _all_pages(file, fillings)
                if faults:
                    held.append((number, tuple(faults)))
                    continue
                index.append((number, first, len(made)))
                first += len(made)
                yield from made
            file.finish()

        pdf = write(pages(), file.statics, file.fonts, title)
        return PrintedFile(pdf if index else b"", tuple(index), tuple(held))

    def form(self, form: Form) -> ReadyForm:
        """The form with its variants."""
        key = (form.sha256, form.valid_from.isoformat())
        if key not in self._forms:
            self._forms[key] = ReadyForm(form, self.fonts, self._cache, lambda: self._compiler)
        return self._forms[key]

    @cached_property
    def _compiler(self) -> Compiler:
        engine = LayoutEngine(self._templates, self._cache, self._fonts_folder)
        return Compiler(self._templates, self.fonts, engine)

    @cached_property
    def _named_chains(self) -> Mapping[str, FontChain]:
        return font_chains(self.fonts)

    def shaper(self, font: str) -> Shaper:
        """The shaper of a font id, opened once."""
        if font not in self._shapers:
            self._shapers[font] = Shaper(self.fonts.files[font])
        return self._shapers[font]

    def chain(self, name: str, own: str) -> FontChain:
        """The fonts asked for a part of a slot: the named chain, or the slot's own font and then the plain chain's others."""
        key = (name, "" if name else own)
        if key not in self._chains:
            if name:
                self._chains[key] = self._named_chains[name]
            else:
                others = self._named_chains["plain"].fonts[1:]
                self._chains[key] = FontChain((FontGlyphs(self.fonts.files[own]), *others), aj1=self.fonts.aj1)
        return self._chains[key]


def _all_pages(file: FileMaker, fillings: Iterable[Filling]) -> tuple[list[Page], list[Finding]]:
    """The pages of a piece, and what is wrong with any of its forms."""
    made: list[Page] = []
    faults: list[Finding] = []
    try:
        for filling in fillings:
            try:
                made += file.pages(filling)
            except PressError as error:
                faults += error.findings
    except PressError as error:
        # The order of a piece may be at fault itself: no form of this name, a mark that cannot be.
        faults += error.findings
    return made, faults
