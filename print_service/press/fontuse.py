"""What one file uses of one font: the characters it shows, the codes they have there, and how they are shown.

Step 4 (compose), for each file. A code (CID) stands for a spelling, not for a glyph: a plain character's code is its own code
point, every other cluster gets one of its own. So two spellings that share a glyph still read back as they were stored, in any
program that extracts text, and most text is encoded by one call. Which glyph a code draws is written into the font's
CIDToGIDMap or charset (`press.embed`).
"""

import re
from collections.abc import Mapping

from print_service.press.embed import UsedGlyph
from print_service.press.errors import press_error
from print_service.press.fonts import FontFile
from print_service.press.shaping import Cluster, Shaper

# Codes that no UTF-16 character has: the surrogates.
_SPECIAL = range(0xD800, 0xE000)
_REMEMBERED = 16_384
# What a piece repeats is on its own pages: few enough to stay near the processor.
_REMEMBERED_TEXTS = 1024
_ESCAPED = re.compile(rb"[()\\\r]")


class _Advances(dict[str, int]):
    """Nominal advances, looked up once."""

    def __init__(self, shaper: Shaper) -> None:
        super().__init__()
        self._shaper = shaper

    def __missing__(self, character: str) -> int:
        found = self[character] = self._shaper.advance(character)
        return found


class PlainTexts(dict[str, tuple[int, bytes] | None]):
    """Width and operator of a text of plain characters, None for any other; the same texts recur on every slip of a payer."""

    def __init__(self, plain: frozenset[str], shaper: Shaper) -> None:
        super().__init__()
        self.shown: set[str] = set()
        self._plain = plain
        self._advances = _Advances(shaper)

    def __missing__(self, text: str) -> tuple[int, bytes] | None:
        if not self.shown.issuperset(text):
            if not self._plain.issuperset(text):
                return None
            self.shown.update(text)
        if len(self) >= _REMEMBERED_TEXTS:
            self.clear()
        found = self[text] = (self.advance(text), b"(%b) Tj" % _escape(text.encode("utf-16-be")))
        return found

    def advance(self, text: str) -> int:
        """Width of a text of plain characters."""
        return sum(map(self._advances.__getitem__, text))


class FontUse:
    """One font in one file. Advances are in font units, `upem` to the em; `known` gives texts of plain characters."""

    def __init__(self, file: FontFile, shaper: Shaper) -> None:
        self.file = file
        self.id = file.id.encode()
        self.upem = shaper.upem
        self.plain = shaper.plain
        self._shaper = shaper
        self.known = PlainTexts(self.plain, shaper)
        self.advance = self.known.advance
        self._characters = self.known.shown
        self._shaped: dict[str, tuple[Cluster, ...]] = {}
        self._special: dict[tuple[str, int], int] = {}

    def show_plain(self, text: str) -> bytes:
        """The operator that shows a text known to be of plain characters."""
        found = self.known[text]
        assert found is not None
        return found[1]

    def shape(self, text: str, features: Mapping[str, bool]) -> tuple[Cluster, ...]:
        """Clusters by HarfBuzz."""
        if features:
            return self._shaper.shape(text, features)
        found = self._shaped.get(text)
        if found is None:
            if len(self._shaped) >= _REMEMBERED:
                self._shaped.clear()
            found = self._shaped[text] = self._shaper.shape(text)
        return found

    def code(self, text: str, gid: int) -> int:
        """The code that draws this glyph and reads as this text. Raises PressError when a file has no codes left."""
        if len(text) == 1 and text in self.plain and self._shaper.gid(text) == gid:
            self._characters.add(text)
            return ord(text)
        found = self._special.get((text, gid))
        if found is None:
            if len(self._special) >= len(_SPECIAL):
                raise press_error("press.file-too-varied", self.file.id, font=self.file.family, limit=len(_SPECIAL))
            found = self._special[text, gid] = _SPECIAL[len(self._special)]
        return found

    def show(self, clusters: tuple[Cluster, ...], size: int) -> bytes:
        """The operators that show shaped clusters with their kerning. A cluster of several glyphs reads by its ActualText."""
        shown: list[bytes] = []
        array: list[bytes] = []
        for cluster in clusters:
            if len(cluster.glyphs) == 1 and not cluster.glyphs[0].x_offset and not cluster.glyphs[0].y_offset:
                glyph = cluster.glyphs[0]
                array.append(self._glyph(cluster.text, glyph.gid, glyph.advance))
            elif cluster.glyphs:
                shown += [b"[%b] TJ" % b"".join(array)] if array else []
                array = []
                shown.append(self._several(cluster, size))
        shown += [b"[%b] TJ" % b"".join(array)] if array else []
        return b" ".join(shown)

    def _glyph(self, text: str, gid: int, advance: int) -> bytes:
        code = b"<%04x>" % self.code(text, gid)
        kerning = self._shaper.glyph_advance(gid) - advance
        return code + b"%d" % round(kerning * 1000 / self.upem) if kerning else code

    def _several(self, cluster: Cluster, size: int) -> bytes:
        """Base and marks drawn apart: each glyph reads as one character where they are as many, else the first reads as all."""
        several = len(cluster.glyphs)
        texts = list(cluster.text) if len(cluster.text) == several else [cluster.text, *"\u200b" * (several - 1)]
        drawn = []
        for text, glyph in zip(texts, cluster.glyphs, strict=True):
            move = b"%d" % -round(glyph.x_offset * 1000 / self.upem) if glyph.x_offset else b""
            shown = self._glyph(text, glyph.gid, glyph.advance - glyph.x_offset)
            drawn.append(b"%d Ts [%b%b] TJ" % (glyph.y_offset * size // self.upem, move, shown))
        actual = ("\ufeff" + cluster.text).encode("utf-16-be").hex().encode()
        return b"/Span <</ActualText <%b>>> BDC %b 0 Ts EMC" % (actual, b" ".join(drawn))

    def glyphs(self) -> list[UsedGlyph]:
        """Everything used so far, by code."""
        advance = self._shaper.glyph_advance
        plain = [(ord(character), self._shaper.gid(character), character) for character in self._characters]
        special = [(code, gid, text) for (text, gid), code in self._special.items()]
        return [UsedGlyph(code, gid, text, advance(gid)) for code, gid, text in sorted(plain + special)]


def _escape(codes: bytes) -> bytes:
    """Bytes of a PDF literal string (ISO 32000-1, 7.3.4.2)."""
    if b"(" in codes or b")" in codes or b"\\" in codes or b"\r" in codes:
        return _ESCAPED.sub(lambda match: b"\\r" if match[0] == b"\r" else b"\\" + match[0], codes)
    return codes
