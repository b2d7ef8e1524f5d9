"""From the traced template to its slots: each token is followed to the block element it stands in.

Compiling a form (second part), before layout. A slot's element is emptied and numbered; what stood in it is kept as rows of literal
text and tokens. A token in an attribute, outside every block or beside other elements has no slot and is refused with its line.
"""

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from print_service.findings import Finding
from print_service.press.errors import PressError, form_fault, unique
from print_service.press.markup import Size, sizes_of
from print_service.press.model import Form
from print_service.press.slots import Part
from print_service.press.tokens import MARKERS
from print_service.press.trace import Token, Trace

SLOT = "data-slot"
_BLOCKS = frozenset({"div", "p", "td", "h1", "h2"})
_SPACES = re.compile("[\t\n ]+")
# Values of `white-space` with which runs of spaces are one.
COLLAPSING = frozenset({"normal", "nowrap"})

_Row = tuple[Token | str, ...]


class Source:
    """A slot as the template has it: its element's name, size steps and content."""

    def __init__(self, element: ET.Element, where: str, rows: Sequence[_Row]) -> None:
        self.name = element.get("data-fit") or where
        self.where = where
        self.sizes: tuple[Size, ...] = sizes_of(element)
        self.bottom = element.get("data-valign") == "bottom"
        self._rows = rows

    def parts(self, white_space: str, align: str) -> tuple[Part, ...]:
        """The content with its literal white space as WeasyPrint reads it, rows parted by line ends."""
        found: list[Token | str] = []
        for number, row in enumerate(self._rows, start=1):
            strips_end = align == "left" or number == len(self._rows)
            found += ["\n"] if number > 1 else []
            found += _spaced(row, white_space, strips_end=strips_end)
        return tuple(Part(part, "") if isinstance(part, str) else Part(part.recipe, part.chain) for part in found)


def slot_sources(form: Form, trace: Trace, root: ET.Element) -> list[Source]:
    """Every slot of the tree in document order; the slots' elements are emptied and numbered. Raises PressError."""
    faults: list[Finding] = []
    sources: list[Source] = []

    def walk(element: ET.Element) -> None:
        faults.extend(_in_attributes(form, trace, element))
        texts = [element.text, *(child.tail for child in element)]
        inline = [token for child in element if child.tag == "span" for token in _tokens(trace, child.text)]
        tokens = [token for text in texts for token in _tokens(trace, text)] + inline
        if not tokens:
            for child in list(element):
                walk(child)
            return
        where = tokens[0].where
        if element.tag not in _BLOCKS or "page" in element.get("class", "").split():
            faults.append(form_fault("press.variable-outside-slot", form, where, place=f"<{element.tag}>"))
        elif other := next((child.tag for child in element if child.tag != "br" or len(child)), ""):
            faults.append(form_fault("press.slot-mixed", form, where, place=f"<{element.tag}>", other=f"<{other}>"))
        else:
            sources.append(Source(element, where, _rows(trace, element)))
            _empty(element, len(sources) - 1)

    walk(root[1])
    if faults:
        raise PressError(unique(faults))
    return sources


def _in_attributes(form: Form, trace: Trace, element: ET.Element) -> Iterator[Finding]:
    for name, value in element.items():
        for token in _tokens(trace, value):
            yield form_fault("press.variable-outside-slot", form, token.where, place=f"<{element.tag} {name}=…>")


def _tokens(trace: Trace, text: str | None) -> list[Token]:
    if not text or MARKERS.isdisjoint(text):
        return []
    return [part for part in trace.parts(text) if isinstance(part, Token)]


def _rows(trace: Trace, element: ET.Element) -> list[_Row]:
    """The content cut at its `<br/>`s."""
    return [tuple(trace.parts(text or "")) for text in (element.text, *(child.tail for child in element))]


def _spaced(row: _Row, white_space: str, *, strips_end: bool) -> list[Token | str]:
    """A row whose literal white space is what `white-space` makes of it (CSS Text 3, 4.1; before `<br/>` a space may stay)."""
    if white_space not in COLLAPSING:
        return list(row)
    parts = [part if isinstance(part, Token) else _SPACES.sub(" ", part) for part in row]
    if parts and isinstance(parts[0], str):
        parts[0] = parts[0].lstrip(" ")
    if strips_end and parts and isinstance(parts[-1], str):
        parts[-1] = parts[-1].rstrip(" ")
    return [part for part in parts if part]


def _empty(element: ET.Element, number: int) -> None:
    """Without content; at the first of its sizes, and with no attribute that layout would act on."""
    for child in list(element):
        element.remove(child)
    element.text = None
    if sizes := sizes_of(element):
        element.set("style", f"{element.get('style', '')};font-size:{sizes[0].points}pt")
    for name in ("data-valign", "data-sizes"):
        element.attrib.pop(name, None)
    element.set(SLOT, str(number))
