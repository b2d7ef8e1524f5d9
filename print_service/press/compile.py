"""Compiling a form: one record shows the way, WeasyPrint lays the page out once, and what is left to fill are slots.

Step 4 (compose), once per variant of a form. `press.trace` renders the template with tokens; `press.slotsource` follows each token to
the block element it stands in, its slot. The slots are emptied, the page is laid out, and WeasyPrint's own boxes say where each slot
lies (here) and what its style asks for (`press.slotstyle`). A slot must have a fixed size of its own, on one page and on the paper,
so that no text can move another.
"""

import traceback
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from jinja2 import FileSystemLoader, TemplateError

from print_service.findings import Finding
from print_service.press.errors import PressError, form_fault, unique
from print_service.press.fonts import FontTable
from print_service.press.formcheck import check_references, check_static_text, check_template
from print_service.press.layout import LayoutEngine, warnings_are_errors
from print_service.press.markup import parse_markup
from print_service.press.model import Form
from print_service.press.quickrows import SLACK
from print_service.press.recipe import Fields
from print_service.press.setting import TextSetter
from print_service.press.slots import MPT_PER_PX, Slot, StaticPage, Variant
from print_service.press.slotsource import SLOT, Source, slot_sources
from print_service.press.slotstyle import align_of, font_of, slot_of, steps, style_faults
from print_service.press.statics import static_page
from print_service.press.trace import Trace, TraceError, TracingEnvironment, render

_PX_PER_MM = 96 / 25.4


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
        """The pages of the form's `ground.html`, which no record changes; empty without one. Raises PressError."""
        if not (form.folder / "ground.html").is_file():
            return ()
        template = self._template(form, "ground.html")
        check_references(form, self._environment, self._templates, template)
        body = self._setter.render(template, form.id, form=form, texts=form.texts)
        with warnings_are_errors(form.id):
            document = self._engine.lay_out(form, parse_markup(form, template, body))
            return tuple(static_page(page, self._fonts) for page in document.pages)

    def variant(self, form: Form, fields: Fields) -> Variant:
        """The variant of the form that this record needs. Raises PressError with every fault and its line."""
        template = self._template(form, "form.html")
        self._setter.check_sources(template)
        check_template(form, self._environment, self._templates, template)
        trace, root = self._trace(form, template, fields)
        sources = slot_sources(form, trace, root)
        check_static_text(form, self._setter.chains["plain"], root)
        with warnings_are_errors(form.id):
            document = self._engine.lay_out(form, root)
            slots = self._slots(form, sources, _places(document.pages, root))
            pages = tuple(static_page(page, self._fonts) for page in document.pages)
        return Variant(tuple(trace.asked.items()), pages, slots)

    def _template(self, form: Form, file: str) -> str:
        return (form.folder / file).relative_to(self._templates).as_posix()

    def _trace(self, form: Form, template: str, fields: Fields) -> tuple[Trace, ET.Element]:
        trace = Trace(fields)
        try:
            body = render(self._environment, template, trace, form=form, texts=form.texts)
        except (TemplateError, TraceError, TypeError, ValueError, KeyError) as error:
            where = _line_of(error, template)
            raise PressError([form_fault("press.template", form, where, reason=str(error))]) from error
        if cut := trace.cut_tokens(body):
            raise PressError(unique(form_fault("press.value-cut", form, token.where) for token in cut))
        return trace, parse_markup(form, template, body)

    def _slots(self, form: Form, sources: list[Source], places: Mapping[str, list["_Place"]]) -> tuple[Slot, ...]:
        slots, faults = [], []
        for number, source in enumerate(sources):
            found = places.get(str(number), [])
            wrong = list(self._faults(form, source, found))
            if wrong:
                faults += wrong
                continue
            page, box, _ = found[-1]
            slots.append(slot_of(source, page, box, font_of(box.style, self._fonts) or ""))
        if faults:
            raise PressError(unique(faults))
        return tuple(sorted(slots, key=attrgetter("page")))

    def _faults(self, form: Form, source: Source, places: list["_Place"]) -> Iterator[Finding]:
        """Why a slot cannot be filled as it lies; the first kind of fault, for the others may follow from it."""
        if not places or min(places[-1].box.width, places[-1].box.height) <= 0:
            yield form_fault("press.slot-size", form, source.where, area=source.name)
            return
        if len({place.page for place in places}) > 1:
            yield form_fault("press.slot-repeated", form, source.where, area=source.name)
            return
        _, box, around = places[-1]
        if align_of(box.style) is None:
            yield form_fault("press.slot-align", form, source.where, area=source.name)
        elif faults := style_faults(form, source, box, around):
            yield from faults
        elif font_of(box.style, self._fonts) is None:
            family, weight = box.style["font_family"][0], int(box.style["font_weight"])
            yield form_fault("press.slot-font", form, source.where, family=family, weight=weight)
        elif excess := _outside(form, box):
            yield form_fault("press.slot-outside", form, source.where, area=source.name, excess=f"{excess:.1f}")
        elif any(step.pitch <= 0 for step in steps(box.style, source.sizes)):
            yield form_fault("press.slot-pitch", form, source.where, area=source.name)


class _Place(NamedTuple):
    """Where a slot's element came to lie: page from 1, its box, and the boxes of the elements around it, innermost first."""

    page: int
    box: Any
    around: list[Any]


def _places(pages: Any, root: ET.Element) -> dict[str, list[_Place]]:
    """Number of a slot → its boxes."""
    parents = {child: parent for parent in root.iter() for child in parent}
    found: dict[str, list[_Place]] = {}
    for number, page in enumerate(pages, start=1):
        boxes = _element_boxes(page)
        for element, box in boxes.items():
            if slot := element.get(SLOT):
                above = list(_chain(parents, element))
                found.setdefault(slot, []).append(_Place(number, box, [boxes[one] for one in above if one in boxes]))
    return found


def _chain(parents: Mapping[ET.Element, ET.Element], element: ET.Element) -> Iterator[ET.Element]:
    while (above := parents.get(element)) is not None:
        element = above
        yield element


def _element_boxes(page: Any) -> dict[ET.Element, Any]:
    """The box of each element on a page; the outermost of those that make one element."""
    found: dict[ET.Element, Any] = {}
    for box in page._page_box.descendants(placeholders=True):  # noqa: SLF001 (WeasyPrint has no public box tree)
        element = getattr(box, "element", None)
        if element is None or getattr(box, "is_placeholder", False) or not hasattr(box, "children"):
            continue
        if type(box).__name__ not in {"LineBox", "TextBox"} and not _is_pseudo(box):
            found.setdefault(element, box)
    return found


def _is_pseudo(box: Any) -> bool:
    return "::" in box.element_tag or getattr(box.style, "pseudo_type", None) is not None


def _outside(form: Form, box: Any) -> float:
    """How far a slot reaches beyond the paper and its bleed. mm; 0 where it does not."""
    left, top, paper = box.content_box_x(), box.content_box_y(), form.paper
    right = left + box.width - float(paper.width_mm) * _PX_PER_MM
    bottom = top + box.height - float(paper.height_mm) * _PX_PER_MM
    excess = max(-left, -top, right, bottom) - float(paper.bleed_mm) * _PX_PER_MM
    return excess / _PX_PER_MM if excess > SLACK / MPT_PER_PX else 0.0


def _line_of(error: Exception, template: str) -> str:
    """The template's line an error came from: Jinja2 writes it into the traceback."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".html")]
    if frames:
        return f"{Path(frames[0].filename).name}:{frames[0].lineno}"
    return f"{template}:{getattr(error, 'lineno', '')}"
