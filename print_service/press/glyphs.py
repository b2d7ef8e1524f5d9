"""Which font shows a character exactly: text is cut into clusters, and each cluster goes to the first font that has it.

Pango chooses a font by the base character alone, and where that font lacks the variation selector it draws the base form without a
word. So the press chooses. A cluster is a base character with the selectors, marks and joiners that follow it (UAX #29, but for the
half-width voicing marks, which are letters of their own width). A font shows it exactly when

- a single character: its cmap has it, and it is neither a control or format character nor, outside a ward's gaiji font, of a
  private-use area, where every font means something else;
- with a variation selector: its cmap has the sequence (format 14);
- with combining marks: HarfBuzz makes one glyph of the whole; base and mark drawn over each other are not the character.

Used by `press.setting` and `press.settext` for every text that reaches a page.
Sources: Unicode Standard 23.4 (variation selectors), UTS #37 (IVD), UAX #29; OpenType `cmap` format 14, read with HarfBuzz.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from print_service.press.aj1 import aj1_to_moji_joho
from print_service.press.errors import MissingGlyph, MissingGlyphError
from print_service.press.fonts import FontFile, FontTable
from print_service.press.shaping import Shaper

_JOINERS = "\u200c\u200d"


@dataclass(frozen=True)
class Run:
    """Neighbouring clusters of one font; `font` is its id in fonts.toml and the CSS class of its span.

    `text` is what is drawn. Where the stored spelling is another one of the same shape (Adobe-Japan1), the run is that one cluster
    and `stored` is its spelling; else `stored` is empty.
    """

    font: str
    text: str
    stored: str = ""


def is_variation_selector(character: str) -> bool:
    """Whether the character selects a variant of the one before it."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def is_private_use(character: str) -> bool:
    """Whether the character is of a private-use area: the BMP's, plane 15's or plane 16's."""
    return "\ue000" <= character <= "\uf8ff" or character >= "\U000f0000"


def continues(character: str) -> bool:
    """Whether the character belongs to the one before it: a selector, a combining mark or a joiner."""
    return character in _JOINERS or unicodedata.category(character).startswith("M")


def clusters(text: str) -> Iterator[str]:
    """Base characters, each with the selectors, combining marks and joiners that follow it."""
    start = 0
    for index, character in enumerate(text):
        if index > start and (character.isascii() or not continues(character)):
            yield text[start:index]
            start = index
    if start < len(text):
        yield text[start:]


class FontGlyphs:
    """What one font file can show."""

    def __init__(self, file: FontFile) -> None:
        self.id = file.id
        self._file = file
        self.shaper = Shaper(file)

    @cached_property
    def characters(self) -> frozenset[str]:
        """The characters that the font shows by themselves."""
        own = filter(self._file.covers, self.shaper.characters)
        if self._file.ranges:
            return frozenset(own)
        return frozenset(character for character in own if unicodedata.category(character) not in _NEVER_ALONE)

    def has(self, cluster: str) -> bool:
        """Whether the font shows the cluster exactly (see the module)."""
        if len(cluster) == 1:
            return cluster in self.characters
        base, rest = cluster[0], cluster[1:]
        if base not in self.characters:
            return False
        if is_variation_selector(rest[0]):
            if not self.shaper.has_selected(base, rest[0]):
                return False
            rest = rest[1:]
        if not rest:
            return True
        if any(is_variation_selector(mark) or mark in _JOINERS for mark in rest):
            return False
        glyphs = [glyph for part in self.shaper.shape(cluster) for glyph in part.glyphs]
        return len(glyphs) == 1 and glyphs[0].gid != 0


# Controls and format characters (invisible), private use (another character in every font), marks (nothing to stand on).
_NEVER_ALONE = frozenset({"Cc", "Cf", "Co", "Cs", "Mc", "Me", "Mn", "Zl", "Zp"})

_Choice = tuple[FontGlyphs, str]


class FontChain:
    """Fonts in the order in which they are asked. With `aj1`, a font without an Adobe-Japan1 sequence is asked for the Moji_Joho
    sequence of the same shape before the next font is.
    """

    def __init__(self, fonts: tuple[FontGlyphs, ...], *, aj1: bool = False) -> None:
        self.fonts = fonts
        self._first = fonts[0]
        self._aj1 = aj1
        self._choice_of = lru_cache(maxsize=65_536)(self._choose)

    def _choose(self, cluster: str) -> _Choice | None:
        alike = aj1_to_moji_joho().get(cluster) if self._aj1 and len(cluster) > 1 else None
        for font in self.fonts:
            if font.has(cluster):
                return font, cluster
            if alike and font.has(alike):
                return font, alike
        return None

    def covers_at_once(self, text: str) -> bool:
        """Whether the first font has every character by itself (no selectors, no marks)."""
        return self._first.characters.issuperset(text)

    def shows(self, cluster: str) -> bool:
        """Whether any font of the chain shows the cluster exactly."""
        return self._choice_of(cluster) is not None

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
            choice = self._choice_of(cluster)
            if choice is None:
                missing.append(MissingGlyph(text, cluster))
                continue
            font, drawn = choice
            if drawn != cluster:
                runs.append(Run(font.id, drawn, cluster))
            elif runs and runs[-1].font == font.id and not runs[-1].stored:
                runs[-1] = Run(font.id, runs[-1].text + cluster)
            else:
                runs.append(Run(font.id, cluster))
        return runs, missing


def font_chains(table: FontTable) -> dict[str, FontChain]:
    """The chains of fonts.toml, each font opened once."""
    needed = dict.fromkeys(font_id for ids in table.chains.values() for font_id in ids)
    opened = {font_id: FontGlyphs(table.files[font_id]) for font_id in needed}
    return {
        name: FontChain(tuple(opened[font_id] for font_id in ids), aj1=table.aj1) for name, ids in table.chains.items()
    }
