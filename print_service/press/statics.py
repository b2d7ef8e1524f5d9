"""A laid-out page as data: WeasyPrint's own operators, with every run of glyphs taken apart.

Compiling a form (third part). WeasyPrint paints the page with its slots empty into a stream; the operators are kept as they are,
but for two things: glyphs are written down as text and glyph number, so that a file can draw them from the one subset it
embeds of each font, and grey colours become DeviceGray, so that black prints with black ink alone. A stream with anything
else in it (images, transparency, patterns, another colour space) is refused: a form is lines, tints and text.
"""

import re
from collections.abc import Mapping
from typing import Any

from print_service.press.errors import press_error
from print_service.press.fonts import FontTable
from print_service.press.slots import Show, StaticPage

_FONT = re.compile(r"/(\S+) (\S+) Tf")
_COLOUR = re.compile(r"(\S+) (\S+) (\S+) (rg|RG)")
_OPAQUE = re.compile(r"/[aA]1(\.0)? gs")
_PIECE = re.compile(r"<([0-9a-f]*)>|([-+0-9.e]+)")
_UNKNOWN = re.compile(r"( Do| gs| sh| scn| SCN| cs| CS| Ts|^BI)$")


def static_page(page: Any, fonts: FontTable) -> StaticPage:
    """Paint a laid-out page of WeasyPrint and take its operators. Raises PressError for what a static page cannot hold."""
    from weasyprint.pdf.stream import Stream  # noqa: PLC0415 (bound to the press's fonts by then)

    used: dict[Any, Any] = {}
    rectangle = (0, 0, page.width, page.height)
    stream = Stream(used, rectangle, _resources(), {}, None, {}, None, compress=False)
    page.paint(stream, 1)
    names = {font.hash: (font, _font_id(font, fonts)) for font in used.values()}
    items: list[str | Show] = []
    current = ("", "")
    for raw in stream.stream:
        line = raw.decode("ascii") if isinstance(raw, bytes) else str(raw)
        if font := _FONT.fullmatch(line):
            current = (font[1], font[2])
        elif line.endswith(" TJ"):
            items += _shown(line, current, names)
        elif not _OPAQUE.fullmatch(line):
            if _UNKNOWN.search(line):
                raise press_error("press.static-operator", operator=line)
            items.append(_grey(line))
    return StaticPage(tuple(_joined(_without_empty_states(items))))


def _resources() -> dict[str, dict[str, Any]]:
    return {kind: {} for kind in ("ExtGState", "XObject", "Pattern", "Shading", "ColorSpace")}


def _font_id(font: Any, fonts: FontTable) -> str:
    for file in fonts.files.values():
        if (file.family, file.weight) == (font.family, int(font.weight)):
            return file.id
    raise press_error("press.static-font", family=font.family, weight=int(font.weight))


def _shown(line: str, current: tuple[str, str], names: Mapping[str, tuple[Any, str]]) -> list[str | Show]:
    font, font_id = names[current[0]]
    before: list[str | Show] = []
    glyphs: list[tuple[str, int, int]] = []
    for piece in _PIECE.finditer(line):
        if piece[2] is not None:
            moved = round(float(piece[2]))
            if not glyphs:
                # `palt` draws a leading bracket in: the line moves before its first glyph, in the unit of its own font.
                before += [Show(font_id, current[1], ()), f"[{moved}] TJ"]
                continue
            text, gid, kerning = glyphs.pop()
            glyphs.append((text, gid, kerning + moved))
            continue
        codes = piece[1]
        for start in range(0, len(codes), 4):
            gid = int(codes[start : start + 4], 16)
            glyphs.append((font.to_unicode[gid], gid, 0))
    return [*before, Show(font_id, current[1], tuple(glyphs))]


def _grey(line: str) -> str:
    colour = _COLOUR.fullmatch(line)
    if colour and colour[1] == colour[2] == colour[3]:
        return f"{colour[1]} {'g' if colour[4] == 'rg' else 'G'}"
    return line


def _without_empty_states(items: list[str | Show]) -> list[str | Show]:
    """The items without `q Q` pairs that hold nothing but colours."""
    kept: list[str | Show] = []
    for item in items:
        if item == "Q":
            start = len(kept)
            while start and isinstance(kept[start - 1], str) and str(kept[start - 1]).endswith((" g", " G")):
                start -= 1
            if start and kept[start - 1] == "q":
                del kept[start - 1 :]
                continue
        kept.append(item)
    return kept


def _joined(items: list[str | Show]) -> list[str | Show]:
    found: list[str | Show] = []
    for item in items:
        if isinstance(item, str) and found and isinstance(found[-1], str):
            found[-1] += f"\n{item}"
        else:
            found.append(item)
    return found
