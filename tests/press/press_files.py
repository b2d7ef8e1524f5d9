"""Small files of the press for its tests: texts in codes as the press gives them, set one below the other, and read back."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import uharfbuzz

from print_service.press.embed import UsedGlyph
from print_service.press.fonts import load_fonts
from print_service.press.write import Page, Static, write

FONTS = load_fonts().files
SPECIAL = 0xD800


def used_glyphs(font_id: str, clusters, file=None) -> list[UsedGlyph]:
    """Plain characters under their code point, the rest from U+D800 up."""
    file = file or FONTS[font_id]
    font = uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(file.path)), file.face))
    found, special = [], SPECIAL
    for text in dict.fromkeys(clusters):
        gid = font.get_variation_glyph(*map(ord, text)) if len(text) == 2 else font.get_nominal_glyph(ord(text))
        assert gid, text
        code = ord(text) if len(text) == 1 and ord(text) < SPECIAL else special
        special += code == special
        found.append(UsedGlyph(code, gid, text, font.get_glyph_h_advance(gid)))
    return found


def second_spelling(glyph: UsedGlyph, code: int, text: str) -> UsedGlyph:
    """The same glyph under another code, for another text."""
    return UsedGlyph(code, glyph.gid, text, glyph.advance)


def line(font_id: str, glyphs, size: int = 20, x: int = 20, y: int = 20) -> bytes:
    """Operators that show these glyphs in one line, each code by itself."""
    codes = b"".join(b"<%04x>" % glyph.cid for glyph in glyphs)
    return b"BT /%b %d Tf %d %d Td [%b] TJ ET\n" % (font_id.encode(), size, x, y, codes)


def page(content: bytes, width: str = "210", height: str = "297", bleed: str = "0") -> Page:
    """A page of so many mm."""
    return Page(Decimal(width), Decimal(height), Decimal(bleed), content)


def one_line(font_id: str, glyphs, file=None) -> bytes:
    """A file of one page with one line."""
    return write([page(line(font_id, glyphs))], {}, {font_id: (file or FONTS[font_id], glyphs)}, "一行")


NAMES = {
    "mj": ["渡", "邉\U000e010f", "邉", "𠮷", "髙", "﨑", "太", "郎", "辻\U000e0102", "辻"],
    "gothic": [*"東京都見本区納税通知書0123456789円", "辻\U000e0100"],
    "noto": [*"令和八年度𠮷", "辻\U000e0100"],
    "ocr-b": list("0123456789<>+"),
}


def notice(pages: int = 3, title: str = "試験 <A&B>") -> bytes:
    """A file whose page n shows the n-th characters of every font on a static heading."""
    fonts = {font_id: (FONTS[font_id], used_glyphs(font_id, texts)) for font_id, texts in NAMES.items()}
    heading = b"".join(line(font_id, glyphs[:3], 30, 100, 700) for font_id, (_, glyphs) in fonts.items())
    form = Static("form", Decimal(210), Decimal(297), b"0 g 40 690 400 2 re f\n" + heading)

    def content(number: int) -> bytes:
        own = [
            line(font_id, [glyphs[(3 + number) % len(glyphs)]], 40, 60, 600 - 60 * row)
            for row, (font_id, (_, glyphs)) in enumerate(fonts.items())
        ]
        return b"/form Do 0 g\n" + b"".join(own)

    return write((page(content(number), bleed="3") for number in range(pages)), {"form": form}, fonts, title)


def read_by_pypdf(pdf: bytes, number: int = 0) -> str:
    return pypdf.PdfReader(BytesIO(pdf)).pages[number].extract_text()


def read_by_pdfium(pdf: bytes, number: int = 0) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number].get_textpage().get_text_range()
    finally:
        document.close()


def read_by_poppler(pdf: bytes, number: int = 0) -> str:
    place = str(number + 1)
    command = ["pdftotext", "-f", place, "-l", place, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


READERS = [read_by_pypdf, read_by_pdfium] + [read_by_poppler] * bool(shutil.which("pdftotext"))


def raster(pdf: bytes, number: int = 0, dpi: int = 300):
    """A page in grey, as an array."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[number].render(scale=dpi / 72, grayscale=True).to_numpy().copy()
    finally:
        document.close()


_HASHES = """
from hashlib import sha256
from press_files import notice
from print_service.press.cut import cut
file = notice()
print(sha256(file).hexdigest(), sha256(cut(file, 1, 1)).hexdigest())
"""


def hashes(seed: str) -> str:
    """SHA-256 of `notice()` and of a page cut from it, made in a process of its own."""
    environment = os.environ | {"PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", _HASHES]
    made = subprocess.run(
        command, cwd=Path(__file__).parent, env=environment, capture_output=True, check=True, text=True
    )
    return made.stdout
