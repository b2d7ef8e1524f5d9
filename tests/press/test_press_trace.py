"""A traced template says of every record what Jinja2 itself says of it: for the record it was traced with, and for all that answer alike."""

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from print_service.press.filters import FILTERS
from print_service.press.recipe import answer, from_json, reader, to_json
from print_service.press.trace import Token, Trace, TraceError, TracingEnvironment, render

TEMPLATE = """{% macro line(x, css="") %}<{{ css }}>{{ x }}{% endmacro %}
{{ line(who.name ~ "　" ~ who.honorific, "c") }}{% if who.building %}/{{ who.building }}{% endif %}
{% set head = (year | levy_year | zen) ~ texts.mark ~ label %}{{ head }}
{% for row in rows %}{{ loop.index }}:{{ row.label }}={{ row.amount | yen }}{% if not loop.last %};{% endif %}{% endfor %}
{{ rows | map(attribute="amount") | map("yen") | join("+") }} {{ rows | length }}
{{ texts.kinds[kind] }}{{ "超" if total > 300000 else total | yen }}{{ late if late is not none else "-" }}
{{ sheet + 1 }}/{{ number | digits(6) }}{% if kind == "slip" and rows %}!{% endif %}"""
TEXTS = {"mark": "　", "kinds": {"slip": "納付", "account": "口座"}}

WORDS = st.text(alphabet="見本太郎<>&\"' 12邉󠄏", max_size=6)
RECORDS = st.fixed_dictionaries(
    {
        "who": st.fixed_dictionaries({"name": WORDS, "honorific": WORDS, "building": WORDS}),
        "year": st.integers(2019, 2030),
        "label": WORDS,
        "rows": st.lists(st.fixed_dictionaries({"label": WORDS, "amount": st.integers(-9, 10**9)}), max_size=3),
        "kind": st.sampled_from(["slip", "account"]),
        "total": st.integers(0, 600_000),
        "late": st.none() | st.integers(0, 9),
        "sheet": st.integers(1, 9),
        "number": st.integers(0, 10**6 - 1),
    }
)

TRACING = TracingEnvironment(loader=jinja2.DictLoader({"a.html": TEMPLATE}))
JINJA = jinja2.Environment(autoescape=False, undefined=jinja2.StrictUndefined)
JINJA.filters.update(FILTERS)


def traced(record):
    trace = Trace(record)
    text = render(TRACING, "a.html", trace, texts=TEXTS)
    return trace, trace.parts(text)


def filled(parts, record):
    """The text with each recipe asked of the record, by way of its JSON."""
    made = [
        part if isinstance(part, str) else reader([[[from_json(to_json(part.recipe))]]])(record)[0] for part in parts
    ]
    literal = [part.replace("&lt;", "<").replace("&gt;", ">") if isinstance(part, str) else "" for part in parts]
    return "".join(text or own for text, own in zip(literal, made, strict=True))


def whole(record):
    return JINJA.from_string(TEMPLATE).render(texts=TEXTS, **record)


@given(RECORDS)
def test_a_traced_record_reads_as_jinja_renders_it(record):
    _, parts = traced(record)
    assert filled(parts, record) == whole(record)


@given(RECORDS, RECORDS)
def test_a_record_that_answers_alike_is_filled_from_the_same_variant(first, second):
    trace, parts = traced(first)
    alike = all(answer(question)(second) == found for question, found in trace.asked.items())
    if alike:
        assert filled(parts, second) == whole(second)
    else:
        other, _ = traced(second)
        assert other.asked != trace.asked


@given(RECORDS)
def test_a_trace_answers_its_own_questions(record):
    trace, _ = traced(record)
    assert all(answer(question)(record) == found for question, found in trace.asked.items())


def test_every_token_knows_its_line():
    who = {"name": "見", "honorific": "様", "building": ""}
    rest = {"year": 2026, "label": "x", "rows": [], "kind": "slip", "total": 1, "late": None, "sheet": 1, "number": 1}
    _, parts = traced({"who": who, **rest})
    assert {part.where for part in parts if isinstance(part, Token)} == {f"a.html:{n}" for n in (2, 3, 6, 7)}


@pytest.mark.parametrize(
    "expression",
    [
        "{{ a | upper }}", "{{ a | int }}", "{{ a | replace('1', '2') }}", "{{ '%s' | format(a) }}", "{{ a[0] | first }}",
        "{{ a == b }}", "{% if a is number %}{% endif %}", "{{ n * 2 }}", "{{ n - 1 }}", "{{ n / 2 }}", "{{ -n }}", "{{ 5 % n }}",
        "{% for c in a %}{{ c }}{% endfor %}", "{{ {'x': 1}[d] }}", "{{ [1, 2][d] }}", "{{ n + m }}", "{{ a | default('x') | upper }}",
        "{{ (a | mj) | zen }}", "{{ 'x' | mj }}", "{{ range(n) | list }}",
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_an_error_never_a_constant(expression):
    environment = TracingEnvironment(loader=jinja2.DictLoader({"a.html": expression}))
    with pytest.raises((TraceError, TypeError, jinja2.TemplateError)):
        render(environment, "a.html", Trace({"a": "12", "b": "12", "n": 3, "m": 4, "d": {"x": 1}}))
