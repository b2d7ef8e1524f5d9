"""A form ready to be filled: its variants by the questions it asks, compiled when first needed and kept on disk.

Step 4 (compose). A record walks down the questions; the answers lead to a variant, or to the compiler when no record has answered so
before. Variants are kept as JSON below the cache folder, under a name made of everything they depend on: form, fonts, WeasyPrint,
this compiler. A process that finds all its variants there never loads WeasyPrint.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from importlib.metadata import version
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from print_service.files import write_atomically
from print_service.press.compile import Compiler
from print_service.press.errors import press_error
from print_service.press.fonts import FontTable
from print_service.press.model import Form
from print_service.press.recipe import Constant, Fields, Question, Recipe, answer, reader
from print_service.press.slots import (
    Slot,
    StaticPage,
    Variant,
    page_from_json,
    page_to_json,
    variant_from_json,
    variant_to_json,
)

# Raise it when a change here or in press.trace, press.compile, press.statics or press.slots changes what a variant says.
_COMPILER = 2
_MOST_VARIANTS = 500


class ReadyVariant:
    """A variant with the function that takes the rows of all its slots from a record; `chains` names the fonts of each slot's rows' texts."""

    def __init__(self, variant: Variant, name: str) -> None:
        self.variant = variant
        self.name = name
        rows = [tuple(_rows(slot)) for slot in variant.slots]
        self.chains = [tuple(tuple(chain for chain, _ in row) for row in own) for own in rows]
        self.rows = reader([[parts for _, parts in row] for own in rows for row in own])


_Texts = tuple[tuple[str, tuple[Recipe | str, ...]], ...]


def _rows(slot: Slot) -> Iterator[_Texts]:
    """The slot's rows; in each, neighbouring parts of one chain are one text."""
    rows: list[list[tuple[str, Recipe | str]]] = [[]]
    for part in slot.parts:
        if not isinstance(part.content, str):
            rows[-1].append((part.chain, part.content))
            continue
        first, *others = part.content.split("\n")
        rows[-1] += [(part.chain, first)] if first else []
        rows += [[(part.chain, other)] if other else [] for other in others]
    for row in rows:
        texts = groupby(row or [(slot.parts[0].chain, "")], key=itemgetter(0))
        yield tuple((chain, tuple(content for _, content in parts)) for chain, parts in texts)


class _Node:
    def __init__(self, question: Question) -> None:
        self.question = question
        self.ask = answer(question)
        self.answers: dict[Constant, _Node | ReadyVariant] = {}


class ReadyForm:
    """One version of a form. `compiler` is asked for only when something is not on disk yet."""

    def __init__(self, form: Form, fonts: FontTable, cache: Path, compiler: Callable[[], Compiler]) -> None:
        self.form = form
        self.fields = frozenset(form.fields)
        self._compiler = compiler
        self._folder = cache / "forms" / f"{form.id}-{_key(form, fonts)}"
        self._root: _Node | ReadyVariant | None = None
        self._count = 0
        for path in sorted(self._folder.glob("variant-*.json")):
            self._enter(ReadyVariant(variant_from_json(json.loads(path.read_bytes())), path.stem))
        self.ground = self._load_ground()

    def variant(self, fields: Fields) -> ReadyVariant:
        """The variant for a record. Raises PressError when the form cannot be compiled for it."""
        node = self._root
        while isinstance(node, _Node):
            node = node.answers.get(node.ask(fields))
        return node or self._compile(fields)

    def _compile(self, fields: Fields) -> ReadyVariant:
        if self._count >= _MOST_VARIANTS:
            raise press_error("press.too-many-variants", self.form.id, form=self.form.id, limit=_MOST_VARIANTS)
        variant = self._compiler().variant(self.form, fields)
        data = _canonical(variant_to_json(variant))
        name = f"variant-{sha256(_canonical(variant_to_json(variant)['answers'])).hexdigest()[:16]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / f"{name}.json", data)
        ready = ReadyVariant(variant_from_json(json.loads(data)), name)
        self._enter(ready)
        return ready

    def _enter(self, ready: ReadyVariant) -> None:
        self._count += 1
        if not ready.variant.answers:
            self._root = ready
            return
        place: tuple[dict[Constant, Any], Constant] | None = None
        for question, found in ready.variant.answers:
            node = self._root if place is None else place[0].get(place[1])
            if not isinstance(node, _Node):
                node = _Node(question)
                if place is None:
                    self._root = node
                else:
                    place[0][place[1]] = node
            place = (node.answers, found)
        assert place is not None
        place[0][place[1]] = ready

    def _load_ground(self) -> tuple[StaticPage, ...]:
        if not (self.form.folder / "ground.html").is_file():
            return ()
        path = self._folder / "ground.json"
        if not path.is_file():
            pages = self._compiler().ground(self.form)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(path, _canonical([page_to_json(page) for page in pages]))
        return tuple(page_from_json(page) for page in json.loads(path.read_bytes()))


def _key(form: Form, fonts: FontTable) -> str:
    parts = (form.sha256, form.valid_from.isoformat(), fonts.digest, version("weasyprint"), str(_COMPILER))
    return sha256("\n".join(parts).encode()).hexdigest()[:24]


def _canonical(data: Mapping[str, Any] | list[Any]) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
