"""What can be said of a form before any record: its templates parse, are the form's own, and print only what the press can see.

Compiling a form (step 0, and the static text after tracing). The form's hash covers its folder and `shared/`; a template from elsewhere
could change without the form, so it is refused. Text outside every slot is drawn in the base font alone, as the literals of a
template are.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

from jinja2 import Environment, TemplateError, meta, nodes

from print_service.findings import Finding
from print_service.press.errors import MissingGlyph, PressError, form_fault, press_error, unique
from print_service.press.glyphs import FontChain
from print_service.press.guards import conditions_on_texts
from print_service.press.model import Form
from print_service.press.sources import source_text

_CONSTANTS = frozenset({"form", "texts"})


def check_template(form: Form, environment: Environment, templates: Path, template: str) -> None:
    """Refuse names no record brings and conditions on texts put together, each with its line, and templates from elsewhere."""
    tree = _parsed(form, environment, templates, template)
    try:
        unknown = meta.find_undeclared_variables(tree) - {*form.fields, *_CONSTANTS}
    except TemplateError as error:
        raise _broken(form, template, error) from error
    faults = [
        form_fault("press.field-unknown", form, f"{template}:{name.lineno}", field=name.name)
        for name in tree.find_all(nodes.Name)
        if name.name in unknown and name.ctx == "load"
    ]
    faults += [form_fault("press.condition-on-text", form, f"{template}:{line}") for line in conditions_on_texts(tree)]
    faults += _foreign(form, environment, templates, template, set())
    if faults:
        raise PressError(unique(faults))


def _parsed(form: Form, environment: Environment, templates: Path, template: str) -> nodes.Template:
    try:
        return environment.parse(source_text(templates / template))
    except TemplateError as error:
        raise _broken(form, template, error) from error


def _broken(form: Form, template: str, error: TemplateError) -> PressError:
    where = f"{template}:{getattr(error, 'lineno', '')}"
    return press_error("press.template", where, form=form.id, reason=str(error).partition("\n")[0])


def check_references(form: Form, environment: Environment, templates: Path, template: str) -> None:
    """Refuse a template that uses another from outside the form's own folder and `shared/`. Raises PressError."""
    if faults := list(_foreign(form, environment, templates, template, set())):
        raise PressError(unique(faults))


def _foreign(form: Form, environment: Environment, templates: Path, template: str, seen: set[str]) -> Iterator[Finding]:
    own = form.folder.relative_to(templates).as_posix()
    seen.add(template)
    tree = _parsed(form, environment, templates, template)
    for line, name in _references(tree):
        path = PurePosixPath(name)
        if ".." in path.parts or path.parent.as_posix() not in {own, "shared"}:
            yield form_fault("press.template-foreign", form, f"{template}:{line}", file=name or "（式）", folder=own)
        elif name not in seen:
            yield from _foreign(form, environment, templates, name, seen)


def _references(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Line and path of every template another is built from; the path is empty where an expression chooses it."""
    kinds = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
    for node in tree.find_all(kinds):
        chosen: Any = getattr(node, "template")  # noqa: B009 (Jinja2's types do not tell the four kinds)
        several = chosen.items if isinstance(chosen, nodes.List | nodes.Tuple) else [chosen]
        for one in several:
            yield node.lineno, one.value if isinstance(one, nodes.Const) and isinstance(one.value, str) else ""


def check_static_text(form: Form, chain: FontChain, root: ET.Element) -> None:
    """Refuse text outside the slots, now emptied, that the base font does not show as it is: it passes no other check."""
    faults = [
        form_fault("press.text-character", form, _place(form, text), **_values(text, glyph))
        for text in map(_one_line, root[1].itertext())
        for glyph in _unlike_base(chain, text)
    ]
    if faults:
        raise PressError(unique(faults))


def _one_line(text: str) -> str:
    return " ".join(text.replace("\t", "\n").split("\n")).strip(" ")


def _values(text: str, glyph: MissingGlyph) -> dict[str, str | int]:
    return {"text": text, "cluster": glyph.cluster, "codepoints": glyph.codepoints}


def _unlike_base(chain: FontChain, text: str) -> list[MissingGlyph]:
    """The clusters of a text that its base font lacks or draws otherwise."""
    if chain.covers_at_once(text):
        return []
    runs, missing = chain.split_marking(text)
    return [*missing, *(MissingGlyph(text, run.text) for run in runs if run.font != chain.fonts[0].id)]


def _place(form: Form, text: str) -> str:
    """The line of form.toml that holds the text, or the form."""
    path = form.folder / "form.toml"
    lines = source_text(path).splitlines()
    return next((f"{form.id}/form.toml:{number}" for number, line in enumerate(lines, 1) if text in line), form.id)
