"""Pages become a file: content streams as they were set, static pages as shared form objects, one subset of each font.

The last verb of step 4 (compose). A few thousand pieces are one file: every page is its own compressed content and a small
dictionary, and all pages share one Resources. Nothing but compressed pages is held until the file is saved.
Sources: ISO 32000-1 7.7.3 (pages), 8.10 (form objects), 14.11.2 (page boundaries); ISO 19005-3.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from functools import cache

from isal import isal_zlib
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from print_service.press.archive import PageTree, new_document, save
from print_service.press.embed import UsedGlyph, embed
from print_service.press.fonts import FontFile

# Pages go through ISA-L, which is several times as quick as zlib and no larger on them.
_LEVEL = 1
_TWO_DOTS = Decimal("0.24")
_FLATE = Name.FlateDecode
_PAGE = Name.Page


@dataclass(frozen=True, slots=True)
class Static:
    """What all pages of a form share; `content` in points from the bottom left, y up, fonts as /<font id>."""

    name: str
    width_mm: Decimal
    height_mm: Decimal
    content: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its trimmed size, what the paper has beyond it on each side, and operators that name statics `/<name> Do`."""

    width_mm: Decimal
    height_mm: Decimal
    bleed_mm: Decimal
    content: bytes


def write(
    pages: Iterable[Page],
    statics: Mapping[str, Static],
    fonts: Mapping[str, tuple[FontFile, Sequence[UsedGlyph]]],
    title: str,
) -> bytes:
    """A PDF/A-3b file of the pages in order. Same pages, statics and fonts: same bytes.

    Pages are taken one by one; statics and fonts are looked at after the last, so both may be filled while pages are made.
    Names and font ids are letters, digits, `.`, `_` and `-`. Raises PressError for a font that cannot be embedded.
    """
    pdf = new_document(title)
    tree = PageTree(pdf)
    resources = pdf.make_indirect(Dictionary())
    bleed = Decimal(0)
    boxes_of = cache(boxes)
    for page in pages:
        bleed = max(bleed, page.bleed_mm)
        content = Stream(pdf, isal_zlib.compress(page.content, _LEVEL))
        content.Filter = _FLATE
        tree.add(leaf(boxes_of(page.width_mm, page.height_mm, page.bleed_mm), resources, content))
    tree.close()
    embedded = {f"/{font_id}": embed(pdf, file, used) for font_id, (file, used) in fonts.items() if used}
    of_fonts = pdf.make_indirect(Dictionary(embedded))
    resources.Font = of_fonts
    resources.XObject = Dictionary(
        {f"/{name}": _form(pdf, static, bleed, of_fonts) for name, static in statics.items()}
    )
    return save(pdf)


def leaf(page_boxes: Mapping[str, Object], resources: Object, content: Object) -> Dictionary:
    """A page dictionary that has no place in a tree yet."""
    return Dictionary({"/Type": _PAGE, "/Resources": resources, "/Contents": content, **page_boxes})


def boxes(width_mm: Decimal, height_mm: Decimal, bleed_mm: Decimal) -> Mapping[str, Object]:
    """TrimBox where the paper is cut, BleedBox around it, and a MediaBox of whole printer dots from the top left of that.

    The origin is the trimmed page's corner. A4 is 7,015.7 dots of 600 dpi high: a device that counts from the foot would find every
    mark between two dots. So the MediaBox ends up to two dots further right and down (0.08 mm), on a pixel at 300 dpi as well.
    """
    trim, bleed = _box(width_mm, height_mm, Decimal(0)), _box(width_mm, height_mm, bleed_mm)
    width, height, margin = points(width_mm), points(height_mm), _up(points(bleed_mm))
    right, bottom = _up(width + points(bleed_mm)), height - _up(height + points(bleed_mm))
    return {"/MediaBox": Array([-margin, bottom, right, height + margin]), "/BleedBox": bleed, "/TrimBox": trim}


def _up(length: Decimal) -> Decimal:
    """The least multiple of two dots of 600 dpi that is no shorter; points."""
    return ((length / _TWO_DOTS).to_integral_value(ROUND_CEILING) * _TWO_DOTS).normalize() + 0


def _box(width_mm: Decimal, height_mm: Decimal, margin_mm: Decimal) -> Object:
    return Array([-points(margin_mm), -points(margin_mm), points(width_mm + margin_mm), points(height_mm + margin_mm)])


def points(mm: Decimal) -> Decimal:
    """Points to 1/10,000, without an exponent or idle zeros when printed."""
    value = (mm * 72 / Decimal("25.4")).quantize(Decimal("0.0001"))
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _form(pdf: Pdf, static: Static, bleed_mm: Decimal, of_fonts: Object) -> Object:
    """A form object that may draw into the bleed."""
    form = Stream(pdf, zlib.compress(static.content, 9), Filter=_FLATE)
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = _box(static.width_mm, static.height_mm, bleed_mm)
    form.Resources = Dictionary(Font=of_fonts)
    return pdf.make_indirect(form)
