"""A rendered template as a tree, and the attributes the press reads from it: `data-fit`, `data-sizes`, `data-valign`.

Serves both ways of printing, before layout (`press.layout`). A size is points, or points and the most lines it may take: `10.5`,
`10/2`. An attribute the press would pass over without a word is refused, for it is a misspelling.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree as ET

from markupsafe import escape

from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.press.model import Form
from print_service.press.tokens import MARKERS, TOKEN

_SIZE = re.compile(r"(\d+(?:\.\d+)?)(?:/([1-9]\d?))?")
_ATTRIBUTES = frozenset({"data-fit", "data-sizes", "data-valign"})
# Parts of HTML that XML does not know, and what to write instead.
_HTML = (
    (re.compile(r"<(br|hr|img|col|input|wbr)(\s[^<>]*)?(?<!/)>"), "<{0}/>"),
    (re.compile(r"&(nbsp);"), "&#160;"),
    (re.compile(r"(&)(?!#?\w+;)"), "&amp;"),
)
_AROUND = 30


class Size(NamedTuple):
    """One of a box's type sizes: points as written, and the most lines (0: as many as there is room for)."""

    points: str
    lines: int


def parse_markup(form: Form, template: str, body: str) -> ET.Element:
    """The document tree of a rendered template. Raises PressError (`press.template-markup`, `press.attribute`, `press.slot-sizes`)."""
    head = f'<html lang="ja"><head><title>{escape(form.title)}</title></head><body>'
    try:
        root = ET.fromstring(f"{head}{body}</body></html>")  # noqa: S314 (our own template, every value escaped)
    except ET.ParseError as error:
        near = _near(f"{head}{body}", error.position).removeprefix(head)
        values: dict[str, str | int] = {"reason": error.msg.partition(":")[0], "near": near, "remedy": _remedy(body)}
        raise press_error("press.template-markup", template, form=form.id, **values) from error
    if faults := list(_attribute_faults(form, template, root)):
        raise PressError(faults)
    return root


def sizes_of(element: ET.Element) -> tuple[Size, ...]:
    """The sizes of a box, empty for a box of one size; of a tree that `parse_markup` has passed."""
    written = element.get("data-sizes", "").split()
    found = [match for match in map(_SIZE.fullmatch, written) if match]
    return tuple(Size(match[1], int(match[2] or 0)) for match in found)


def _near(text: str, position: tuple[int, int]) -> str:
    """The text round a place that expat names by line (from 1) and column."""
    lines = text.split("\n")
    line, column = lines[min(position[0], len(lines)) - 1], position[1]
    around = line[max(0, column - _AROUND) : column + _AROUND].strip()
    return TOKEN.sub("{{ … }}", around)


def _remedy(body: str) -> str:
    """What to write instead of the first piece of HTML that is no XML."""
    for pattern, instead in _HTML:
        if found := pattern.search(body):
            return f"{found[0]} は {instead.format(found[1])} と書いてください。"
    return ""


def _attribute_faults(form: Form, template: str, root: ET.Element) -> Iterator[Finding]:
    for element in root.iter():
        for name, value in element.items():
            if name.startswith("data-") and MARKERS.isdisjoint(value) and (rule := _wrong(name, value)):
                where = element.get("data-fit") or f"<{element.tag}>"
                values: dict[str, str | int] = {"form": form.id, "area": where, "attribute": name, "value": value}
                yield Finding(rule, template, values)


def _wrong(name: str, value: str) -> str:
    """The rule an attribute breaks, or nothing."""
    if name == "data-sizes":
        sizes = value.split()
        sound = sizes and all((match := _SIZE.fullmatch(size)) and float(match[1]) > 0 for size in sizes)
        return "" if sound else "press.slot-sizes"
    if name not in _ATTRIBUTES or (name == "data-valign" and value != "bottom"):
        return "press.attribute"
    return ""
