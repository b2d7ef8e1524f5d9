"""A font of a finished PDF as its page's strings use it: code → glyph, width and text.

Read from the font dictionaries with pikepdf after ISO 32000-1 (9.7 composite fonts, 9.7.5 CMaps, 9.10.3 ToUnicode), for `content` to
follow the strings and for `audit` to compare the outlines. Only two-byte composite fonts are read: no other kind shows a kanji,
and a simple font on a page is named as a font that is not pinned.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pikepdf
from pikepdf import Name, Object

_BLOCK = re.compile(rb"begin(bfchar|bfrange|cidchar|cidrange)\s(.*?)end\1", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|([0-9]+)|(\[)|(\])")
_SUBSET = re.compile(r"^[A-Z]{6}\+")


@dataclass(frozen=True)
class PdfFont:
    """One font object: its name without the subset tag, text and width (1/1000 em) by code, glyph number by code.

    `glyphs` None says that the code is the glyph number. `program` is the embedded file, None where there is none.
    """

    name: str
    composite: bool
    texts: Mapping[int, str]
    program: Object | None = field(compare=False)
    widths: Mapping[int, float] = field(default_factory=dict)
    default_width: float = 1000.0
    cids: Mapping[int, int] | None = None
    glyphs: bytes | None = None

    @cached_property
    def program_bytes(self) -> bytes:
        """The embedded font file."""
        return b"" if self.program is None else self.program.read_bytes()

    def cid(self, code: int) -> int:
        """Character identifier of a code, 0 where the font's CMap has none."""
        return code if self.cids is None else self.cids.get(code, 0)

    def glyph(self, code: int) -> int:
        """Glyph number in the embedded file."""
        cid = self.cid(code)
        if self.glyphs is None:
            return cid
        return int.from_bytes(self.glyphs[2 * cid : 2 * cid + 2], "big")

    def widths_of(self, codes: Sequence[int]) -> list[float]:
        """Advances of codes, 1/1000 em."""
        width_of, default = self.widths.get, self.default_width
        return [width_of(cid, default) for cid in (codes if self.cids is None else map(self.cid, codes))]


def read_font(font: Object) -> PdfFont:
    """The font dictionary's maps. What is absent is empty; a broken map gives what could be read of it."""
    name = _SUBSET.sub("", str(font.get("/BaseFont", "/")).lstrip("/"))
    texts = _texts(font["/ToUnicode"].read_bytes()) if "/ToUnicode" in font else {}
    if font.get("/Subtype") != Name.Type0:
        return PdfFont(name, composite=False, texts=texts, program=_program(font))
    descendant = font.DescendantFonts[0]
    # A font of outlines in CFF bears its CMap's name as well (ISO 32000-1, table 121); its descendant does not.
    name = _SUBSET.sub("", str(descendant.get("/BaseFont", "/" + name)).lstrip("/"))
    encoding = font.get("/Encoding")
    cids = _cids(encoding.read_bytes()) if isinstance(encoding, pikepdf.Stream) else None
    to_gid = descendant.get("/CIDToGIDMap")
    return PdfFont(
        name=name,
        composite=True,
        texts=texts,
        widths=_widths(descendant.get("/W")),
        default_width=float(descendant.get("/DW", 1000)),
        cids=cids,
        glyphs=to_gid.read_bytes() if isinstance(to_gid, pikepdf.Stream) else None,
        program=_program(descendant),
    )


def _program(font: Object) -> Object | None:
    descriptor = font.get("/FontDescriptor")
    if descriptor is None:
        return None
    return next((descriptor[key] for key in ("/FontFile2", "/FontFile3", "/FontFile") if key in descriptor), None)


def _utf16(hexadecimal: bytes) -> str:
    return bytes.fromhex(hexadecimal.decode()).decode("utf-16-be", "replace")


def _texts(cmap: bytes) -> dict[int, str]:
    """Codes and texts: bfchar and bfrange of a ToUnicode CMap."""
    found: dict[int, str] = {}
    for kind, body in _BLOCK.findall(cmap):
        tokens = [match.groups() for match in _TOKEN.finditer(body)]
        if kind == b"bfchar":
            for (code, *_), (text, *_) in zip(tokens[::2], tokens[1::2], strict=False):
                found[int(code, 16)] = _utf16(text)
        elif kind == b"bfrange":
            _ranges(tokens, found)
    return found


def _ranges(tokens: list[tuple[bytes | None, ...]], found: dict[int, str]) -> None:
    at = 0
    while at + 2 < len(tokens):
        low, high = int(tokens[at][0] or b"0", 16), int(tokens[at + 1][0] or b"0", 16)
        at += 2
        if tokens[at][2] is None:
            start = _utf16(tokens[at][0] or b"")
            for code in range(low, high + 1) if start else ():
                found[code] = start[:-1] + chr(ord(start[-1]) + code - low)
            at += 1
            continue
        at += 1
        while at < len(tokens) and tokens[at][3] is None:
            found[low] = _utf16(tokens[at][0] or b"")
            low, at = low + 1, at + 1
        at += 1


def _cids(cmap: bytes) -> dict[int, int]:
    """Codes and CIDs: cidchar and cidrange of an embedded encoding."""
    found: dict[int, int] = {}
    for kind, body in _BLOCK.findall(cmap):
        tokens = [match.groups() for match in _TOKEN.finditer(body)]
        if kind == b"cidchar":
            for (code, *_), (_, cid, *_) in zip(tokens[::2], tokens[1::2], strict=False):
                found[int(code or b"0", 16)] = int(cid or 0)
        elif kind == b"cidrange":
            for low, high, cid in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=False):
                first, last = int(low[0] or b"0", 16), int(high[0] or b"0", 16)
                found |= {code: int(cid[1] or 0) + code - first for code in range(first, last + 1)}
    return found


def _widths(rows: Object | None) -> dict[int, float]:
    found: dict[int, float] = {}
    items = list(rows.as_list()) if rows is not None else []
    at = 0
    while at + 1 < len(items):
        first, second = int(items[at]), items[at + 1]
        if isinstance(second, pikepdf.Array):
            found |= {first + i: float(width) for i, width in enumerate(second.as_list())}
            at += 2
        elif at + 2 < len(items):
            width = float(items[at + 2])
            found |= dict.fromkeys(range(first, int(second) + 1), width)
            at += 3
        else:
            break
    return found
