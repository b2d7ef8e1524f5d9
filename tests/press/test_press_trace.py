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
{{ sheet + 1 }}/{{ number | digits(6) }}{% if kind == "slip" and rows %}!{% endif %}
{% if who.title is defined %}[{{ who.title }}]{% endif %}{{ who.title | default("－") }}{{ rows[1] is defined }}{{ rows | map(attribute="note") | map("default", "－") | join("、") }}{{ who.title | d(label, true) }}"""
TEXTS = {"mark": "　", "kinds": {"slip": "納付", "account": "口座"}}

WORDS = st.text(alphabet="見本太郎<>&\"' 12邉󠄏", max_size=6)
RECORDS = st.fixed_dictionaries(
    {
        "who": st.fixed_dictionaries({"name": WORDS, "honorific": WORDS, "building": WORDS}, optional={"title": WORDS}),
        "year": st.integers(2019, 2030),
        "label": WORDS,
        "rows": st.lists(
            st.fixed_dictionaries({"label": WORDS, "amount": st.integers(-9, 10**9)}, optional={"note": WORDS}),
            max_size=3,
        ),
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


REST = {"year": 2026, "label": "x", "rows": [], "kind": "slip", "total": 1, "late": None, "sheet": 1, "number": 1}


def test_every_token_knows_its_line():
    who = {"name": "見", "honorific": "様", "building": ""}
    _, parts = traced({"who": who, **REST})
    assert {part.where for part in parts if isinstance(part, Token)} == {f"a.html:{n}" for n in (2, 3, 6, 7, 8)}


@pytest.mark.parametrize(
    "expression",
    [
        "{{ a | upper }}", "{{ a | int }}", "{{ a | replace('1', '2') }}", "{{ '%s' | format(a) }}", "{{ a[0] | first }}",
        "{{ a == b }}", "{% if a is number %}{% endif %}", "{{ n * 2 }}", "{{ n - 1 }}", "{{ n / 2 }}", "{{ -n }}", "{{ 5 % n }}",
        "{% for c in a %}{{ c }}{% endfor %}", "{{ {'x': 1}[d] }}", "{{ [1, 2][d] }}", "{{ n + m }}", "{{ a | default('x') | upper }}",
        "{{ rows | map(attribute='b', default='x') | join }}", "{{ a | safe }}", "{{ a | trim }}", "{{ '%s' % a }}", "{{ '%s%s' % (n, a) }}",
        "{{ '{!s:>9}'.format(a) }}", "{{ [a] }}", "{{ [a] | string }}", "{{ {'q': a} | urlencode }}", "{{ n | digits(m) }}", "{{ 7 | digits(m) }}",
        "{{ (a | mj) | zen }}", "{{ 'x' | mj }}", "{{ range(n) | list }}",
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_an_error_never_a_constant(expression):
    environment = TracingEnvironment(loader=jinja2.DictLoader({"a.html": expression}))
    with pytest.raises((TraceError, TypeError, jinja2.TemplateError)):
        render(
            environment,
            "a.html",
            Trace({"a": "12", "b": "12", "n": 3, "m": 4, "d": {"x": 1}, "rows": [{"b": "1"}, {}]}),
        )


def test_a_part_that_the_first_record_has_is_asked_of_the_next():
    who = {"name": "見", "honorific": "様", "building": ""}
    trace, _ = traced({"who": {**who, "title": "長"}, **REST})
    assert any(answer(question)({"who": who, **REST}) != found for question, found in trace.asked.items())


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("{% for k in d %}{{ k }}{% endfor %}", "繰り返せません"),
        ("{% if '1' in a %}x{% endif %}", "in で探せるのは一覧だけ"),
        ("{% if 'x' in d %}x{% endif %}", "in で探せるのは一覧だけ"),
        ("{{ a[:1] }}", "切り出した値を項目として"),
        ("{% if a in {'x': 1} %}x{% endif %}", r"texts\.表\[項目\]"),
    ],
)
def test_what_cannot_be_followed_is_told_in_words_for_the_author(expression, message):
    environment = TracingEnvironment(loader=jinja2.DictLoader({"a.html": expression}))
    with pytest.raises(TraceError, match=message):
        render(environment, "a.html", Trace({"a": "12", "d": {"x": 1}}))


def test_a_constant_is_sought_in_a_list_of_the_record():
    environment = TracingEnvironment(loader=jinja2.DictLoader({"a.html": "{{ 'cvs' in ways }}"}))
    trace = Trace({"ways": ["bank", "cvs"]})
    assert render(environment, "a.html", trace) == "True"
    assert any(answer(question)({"ways": ["bank", "post"]}) != found for question, found in trace.asked.items())
