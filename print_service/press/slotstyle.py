"""What a slot's style asks for, as far as a slot can follow it; everything else is refused by the property's name.

Compiling a form (third part), after layout. WeasyPrint's box of the emptied slot says where it lies and in which font, size, pitch,
colour and alignment its text stands. A property that would make the page differ from the same page laid out whole, on the
slot or on an element around it, is a fault: filling knows nothing of it. Facts about WeasyPrint 70: its `css` and `text.line_break`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from print_service.findings import Finding
from print_service.press.errors import form_fault
from print_service.press.fonts import FontTable
from print_service.press.markup import Size
from print_service.press.model import Form
from print_service.press.slots import MPT_PER_PX, Slot, Step
from print_service.press.slotsource import COLLAPSING, Source

_ALIGN = {"start": "left", "left": "left", "center": "center", "right": "right", "end": "right"}
_WRAPPING = frozenset({"normal", "pre-wrap"})
_FEATURES = (
    "kerning",
    "variant_ligatures",
    "variant_position",
    "variant_caps",
    "variant_numeric",
    "variant_alternates",
    "variant_east_asian",
    "feature_settings",
)
_BLOCKS = ("block flow", "block flow-root", "inline flow-root", "table-cell")
# Properties of a slot and the values a slot follows, as WeasyPrint computes them.
_FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "white_space": ("normal", "nowrap", "pre", "pre-wrap"),
    "text_indent": ("0",),
    "text_decoration_line": ("none",),
    "text_transform": ("none",),
    "word_spacing": ("0",),
    "visibility": ("visible",),
    "direction": ("ltr",),
    "font_style": ("normal",),
    "font_stretch": ("normal",),
    "font_variation_settings": ("normal",),
    "display": _BLOCKS,
    "column_count": ("auto",),
    "column_width": ("auto",),
    "block_ellipsis": ("none",),
    "text_overflow": ("clip",),
    "max_lines": ("none",),
    "word_break": ("normal",),
    "empty_cells": ("show",),
}
# The same for every element around a slot, and the slot itself.
_FOLLOWED_AROUND: Mapping[str, tuple[str, ...]] = {"transform": ("",), "opacity": ("1",)}


def style_faults(form: Form, source: Source, box: Any, around: list[Any]) -> list[Finding]:
    """What a slot cannot follow of its box's style, or of the boxes `around` it from the inside out."""
    own = (*_own(box, source), *_pseudo_elements(box), *_of_sizes(box.style, source.sizes))
    return [
        form_fault("press.slot-property", form, source.where, area=source.name, property=name, value=value)
        for name, value in (*own, *_around(box, around))
    ]


def _own(box: Any, source: Source) -> Iterator[tuple[str, str]]:
    style = box.style
    for name, followed in _FOLLOWED.items():
        if (value := _written(style[name])) not in followed:
            yield _css_name(name), value
    if style["text_align_last"] != "auto" and _ALIGN.get(style["text_align_last"]) != align_of(style):
        yield "text-align-last", style["text_align_last"]
    if (display := style["display"]) in {("table-cell",), ("inline", "flow-root")}:
        value = _written(style["vertical_align"])
        if value != "top" and (display == ("table-cell",) or value == "baseline"):
            yield "vertical-align", value
    if source.bottom and style["position"] == "static":
        yield "position", "static"
    if _alpha(style["color"]) < 1 or style["color"].space == "device-cmyk":
        yield "color", f"{style['color'].space} alpha {_alpha(style['color']):g}"


def _pseudo_elements(box: Any) -> Iterator[tuple[str, str]]:
    for pseudo in ("first_line", "first_letter"):
        if getattr(box, f"{pseudo}_style") is not None:
            yield f"::{_css_name(pseudo)}", "…"
    if box.children:
        yield "::before / ::after", "content"


def _around(box: Any, around: list[Any]) -> Iterator[tuple[str, str]]:
    for outer in (box, *around):
        for name, followed in _FOLLOWED_AROUND.items():
            if (value := _written(outer.style[name])) not in followed:
                yield _css_name(name), value
    if around and "flex" in around[0].style["display"] and "baseline" in _alignment(box, around[0]):
        yield "align-items", "baseline"
    for outer in around:
        if outer.style["overflow"] != "visible" and not _holds(outer, box):
            yield "overflow", outer.style["overflow"]
        if outer.style["display"] == ("table-cell",) and outer.style["vertical_align"] == "baseline":
            yield "vertical-align", "baseline"


def _alignment(box: Any, outer: Any) -> tuple[str, ...]:
    own = box.style["align_self"]
    return tuple(outer.style["align_items"] if "auto" in own else own)


def _holds(outer: Any, box: Any) -> bool:
    x, y = outer.padding_box_x(), outer.padding_box_y()
    left, top = box.content_box_x(), box.content_box_y()
    inside = x <= left and left + box.width <= x + outer.padding_width()
    return bool(inside and y <= top and top + box.height <= y + outer.padding_height())


def _of_sizes(style: Any, sizes: tuple[Size, ...]) -> Iterator[tuple[str, str]]:
    """Properties in em and the like: they change with the type size, and the slot's place was measured at the first."""
    first, *others = [_at_size(style, size) for size in sizes] or [None]
    for name in style.cascaded if others else ():
        if not name.startswith("font") and any(_written(other[name]) != _written(first[name]) for other in others):
            yield _css_name(name), "em"


def _at_size(style: Any, size: Size) -> Any:
    """The style as WeasyPrint computes it when the box is set in this size."""
    inputs = (style.parent_style, style.cascaded, style.pseudo_type, style.root_style, style.base_url)
    fresh = type(style)(*inputs, style.font_config, style.initial_page_sizes)
    fresh["font_size"] = float(size.points) * 4 / 3
    return fresh


def slot_of(source: Source, page: int, box: Any, font: str) -> Slot:
    """The slot of a box whose style has no faults; `font` is its own font's id."""
    from weasyprint.text.fonts import font_features  # noqa: PLC0415 (bound to the press's fonts by then)

    style, align = box.style, align_of(box.style) or "left"
    spacing = style["letter_spacing"]
    features = font_features(**{f"font_{name}": style[f"font_{name}"] for name in _FEATURES})
    return Slot(
        name=source.name,
        where=source.where,
        page=page,
        x=_mpt(box.content_box_x()),
        y=_mpt(box.content_box_y()),
        width=_mpt(box.width),
        height=_mpt(box.height),
        align=align,
        bottom=source.bottom,
        wrap=style["white_space"] in _WRAPPING,
        font=font,
        steps=tuple(steps(style, source.sizes)),
        spacing=0 if spacing == "normal" else _mpt(getattr(spacing, "value", spacing)),
        color=_colour(style["color"]),
        features=tuple(sorted((name, value) for name, value in features.items() if (name, value) != ("kern", 1))),
        parts=source.parts(style["white_space"], align),
        collapse=style["white_space"] in COLLAPSING,
        anywhere=style["overflow_wrap"] != "normal",
    )


def align_of(style: Any) -> str | None:
    """Where a slot's lines stand, or None where they are justified."""
    return _ALIGN.get(style["text_align_all"])


def font_of(style: Any, fonts: FontTable) -> str | None:
    """The id of the slot's own font, or None where fonts.toml has none of this family and weight."""
    wanted = (style["font_family"][0], int(style["font_weight"]))
    return next((file.id for file in fonts.files.values() if (file.family, file.weight) == wanted), None)


def steps(style: Any, sizes: tuple[Size, ...]) -> Iterator[Step]:
    """Each size with WeasyPrint's own pitch and baseline for it."""
    from weasyprint.text.line_break import strut  # noqa: PLC0415 (bound to the press's fonts by then)

    for points, lines in [(float(size.points), size.lines) for size in sizes] or [(style["font_size"] * 3 / 4, 0)]:
        own = style.copy()
        own["font_size"] = points * 4 / 3
        pitch, ascent = strut(own)
        yield Step(_mpt(own["font_size"]), _mpt(pitch), _mpt(ascent), lines)


def _colour(colour: Any) -> str:
    red, green, blue = (round(float(part), 6) for part in colour.to("srgb").coordinates)
    return f"{red:g} g" if red == green == blue else f"{red:g} {green:g} {blue:g} rg"


def _alpha(colour: Any) -> float:
    return float(colour.alpha)


def _written(value: Any) -> str:
    """A computed value as text: a length with its unit, several values side by side."""
    if hasattr(value, "unit"):
        return f"{value.value:g}{value.unit or ''}" if value.value else "0"
    if isinstance(value, tuple | set):
        return " ".join(sorted(map(_written, value)) if isinstance(value, set) else map(_written, value))
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _css_name(name: str) -> str:
    return name.replace("_", "-")


def _mpt(px: float) -> int:
    return round(px * MPT_PER_PX)
