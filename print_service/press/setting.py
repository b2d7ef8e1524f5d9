"""Setting text: the Jinja2 environment in which nothing reaches a page unless a font shows it exactly.

Every value a template prints passes `finalize`: characters of the base font go through as they are, others are wrapped in a span
of the font that has them, and a cluster without a font is recorded; the press then holds the piece back. Templates get the filters
`mj` (names and addresses) and `ocr`, and those of `press.filters`. Stands between a form's template and its layout (`press.weasy`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError
from markupsafe import Markup, escape

from print_service.findings import Finding, RefusedError
from print_service.press.errors import MissingGlyph, MissingGlyphError, PressError, press_error
from print_service.press.filters import FILTERS, plain
from print_service.press.fonts import FontTable
from print_service.press.glyphs import FontChain, font_chains
from print_service.press.sources import source_text


class TextSetter:
    """Renders templates of one templates folder with the characters of one font table."""

    def __init__(self, templates: Path, table: FontTable) -> None:
        self.chains = font_chains(table)
        self._templates = templates
        self._checked: set[str] = set()
        self._shared = [f"shared/{path.name}" for path in sorted((templates / "shared").glob("*.html"))]
        self._missing: list[MissingGlyph] = []
        environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=self._finalize,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.filters.update(
            {name: _of_text(function) for name, function in FILTERS.items()}, mj=self._name, ocr=self._ocr
        )
        self._environment = environment

    def render(self, template: str, where: str, **values: object) -> str:
        """A template (path below the folder) with its values. Raises MissingGlyphError (all clusters), PressError."""
        self._missing = []
        self.check_sources(template)
        try:
            text = self._environment.get_template(template).render(values)
        except RefusedError:
            raise
        except (TemplateError, TypeError, ValueError, KeyError) as error:
            raise press_error("press.template", template, form=where, reason=str(error)) from error
        if self._missing:
            raise MissingGlyphError(dict.fromkeys(self._missing), where)
        return text

    def check_sources(self, template: str) -> None:
        """Refuse a template, or a shared one, whose literal text the base font does not have."""
        for source in (template, *self._shared):
            self._check_source(source)

    def _check_source(self, template: str) -> None:
        """The literal text of a template must be in the base font: it does not pass `finalize`."""
        if template in self._checked:
            return
        path = self._templates / template
        chain = self.chains["plain"]
        faults = []
        for number, line in enumerate(source_text(path).splitlines(), start=1):
            for glyph in _unlike_first(chain, line.replace("\t", " ")):
                values: dict[str, str | int] = {
                    "file": template,
                    "line": number,
                    "cluster": glyph.cluster,
                    "codepoints": glyph.codepoints,
                }
                faults.append(Finding("press.template-character", template, values))
        if faults:
            raise PressError(faults)
        self._checked.add(template)

    def _set(self, text: str, chain: FontChain, own_class: str = "") -> Markup:
        """`text` as escaped runs; a run of another font than the chain's first, or any run with `own_class`, in a span."""
        runs, missing = chain.split_marking(text)
        self._missing += missing
        base = "" if own_class else chain.fonts[0].id
        return Markup("").join(
            escape(run.text) if run.font == base else Markup('<span class="{}">{}</span>').format(run.font, run.text)
            for run in runs
        )

    def _finalize(self, value: object) -> object:
        if isinstance(value, Markup | StrictUndefined):
            return value
        text = plain(value)
        chain = self.chains["plain"]
        return text if chain.covers_at_once(text) else self._set(text, chain)

    def _name(self, value: str) -> Markup:
        return self._set(value, self.chains["name"], own_class="mj")

    def _ocr(self, value: str) -> Markup:
        return self._set(value, self.chains["ocr"], own_class="ocr-b")


def _of_text(function: Callable[..., str]) -> Callable[..., str]:
    """A filter for what Jinja2 escaped on the way (a block `set`) as for the text itself."""

    def apply(value: Any, *arguments: Any) -> str:
        return function(value.unescape() if isinstance(value, Markup) else value, *arguments)

    return apply


def _unlike_first(chain: FontChain, text: str) -> list[MissingGlyph]:
    runs, missing = chain.split_marking(text)
    base = chain.fonts[0].id
    return [*missing, *(MissingGlyph(text, run.text) for run in runs if run.font != base)]
