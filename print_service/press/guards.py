"""Guards in a traced template: a text put together from fields may be printed, never asked.

Such a text holds tokens (`press.tokens`); a condition on it, its length or its methods would speak of the tokens and be the same
for every record. The text may come to its condition under any name (`set`, macro, namespace, include), so the guards stand where
it is asked: around the operands of conditions in the syntax tree, around Jinja2's filters and tests, and before every call.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import Environment, nodes
from jinja2.runtime import Context, Macro
from jinja2.utils import Namespace

from print_service.press.tokens import TraceError, holds_composed, holds_field, is_composed

_ASKED, _COMPARED, _FORMATTED = "@asked", "@compared", "@formatted"
# The parts of a node that decide something, and the filter that looks at each first.
_GUARDED: Mapping[type[nodes.Node], Mapping[str, str]] = {
    nodes.If: {"test": _ASKED},
    nodes.CondExpr: {"test": _ASKED},
    nodes.For: {"iter": _ASKED, "test": _ASKED},
    nodes.And: {"left": _ASKED, "right": _ASKED},
    nodes.Or: {"left": _ASKED, "right": _ASKED},
    nodes.Not: {"node": _ASKED},
    nodes.Compare: {"expr": _COMPARED},
    nodes.Operand: {"expr": _COMPARED},
    nodes.Mod: {"right": _FORMATTED},
}
_CONDITIONS = (nodes.If, nodes.CondExpr, nodes.Compare, nodes.And, nodes.Or, nodes.Not)
_ADDING = frozenset({"append", "extend", "insert"})


def asked(value: Any) -> Any:
    """The value of a condition or loop. Raises TraceError for a text put together in the template."""
    if is_composed(value):
        raise TraceError("つなぎ合わせた文字列は条件や繰り返しに使えません。項目そのものを調べてください")
    return value


def compared(value: Any) -> Any:
    """One side of a comparison, or the key of a look-up. Raises TraceError where such a text is in it."""
    if holds_composed(value):
        raise TraceError("つなぎ合わせた文字列は比べることも表を引くこともできません。項目そのものを使ってください")
    return value


def _formatted(value: Any) -> Any:
    if holds_field(value):
        raise TraceError("書式（%）は項目に使えません。~ でつないでください")
    return value


GUARDS: Mapping[str, Callable[[Any], Any]] = {_ASKED: asked, _COMPARED: compared, _FORMATTED: _formatted}


def guard(tree: nodes.Template, environment: Environment) -> nodes.Template:
    """The template with every part that decides something behind its guard; `GUARDS` must be filters of the environment."""
    for node in list(tree.find_all(tuple(_GUARDED))):
        for part, name in _GUARDED[type(node)].items():
            if (found := getattr(node, part)) is not None:
                setattr(node, part, nodes.Filter(found, name, [], [], None, None, lineno=found.lineno))
    tree.set_environment(environment)
    return tree


def conditions_on_texts(tree: nodes.Template) -> Iterator[int]:
    """Lines of conditions in which fields are put together: known before any record, so all are told at once."""
    for node in tree.find_all(_CONDITIONS):
        part = node.test if isinstance(node, nodes.If | nodes.CondExpr) else node
        if any(True for _ in part.find_all(nodes.Concat)):
            yield node.lineno


class GuardedContext(Context):
    """Jinja2's context, in which only what passes texts on is called with a text put together in the template."""

    def call(self, called: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """Call a macro, function or method of the template. Raises TraceError."""
        given = [*arguments, *(value for name, value in named.items() if not name.startswith("_"))]
        refused = holds_field if isinstance(getattr(called, "__self__", None), str) else holds_composed
        if refused(given) and not _passes_on(called):
            name = getattr(called, "__name__", type(called).__name__)
            raise TraceError(f"{name} は項目やつなぎ合わせた文字列に使えません。加工した値を項目として渡してください")
        return super().call(called, *arguments, **named)


def _passes_on(called: Any) -> bool:
    if isinstance(called, Macro) or called is dict or called is Namespace:
        return True
    return isinstance(getattr(called, "__self__", None), list) and called.__name__ in _ADDING


def passing(name: str, function: Any) -> Any:
    """A filter of Jinja2 that passes values on or counts them, for anything but a text put together in the template."""
    place = 1 if hasattr(function, "jinja_pass_arg") else 0

    def apply(*arguments: Any, **named: Any) -> Any:
        if is_composed(arguments[place]):
            raise TraceError(
                f"フィルター {name} はつなぎ合わせた文字列に使えません。加工した値を項目として渡してください"
            )
        if name == "map" and "default" in named:
            raise TraceError("map の default は使えません。map(attribute=…) | map('default', …) と書いてください")
        return function(*arguments, **named)

    return like(function, apply)


def like(function: Any, made: Any) -> Any:
    """`made` called by Jinja2 with the same leading argument (context, environment) as `function`."""
    if hasattr(function, "jinja_pass_arg"):
        made.jinja_pass_arg = function.jinja_pass_arg
    return made
