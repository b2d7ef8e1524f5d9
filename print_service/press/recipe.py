"""How a printed text comes from a record: field, filter, concatenation, sum. And the questions a form asks of a record.

A recipe is data: it is written by `press.trace` when a form is compiled, kept on disk as JSON, and turned here into one Python
function per variant of a form, which is what makes filling fast. No text from disk is ever executed: the source is built
from the parts of a recipe, and every constant goes through `repr`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from print_service.press.filters import FILTERS, line

Constant = str | int | bool | None
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A value of the record: `path` leads to it through mappings and lists."""

    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text and recipes, one after the other."""

    parts: tuple["Recipe | str", ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A filter of the form language applied to a recipe."""

    filter: str
    subject: "Recipe"
    arguments: tuple[Constant, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """An integer field and a constant added (a sheet's number)."""

    subject: "Recipe"
    addend: int


Recipe = Field | Text | Call | Sum

# The questions, by name: how each is asked of a value and a constant.
QUESTIONS: Mapping[str, str] = {
    "true": "bool({0})",
    "length": "len({0})",
    "value": "({0})",
    "none": "({0}) is None",
    "==": "({0}) == {1}",
    "<": "({0}) < {1}",
    "<=": "({0}) <= {1}",
    ">": "({0}) > {1}",
    ">=": "({0}) >= {1}",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a condition, a loop or a look-up of a form asks of the record; the answers choose the form's variant."""

    subject: Recipe
    kind: str
    operand: Constant = None


def source(recipe: Recipe) -> str:
    """A Python expression for the recipe's value, with the record as `f`."""
    match recipe:
        case Field(path):
            return "f" + "".join(f"[{step!r}]" for step in path)
        case Text(parts):
            return "''.join((" + "".join(f"{_part(part)}," for part in parts) + "))"
        case Call(name, subject, arguments):
            if name not in FILTERS:
                raise ValueError(f"unknown filter {name!r}")
            return f"{name}({', '.join([source(subject), *map(repr, arguments)])})"
        case Sum(subject, addend):
            return f"({source(subject)} + {addend:d})"


def _part(part: Recipe | str) -> str:
    if isinstance(part, str):
        return repr(part)
    return source(part) if isinstance(part, Call | Text) else f"line({source(part)})"


def printed(recipe: Recipe) -> str:
    """A Python expression for the text the recipe prints."""
    return _part(recipe)


def evaluator(expressions: Sequence[str]) -> Callable[[Fields], tuple[Any, ...]]:
    """One function from a record to the values of all expressions."""
    code = f"lambda f: ({''.join(f'{expression}, ' for expression in expressions)})"
    made: Callable[[Fields], tuple[Any, ...]] = eval(code, {**FILTERS, "line": line})  # noqa: S307 (see above)
    return made


def answer(question: Question) -> Callable[[Fields], Constant]:
    """The function that asks a record."""
    expression = QUESTIONS[question.kind].format(source(question.subject), repr(question.operand))
    made: Callable[[Fields], Constant] = eval(f"lambda f: {expression}", {**FILTERS, "line": line})  # noqa: S307
    return made


def value_of(recipe: Recipe, fields: Fields) -> Any:
    """The recipe's value for one record."""
    return evaluator([source(recipe)])(fields)[0]


def to_json(recipe: Recipe | str) -> Any:
    """The recipe as JSON: a string is literal text, a list starts with the kind."""
    match recipe:
        case str():
            return recipe
        case Field(path):
            return ["field", *path]
        case Text(parts):
            return ["text", *map(to_json, parts)]
        case Call(name, subject, arguments):
            return ["call", name, to_json(subject), *arguments]
        case Sum(subject, addend):
            return ["sum", to_json(subject), addend]


def from_json(data: Any) -> Any:
    """Inverse of `to_json`. Raises ValueError."""
    if isinstance(data, str):
        return data
    match data:
        case ["field", *path] if all(isinstance(step, str | int) for step in path):
            return Field(tuple(path))
        case ["text", *parts]:
            return Text(tuple(map(from_json, parts)))
        case ["call", str(name), subject, *arguments]:
            return Call(name, from_json(subject), tuple(arguments))
        case ["sum", subject, int(addend)]:
            return Sum(from_json(subject), addend)
    raise ValueError(f"no recipe: {data!r}")
