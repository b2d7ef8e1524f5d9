"""Pinned fonts as PDF objects, embedded whole under their own glyph numbers: fontTools reads the file, pikepdf writes the objects."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pikepdf
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name

from print_service.resources import fonts_dir

OCR_B = fonts_dir() / "OCRB.otf"
GOTHIC = fonts_dir() / "BIZUDGothic-Regular.ttf"


@cache
def _file(path: Path) -> TTFont:
    return TTFont(path)


def glyph(path: Path, character: str) -> int:
    font = _file(path)
    return font.getGlyphID(font.getBestCmap()[ord(character)])


def shown(path: Path, text: str) -> str:
    """The operand of Tj."""
    return "<" + "".join(f"{glyph(path, character):04x}" for character in text) + ">"


def embed(pdf: pikepdf.Pdf, path: Path, characters: str, says: Mapping[str, str] | None = None) -> pikepdf.Object:
    """The font with a text map of these characters; `says` names characters whose text is another's."""
    says = says or {}
    outlines = "CFF" if path.suffix == ".otf" else "glyf"
    name = Name("/" + _file(path)["name"].getDebugName(6))
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=4, FontBBox=[0, -200, 1000, 900], ItalicAngle=0, Ascent=800,
        Descent=-200, CapHeight=700, StemV=80,
    )  # fmt: skip
    if outlines == "CFF":
        descriptor["/FontFile3"] = pdf.make_stream(path.read_bytes(), Subtype=Name.OpenType)
    else:
        descriptor["/FontFile2"] = pdf.make_stream(path.read_bytes())
    per_em = 1000 / _file(path)["head"].unitsPerEm
    widths = Array()
    for character in characters:
        number = glyph(path, character)
        widths.append(number)
        widths.append(Array([round(_file(path)["hmtx"][_file(path).getGlyphName(number)][0] * per_em)]))
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType0 if outlines == "CFF" else Name.CIDFontType2, BaseFont=name, DW=1000,
        W=widths, CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    if outlines == "glyf":
        descendant.CIDToGIDMap = Name.Identity
    texts = [(glyph(path, c), says.get(c, c).encode("utf-16-be").hex()) for c in characters]
    pairs = "\n".join(f"<{code:04x}> <{text}>" for code, text in texts)
    cmap = f"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange {len(texts)} beginbfchar {pairs} endbfchar"
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=[pdf.make_indirect(descendant)], ToUnicode=pdf.make_stream(cmap.encode()),
        )
    )  # fmt: skip
