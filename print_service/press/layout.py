"""WeasyPrint behind one door: a form's markup in, laid-out pages out; whatever it warns about is an error.

Serves both ways of printing: `press.weasy` lays out each letter whole, `press.compile` lays out each variant of a form once. A
box marked `data-fit` must hold its content; with `data-sizes` its type steps down, and only what the smallest size cannot hold is
refused. Facts about WeasyPrint 70: its `document.py`, `logger.py`.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.press.fonts import activate, font_rules, load_fonts
from print_service.press.layers import Spill, characters_laid_out, overflows, solid_length
from print_service.press.markup import sizes_of
from print_service.press.model import Form, Zone
from print_service.press.sources import source_text

# What forms need of a browser's own style sheet. WeasyPrint's whole sheet styles eight pseudo-elements of every element, which
# costs a third of a page.
_ELEMENTS = """
html, body, div, p, h1, h2 { display: block }
head, title { display: none }
h1, h2 { font-weight: bold }
br::before { content: "\\A"; white-space: pre-line }
table { display: table; border-spacing: 0 }
colgroup { display: table-column-group }
col { display: table-column }
tr { display: table-row }
td { display: table-cell }
"""


class LayoutEngine:
    """WeasyPrint with the press's fonts and no others. One per process, before anything else imports WeasyPrint."""

    def __init__(self, templates: Path, fonts_cache: Path, fonts: Path | None = None) -> None:
        activate(fonts_cache, fonts)
        # WeasyPrint reads the list of fonts when it is imported, so it must not be imported before.
        import weasyprint  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

        self._engine: Any = weasyprint
        self._font_config = FontConfiguration()
        self._elements = weasyprint.CSS(string=_ELEMENTS)
        self._templates = templates
        self._font_rules = font_rules(load_fonts(fonts))
        self._stylesheets: dict[tuple[str, str], list[Any]] = {}

    def lay_out(self, form: Form, root: ET.Element) -> Any:
        """The laid-out document: the form's number of pages, nothing outside its box, nothing lost. Raises PressError."""
        first_sizes(root)
        while True:
            document = self._render(form, root)
            spills = [
                (number, spill) for number, page in enumerate(document.pages, start=1) for spill in overflows(page)
            ]
            stepped = [_next_size(spill.element) for _, spill in spills]
            if not any(stepped):
                break
        faults = [_overflow(form, number, spill) for number, spill in spills]
        lost = solid_length("".join(root[1].itertext())) - characters_laid_out(document.pages)
        if lost and not faults:
            key = "press.text-lost" if lost > 0 else "press.text-added"
            faults.append(Finding(key, form.id, {"form": form.id, "characters": abs(lost)}))
        if faults:
            raise PressError(faults)
        return document

    def _render(self, form: Form, root: ET.Element) -> Any:
        document = _html(self._engine, root, self._elements).render(
            stylesheets=self._stylesheets_of(form), font_config=self._font_config
        )
        pages = len(document.pages)
        if pages != form.paper.pages:
            raise press_error("press.page-count", form.id, form=form.id, pages=pages, expected=form.paper.pages)
        return document

    def _stylesheets_of(self, form: Form) -> list[Any]:
        """Paper and named places from form.toml with the fonts, the shared sheet, the form's own. Raises PressError naming the file."""
        key = (form.sha256, form.valid_from.isoformat())
        if key not in self._stylesheets:
            files = (self._templates / "shared" / "common.css", form.folder / "form.css")
            named = [(form.id, self._places_css(form))]
            named += [(f"{path.parent.name}/{path.name}", source_text(path)) for path in files if path.is_file()]
            self._stylesheets[key] = [self._sheet(name, css) for name, css in named]
        return self._stylesheets[key]

    def _sheet(self, name: str, css: str) -> Any:
        with warnings_are_errors(name):
            return self._engine.CSS(string=css, font_config=self._font_config)

    def _places_css(self, form: Form) -> str:
        width, height = form.paper.width_mm, form.paper.height_mm
        rules = [
            f"@page {{ size: {width}mm {height}mm; margin: 0 }}",
            f".page {{ width: {width}mm; height: {height}mm }}",
        ]
        for section, places in (("zone", form.zones), ("area", form.areas)):
            rules += [f".{section}-{name} {{ {_box(place)} }}" for name, place in places.items()]
        return "\n".join([*rules, *self._font_rules])


def first_sizes(root: ET.Element) -> None:
    """Give every box with `data-sizes` its first size; a box whose text stands at its foot gets a box that does."""
    for element in list(root.iter()):
        _next_size(element)
        if element.get("data-valign") == "bottom":
            inner = ET.Element("div", {"style": "position:absolute;left:0;right:0;bottom:0;padding:inherit"})
            inner.text, inner[:] = element.text, list(element)
            element.text = None
            element[:] = [inner]


def _next_size(element: ET.Element) -> bool:
    """Set a box in the next of its sizes; False when there is none."""
    step = int(element.get("data-size", "-1")) + 1
    sizes = sizes_of(element)[step:]
    if not sizes:
        return False
    points, lines = sizes[0]
    own = element.attrib.setdefault("data-style", element.get("style", ""))
    style = f"{own};font-size:{points}pt"
    element.attrib.update({"data-size": str(step), "data-lines": str(lines or ""), "style": style})
    return True


def _overflow(form: Form, page: int, spill: Spill) -> Finding:
    values: dict[str, str | int] = {
        "form": form.id,
        "page": page,
        "area": spill.area,
        "excess": f"{spill.excess_mm:.1f}",
    }
    return Finding("press.overflow", form.id, values)


def _html(engine: Any, root: ET.Element, elements: Any) -> Any:
    """WeasyPrint's HTML of an XML tree: well-formed templates need no HTML parser, which costs more than a tenth of a page."""
    document = engine.HTML.__new__(engine.HTML)
    document.base_url = None
    document.url_fetcher = _no_fetching
    document.media_type = "print"
    document._ua_stylesheets = lambda forms=False: [elements]  # noqa: ARG005, SLF001 (the only way in)
    document.wrapper_element = engine.cssselect2.ElementWrapper.from_html_root(root, content_language=None)
    document.etree_element = root
    return document


def _no_fetching(url: str, *_: object, **__: object) -> Any:
    raise ValueError(f"forms fetch nothing: {url}")


def _box(place: Zone) -> str:
    return (
        f"left: {place.x_mm}mm; top: {place.y_mm}mm; width: {place.width_mm}mm; height: {place.height_mm}mm; "
        "position: absolute"
    )


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def warnings_are_errors(where: str) -> Iterator[None]:
    """Whatever WeasyPrint logs at WARNING or above within the block becomes a PressError."""
    logger = logging.getLogger("weasyprint")
    collector = _Collector()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(collector)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield
    finally:
        logger.removeHandler(collector)
        logger.setLevel(level)
        logger.propagate = propagate
    if collector.messages:
        raise PressError(
            Finding("press.weasyprint-warning", where, {"message": message})
            for message in dict.fromkeys(collector.messages)
        )
