"""A symbol as a PNG of one pixel per dot that knows its own resolution, for test benches and printers' drivers.

Beside `svg`, drawing the same rectangles. One bit a pixel, grey; the pHYs chunk states pixels a metre, so
that the picture has the symbol's millimetres when it is placed. Source: PNG (ISO/IEC 15948), 11.2 and 11.3.5.3.
"""

import zlib
from fractions import Fraction
from struct import pack

from barcodes.geometry import Symbol

_INCHES_PER_METRE = Fraction(10_000, 254)


def to_rows(symbol: Symbol) -> list[bytes]:
    """The symbol's box as rows of bytes, one a dot: 0 black, 255 white."""
    rows = [bytearray(b"\xff" * symbol.width) for _ in range(symbol.height)]
    for rect in symbol.rects:
        for row in rows[rect.y : rect.y + rect.height]:
            row[rect.x : rect.x + rect.width] = bytes(rect.width)
    return [bytes(row) for row in rows]


def to_png(symbol: Symbol) -> bytes:
    """The PNG file: a pixel a dot, black on white, with its physical resolution."""
    header = pack(">IIBBBBB", symbol.width, symbol.height, 1, 0, 0, 0, 0)
    per_metre = round(symbol.dpi * _INCHES_PER_METRE)
    packed = {row: _packed(row) for row in set(to_rows(symbol))}
    data = b"".join(b"\0" + packed[row] for row in to_rows(symbol))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, content)
        for kind, content in (
            (b"IHDR", header),
            (b"pHYs", pack(">IIB", per_metre, per_metre, 1)),
            (b"IDAT", zlib.compress(data, 9)),
            (b"IEND", b""),
        )
    )


def _packed(row: bytes) -> bytes:
    bits = "".join("1" if dot else "0" for dot in row)
    width = -(-len(bits) // 8)
    return int(bits.ljust(width * 8, "0"), 2).to_bytes(width)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return pack(">I", len(content)) + kind + content + pack(">I", zlib.crc32(kind + content))
