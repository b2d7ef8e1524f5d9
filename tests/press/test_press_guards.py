"""A text put together from fields is printed as Jinja2 would print it, and nothing else is done with it: no record decides for all."""

import jinja2
import pytest

from print_service.press.recipe import value_of
from print_service.press.trace import Token, Trace, TraceError, TracingEnvironment, render

RECORD = {"a": "甲", "b": "", "rows": ["一", "二"]}
MACROS = "{% macro same(v) %}{{ v }}{% endmacro %}{% macro pick(v, w) %}{% if v ~ w %}あ{% endif %}{% endmacro %}"


def rendered(body):
    """The text of a template for RECORD, each token replaced by its recipe's value."""
    environment = TracingEnvironment(loader=jinja2.DictLoader({"a.html": body, "m.html": MACROS}))
    trace = Trace(RECORD)
    parts = trace.parts(render(environment, "a.html", trace, texts={"kinds": {"甲": "見本"}}))
    return "".join(str(value_of(part.recipe, RECORD)) if isinstance(part, Token) else part for part in parts)


NAMED = {
    "set": "{% set t = a ~ b %}",
    "block set": "{% set t %}{{ a }}{{ b }}{% endset %}",
    "macro": "{% import 'm.html' as m %}{% set t = m.same(a) %}",
    "namespace": "{% set n = namespace(t='') %}{% for r in rows %}{% set n.t = n.t ~ r %}{% endfor %}{% set t = n.t %}",
}
ASKED = [
    "{% if t %}x{% endif %}", "{% if a == '1' %}{% elif t %}x{% endif %}", "{{ 'x' if t else 'y' }}", "{{ t or 'x' }}",
    "{{ a and t }}", "{% if not t %}x{% endif %}", "{% if t == '甲' %}x{% endif %}", "{% if '甲' == t %}x{% endif %}",
    "{% if t in ['甲'] %}x{% endif %}", "{% if '甲' in t %}x{% endif %}", "{% if '甲' in [t] %}x{% endif %}",
    "{% for c in t %}x{% endfor %}", "{% for r in rows if t %}x{% endfor %}", "{% if t is eq '甲' %}x{% endif %}",
    "{{ texts.kinds[t] is defined }}", "{{ texts.kinds.get(t, 'x') }}", "{{ t | default('x', true) }}",
    "{{ t | length }}", "{{ t | count }}", "{{ t | first }}", "{{ t | list | length }}", "{{ t | trim }}", "{{ t | indent }}",
    "{{ t | map('zen') | join }}", "{{ t | join('、') }}", "{{ [t, t] | unique | join }}", "{{ [t, a ~ ''] | sort | join }}",
    "{{ t.replace('甲', '乙') }}", "{{ t.upper() }}", "{{ t[0] }}", "{{ '{:>9}'.format(t) }}", "{{ '%9s' % t }}",
    "{% for r in rows %}{% if loop.changed(t) %}x{% endif %}{% endfor %}",
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", NAMED)
def test_a_text_put_together_decides_nothing_under_any_name(name, asked):
    with pytest.raises(TraceError):
        rendered(NAMED[name] + asked)


def test_nor_inside_a_macro_of_another_file():
    with pytest.raises(TraceError):
        rendered("{% import 'm.html' as m %}{{ m.pick(a, b) }}")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{% set t = a ~ '・' ~ b %}{{ t }}", "甲・"),
        ("{% import 'm.html' as m %}{{ m.same(a ~ '様') }}", "甲様"),
        ("{% set n = namespace(t=a ~ '') %}{{ n.t ~ '様' }}", "甲様"),
        ("{% set n = [] %}{% for r in rows %}{% set _ = n.append(r ~ '期') %}{% endfor %}{{ n | join('、') }}", "一期、二期"),
        ("{% set n = [a ~ '様', b ~ '様'] %}{% if n %}{{ n | length }}{{ n | first }}{{ n[1] }}{% endif %}", "2甲様様"),
        ("{% for t in [a ~ '様'] %}{{ t }}{{ loop.index }}{% endfor %}", "甲様1"),
        ("{{ (a ~ b) is none }}{{ (a ~ b) is defined }}{{ (a ~ b) | default('x') }}", "FalseTrue甲"),
        ("{% set t = 'ab' %}{{ t.upper() if t == 'ab' }}{{ '%03d' % 7 }}{{ 7 % 4 }}{{ ' x ' | trim }}", "AB0073x"),
    ],
)  # fmt: skip
def test_what_passes_a_text_on_is_not_in_the_way(body, text):
    assert rendered(body) == text
