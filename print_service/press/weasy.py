"""`WeasyPress`: pages by WeasyPrint, one PDF per piece, in layers.

Step 4 (compose). A form folder holds `form.html` (what a record fills) and may hold `ground.html` (rules, labels and wording, the same
on every copy): the ground is laid out once per process and painted under every filling, which more than halves the work. Marks are
painted last, straight into the page as filled rectangles on whole printer dots, at their zone's corner snapped to 1/600 inch. What
WeasyPrint warns about is an error, and so are a wrong page count and an area whose content spills over.
Facts about WeasyPrint 70: its `document.py` (`Document.copy` joins pages of several documents), `logger.py`.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from markupsafe import escape

from barcodes.geometry import Symbol
from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.press.fonts import activate, load_fonts
from print_service.press.layers import (
    GroundPage,
    LayeredPage,
    characters_laid_out,
    mark_operators,
    overflows,
    solid_length,
)
from print_service.press.model import Filling, Form, PrintedPiece, Zone
from print_service.press.setting import TextSetter

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


@dataclass(frozen=True)
class _Compiled:
    """What is made once per form and process: its style sheet and its laid-out ground pages."""

    stylesheet: Any
    ground: tuple[GroundPage, ...]


class WeasyPress:
    """A press on WeasyPrint. `templates` holds `notices/`, `letters/`, `shared/`; `fonts_cache` may be shared by processes."""

    def __init__(self, templates: Path, fonts_cache: Path, fonts: Path | None = None) -> None:
        activate(fonts_cache, fonts)
        # WeasyPrint reads the list of fonts when it is imported, so it must not be imported before.
        import weasyprint  # noqa: PLC0415
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

        self._engine: Any = weasyprint
        self._font_config = FontConfiguration()
        self._elements = weasyprint.CSS(string=_ELEMENTS)
        self._templates = templates
        self._setter = TextSetter(templates, load_fonts(fonts))
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def print_piece(self, fillings: Sequence[Filling]) -> PrintedPiece:
        """All pages of one piece. Raises MissingGlyphError or PressError."""
        for filling in fillings:
            _check(filling)
        with _warnings_are_errors(", ".join(dict.fromkeys(filling.form.id for filling in fillings))):
            documents, pages = [], []
            for filling in fillings:
                document, layered = self._fill(filling)
                documents.append(document)
                pages += layered
            pdf: bytes = documents[0].copy(pages).write_pdf()
        return PrintedPiece(pdf, len(pages))

    def _fill(self, filling: Filling) -> tuple[Any, list[LayeredPage]]:
        form = filling.form
        compiled = self._compile(form)
        document = self._lay_out(form, "form.html", compiled.stylesheet, dict(filling.fields))
        operators = [mark_operators(marks) for marks in _marks_by_page(filling)]
        pages = [
            LayeredPage(compiled.ground[index] if compiled.ground else None, page, operators[index])
            for index, page in enumerate(document.pages)
        ]
        return document, pages

    def _compile(self, form: Form) -> _Compiled:
        key = (form.sha256, form.valid_from.isoformat())
        if key not in self._compiled:
            stylesheet = self._engine.CSS(string=self._css(form), font_config=self._font_config)
            ground: tuple[GroundPage, ...] = ()
            if (form.folder / "ground.html").is_file():
                ground = tuple(map(GroundPage, self._lay_out(form, "ground.html", stylesheet, {}).pages))
            self._compiled[key] = _Compiled(stylesheet, ground)
        return self._compiled[key]

    def _css(self, form: Form) -> str:
        """The form's style: paper and named places from form.toml, then the shared sheet, then its own."""
        width, height = form.paper.width_mm, form.paper.height_mm
        rules = [
            f"@page {{ size: {width}mm {height}mm; margin: 0 }}",
            f".page {{ width: {width}mm; height: {height}mm }}",
        ]
        for section, places in (("zone", form.zones), ("area", form.areas)):
            rules += [f".{section}-{name} {{ {_box(place)} }}" for name, place in places.items()]
        sheets = (self._templates / "shared" / "common.css", form.folder / "form.css")
        return "\n".join([*rules, *(sheet.read_text(encoding="utf-8") for sheet in sheets if sheet.is_file())])

    def _lay_out(self, form: Form, file: str, stylesheet: Any, values: dict[str, object]) -> Any:
        template = (form.folder / file).relative_to(self._templates).as_posix()
        body = self._setter.render(template, form.id, form=form, texts=form.texts, **values)
        source = f'<html lang="ja"><head><title>{escape(form.title)}</title></head><body>{body}</body></html>'
        try:
            root = ET.fromstring(source)  # noqa: S314 (our own template, every value escaped)
        except ET.ParseError as error:
            raise press_error("press.template", template, form=form.id, reason=str(error)) from error
        _hoist(root)
        document = _html(self._engine, root, self._elements).render(
            stylesheets=[stylesheet], font_config=self._font_config
        )
        if len(document.pages) != form.paper.pages:
            pages = len(document.pages)
            raise press_error("press.page-count", form.id, form=form.id, pages=pages, expected=form.paper.pages)
        faults = [
            Finding(
                "press.overflow",
                form.id,
                {"form": form.id, "page": number, "area": spill.area, "excess": f"{spill.excess_mm:.1f}"},
            )
            for number, page in enumerate(document.pages, start=1)
            for spill in overflows(page)
        ]
        lost = solid_length("".join(root[1].itertext())) - characters_laid_out(document.pages)
        if lost and not faults:
            faults.append(Finding("press.text-lost", form.id, {"form": form.id, "characters": lost}))
        if faults:
            raise PressError(faults)
        return document


def _hoist(root: ET.Element) -> None:
    """Give a box the class of the one span that fills it: the page looks the same with one box less to lay out."""
    for element in root.iter("div"):
        if len(element) == 1 and not (element.text or "").strip():
            span = element[0]
            if span.tag == "span" and not len(span) and set(span.keys()) == {"class"} and not (span.tail or "").strip():
                element.set("class", f"{element.get('class', '')} {span.get('class')}".strip())
                element.text = span.text
                element.remove(span)


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


def _check(filling: Filling) -> None:
    """Fields must be exactly the declared ones; every mark has its zone and fits; every piece zone has its mark."""
    form = filling.form
    faults = [
        Finding("press.field-missing", form.id, {"form": form.id, "field": field})
        for field in form.fields
        if field not in filling.fields
    ]
    faults += [
        Finding("press.field-undeclared", form.id, {"form": form.id, "field": field})
        for field in filling.fields
        if field not in form.fields
    ]
    for name, symbol in filling.marks.items():
        zone = form.zones.get(name)
        if zone is None:
            faults.append(Finding("press.zone-unknown", form.id, {"form": form.id, "zone": name}))
        elif _mm(symbol.width, symbol) > zone.width_mm or _mm(symbol.height, symbol) > zone.height_mm:
            faults.append(_too_large(form, zone, symbol))
    faults += [
        Finding("press.mark-missing", form.id, {"form": form.id, "zone": zone.name})
        for zone in form.zones.values()
        if zone.kind == "piece" and zone.name not in filling.marks
    ]
    if faults:
        raise PressError(faults)


def _too_large(form: Form, zone: Zone, symbol: Symbol) -> Finding:
    values = {
        "form": form.id,
        "zone": zone.name,
        "symbol_width": f"{_mm(symbol.width, symbol):.2f}",
        "symbol_height": f"{_mm(symbol.height, symbol):.2f}",
        "zone_width": str(zone.width_mm),
        "zone_height": str(zone.height_mm),
    }
    return Finding("press.symbol-too-large", form.id, values)


def _mm(dots: int, symbol: Symbol) -> Decimal:
    return Decimal(dots) * Decimal("25.4") / symbol.dpi


def _marks_by_page(filling: Filling) -> list[list[tuple[Zone, Symbol]]]:
    pages: list[list[tuple[Zone, Symbol]]] = [[] for _ in range(filling.form.paper.pages)]
    for name, symbol in sorted(filling.marks.items()):
        zone = filling.form.zones[name]
        pages[zone.page - 1].append((zone, symbol))
    return pages


class _Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


@contextmanager
def _warnings_are_errors(where: str) -> Iterator[None]:
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
