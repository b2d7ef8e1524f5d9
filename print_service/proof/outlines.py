"""Outlines of a font program, glyph by glyph, as HarfBuzz draws them: of the pinned file and of the subset in a PDF alike.

Beside whole OpenType files the bare CFF of a PDF (FontFile3 /CIDFontType0C, ISO 32000-1 table 126) is read: it gets the three tables
around it that a drawing library needs.
"""

import io
import struct
from collections.abc import Mapping
from functools import cache, cached_property
from typing import Any

import uharfbuzz as hb
from fontTools.cffLib import CFFFontSet

Outline = tuple[tuple[Any, ...], ...]
_KNOWN: dict[bytes, Outline] = {}
_KNOWN_AT_MOST = 60_000


class DrawnFont:
    """Outlines of one font program, by glyph number; lengths in 1/1000 em. Raises ValueError for what is no font."""

    def __init__(self, data: bytes, face: int = 0) -> None:
        self._cff = data if data[:1] == b"\x01" and data[:4] != b"\x00\x01\x00\x00" else b""
        self._face = hb.Face(_as_opentype(data) if self._cff else data, face)
        self.font = hb.Font(self._face)
        self.font.scale = (self._face.upem, self._face.upem)
        self._per_em = 1000 / self._face.upem if self._face.upem else 1.0
        self._outlines: dict[int, Outline] = {}
        self.glyph_count: int = self._face.glyph_count
        if not self.glyph_count:
            raise ValueError("no glyphs")

    def outline(self, glyph: int) -> Outline:
        """The path of a glyph: move, line, quadratic and cubic steps; empty for a space or a number the file has not."""
        found = self._outlines.get(glyph)
        if found is None:
            found = self._outlines[glyph] = self._remembered(glyph) if glyph < self.glyph_count else ()
        return found

    @cached_property
    def by_cid(self) -> Mapping[int, int] | None:
        """Glyph number by CID where the program is a CID-keyed CFF, else None: then they are the same."""
        if "CFF " not in self._face.table_tags:
            return None
        cff = self._cff or bytes(self._face.reference_table("CFF ").data)
        fonts = CFFFontSet()
        fonts.decompile(io.BytesIO(cff), None)
        top = fonts[0]
        if not hasattr(top, "ROS"):
            return None
        return {int(name[3:]): glyph for glyph, name in enumerate(top.charset) if name[3:].isdecimal()} | {0: 0}

    def _remembered(self, glyph: int) -> Outline:
        """A simple TrueType glyph of the same bytes has the same path, whichever subset it stands in."""
        data = self._glyf(glyph)
        if len(data) < 10 or data[0] >= 0x80:  # empty, or composed of other glyphs
            return self._draw(glyph)
        key = struct.pack(">H", self._face.upem) + data
        found = _KNOWN.get(key)
        if found is None:
            found = self._draw(glyph)
            if len(_KNOWN) < _KNOWN_AT_MOST:
                _KNOWN[key] = found
        return found

    @cached_property
    def _tables(self) -> tuple[memoryview, memoryview, bool]:
        if "glyf" not in self._face.table_tags:
            return memoryview(b""), memoryview(b""), False
        head = bytes(self._face.reference_table("head").data)
        loca, glyf = (memoryview(bytes(self._face.reference_table(tag).data)) for tag in ("loca", "glyf"))
        return loca, glyf, bool(head[51])

    def _glyf(self, glyph: int) -> bytes:
        loca, glyf, long = self._tables
        if long:
            start, end = struct.unpack_from(">2L", loca, 4 * glyph) if len(loca) >= 4 * glyph + 8 else (0, 0)
        else:
            start, end = struct.unpack_from(">2H", loca, 2 * glyph) if len(loca) >= 2 * glyph + 4 else (0, 0)
            start, end = 2 * start, 2 * end
        return bytes(glyf[start:end])

    def _draw(self, glyph: int) -> Outline:
        steps: list[tuple[Any, ...]] = []
        self.font.draw_glyph(glyph, _steps(), steps)
        scale = self._per_em
        return tuple((step[0], *(round(value * scale, 1) for value in step[1:])) for step in steps)


@cache
def _steps() -> Any:
    functions = hb.DrawFuncs()
    functions.set_move_to_func(lambda x, y, out: out.append(("m", x, y)))
    functions.set_line_to_func(lambda x, y, out: out.append(("l", x, y)))
    functions.set_quadratic_to_func(lambda a, b, x, y, out: out.append(("q", a, b, x, y)))
    functions.set_cubic_to_func(lambda a, b, c, d, x, y, out: out.append(("c", a, b, c, d, x, y)))
    functions.set_close_path_func(lambda out: out.append(("z",)))
    return functions


def _as_opentype(cff: bytes) -> bytes:
    """A bare CFF with the head, maxp and directory of an OpenType file around it (OpenType 1.9, "Font file")."""
    fonts = CFFFontSet()
    try:
        fonts.decompile(io.BytesIO(cff), None)
        top = fonts[0]
        glyphs, matrix = len(top.CharStrings.charStringsIndex), getattr(top, "FontMatrix", [0.001])
    except Exception as error:
        raise ValueError("not a CFF") from error
    head = struct.pack(
        ">4L2H2Q4h4H", 0x00010000, 0, 0, 0x5F0F3CF5, 0, round(1 / matrix[0]), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    )
    tables = {b"CFF ": cff, b"head": head.ljust(54, b"\0"), b"maxp": struct.pack(">LH", 0x00005000, glyphs)}
    directory, body, at = b"", b"", 12 + 16 * len(tables)
    for tag, data in sorted(tables.items()):
        directory += tag + struct.pack(">3L", 0, at + len(body), len(data))
        body += data.ljust(-(-len(data) // 4) * 4, b"\0")
    return b"OTTO" + struct.pack(">4H", len(tables), 0, 0, 0) + directory + body
