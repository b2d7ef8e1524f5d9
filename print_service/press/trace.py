"""Running a form once to learn what it does: every value is a proxy that remembers where it came from.

Compiling a form (first half). The template is rendered by Jinja2 itself with one real record, each field wrapped in a `Traced`.
What a template prints becomes a token that stands for a recipe (`press.recipe`); what a condition or a loop asks is answered from
the record and written down as a question with its answer. The questions and answers are the form's variant: for every
record that answers alike, the page differs only in the texts of its slots. Nothing can become constant by accident: a proxy has no
number, no characters and no hash, so whatever the form language cannot follow is an error with the template's line.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, StrictUndefined, Undefined, nodes

from print_service.press.filters import FILTERS
from print_service.press.recipe import Call, Constant, Field, Fields, Question, Recipe, Sum, Text, value_of

# Noncharacters (Unicode 23.7) that no record may contain: a token is FIRST, its number in the fourteen digits, LAST.
_FIRST, _LAST = "\ufdd0", "\ufdd1"
_DIGITS = [chr(0xFDD2 + digit) for digit in range(10)]
TOKEN = re.compile(f"{_FIRST}([{_DIGITS[0]}-{_DIGITS[9]}]+){_LAST}")
MARKERS = frozenset([_FIRST, _LAST, *_DIGITS])
# Jinja2's own filters that only pass values on, or ask for their number.
_PASSING = frozenset({"map", "join", "length", "count", "list", "first", "last", "safe", "sum", "indent", "trim"})


class TraceError(TypeError):
    """The form does with a field what a slot cannot follow."""


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
        return _mark(len(self.tokens) - 1)

    def cut_tokens(self, text: str) -> list[Token]:
        """Tokens that the template cut apart: their beginning stands in the text, but they do not. Empty for a sound text."""
        if MARKERS.isdisjoint(TOKEN.sub("", text)):
            return []
        return [token for number, token in enumerate(self.tokens) if _mark(number) not in text]

    def parts(self, text: str) -> list["Token | str"]:
        """Literal text and tokens of a rendered text, in order. Raises TraceError for a cut token."""
        found: list[Token | str] = []
        end = 0
        for match in TOKEN.finditer(text):
            found += [text[end : match.start()]] if match.start() > end else []
            found.append(self.tokens[int("".join(str(_DIGITS.index(digit)) for digit in match[1]))])
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


def _mark(number: int) -> str:
    return f"{_FIRST}{''.join(_DIGITS[int(digit)] for digit in str(number))}{_LAST}"


class Traced:
    """A value of the record on its way through a template."""

    __slots__ = ("chain", "recipe", "trace", "value")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, trace: Trace, recipe: Recipe, value: Any, chain: str = "") -> None:
        self.trace, self.recipe, self.value, self.chain = trace, recipe, value, chain

    def __str__(self) -> str:
        return self.trace.token(self.recipe, self.chain)

    def __html__(self) -> str:
        return str(self)

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
        return iter([self.child(index) for index in range(len(self))])

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

    def constant(self) -> Any:
        """The value itself; the variant is bound to it. For look-ups in a table of the form."""
        if not isinstance(self.value, str | int | bool | None):
            raise TraceError("表を引く値は文字列か整数に限ります")
        return self._ask("value", self.value)


class TracingEnvironment(Environment):
    """Jinja2 whose filters, attributes and look-ups understand `Traced`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_finalize, **options)
        for name in list(self.filters):
            if name not in _PASSING:
                self.filters[name] = _untraceable(name, self.filters[name])
        self.filters.update({name: _traced_filter(name) for name in FILTERS})
        self.tests = {name: _traced_test(name, test) for name, test in self.tests.items()}
        self.filters.update(mj=_chain("name"), ocr=_chain("ocr"))

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`: of a field, the part of that name."""
        if isinstance(obj, Traced):
            return self._child(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`: part of a field, or a row of a table of the form chosen by a field."""
        if isinstance(obj, Traced):
            return self._child(obj, argument.constant() if isinstance(argument, Traced) else argument)
        return super().getitem(obj, argument.constant() if isinstance(argument, Traced) else argument)

    def _child(self, field: Traced, key: Any) -> "Traced | Undefined":
        try:
            return field.child(key)
        except (KeyError, IndexError, TypeError) as error:
            if isinstance(error, TraceError):
                raise
            return self.undefined(obj=field.value, name=key)


def conditions_on_texts(tree: nodes.Template) -> Iterator[int]:
    """Lines of conditions that ask a text put together in the template: its tokens would be compared, not its value."""
    for node in tree.find_all((nodes.If, nodes.CondExpr, nodes.Compare, nodes.And, nodes.Or, nodes.Not)):
        asked: list[nodes.Node] = [node.test] if isinstance(node, nodes.If | nodes.CondExpr) else [node]
        for part in asked:
            if any(True for _ in part.find_all(nodes.Concat)):
                yield node.lineno


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


def _finalize(value: Any) -> Any:
    if value is None:
        raise TraceError("値のない項目を印字しようとしました（None）")
    return value


def _traced_filter(name: str) -> Callable[..., Any]:
    function = FILTERS[name]

    def apply(value: Any, *arguments: Any) -> Any:
        traced = as_traced(value)
        if traced is None:
            return function(value, *arguments)
        if traced.chain:
            raise TraceError(f"mj・ocr の後に {name} は使えません")
        recipe = Call(name, traced.recipe, arguments)
        return Traced(traced.trace, recipe, function(traced.value, *arguments))

    return apply


def _traced_test(name: str, test: Any) -> Any:
    def ask(value: Any, *arguments: Any) -> Any:
        if not isinstance(value, Traced):
            return test(value, *arguments)
        if name == "none":
            return value.is_none()
        if name in {"defined", "undefined"}:
            return name == "defined"
        raise TraceError(f"「is {name}」は項目に使えません")

    if hasattr(test, "jinja_pass_arg"):
        ask.jinja_pass_arg = test.jinja_pass_arg  # type: ignore[attr-defined]
    return ask


def _chain(chain: str) -> Callable[[Any], Any]:
    def apply(value: Any) -> Any:
        traced = as_traced(value)
        if traced is None:
            raise TraceError("mj・ocr は項目に使います")
        return Traced(traced.trace, traced.recipe, traced.value, chain)

    return apply


def as_traced(value: Any) -> Traced | None:
    """The proxy behind a value: itself, or the recipe of a text that holds tokens; None for a constant."""
    if isinstance(value, Traced):
        return value
    if isinstance(value, str) and not MARKERS.isdisjoint(value):
        trace = _running()
        recipe = trace.recipe(str(value))
        return Traced(trace, recipe, value_of(recipe, trace.fields))
    return None


def _untraceable(name: str, function: Any) -> Any:
    def apply(*arguments: Any, **named: Any) -> Any:
        for argument in (*arguments, *named.values()):
            if isinstance(argument, Traced) or (isinstance(argument, str) and not MARKERS.isdisjoint(argument)):
                raise TraceError(f"フィルター {name} は項目に使えません")
        return function(*arguments, **named)

    if hasattr(function, "jinja_pass_arg"):
        apply.jinja_pass_arg = function.jinja_pass_arg  # type: ignore[attr-defined]
    return apply


_stack: list[Trace] = []


def _running() -> Trace:
    return _stack[-1]


def render(environment: TracingEnvironment, template: str, trace: Trace, **constants: Any) -> str:
    """The template rendered with tokens. Raises TraceError and Jinja2's own errors."""
    _stack.append(trace)
    try:
        return environment.get_template(template).render({**constants, **trace.roots()})
    finally:
        _stack.pop()
