"""Which font shows a character exactly: text is cut into clusters, and each cluster goes to the first font that has it.

Pango chooses a font by the base character alone, and where that font lacks the variation selector it draws the base form without a
word. So the press chooses: a cluster is a base character with its variation selector (format-14 table) or its combining marks,
and a font has it only when it has the exact sequence. Used by `press.setting` for every text that reaches a page.
Sources: Unicode Standard 23.4 (variation selectors), UTS #37 (IVD); OpenType `cmap` format 14, read with HarfBuzz.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import uharfbuzz

from print_service.press.errors import MissingGlyph, MissingGlyphError
from print_service.press.fonts import FontFile, FontTable


@dataclass(frozen=True)
class Run:
    """Neighbouring clusters of one font; `font` is its id in fonts.toml and the CSS class of its span."""

    font: str
    text: str


def is_variation_selector(character: str) -> bool:
    """Whether the character selects a variant of the one before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def clusters(text: str) -> Iterator[str]:
    """Base characters, each with the selectors and combining marks that follow it."""
    start = 0
    for index, character in enumerate(text):
        if index > start and not (is_variation_selector(character) or unicodedata.combining(character)):
            yield text[start:index]
            start = index
    if start < len(text):
        yield text[start:]


class FontGlyphs:
    """What one font file can show, and how wide."""

    def __init__(self, file: FontFile) -> None:
        self.id = file.id
        face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file.path)), file.face)
        self._font = uharfbuzz.Font(face)
        self._em: int = face.upem
        self.characters: frozenset[str] = frozenset(map(chr, face.unicodes)) - _CONTROLS

    def has(self, cluster: str) -> bool:
        """Whether the font has the exact sequence; an unknown variation selector is a lack."""
        if len(cluster) == 1:
            return cluster in self.characters
        base, rest = cluster[0], cluster[1:]
        if is_variation_selector(rest[0]):
            if self._font.get_variation_glyph(ord(base), ord(rest[0])) is None:
                return False
            rest = rest[1:]
        elif base not in self.characters:
            return False
        return all(mark in self.characters for mark in rest)

    def width(self, cluster: str) -> Decimal:
        """Advance of the cluster's base in em."""
        glyph = self._font.get_nominal_glyph(ord(cluster[0]))
        advance: int = self._font.get_glyph_h_advance(glyph or 0)
        return Decimal(advance) / self._em


_CONTROLS = frozenset(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0xAD]))


class FontChain:
    """Fonts in the order in which they are asked."""

    def __init__(self, fonts: tuple[FontGlyphs, ...]) -> None:
        self.fonts = fonts
        self._first = fonts[0]
        self._font_of = lru_cache(maxsize=65_536)(self._find)
        self._width_of = lru_cache(maxsize=65_536)(self._width)

    def _find(self, cluster: str) -> FontGlyphs | None:
        return next((font for font in self.fonts if font.has(cluster)), None)

    def _width(self, cluster: str) -> Decimal:
        font = self._font_of(cluster)
        return Decimal(1) if font is None else font.width(cluster)

    def covers_at_once(self, text: str) -> bool:
        """Whether the first font has every character and none needs a second look (no selectors, no marks)."""
        return self._first.characters.issuperset(text) and not any(map(is_variation_selector, text))

    def split(self, text: str) -> list[Run]:
        """Runs of one font each, in order. Raises MissingGlyphError naming every cluster that no font has."""
        runs, missing = self.split_marking(text)
        if missing:
            raise MissingGlyphError(missing)
        return runs

    def split_marking(self, text: str) -> tuple[list[Run], list[MissingGlyph]]:
        """Runs as by `split`, and the clusters that no font has (left out of the runs)."""
        if self.covers_at_once(text):
            return ([Run(self._first.id, text)] if text else []), []
        runs: list[Run] = []
        missing: list[MissingGlyph] = []
        for cluster in clusters(text):
            font = self._font_of(cluster)
            if font is None:
                missing.append(MissingGlyph(text, cluster))
            elif runs and runs[-1].font == font.id:
                runs[-1] = Run(font.id, runs[-1].text + cluster)
            else:
                runs.append(Run(font.id, cluster))
        return runs, missing

    def width_em(self, text: str) -> Decimal:
        """Width of the text set solid, in em of its font size."""
        return sum((self._width_of(cluster) for cluster in clusters(text)), Decimal(0))


def font_chains(table: FontTable) -> dict[str, FontChain]:
    """The chains of fonts.toml, each font opened once."""
    needed = dict.fromkeys(font_id for ids in table.chains.values() for font_id in ids)
    opened = {font_id: FontGlyphs(table.files[font_id]) for font_id in needed}
    return {name: FontChain(tuple(opened[font_id] for font_id in ids)) for name, ids in table.chains.items()}
