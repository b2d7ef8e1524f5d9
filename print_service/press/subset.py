"""Font programs with the glyphs of one file in them and nothing else: TrueType by HarfBuzz, CFF keyed by the codes of our text.

Stands below `press.embed` and `press.cut`. Layout tables and hints are dropped before anything is looked at (GDEF is what keeps
HarfBuzz from subsetting IPAmj Mincho), and subroutines are unrolled: a subset of a subset then holds no piece of a glyph that it
does not show. A CFF program addresses its glyphs by CID; ours are the codes of the content streams, so its charset is written
anew, and a glyph with two spellings stands there twice.
Sources: OpenType 1.9 (`glyf`, `CFF `); Adobe Technical Note 5176, The Compact Font Format, sections 4-19; ISO 32000-1 9.7.4.2.
"""

import io
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import uharfbuzz
from fontTools.cffLib import CFFFontSet

from print_service.press.errors import press_error

_TRUETYPE = frozenset({"glyf", "head", "hhea", "hmtx", "loca", "maxp"})
_CFF = frozenset({"CFF ", "head", "hhea", "hmtx", "maxp"})

# Registry (SID 391), Ordering (SID 392), Supplement 0, in the short numbers that veraPDF expects of this operator.
_ROS = bytes((247 + 1, 391 - 108 - 256, 247 + 1, 392 - 108 - 256, 139, 12, 30))


@dataclass(frozen=True, slots=True)
class Outlines:
    """A font program and where it keeps the glyph of a CID: `gids` for TrueType, None where the program is keyed by CID itself."""

    program: bytes
    gids: Mapping[int, int] | None


@cache
def font_face(path: Path, index: int) -> uharfbuzz.Face:
    """One face of a font file, mapped into memory once a process."""
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), index)


def outlines(face: uharfbuzz.Face, glyphs: Mapping[int, int], name: str) -> Outlines:
    """The glyphs {CID: glyph number in `face`} and .notdef. Raises PressError where the face has no TrueType or CFF outlines."""
    tags = set(face.table_tags)
    if "glyf" in tags and "fvar" not in tags:
        return truetype(face, glyphs)
    if "CFF " in tags:
        subset, new = _subset(face, glyphs.values(), _CFF)
        keyed = {cid: new[gid] for cid, gid in glyphs.items()}
        return Outlines(cid_keyed(bytes(subset.reference_table("CFF ").data), keyed, name, face.upem), None)
    raise press_error("press.font-outlines", name, font=name)


def truetype(face: uharfbuzz.Face, glyphs: Mapping[int, int]) -> Outlines:
    """A TrueType program with the glyphs {CID: glyph number in `face`}, their components and .notdef."""
    subset, new = _subset(face, glyphs.values(), _TRUETYPE)
    return Outlines(bytes(subset.blob.data), {cid: new[gid] for cid, gid in glyphs.items()})


def _subset(
    face: uharfbuzz.Face, gids: Iterable[int], keep: frozenset[str]
) -> tuple[uharfbuzz.Face, Mapping[int, int]]:
    order = uharfbuzz.SubsetInput()
    order.glyph_set.update(gids)
    order.drop_table_tag_set.update(
        int.from_bytes(tag.encode("latin-1"), "big") for tag in face.table_tags if tag not in keep
    )
    order.flags = (
        uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.DESUBROUTINIZE
        | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
        | uharfbuzz.SubsetFlags.NO_BIDI_CLOSURE
    )
    plan = uharfbuzz.SubsetPlan(face, order)
    return plan.execute(), dict(plan.old_to_new_glyph_mapping)


def narrowed(cff: bytes, codes: Iterable[int], name: str) -> Outlines:
    """Of a program that `outlines` has keyed by CID, the glyphs of these CIDs and .notdef."""
    top = _top(cff)
    places = {int(code.removeprefix("cid")): index for index, code in enumerate(top.charset) if index}
    upem = round(1 / top.FontMatrix[0])
    return Outlines(cid_keyed(cff, {code: places[code] for code in codes}, name, upem), None)


def cid_keyed(cff: bytes, glyphs: Mapping[int, int], name: str, upem: int) -> bytes:
    """A CID-keyed CFF program with .notdef and the glyphs {CID: glyph index in `cff`}, whose charstrings call no subroutines.

    Hints are gone, so that all a Private DICT still says is how charstrings state their widths: glyphs that agree share one.
    """
    top = _top(cff)
    strings = top.CharStrings.charStringsIndex
    order = sorted(glyphs)
    indices = [0, *(glyphs[cid] for cid in order)]
    widths = [_widths(top, index) for index in indices]
    kinds = sorted(set(widths))
    parts = {
        "charset": _charset(order),
        "select": _select([kinds.index(width) for width in widths]),
        "strings": _index([strings[index].bytecode for index in indices]),
    }
    privates = [_operator(20, default) + _operator(21, nominal) for default, nominal in kinds]
    fixed = struct.pack(">4B", 1, 0, 4, 4) + _index([name.encode("ascii")])
    strings_and_subroutines = _index([b"Adobe", b"Identity"]) + _index([])
    array = _index([_private(private, 0) for private in privates])

    def top_dict(start: int) -> bytes:
        charset, select = start, start + len(parts["charset"])
        charstrings = select + len(parts["select"])
        return b"".join(
            (
                _ROS,
                *([] if upem == 1000 else [_matrix(upem)]),
                _operator(5, *map(round, top.FontBBox)),
                _operator((12, 34), max(order, default=0) + 1),
                _operator(15, charset),
                _operator((12, 37), select),
                _operator(17, charstrings),
                _operator((12, 36), charstrings + len(parts["strings"])),
            )
        )

    start = len(fixed) + len(_index([top_dict(0)])) + len(strings_and_subroutines)
    place = start + sum(map(len, parts.values())) + len(array)
    fonts = []
    for private in privates:
        fonts.append(_private(private, place))
        place += len(private)
    head = fixed + _index([top_dict(start)]) + strings_and_subroutines
    return b"".join((head, *parts.values(), _index(fonts), *privates))


def _top(cff: bytes) -> CFFFontSet:
    fonts = CFFFontSet()
    fonts.decompile(io.BytesIO(cff), None)
    return fonts.topDictIndex[0]


def _widths(top: CFFFontSet, index: int) -> tuple[int, int]:
    dictionary = top.FDArray[top.FDSelect[index]] if hasattr(top, "ROS") else top
    private = dictionary.Private.rawDict
    return private.get("defaultWidthX", 0), private.get("nominalWidthX", 0)


def _charset(order: Sequence[int]) -> bytes:
    """Format 2: first CID and how many follow it."""
    runs = (list(run) for _, run in groupby(enumerate(order), lambda pair: pair[1] - pair[0]))
    return b"\x02" + b"".join(struct.pack(">HH", run[0][1], len(run) - 1) for run in runs)


def _select(kinds: Sequence[int]) -> bytes:
    """FDSelect format 3: first glyph and Font DICT of each run."""
    starts = [index for index, kind in enumerate(kinds) if index == 0 or kinds[index - 1] != kind]
    ranges = b"".join(struct.pack(">HB", start, kinds[start]) for start in starts)
    return struct.pack(">BH", 3, len(starts)) + ranges + struct.pack(">H", len(kinds))


def _index(items: Sequence[bytes]) -> bytes:
    if not items:
        return b"\0\0"
    offsets, end = [1], 1
    for item in items:
        end += len(item)
        offsets.append(end)
    size = (end.bit_length() + 7) // 8
    table = b"".join(offset.to_bytes(size, "big") for offset in offsets)
    return struct.pack(">HB", len(items), size) + table + b"".join(items)


def _operator(code: int | tuple[int, int], *numbers: int) -> bytes:
    """Numbers take five bytes each, whatever their value: a DICT has its length before its offsets are known."""
    operands = b"".join(struct.pack(">Bi", 29, number) for number in numbers)
    return operands + bytes(code if isinstance(code, tuple) else (code,))


def _private(private: bytes, offset: int) -> bytes:
    return _operator(18, len(private), offset)


def _matrix(upem: int) -> bytes:
    """FontMatrix of a face that is not drawn on 1000 units."""
    scale = f"{1 / upem:.12f}".rstrip("0")
    nibbles = [10 if character == "." else int(character) for character in scale] + [15]
    if len(nibbles) % 2:
        nibbles.append(15)
    real = b"\x1e" + bytes(high << 4 | low for high, low in zip(nibbles[::2], nibbles[1::2], strict=True))
    zero = b"\x8b"
    return real + zero + zero + real + zero + zero + bytes((12, 7))
