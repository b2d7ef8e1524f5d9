"""Glyphs of a text in one font: numbers, advances and offsets as HarfBuzz gives them, the way Pango asks it to.

The text part of step 4 (compose). Most text needs no shaper: `Shaper.plain` holds the characters that no rule of the font touches, so
that a text of these is its nominal glyphs side by side. Everything else goes through `Shaper.shape`, which cuts a text by script
as Pango does and shapes each part in the language Pango gives it, so that a slot gets the glyphs WeasyPrint would draw.
Sources: OpenType `GSUB`/`GPOS` (which glyphs a lookup takes as input), HarfBuzz's list of features that are on without being
asked (hb-ot-shape.cc), Pango's script runs (pango-script.c) and derived languages (itemize.c), UAX #24 (scripts).
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import uharfbuzz
from fontTools import unicodedata as scripts

from print_service.press.fonts import FontFile
from print_service.press.lookups import changeable_glyphs

_LANGUAGE = "ja"
# Pango gives a part in a script that Japanese is not written in the language it takes as that script's sample.
_SAMPLE_LANGUAGES = {"Latn": "en", "Grek": "el", "Cyrl": "ru", "Hang": "ko", "Bopo": "zh-tw"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph in font units; offsets move the drawing, not the pen."""

    gid: int
    advance: int
    x_offset: int
    y_offset: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A piece of text that cannot be divided, and its glyphs (none for a character that only steers its neighbours)."""

    text: str
    glyphs: tuple[Glyph, ...]


class Shaper:
    """One font file."""

    def __init__(self, file: FontFile) -> None:
        self._file = file
        self._blob = uharfbuzz.Blob.from_file_path(str(file.path))
        self._face = uharfbuzz.Face(self._blob, file.face)
        self._font = uharfbuzz.Font(self._face)
        self._gids: dict[str, int] = {}
        self._advances: dict[str, int] = {}
        self.upem: int = self._face.upem

    @cached_property
    def characters(self) -> frozenset[str]:
        """Every character the font's cmap has."""
        return frozenset(map(chr, self._face.unicodes))

    @cached_property
    def plain(self) -> frozenset[str]:
        """Characters whose nominal glyph and advance stand in any text made of such characters alone, no feature asked for."""
        candidates = list(filter(_may_be_plain, self.characters))
        changeable = changeable_glyphs(self._file.path, self._file.face, frozenset(map(self.gid, candidates)))
        return frozenset(character for character in candidates if self.gid(character) not in changeable)

    def gid(self, character: str) -> int:
        """The nominal glyph of a character; 0 when the font lacks it."""
        found = self._gids.get(character)
        if found is None:
            found = self._gids[character] = self._font.get_nominal_glyph(ord(character)) or 0
        return found

    def advance(self, character: str) -> int:
        """The nominal advance of a character in font units."""
        found = self._advances.get(character)
        if found is None:
            found = self._advances[character] = self._font.get_glyph_h_advance(self.gid(character))
        return found

    def glyph_advance(self, gid: int) -> int:
        """The nominal advance of a glyph in font units."""
        advance: int = self._font.get_glyph_h_advance(gid)
        return advance

    def has_selected(self, base: str, selector: str) -> bool:
        """Whether the font's cmap (format 14) has the variation sequence."""
        return self._font.get_variation_glyph(ord(base), ord(selector)) is not None

    def shape(self, text: str, features: Mapping[str, bool] = {}) -> tuple[Cluster, ...]:
        """The clusters of a text from left to right. A character that the font lacks comes as glyph 0."""
        return tuple(
            cluster for run, script in script_runs(text) for cluster in self._shape_run(run, script, dict(features))
        )

    def _shape_run(self, text: str, script: str, features: Mapping[str, bool]) -> Iterator[Cluster]:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(text)
        buffer.direction, buffer.script = "ltr", script
        buffer.language = _SAMPLE_LANGUAGES.get(script, _LANGUAGE)
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        flags = uharfbuzz.BufferFlags
        buffer.flags = flags.BOT | flags.EOT | flags.REMOVE_DEFAULT_IGNORABLES
        uharfbuzz.shape(self._font, buffer, features)
        starts: list[int] = []
        glyphs: list[list[Glyph]] = []
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            if not starts or info.cluster != starts[-1]:
                starts.append(info.cluster)
                glyphs.append([])
            glyphs[-1].append(Glyph(info.codepoint, position.x_advance, position.x_offset, position.y_offset))
        if not starts:
            yield Cluster(text, ())
            return
        starts[0] = 0
        for own, start, end in zip(glyphs, starts, [*starts[1:], len(text)], strict=True):
            yield Cluster(text[start:end], tuple(own))


def _may_be_plain(character: str) -> bool:
    """Whether HarfBuzz itself leaves a character alone: no mark, no format character, no script that is joined or reordered."""
    return (
        any(first <= character <= last for first, last in _UNJOINED)
        and character not in _ODD
        and unicodedata.category(character) not in _STEERING
    )


# Latin, Greek, Cyrillic; symbols; kana, ideographs and their forms; Yi. What lies between is joined, reordered or written from the right.
_UNJOINED = (
    (" ", "\u052f"),
    ("\u1e00", "\u2bff"),
    ("\u2e00", "\ua4cf"),
    ("\uf900", "\ufaff"),
    ("\ufe10", "\ufe1f"),
    ("\ufe30", "\ufe6f"),
    ("\uff01", "\uffef"),
)
# The fraction slash turns digits beside it into fractions; the fillers are invisible letters.
_ODD = frozenset("\u2044\u3164\uffa0")
_STEERING = frozenset({"Cc", "Cf", "Co", "Cs", "Mc", "Me", "Mn", "Zl", "Zp"})


def script_runs(text: str) -> Iterator[tuple[str, str]]:
    """Parts of one script with its ISO 15924 code. Common and inherited characters go with what stands before them (at the start,
    with what follows), a closing bracket with its opening one.
    """
    start, current = 0, ""
    open_brackets: list[tuple[str, str]] = []
    for index, character in enumerate(text):
        script = _script(character)
        if script in _SHARED:
            script = ""
            if closing := _BRACKETS.get(character):
                open_brackets.append((closing, current))
            elif character in _CLOSING:
                while open_brackets and open_brackets[-1][0] != character:
                    open_brackets.pop()
                script = open_brackets.pop()[1] if open_brackets else ""
        if not script or script == current:
            continue
        if current:
            yield text[start:index], current
            start = index
        else:
            # Brackets opened before the first letter belong to its script.
            open_brackets = [(closing, script) for closing, _ in open_brackets]
        current = script
    if start < len(text):
        yield text[start:], current or "Zyyy"


_script = lru_cache(maxsize=65_536)(scripts.script)
_SHARED = frozenset({"Zyyy", "Zinh", "Zzzz"})
_PAIRS = "()<>[]{}«»‘’“”‹›⁅⁆⁽⁾₍₎〈〉❨❩❪❫❬❭❮❯❰❱❲❳❴❵⟦⟧⟨⟩⟪⟫⦃⦄⦅⦆〈〉《》「」『』【】〔〕〖〗〘〙〚〛"
_BRACKETS = dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True))
_CLOSING = frozenset(_BRACKETS.values())
