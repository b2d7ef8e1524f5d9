"""Running a form once to learn what it does: every value is a proxy that remembers where it came from.

Compiling a form (first half). The template is rendered by Jinja2 itself with one real record, each field wrapped in a `Traced`.
What a template prints becomes a token that stands for a recipe (`press.recipe`); what a condition or a loop asks is answered from
the record and written down as a question with its answer. The questions and answers are the form's variant: for every
record that answers alike, the page differs only in the texts of its slots. Nothing can become constant by accident: a proxy has no
number, no characters and no hash, and a text with tokens in it is guarded (`press.guards`), so whatever the form language cannot
follow is an error with the template's line.
"""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, StrictUndefined, Undefined, nodes
from jinja2.filters import do_default
from markupsafe import Markup

from print_service.press.filters import FILTERS
from print_service.press.guards import (
    GUARDS,
    GuardedContext,
    asked,
    compared,
    conditions_on_texts,
    guard,
    like,
    passing,
)
from print_service.press.recipe import Call, value_of
from print_service.press.tokens import MARKERS, TraceError, holds_composed, holds_field, is_composed
from print_service.press.traced import Token, Trace, Traced

__all__ = [
    "MARKERS",
    "Token",
    "Trace",
    "TraceError",
    "TracingEnvironment",
    "conditions_on_texts",
    "render",
]

# Jinja2's own filters that only pass values on, or ask for their number.
_PASSING = frozenset({"map", "join", "length", "count", "list", "first", "last", "sum"})


class TracingEnvironment(Environment):
    """Jinja2 whose filters, attributes and look-ups understand `Traced`."""

    context_class = GuardedContext

    def __init__(self, **options: Any) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined, finalize=_finalize, **options)
        for name in list(self.filters):
            wrap = passing if name in _PASSING else _untraceable
            self.filters[name] = wrap(name, self.filters[name])
        self.filters.update({name: _traced_filter(name) for name in FILTERS})
        self.filters.update(GUARDS, default=_default, d=_default)
        self.tests = {name: _traced_test(name, test) for name, test in self.tests.items()}
        self.filters.update(mj=_chain("name"), ocr=_chain("ocr"))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Every template (form, include, macros) as its guarded tree."""
        return guard(super()._parse(source, name, filename), self)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`: of a field, the part of that name."""
        if isinstance(obj, Traced):
            return self._child(obj, attribute)
        if is_composed(obj):
            raise TraceError(f"つなぎ合わせた文字列に .{attribute} は使えません。加工した値を項目として渡してください")
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`: part of a field, or a row of a table of the form chosen by a field."""
        if isinstance(obj, Traced):
            return self._child(obj, argument.constant() if isinstance(argument, Traced) else argument)
        compared([obj, argument] if isinstance(obj, str) else argument)
        return super().getitem(obj, argument.constant() if isinstance(argument, Traced) else argument)

    def _child(self, field: Traced, key: Any) -> "Traced | Undefined":
        try:
            return field.child(key)
        except (KeyError, IndexError, TypeError) as error:
            if isinstance(error, TraceError):
                raise
            field.has(key, found=False)
            return self.undefined(obj=field.value, name=key)


def _finalize(value: Any) -> Any:
    if value is None:
        raise TraceError("値のない項目を印字しようとしました（None）")
    return value


def _traced_filter(name: str) -> Callable[..., Any]:
    function = FILTERS[name]

    def apply(value: Any, *arguments: Any) -> Any:
        if holds_field(arguments):
            raise TraceError(f"フィルター {name} の引数には定数を書いてください")
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
            if name not in {"none", "defined", "undefined"}:
                compared([value, *arguments])
            return test(value, *arguments)
        if name == "none":
            return value.is_none()
        if name in {"defined", "undefined"}:
            return value.is_defined() == (name == "defined")
        raise TraceError(f"「is {name}」は項目に使えません")

    return like(test, ask)


def _default(value: Any, default_value: Any = "", boolean: bool = False) -> Any:  # noqa: FBT001, FBT002 (Jinja2's own signature)
    """Jinja2's `default`, which asks the record whether it has the value."""
    if isinstance(value, Traced):
        value.is_defined()
    return do_default(asked(value) if boolean else value, default_value, boolean)


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
    if is_composed(value):
        trace = _running()
        recipe = trace.recipe(_plain_text(value))
        return Traced(trace, recipe, value_of(recipe, trace.fields))
    return None


def _plain_text(value: str) -> str:
    """A text with tokens as it will read on paper: what Jinja2 escaped on the way, unescaped."""
    if not isinstance(value, Markup):
        return value
    if "<" in value:
        raise TraceError("要素（<br/> など）を含む文字列にフィルターは使えません")
    return value.unescape()


def _untraceable(name: str, function: Any) -> Any:
    def apply(*arguments: Any, **named: Any) -> Any:
        given = [*arguments, *named.values()]
        if holds_composed(given) or any(isinstance(argument, Traced) for argument in given):
            raise TraceError(f"フィルター {name} は項目に使えません")
        made = function(*arguments, **named)
        if isinstance(made, str) and holds_field(given):
            raise TraceError(f"フィルター {name} は項目の一覧に使えません")
        return made

    return like(function, apply)


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
