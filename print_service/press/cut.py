"""One piece cut out of its file: its pages, the statics they draw, and fonts with its own characters and nobody else's.

A file of step 4 shares one subset of each font among thousands of payers, so copied pages would carry all their names' characters.
Here the content streams are read again for the codes they show, and each font is embedded anew with those: outlines, widths,
glyph map and ToUnicode. The file cut from is read where it is needed only; content streams are taken as they are.
Sources: ISO 32000-1 7.7.3 (page tree), 9.4 (text objects), 9.10.3 (ToUnicode); ISO 19005-3.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import uharfbuzz
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from print_service.press.archive import PageTree, new_document, save, title_of
from print_service.press.embed import Coded, font_object
from print_service.press.errors import press_error
from print_service.press.subset import Outlines, narrowed, truetype

_BOXES = ("/MediaBox", "/BleedBox", "/TrimBox")


def cut(pdf: Path | bytes, first_page: int, pages: int) -> bytes:
    """A PDF/A-3b file of `pages` pages from `first_page` (from 0) of a file by `press.write`; they look the same.

    Raises PressError when the file has no such pages or is not the press's.
    """
    try:
        with Pdf.open(pdf if isinstance(pdf, Path) else io.BytesIO(pdf)) as source:
            total = int(source.Root.Pages.Count)
            if first_page < 0 or pages < 1 or first_page + pages > total:
                raise press_error("press.cut-range", pages=total, first=first_page + 1, count=pages)
            return _cut(source, list(_leaves(source.Root.Pages, first_page, pages)))
    except (pikepdf.PdfError, AttributeError, KeyError, ValueError, IndexError) as error:
        raise press_error("press.cut-foreign", reason=f"{type(error).__name__}: {error}") from error


def _leaves(node: Object, first: int, count: int) -> Iterator[Object]:
    """Pages `first` to `first + count` below a node; branches without any of them are not opened."""
    position = 0
    for kid in node.Kids:
        if position >= first + count:
            return
        size = int(kid.Count) if kid.Type == Name.Pages else 1
        if position + size > first:
            if kid.Type == Name.Pages:
                start = max(first - position, 0)
                yield from _leaves(kid, start, min(first + count - position, size) - start)
            else:
                yield kid
        position += size


def _cut(source: Pdf, leaves: list[Object]) -> bytes:
    used = _Used()
    for page in leaves:
        used.read(page, page.Resources)
    target = new_document(title_of(source))
    fonts = target.make_indirect(
        Dictionary({name: _narrowed(target, used.fonts[name], codes) for name, codes in sorted(used.codes.items())})
    )
    forms = {name: _form(target, form, fonts) for name, form in sorted(used.forms.items())}
    resources = target.make_indirect(Dictionary(Font=fonts, XObject=Dictionary(forms)))
    tree = PageTree(target)
    for page in leaves:
        content = Stream(target, page.Contents.read_raw_bytes(), Filter=page.Contents.Filter)
        tree.add(
            Dictionary(
                {key: Array(list(page[key])) for key in _BOXES}
                | {"/Type": Name.Page, "/Resources": resources, "/Contents": content}
            )
        )
    tree.close()
    return save(target)


def _form(target: Pdf, form: Object, fonts: Object) -> Object:
    copied = Stream(target, form.read_raw_bytes(), Filter=form.Filter)
    copied.Type, copied.Subtype, copied.BBox = Name.XObject, Name.Form, Array(list(form.BBox))
    copied.Resources = Dictionary(Font=fonts)
    return target.make_indirect(copied)


@dataclass
class _Used:
    """What content streams show: codes by font name, and the forms they draw. Names are the same all over a file."""

    codes: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    fonts: dict[str, Object] = field(default_factory=dict)
    forms: dict[str, Object] = field(default_factory=dict)

    def read(self, stream: Object, resources: Object) -> None:
        """Read a page or a form, and the forms it draws."""
        font, saved = "", list[str]()
        for instruction in pikepdf.parse_content_stream(stream, "q Q Tf Tj TJ ' \" Do"):
            operands = instruction.operands
            match str(instruction.operator):
                case "q":
                    saved.append(font)
                case "Q":
                    font = saved.pop()
                case "Tf":
                    font = str(operands[0])
                    self.fonts[font] = resources.Font[font]
                case "Do":
                    self._draw(str(operands[0]), resources)
                case "TJ":
                    for shown in operands[0]:
                        if isinstance(shown, pikepdf.String):
                            self._show(font, bytes(shown))
                case _:
                    self._show(font, bytes(operands[-1]))

    def _show(self, font: str, text: bytes) -> None:
        self.codes[font].update(int.from_bytes(text[place : place + 2], "big") for place in range(0, len(text), 2))

    def _draw(self, name: str, resources: Object) -> None:
        if name not in self.forms:
            form = self.forms[name] = resources.XObject[name]
            self.read(form, form.Resources)


def _narrowed(target: Pdf, font: Object, codes: set[int]) -> Object:
    """The font with these codes alone."""
    descendant = font.DescendantFonts[0]
    descriptor = descendant.FontDescriptor
    widths = _widths(descendant)
    default = str(descendant.DW)
    texts = _texts(font.ToUnicode.read_bytes())
    numbers = {
        key.removeprefix("/"): tuple(map(int, value)) if isinstance(value, Array) else int(value)
        for key, value in descriptor.items()
        if key not in {"/Type", "/FontName", "/FontFile2", "/FontFile3"}
    }
    coded = Coded(
        str(descriptor.FontName).partition("+")[2],
        numbers,
        {code: widths.get(code, default) for code in sorted(codes)},
        {code: texts[code] for code in sorted(codes)},
    )

    def program(name: str) -> Outlines:
        if "/FontFile2" in descriptor:
            face = uharfbuzz.Face(descriptor.FontFile2.read_bytes())
            table = descendant.CIDToGIDMap.read_bytes()
            return truetype(face, {code: int.from_bytes(table[2 * code : 2 * code + 2], "big") for code in codes})
        return narrowed(descriptor.FontFile3.read_bytes(), codes, name)

    return font_object(target, coded, program)


def _widths(descendant: Object) -> Mapping[int, str]:
    widths: dict[int, str] = {}
    entries = iter(descendant.W)
    for first in entries:
        second = next(entries)
        if isinstance(second, Array):
            widths.update(enumerate(map(str, second), int(first)))
        else:
            widths.update(dict.fromkeys(range(int(first), int(second) + 1), str(next(entries))))
    return widths


_BLOCK = re.compile(rb"beginbf(?:char|range)\n(.*?)endbf", re.DOTALL)
_HEX = re.compile(rb"<([0-9A-F]+)>")


def _texts(cmap: bytes) -> Mapping[int, str]:
    """What each code of a ToUnicode CMap by `press.embed` stands for."""
    texts: dict[int, str] = {}
    for lines in _BLOCK.findall(cmap):
        for line in lines.splitlines():
            *codes, text = _HEX.findall(line)
            first, last = int(codes[0], 16), int(codes[-1], 16)
            units = bytes.fromhex(text.decode())
            for step in range(last - first + 1):
                counted = units[:-1] + bytes((units[-1] + step,))
                texts[first + step] = counted.decode("utf-16-be", "surrogatepass")
    return texts
