"""The pinned font files as the proof opens them: by the table's hash, and nothing of the press between.

A glyph on paper is right when its outline is the one the pinned file gives for its text. Which glyph that is, is read from the file's
own cmap (formats 4, 12 and 14) by fontTools; only a text of several characters is shaped, by HarfBuzz. Source of the table:
`fonts/fonts.toml`, or further tables of the same shape for a ward's own characters.
"""

import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from hashlib import file_digest
from pathlib import Path

import uharfbuzz as hb
from fontTools.ttLib import TTFont

from print_service.proof.outlines import DrawnFont, Outline
from print_service.resources import data_dir, fonts_dir

VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_NAMES = (1, 4, 6, 16)  # family, full name, PostScript name, typographic family (OpenType `name`)


def without_selectors(text: str) -> str:
    """The text without variation selectors."""
    return "".join(character for character in text if ord(character) not in VARIATION_SELECTORS)


def clusters(text: str) -> Sequence[str]:
    """Characters with the variation selectors that follow them."""
    found: list[str] = []
    for character in text:
        if found and ord(character) in VARIATION_SELECTORS:
            found[-1] += character
        else:
            found.append(character)
    return found


def plain(name: str) -> str:
    """A font's name by its letters and digits alone, as producers spell it differently."""
    return "".join(character for character in name.lower() if character.isalnum()).removesuffix("regular")


@dataclass(frozen=True)
class FontPin:
    """A font file that may be in a PDF: CSS family and weight, where it is, which face, and the hash it must have."""

    id: str
    family: str
    weight: int
    path: Path
    face: int
    sha256: str


@dataclass(frozen=True)
class FontRules:
    """Fonts beside those of `fonts.toml`, and whether an Adobe-Japan1 sequence may be drawn by its Moji_Joho twin."""

    pins: tuple[FontPin, ...] = ()
    twins: bool = True


SHIPPED = FontRules()


@dataclass
class PinnedFont:
    """A pinned font opened. Nothing is read before it is asked for; `fault` tells why the file cannot be judged by."""

    pin: FontPin
    twins: bool = True
    _expected: dict[str, tuple[Outline, ...]] = field(default_factory=dict)

    @cached_property
    def fault(self) -> str:
        """Empty when the file is there and is the pinned one."""
        if not self.pin.path.is_file():
            return "missing"
        with self.pin.path.open("rb") as file:
            return "" if file_digest(file, "sha256").hexdigest() == self.pin.sha256 else "sha256"

    @cached_property
    def names(self) -> frozenset[str]:
        """The names producers may give the font, plain; a bold of the family is not called by the family alone."""
        with TTFont(self.pin.path, fontNumber=self.pin.face, lazy=True) as file:
            table = file["name"]
        own = {
            plain(table.getDebugName(number) or "") for number in _NAMES if self.pin.weight == 400 or number in {4, 6}
        }
        return frozenset(
            own | ({plain(self.pin.family)} if self.pin.weight == 400 else {plain(f"{self.pin.family} Bold")})
        ) - {""}

    @cached_property
    def drawn(self) -> DrawnFont:
        """The file's outlines."""
        return DrawnFont(self._data, self.pin.face)

    @cached_property
    def _data(self) -> bytes:
        return self.pin.path.read_bytes()

    @cached_property
    def _file(self) -> TTFont:
        return TTFont(io.BytesIO(self._data), fontNumber=self.pin.face, lazy=True)

    @cached_property
    def _cmap(self) -> dict[int, str]:
        found: dict[int, str] = self._file.getBestCmap()
        return found

    @cached_property
    def _variants(self) -> dict[tuple[int, int], str]:
        found = {}
        for table in self._file["cmap"].tables:
            if table.format == 14:
                for selector, pairs in table.uvsDict.items():
                    for base, name in pairs:
                        found[base, selector] = name or self._cmap.get(base)
        return {pair: name for pair, name in found.items() if name}

    def expected(self, text: str) -> tuple[Outline, ...]:
        """The outlines this font has for a text: one for a character or a character with its selector, else as shaped.

        Empty where the font lacks a glyph for any of it.
        """
        found = self._expected.get(text)
        if found is None:
            found = self._expected[text] = tuple(self.drawn.outline(glyph) for glyph in self._glyphs(text))
        return found

    def _glyphs(self, text: str) -> Sequence[int]:
        name: str | None = None
        if len(text) == 1:
            name = self._cmap.get(ord(text))
        elif len(text) == 2 and ord(text[1]) in VARIATION_SELECTORS:
            name = self._variants.get((ord(text[0]), ord(text[1])))
            if name is None and self.twins and text in _twins():
                return self._glyphs(_twins()[text])
        else:
            shaped = list(self._shaped(text))
            return shaped if all(shaped) else []
        return [] if name is None else [self._file.getGlyphID(name)]

    def _shaped(self, text: str) -> Iterator[int]:
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(self.drawn.font, buffer)
        return (info.codepoint for info in buffer.glyph_infos)

    @cached_property
    def _character_of(self) -> dict[str, int]:
        return {name: code for code, name in reversed(self._cmap.items())}

    def called(self, outline: Outline, guess: int) -> str:
        """The character whose outline this is, if glyph `guess` of this file has it; else empty."""
        if guess >= self.drawn.glyph_count or self.drawn.outline(guess) != outline:
            return ""
        code = self._character_of.get(self._file.getGlyphName(guess))
        return chr(code) if code else ""


@dataclass(frozen=True)
class FontShelf:
    """Every pinned font."""

    fonts: tuple[PinnedFont, ...]

    def find(self, name: str) -> PinnedFont | None:
        """The font a PDF calls `name` (without its subset tag); None where no pinned font is called so."""
        wanted = plain(name)
        return next((font for font in self.fonts if not font.fault and wanted in font.names), None)


@cache
def font_shelf(rules: FontRules = SHIPPED) -> FontShelf:
    """The fonts of `fonts.toml` and those of the rules; in the table `file` is relative to its folder."""
    folder = fonts_dir()
    rows = tomllib.loads((folder / "fonts.toml").read_text(encoding="utf-8"))["font"]
    pins = [FontPin(r["id"], r["family"], r["weight"], folder / r["file"], r["face"], r["sha256"]) for r in rows]
    return FontShelf(tuple(PinnedFont(pin, rules.twins) for pin in (*pins, *rules.pins)))


@cache
def _twins() -> Mapping[str, str]:
    """Adobe-Japan1 sequence → the Moji_Joho sequence, or the bare character, of the same shape (`data/aj1-moji-joho.toml`)."""
    found: dict[str, str] = {}
    table = tomllib.loads((data_dir() / "aj1-moji-joho.toml").read_text(encoding="utf-8"))
    for selector, targets in table.items():
        for target, bases in targets.items():
            after = chr(int(target, 16)) if target else ""
            found |= {base + chr(int(selector, 16)): base + after for base in "".join(bases.split())}
    return found
