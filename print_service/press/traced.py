"""A value of the record on its way through a template, and what is written down of it.

A `Traced` prints a token that stands for its recipe and answers a question from the record it was made of; its `Trace` keeps both.
Everything else a template could do with a value is a `TraceError`. Used by `press.trace`, which renders the template.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from print_service.press.recipe import Constant, Field, Fields, Question, Recipe, Sum, Text
from print_service.press.tokens import DIGITS, MARKERS, TOKEN, FieldValue, TraceError, mark


@dataclass(frozen=True, slots=True)
class Token:
    """One printed value: its recipe, the fonts it is set in, and the line of the form that prints it."""

    recipe: Recipe
    chain: str
    where: str


class Trace:
    """One rendering: the tokens it printed and the questions it asked."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.tokens: list[Token] = []
        self.asked: dict[Question, Constant] = {}

    def roots(self) -> dict[str, "Traced"]:
        """The record's fields as proxies."""
        return {name: Traced(self, Field((name,)), value) for name, value in self.fields.items()}

    def ask(self, question: Question, found: Any) -> Any:
        """Write a question and its answer down."""
        self.asked[question] = found
        return found

    def token(self, recipe: Recipe, chain: str) -> str:
        """Text that stands for a recipe until the page is laid out."""
        self.tokens.append(Token(recipe, chain, template_line()))
        return mark(len(self.tokens) - 1)

    def cut_tokens(self, text: str) -> list[Token]:
        """Tokens that the template cut apart: their beginning stands in the text, but they do not. Empty for a sound text."""
        if MARKERS.isdisjoint(TOKEN.sub("", text)):
            return []
        return [token for number, token in enumerate(self.tokens) if mark(number) not in text]

    def parts(self, text: str) -> list["Token | str"]:
        """Literal text and tokens of a rendered text, in order. Raises TraceError for a cut token."""
        found: list[Token | str] = []
        end = 0
        for match in TOKEN.finditer(text):
            found += [text[end : match.start()]] if match.start() > end else []
            found.append(self.tokens[int("".join(str(DIGITS.index(digit)) for digit in match[1]))])
            end = match.end()
        found += [text[end:]] if end < len(text) else []
        if any(isinstance(part, str) and not MARKERS.isdisjoint(part) for part in found):
            raise TraceError("項目の文字列が途中で切られています")
        return found

    def recipe(self, text: str) -> Recipe:
        """The recipe of a text with tokens in it."""
        parts = self.parts(text)
        if any(isinstance(part, Token) and part.chain for part in parts):
            raise TraceError("mj・ocr は最後に書いてください（その後に別のフィルターは使えません）")
        return Text(tuple(part if isinstance(part, str) else part.recipe for part in parts))


class Traced(FieldValue):
    """A value of the record on its way through a template."""

    __slots__ = ("chain", "recipe", "trace", "value")

    def __init__(self, trace: Trace, recipe: Recipe, value: Any, chain: str = "") -> None:
        self.trace, self.recipe, self.value, self.chain = trace, recipe, value, chain

    def __str__(self) -> str:
        return self.trace.token(self.recipe, self.chain)

    def __html__(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        raise TraceError("一覧や表はそのまま印字できません。一つずつ書くか join でつないでください")

    def __getitem__(self, part: object) -> Any:
        raise TraceError("項目の一部（[:2] など）は取り出せません。切り出した値を項目として渡してください")

    def __hash__(self) -> int:
        raise TraceError("項目は表の見出しや組の中から探せません。texts.表[項目] と引くか、== で比べてください")

    def child(self, key: Any) -> "Traced":
        """A part of the value. Raises KeyError, IndexError or TypeError where it has no such part."""
        if not isinstance(self.recipe, Field):
            raise TraceError("加工した値の一部は取り出せません")
        return Traced(self.trace, Field((*self.recipe.path, key)), self.value[key])

    def _ask(self, kind: str, found: Any, operand: Any = None) -> Any:
        if isinstance(operand, Traced):
            raise TraceError("項目どうしの比較はひな形に書けません。比べた結果を項目にしてください")
        return self.trace.ask(Question(self.recipe, kind, operand), found)

    def __bool__(self) -> bool:
        return bool(self._ask("true", bool(self.value)))

    def __len__(self) -> int:
        return int(self._ask("length", len(self.value)))

    def __iter__(self) -> Iterator["Traced"]:
        if isinstance(self.value, str):
            raise TraceError("文字列を一文字ずつ扱うことはできません")
        if isinstance(self.value, Mapping):
            raise TraceError("名前の付いた部分（表）は繰り返せません。一覧を項目として渡してください")
        return iter([self.child(index) for index in range(len(self))])

    def __contains__(self, sought: object) -> bool:
        if isinstance(self.value, str | Mapping):
            raise TraceError("項目の中を in で探せるのは一覧だけです。== で比べるか、探した結果を項目にしてください")
        return any(part == sought for part in self)

    def __eq__(self, other: object) -> Any:
        return self._ask("==", self.value == other, other)

    def __ne__(self, other: object) -> Any:
        return not self == other

    def __lt__(self, other: Any) -> Any:
        return self._ask("<", self.value < other, other)

    def __le__(self, other: Any) -> Any:
        return self._ask("<=", self.value <= other, other)

    def __gt__(self, other: Any) -> Any:
        return self._ask(">", self.value > other, other)

    def __ge__(self, other: Any) -> Any:
        return self._ask(">=", self.value >= other, other)

    def __add__(self, other: object) -> "Traced":
        if type(other) is not int or type(self.value) is not int:
            raise TraceError("足し算は整数の項目と定数だけに使えます")
        return Traced(self.trace, Sum(self.recipe, other), self.value + other)

    __radd__ = __add__

    def is_none(self) -> bool:
        """Whether the record has no value here."""
        return bool(self._ask("none", self.value is None))

    def has(self, key: Any, *, found: bool) -> bool:
        """Whether the record has a part of this name or place here: `found` in this record, asked of every other."""
        return bool(self.trace.ask(Question(self.recipe, "has", key), found))

    def is_defined(self) -> bool:
        """Whether the record has this value: asked of a part; a field itself is always there."""
        if isinstance(self.recipe, Field) and len(self.recipe.path) > 1:
            *path, key = self.recipe.path
            return Traced(self.trace, Field(tuple(path)), None).has(key, found=True)
        return True

    def constant(self) -> Any:
        """The value itself; the variant is bound to it. For look-ups in a table of the form."""
        if not isinstance(self.value, str | int | bool | None):
            raise TraceError("表を引く値は文字列か整数に限ります")
        return self._ask("value", self.value)


def template_line() -> str:
    """`form.html:12` of the template that is running, outermost file first found from the form."""
    frame: Any = sys._getframe(1)  # noqa: SLF001 (Jinja2 keeps the line nowhere else)
    found = ""
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        if template is not None:
            found = f"{template.name}:{template.get_corresponding_lineno(frame.f_lineno)}"
        frame = frame.f_back
    return found
