"""How a printed text comes from a record: field, filter, concatenation, sum. And the questions a form asks of a record.

A recipe is data: it is written by `press.trace` when a form is compiled, kept on disk as JSON, and turned here into one Python
function per variant of a form, which is what makes filling fast. No text from disk is ever executed: the source is built
from the parts of a recipe, and every constant goes through `repr`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from print_service.press.filters import FILTERS, line

Constant = str | int | bool | None
Fields = Mapping[str, Any]
# A row of a slot as its texts, one for each chain of fonts in it: the text alone where there is one.
Row = str | tuple[str, ...]
Rows = tuple[Row, ...]


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
    "has": "has({0}, {1})",
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


def reader(rows: Sequence[Sequence[Sequence["Recipe | str"]]]) -> Callable[[Fields], Rows]:
    """One function from a record to rows; `rows` are texts of parts. What is printed several times is asked of the record once."""
    values: dict[str, str] = {}
    shown = _tuple(_row(row, values) for row in rows)
    body = [f"{name} = {expression}\n" for expression, name in values.items()]
    code = "def read(f):\n" + "".join(f"    {line}" for line in (*body, f"return {shown}\n"))
    space = {**FILTERS, "line": line}
    exec(code, space)  # noqa: S102 (see above)
    made: Callable[[Fields], Rows] = space["read"]  # type: ignore[assignment]
    return made


def _row(texts: Sequence[Sequence["Recipe | str"]], values: dict[str, str]) -> str:
    written = [_text(parts, values) for parts in texts]
    return written[0] if len(written) == 1 else _tuple(written)


def _text(parts: Sequence["Recipe | str"], values: dict[str, str]) -> str:
    """A Python expression for one text; `values` gets the expressions of recipes and the names they go by."""
    if all(isinstance(part, str) for part in parts):
        return repr("".join(map(str, parts)))
    names = [part if isinstance(part, str) else values.setdefault(_part(part), f"v{len(values)}") for part in parts]
    if len(names) == 1:
        return names[0]
    pairs = zip(names, parts, strict=True)
    return "f" + repr("".join(_literal(part) if isinstance(part, str) else f"{{{name}}}" for name, part in pairs))


def _literal(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _tuple(expressions: Iterable[str]) -> str:
    return f"({''.join(f'{expression}, ' for expression in expressions)})"


def answer(question: Question) -> Callable[[Fields], Constant]:
    """The function that asks a record."""
    expression = QUESTIONS[question.kind].format(source(question.subject), repr(question.operand))
    space = {**FILTERS, "line": line, "has": has}
    made: Callable[[Fields], Constant] = eval(f"lambda f: {expression}", space)  # noqa: S307 (our own recipe)
    return made


def has(value: Any, key: Constant) -> bool:
    """Whether a value has a part of this name or place; what is no mapping or list has none."""
    try:
        value[key]
    except (LookupError, TypeError):
        return False
    return True


def value_of(recipe: Recipe, fields: Fields) -> Any:
    """The recipe's value for one record."""
    return eval(f"lambda f: {source(recipe)}", {**FILTERS, "line": line})(fields)  # noqa: S307 (our own recipe)


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
