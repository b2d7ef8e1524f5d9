"""Compiling a form: one record shows the way, WeasyPrint lays the page out once, and what is left to fill are slots.

Step 4 (compose), once per variant of a form. `press.trace` renders the template with tokens; here each token is followed to the
block element it stands in, its slot. The slots are emptied, the page is laid out, and WeasyPrint's own boxes say where each slot
lies and in which font, size, pitch, colour and alignment. A slot must have a fixed size of its own, so that no text can move
another; a token in an attribute, outside every block or beside other elements has no slot and is refused with its line.
"""

import traceback
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jinja2 import FileSystemLoader, TemplateError, meta, nodes

from print_service.findings import Finding
from print_service.press.errors import PressError
from print_service.press.fonts import FontTable
from print_service.press.layout import LayoutEngine, warnings_are_errors
from print_service.press.model import Form
from print_service.press.recipe import Fields
from print_service.press.setting import TextSetter
from print_service.press.slots import MPT_PER_PX, Part, Slot, StaticPage, Step, Variant
from print_service.press.statics import static_page
from print_service.press.trace import MARKERS, Token, Trace, TraceError, TracingEnvironment, conditions_on_texts, render

_BLOCKS = frozenset({"div", "p", "td", "h1", "h2"})
_CONSTANTS = frozenset({"form", "texts"})
_ALIGN = {"start": "left", "left": "left", "center": "center", "right": "right", "end": "right"}
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
_WRAPPING = frozenset({"normal", "pre-wrap", "pre-line"})


class Compiler:
    """Compiles the forms of one templates folder; holds WeasyPrint."""

    def __init__(self, templates: Path, fonts: FontTable, engine: LayoutEngine) -> None:
        self._templates = templates
        self._fonts = fonts
        self._engine = engine
        self._setter = TextSetter(templates, fonts)
        self._environment = TracingEnvironment(
            loader=FileSystemLoader(templates), trim_blocks=True, lstrip_blocks=True, auto_reload=False
        )

    def ground(self, form: Form) -> tuple[StaticPage, ...]:
        """The pages of the form's `ground.html`, which no record changes; empty without one."""
        if not (form.folder / "ground.html").is_file():
            return ()
        template = self._template(form, "ground.html")
        body = self._setter.render(template, form.id, form=form, texts=form.texts)
        with warnings_are_errors(form.id):
            document = self._engine.lay_out(form, self._engine.markup(form, template, body))
            return tuple(static_page(page, self._fonts) for page in document.pages)

    def variant(self, form: Form, fields: Fields) -> Variant:
        """The variant of the form that this record needs. Raises PressError with every fault and its line."""
        template = self._template(form, "form.html")
        self._check(form, template)
        trace, root = self._trace(form, template, fields)
        sources = _slot_sources(form, trace, root)
        with warnings_are_errors(form.id):
            document = self._engine.lay_out(form, root)
            boxes = dict(_boxes(document.pages))
            slots = self._slots(form, sources, boxes)
            pages = tuple(static_page(page, self._fonts) for page in document.pages)
        return Variant(tuple(trace.asked.items()), pages, slots)

    def _template(self, form: Form, file: str) -> str:
        return (form.folder / file).relative_to(self._templates).as_posix()

    def _check(self, form: Form, template: str) -> None:
        """Names no record brings, and conditions on texts put together: faults of the template, each with its line."""
        self._setter.check_sources(template)
        tree = self._environment.parse((self._templates / template).read_text(encoding="utf-8"))
        faults = []
        known = {*form.fields, *_CONSTANTS}
        unknown = meta.find_undeclared_variables(tree) - known
        faults += [
            _fault("press.field-unknown", form, f"{template}:{name.lineno}", field=name.name)
            for name in tree.find_all(nodes.Name)
            if name.name in unknown and name.ctx == "load"
        ]
        faults += [_fault("press.condition-on-text", form, f"{template}:{line}") for line in conditions_on_texts(tree)]
        if faults:
            raise PressError(_unique(faults))

    def _trace(self, form: Form, template: str, fields: Fields) -> tuple[Trace, ET.Element]:
        trace = Trace(fields)
        try:
            body = render(self._environment, template, trace, form=form, texts=form.texts)
        except (TemplateError, TraceError, TypeError, ValueError, KeyError) as error:
            raise PressError([_fault("press.template", form, _line_of(error, template), reason=str(error))]) from error
        if cut := trace.cut_tokens(body):
            raise PressError(_unique([_fault("press.value-cut", form, token.where) for token in cut]))
        return trace, self._engine.markup(form, template, body)

    def _slots(self, form: Form, sources: list["_Source"], boxes: Mapping[str, tuple[int, Any]]) -> tuple[Slot, ...]:
        slots, faults = [], []
        for number, source in enumerate(sources):
            found = boxes.get(str(number))
            if found is None or min(found[1].width, found[1].height) <= 0:
                faults.append(_fault("press.slot-size", form, source.where, area=source.name))
                continue
            page, box = found
            align = _ALIGN.get(box.style["text_align_all"])
            if align is None:
                faults.append(_fault("press.slot-align", form, source.where, area=source.name))
                continue
            slots.append(self._slot(source, page, box, align))
        if faults:
            raise PressError(faults)
        return tuple(sorted(slots, key=attrgetter("page")))

    def _slot(self, source: "_Source", page: int, box: Any, align: str) -> Slot:
        from weasyprint.text.fonts import font_features  # noqa: PLC0415 (bound to the press's fonts by then)

        style = box.style
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
            font=self._own_font(source, style),
            steps=tuple(_steps(style, source.sizes)),
            spacing=0 if spacing == "normal" else _mpt(getattr(spacing, "value", spacing)),
            color=_colour(style["color"]),
            features=tuple(sorted((name, value) for name, value in features.items() if (name, value) != ("kern", 1))),
            parts=source.parts,
        )

    def _own_font(self, source: "_Source", style: Any) -> str:
        wanted = (style["font_family"][0], int(style["font_weight"]))
        for file in self._fonts.files.values():
            if (file.family, file.weight) == wanted:
                return file.id
        values: dict[str, str | int] = {"family": wanted[0], "weight": wanted[1], "where": source.where}
        raise PressError([Finding("press.slot-font", source.where, values)])


class _Source:
    """A slot as the template has it: its element's name, size steps and content."""

    def __init__(self, element: ET.Element, where: str, parts: tuple[Part, ...]) -> None:
        self.name = element.get("data-fit") or where
        self.where = where
        self.sizes = tuple(element.get("data-sizes", "").split())
        self.bottom = element.get("data-valign") == "bottom"
        self.parts = parts


def _slot_sources(form: Form, trace: Trace, root: ET.Element) -> list[_Source]:
    """Every slot of the tree in document order; the slots' elements are emptied and numbered. Raises PressError."""
    faults: list[Finding] = []
    sources: list[_Source] = []

    def walk(element: ET.Element) -> None:
        for name, value in element.items():
            faults.extend(
                _fault("press.variable-outside-slot", form, token.where, place=f"<{element.tag} {name}=…>")
                for token in _tokens(trace, value)
            )
        texts = [element.text, *(child.tail for child in element)]
        inline = [token for child in element if child.tag == "span" for token in _tokens(trace, child.text or "")]
        tokens = [token for text in texts for token in _tokens(trace, text or "")] + inline
        if not tokens:
            for child in list(element):
                walk(child)
            return
        where = tokens[0].where
        if element.tag not in _BLOCKS or "page" in element.get("class", "").split():
            faults.append(_fault("press.variable-outside-slot", form, where, place=f"<{element.tag}>"))
        elif any(child.tag not in {"br", "span"} or len(child) for child in element):
            faults.append(_fault("press.slot-mixed", form, where, place=f"<{element.tag}>"))
        else:
            sources.append(_Source(element, where, _parts(trace, element)))
            _empty(element, len(sources) - 1)

    walk(root[1])
    if faults:
        raise PressError(_unique(faults))
    return sources


def _tokens(trace: Trace, text: str) -> list[Token]:
    if MARKERS.isdisjoint(text):
        return []
    return [part for part in trace.parts(text) if isinstance(part, Token)]


def _parts(trace: Trace, element: ET.Element) -> tuple[Part, ...]:
    text = element.text or ""
    for child in element:
        text += ("\n" if child.tag == "br" else child.text or "") + (child.tail or "")
    found = trace.parts(text)
    return tuple(Part(part, "") if isinstance(part, str) else Part(part.recipe, part.chain) for part in found)


def _empty(element: ET.Element, number: int) -> None:
    element.text = None
    for child in list(element):
        element.remove(child)
    element.set("data-slot", str(number))
    for name in ("data-valign", "data-sizes"):
        if name in element.attrib:
            if name == "data-sizes":
                element.set(
                    "style",
                    f"{element.get('style', '')};font-size:{element.get(name, '').split()[0].partition('/')[0]}pt",
                )
            del element.attrib[name]


def _boxes(pages: Any) -> Iterator[tuple[str, tuple[int, Any]]]:
    """Number of a slot → page from 1 and box."""
    for number, page in enumerate(pages, start=1):
        for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 (WeasyPrint has no public box tree)
            element = getattr(box, "element", None)
            slot = element.get("data-slot") if element is not None else None
            if slot is None or getattr(box, "is_placeholder", False) or not hasattr(box, "children"):
                continue
            if type(box).__name__ not in {"LineBox", "TextBox"}:
                yield slot, (number, box)


def _steps(style: Any, sizes: tuple[str, ...]) -> Iterator[Step]:
    """Each size ("10.5" points, or "10.5/2" with its most lines) with WeasyPrint's own pitch and baseline for it."""
    from weasyprint.text.line_break import strut  # noqa: PLC0415 (bound to the press's fonts by then)

    for size in sizes or (f"{style['font_size'] * 3 / 4}",):
        points, _, lines = size.partition("/")
        own = style.copy()
        own["font_size"] = float(points) * 4 / 3
        pitch, ascent = strut(own)
        yield Step(_mpt(own["font_size"]), _mpt(pitch), _mpt(ascent), int(lines or 0))


def _colour(colour: Any) -> str:
    red, green, blue = (round(float(part), 6) for part in colour.to("srgb").coordinates)
    return f"{red:g} g" if red == green == blue else f"{red:g} {green:g} {blue:g} rg"


def _mpt(px: float) -> int:
    return round(px * MPT_PER_PX)


def _line_of(error: Exception, template: str) -> str:
    """The template's line an error came from: Jinja2 writes it into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".html")]
    if frames:
        return f"{Path(frames[0].filename).name}:{frames[0].lineno}"
    return f"{template}:{getattr(error, 'lineno', '')}"


def _fault(key: str, form: Form, where: str, **values: str | int) -> Finding:
    return Finding(key, where, {"form": form.id, "where": where, **values})


def _unique(faults: list[Finding]) -> list[Finding]:
    return list({str(fault): fault for fault in faults}.values())
