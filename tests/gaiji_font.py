"""A small gaiji font made on the spot: a few filled squares, each of another size, under any names and code points."""

import hashlib
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from print_service.press.gaiji import GaijiFont

EM = 1000
BMP, PLANE_15, PLANE_16 = "\ue000", "\U000f0000", "\U00100000"


def build(path: Path, characters: str, family: str = "Mihon Gaiji", fs_type: int = 0) -> Path:
    """A TrueType font in which the n-th character is a square of n x 100 units."""
    names = [f"gaiji{number}" for number in range(1, len(characters) + 1)]
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *names])
    builder.setupCharacterMap(dict(zip(map(ord, characters), names, strict=True)))
    builder.setupGlyf({".notdef": square(500), **{name: square(100 * n) for n, name in enumerate(names, start=1)}})
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names], (EM, 0)))
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, fsType=fs_type)
    builder.setupPost()
    builder.setupHead(unitsPerEm=EM, created=0, modified=0)
    builder.save(path)
    return path


def square(side: int):
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, side), (side, side), (side, 0)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def bound(path: Path, *ranges: tuple[int, int], name: str = "mihon", family: str = "Mihon Gaiji") -> GaijiFont:
    """The file as a ward registers it."""
    return GaijiFont(name, family, path, hashlib.sha256(path.read_bytes()).hexdigest(), ranges or ((0xE000, 0xE757),))
