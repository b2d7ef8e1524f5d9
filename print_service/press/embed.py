"""One font of a file: the glyphs that were used, each under the code its text was set with, and the spelling each stands for.

Step 4 compose, after the text is set (`press.write`) or read again to cut a piece out (`press.cut`). Codes (CIDs) are the press's
own: the BMP code point of a character as a rule, 0xD800 upwards for everything else, so two spellings of one glyph are two codes
and every extractor returns the one that was stored. Maps are sparse and written in runs.
Sources: ISO 32000-1 9.7 (composite fonts), 9.8 (descriptors), 9.10.3 (ToUnicode); ISO 19005-3 6.2.11; Adobe Technical Note 5014.
"""

import hashlib
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import uharfbuzz
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from print_service.press.fonts import FontFile
from print_service.press.subset import Outlines, font_face, outlines

_BLOCK = 100


@dataclass(frozen=True, slots=True)
class UsedGlyph:
    """A code 1..65535 of one font, its glyph in the font file, the text it stands for and its advance in font units."""

    cid: int
    gid: int
    text: str
    advance: int


@dataclass(frozen=True, slots=True)
class Coded:
    """What a PDF says of a font beside its outlines: name, shape, and of every code its width (1/1000 em) and its text."""

    name: str
    descriptor: Mapping[str, int | tuple[int, ...]]
    widths: Mapping[int, str]
    texts: Mapping[int, str]


def embed(pdf: Pdf, file: FontFile, used: Sequence[UsedGlyph]) -> Object:
    """An indirect Type0 font (Identity-H) of these glyphs. Raises PressError for a font without TrueType or CFF outlines.

    Codes are unique and neither they nor glyphs are 0; two codes may show one glyph.
    """
    glyphs = {glyph.cid: glyph.gid for glyph in used}
    if len(glyphs) != len(used) or not all(0 < glyph.cid < 0x10000 and glyph.gid and glyph.text for glyph in used):
        raise ValueError(f"{file.id}: codes are unique, 1..65535, with a glyph and a text each")
    face = font_face(file.path, file.face)
    coded = Coded(
        face.get_name(6) or file.id,
        _descriptor(face),
        {glyph.cid: _thousandths(glyph.advance, face.upem) for glyph in used},
        {glyph.cid: glyph.text for glyph in used},
    )
    return font_object(pdf, coded, lambda name: outlines(face, glyphs, name))


def font_object(pdf: Pdf, coded: Coded, program: Callable[[str], Outlines]) -> Object:
    """An indirect Type0 font of what is said and drawn; `program` makes the outlines under the name it is given."""
    name = f"{_tag(coded)}+{coded.name}"
    drawn = program(name)
    truetype = drawn.gids is not None
    descriptor = Dictionary(Type=Name.FontDescriptor, FontName=Name(f"/{name}"))
    for key, value in coded.descriptor.items():
        descriptor[f"/{key}"] = Array(value) if isinstance(value, tuple) else value
    if truetype:
        descriptor.FontFile2 = _stream(pdf, drawn.program, Length1=len(drawn.program))
    else:
        descriptor.FontFile3 = _stream(pdf, drawn.program, Subtype=Name.CIDFontType0C)
    default, runs = _widths(coded.widths)
    system = Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0)
    descendant = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2 if truetype else Name.CIDFontType0,
        BaseFont=Name(f"/{name}"),
        CIDSystemInfo=system,
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=Object.parse(default),
        W=Object.parse(runs),
    )
    if drawn.gids is not None:
        descendant.CIDToGIDMap = _stream(pdf, _glyph_map(drawn.gids))
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{name}" if truetype else f"/{name}-Identity-H"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=_stream(pdf, _to_unicode(coded.texts)),
    )
    return pdf.make_indirect(font)


def _stream(pdf: Pdf, content: bytes, **entries: object) -> Stream:
    return Stream(pdf, zlib.compress(content, 9), Filter=Name.FlateDecode, **entries)


def _tag(coded: Coded) -> str:
    """Six letters that differ between subsets: of the same font, the same codes are the same glyphs."""
    lines = [coded.name, *(f"{cid} {width} {coded.texts[cid]}" for cid, width in sorted(coded.widths.items()))]
    number = int.from_bytes(hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).digest()[:8], "big")
    return "".join(chr(ord("A") + number // 26**place % 26) for place in range(6))


def _thousandths(units: int, upem: int) -> str:
    """`618.164` for 1266 of 2048."""
    return f"{units * 1000 / upem:.3f}".rstrip("0").rstrip(".")


def _descriptor(face: uharfbuzz.Face) -> Mapping[str, int | tuple[int, ...]]:
    """Measures in 1/1000 em; the stem, which no table tells, as estimated from the weight."""
    upem: int = face.upem

    def table(tag: str, form: str, offset: int) -> tuple[int, ...]:
        return struct.unpack_from(form, bytes(face.reference_table(tag).data), offset)

    def scaled(value: int) -> int:
        return round(value * 1000 / upem)

    ascent, descent = table("hhea", ">hh", 4)
    (weight,) = table("OS/2", ">H", 4)
    (family_class,) = table("OS/2", ">b", 30)
    (serif_style,) = table("OS/2", ">B", 33)
    (version,) = table("OS/2", ">H", 0)
    (capital,) = table("OS/2", ">h", 88) if version >= 2 else (0,)
    italic_angle, *_, fixed_pitch = table("post", ">ihhI", 4)
    fixed, serif, symbolic, italic = 1, 2, 4, 64
    # Panose 2-10 are styles with serifs, 11-15 without; where it says nothing the family class does (1-5, 7 serif).
    has_serifs = 2 <= serif_style <= 10 or (serif_style < 2 and family_class in {1, 2, 3, 4, 5, 7})
    return {
        "Flags": symbolic + fixed * bool(fixed_pitch) + serif * has_serifs + italic * bool(italic_angle),
        "FontBBox": tuple(scaled(edge) for edge in table("head", ">4h", 36)),
        "ItalicAngle": round(italic_angle / 65536),
        "Ascent": scaled(ascent),
        "Descent": scaled(descent),
        "CapHeight": scaled(capital or ascent),
        "StemV": 50 + round((weight / 65) ** 2),
    }


def _glyph_map(gids: Mapping[int, int]) -> bytes:
    table = bytearray(2 * (max(gids, default=0) + 1))
    for cid, gid in gids.items():
        struct.pack_into(">H", table, 2 * cid, gid)
    return bytes(table)


def _widths(widths: Mapping[int, str]) -> tuple[bytes, bytes]:
    """DW, the commonest whole width, and W with the others: a range where three or more codes in a row agree, else a list."""
    # Poppler and Ghostscript read no DW with a fraction.
    counts = Counter(width for width in widths.values() if "." not in width)
    default = max(sorted(counts), key=counts.__getitem__, default="1000")
    others = sorted(cid for cid, width in widths.items() if width != default)
    parts = []
    listed: list[int] = []

    def flush() -> None:
        if listed:
            parts.append(f"{listed[0]}[{' '.join(widths[cid] for cid in listed)}]")
            listed.clear()

    for run in _runs(others, lambda a, b: b == a + 1 and widths[a] == widths[b]):
        if len(run) > 2:
            flush()
            parts.append(f"{run[0]} {run[-1]} {widths[run[0]]} ")
        else:
            if listed and run[0] != listed[-1] + 1:
                flush()
            listed.extend(run)
    flush()
    return default.encode(), f"[{''.join(parts)}]".encode()


def _runs(cids: Sequence[int], joined: Callable[[int, int], bool]) -> Iterator[Sequence[int]]:
    """Neighbours that belong together."""
    start = 0
    for index in range(1, len(cids) + 1):
        if index == len(cids) or not joined(cids[index - 1], cids[index]):
            yield cids[start:index]
            start = index


_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


def _to_unicode(texts: Mapping[int, str]) -> bytes:
    units = {cid: text.encode("utf-16-be", "surrogatepass") for cid, text in texts.items()}

    def joined(a: int, b: int) -> bool:
        # Only the last byte counts up, of the code and of the text alike.
        before, after = units[a], units[b]
        return (
            b == a + 1
            and b & 0xFF != 0
            and before[:-1] == after[:-1]
            and after[-1] == before[-1] + 1
            and len(texts[a]) == 1
        )

    single, ranges = [], []
    for run in _runs(sorted(units), joined):
        text = units[run[0]].hex().upper()
        if len(run) == 1:
            single.append(f"<{run[0]:04X}> <{text}>\n")
        else:
            ranges.append(f"<{run[0]:04X}> <{run[-1]:04X}> <{text}>\n")
    return _CMAP_HEAD + _blocks("bfchar", single) + _blocks("bfrange", ranges) + _CMAP_TAIL


def _blocks(kind: str, lines: Sequence[str]) -> bytes:
    blocks = (lines[start : start + _BLOCK] for start in range(0, len(lines), _BLOCK))
    return "".join(f"{len(block)} begin{kind}\n{''.join(block)}end{kind}\n" for block in blocks).encode()
