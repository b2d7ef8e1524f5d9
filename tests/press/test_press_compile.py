"""A form is compiled or refused with the line at fault: nothing a record brings can move, vanish or become constant."""

from datetime import date
from io import BytesIO

import pytest
from form_shop import box, make_form, page
from pypdf import PdfReader

from print_service.press.errors import PressError
from print_service.press.forms import _load, load_form
from print_service.press.model import Filling
from print_service.press.slot import SlotPress


def low(content):
    return box(content, "left:5mm;top:20mm;width:80mm;height:5mm")


CELL = '<td style="height:8mm;vertical-align:top">'
TALL = '<tr><td style="height:30mm">'
SIZED = "left:5mm;top:5mm;width:60mm;height:5mm"


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.getbasetemp().parent / "press-fonts"


@pytest.fixture
def fill(tmp_path, cache):
    """Body and record → the text of its pages; the press keeps its compiled forms in this test's folder."""

    def run(body, fields, css="", pages=1):
        form = make_form(tmp_path, body, sorted(fields), css, pages)
        printed = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [Filling(form, fields, {})])], "test")
        if printed.held:
            raise PressError(printed.held[0][1])
        return "\f".join(page.extract_text() for page in PdfReader(BytesIO(printed.pdf)).pages)

    return run


def refusal(fill, body, fields, **more):
    with pytest.raises(PressError) as caught:
        fill(body, fields, **more)
    return caught.value.findings


def test_a_slot_prints_its_value(fill):
    assert (
        fill(page(box("{{ a }}"), box("定文", "left:5mm;top:20mm;width:30mm;height:5mm")), {"a": "見本"})
        == "定文\n見本"
    )


def test_filters_join_and_sums_follow_the_record(fill):
    body = page(
        box("{{ n | yen }}円 {{ due | wareki }}"),
        low("{{ s + 1 }}/{{ t }} {{ ways | join('、') }} {{ p | digits(6) }}"),
    )
    fields = {"n": 1234567, "due": "2026-06-05", "s": 2, "t": 3, "ways": ["窓口", "コンビニ"], "p": 12}
    assert fill(body, fields) == "1,234,567円 令和8年6月5日\n3/3 窓口、コンビニ 000012"


def test_conditions_loops_and_look_ups_choose_the_variant_of_each_record(tmp_path, cache):
    body = page(
        "{% if kind == 'slip' %}" + box("納付 {{ rows | length }}") + "{% else %}" + box("口座") + "{% endif %}",
        box("{{ texts.kinds[kind] }} {{ 'x' if late is none else late }}", "left:5mm;top:40mm;width:60mm;height:5mm"),
        "{% for row in rows %}"
        '<div class="b" style="left:5mm;top:{{ 12 + loop.index * 6 }}mm;width:40mm;height:5mm">{{ row.n }}</div>{% endfor %}',
    )
    form = make_form(tmp_path, body, ["kind", "late", "rows"])
    records = [
        {"kind": "slip", "late": None, "rows": [{"n": "一"}]},
        {"kind": "account", "late": 5, "rows": []},
        {"kind": "slip", "late": 7, "rows": [{"n": "二"}, {"n": "三"}]},
        {"kind": "slip", "late": None, "rows": [{"n": "四"}]},
    ]
    press = SlotPress(tmp_path, tmp_path / "cache")
    printed = press.print_file([(i, [Filling(form, record, {})]) for i, record in enumerate(records)], "test")
    texts = [sorted(page.extract_text().split("\n")) for page in PdfReader(BytesIO(printed.pdf)).pages]
    assert texts == [
        sorted(["納付 1", "納付書 x", "一"]),
        sorted(["口座", "口座振替 5"]),
        sorted(["納付 2", "納付書 7", "二", "三"]),
        sorted(["納付 1", "納付書 x", "四"]),
    ]
    assert len(list((tmp_path / "cache" / "forms").glob("*/variant-*.json"))) == 3


def test_a_second_process_reads_compiled_forms_and_makes_the_same_bytes(tmp_path, cache):
    form = make_form(tmp_path, page(box("{{ a | mj }}")), ["a"])
    files = [
        SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [Filling(form, {"a": "髙﨑"}, {})])], "t").pdf
        for _ in range(2)
    ]
    assert files[0] == files[1]


def test_a_changed_form_is_compiled_anew(fill):
    assert fill(page(box("甲{{ a }}")), {"a": "1"}) == "甲1"
    assert fill(page(box("乙{{ a }}")), {"a": "1"}) == "乙1"


@pytest.mark.parametrize(
    ("body", "key", "line"),
    [
        ('<div class="page">\n<div class="b" style="left:{{ a }}mm;top:1mm;width:9mm;height:5mm">x</div></div>', "press.variable-outside-slot", 2),
        ('<div class="page">\n\n{{ a }}</div>', "press.variable-outside-slot", 3),
        ('<div class="page">\n<div class="b" style="left:1mm;top:1mm;width:40mm">{{ a }}</div></div>', "press.slot-size", 2),
        ('<div class="page">\n<div class="b" style="left:1mm;top:1mm;height:4mm">{{ a }}</div></div>', "press.slot-size", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a }}}}<div>x</div></div></div>', "press.slot-mixed", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">甲\n<span>{{{{ a }}}}</span>円</div></div>', "press.slot-mixed", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a }}}}<span>円</span></div></div>', "press.slot-mixed", 2),
        (f'<div class="page"><div class="b" style="{SIZED};text-align:justify">\n{{{{ a }}}}</div></div>', "press.slot-align", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ unknown }}}}</div></div>', "press.field-unknown", 2),
        (f'<div class="page">\n{{% if (a ~ "x") == "ax" %}}{{% endif %}}<div class="b" style="{SIZED}">{{{{ a }}}}</div></div>', "press.condition-on-text", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a | upper }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ "%06d" % a }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a.missing }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a | mj | zen }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a[:2] }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ (a ~ "x")[:2] }}}}</div></div>', "press.value-cut", 2),
        (f'<div class="page">\n{{% if a %}}<div class="b" style="{SIZED}">{{{{ a }}}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{% a %}}</div></div>', "press.template", 2),
        (f'<div class="page"><div class="b" style="{SIZED}">\n{{{{ a | upcase }}}}</div></div>', "press.template", 2),
        ('<div class="page">{{% include "parts/x.html" %}}</div>'.replace("{{", "{").replace("}}", "}"), "press.template-foreign", 1),
        ('<div class="page">\n{% import "../x.html" as x %}</div>', "press.template-foreign", 2),
        ('{% set name = "x" %}\n{% include name ~ ".html" %}<div class="page"></div>', "press.template-foreign", 2),
        (f'<div class="page"><div class="b" style="{SIZED};line-height:0">\n{{{{ a }}}}</div></div>', "press.slot-pitch", 2),
        ('<div class="page"><div class="b" style="left:5mm;top:58mm;width:9mm;height:5mm">\n{{ a }}</div></div>', "press.slot-outside", 2),
        ('<div class="page"><div class="b" style="left:-3mm;top:5mm;width:9mm;height:5mm">\n{{ a }}</div></div>', "press.slot-outside", 2),
        (f'<div class="page"><div class="b" style="{SIZED};font-family:\'Nowhere\'">\n{{{{ a }}}}</div></div>', "press.slot-font", 2),
    ],
)  # fmt: skip
def test_a_fault_of_a_form_is_named_with_its_line(fill, body, key, line):
    findings = refusal(fill, body, {"a": "1"})
    assert [finding.key for finding in findings] == [key]
    assert findings[0].where.endswith(f"form.html:{line}")


def test_rows_that_a_loop_places_below_the_paper_are_refused_by_their_excess(fill):
    """Paper 60 mm high; row n reaches down to 10 + 6n mm."""
    row = (
        '<div class="b" data-fit="期別" style="left:5mm;top:{{ 5+loop.index*6 }}mm;width:40mm;height:5mm">{{ r }}</div>'
    )
    body = page("{% for r in rows %}" + row + "{% endfor %}")
    assert "第8期" in fill(body, {"rows": [f"第{n}期" for n in range(1, 9)]})
    findings = refusal(fill, body, {"rows": [f"第{n}期" for n in range(1, 11)]})
    assert [(finding.key, finding.values["excess"]) for finding in findings] == [
        ("press.slot-outside", "4.0"),
        ("press.slot-outside", "10.0"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        page(box("一")) + '<div class="b" style="position:fixed;left:5mm;top:20mm;width:50mm;height:6mm">{{ a }}</div>' + page(box("二")),
        f'<table style="width:80mm"><tr style="display:table-header-group">{CELL}{{{{ a }}}}</td></tr>{TALL}一</td></tr>{TALL}二</td></tr></table>',
    ],
    ids=["fixed", "table head"],
)  # fmt: skip
def test_a_slot_on_two_pages_is_refused_for_it_would_be_filled_once(fill, body):
    findings = refusal(fill, body, {"a": "見本"}, pages=2, css="html { font: 10pt/1.2 'BIZ UDGothic' }")
    assert [finding.key for finding in findings] == ["press.slot-repeated"]


@pytest.mark.parametrize("text", ["辻\U000e0102", "見\u200b本", "見\u00ad本", "한"])
def test_wording_outside_a_slot_must_be_in_the_base_font(tmp_path, cache, text):
    """A slot chooses a font for each character; a static text has one."""
    make_form(tmp_path, page(box("{{ a }}"), low("{{ texts.greeting }}")), ["a"])
    toml = tmp_path / "notices" / "card" / "form.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("拝啓", text), encoding="utf-8")
    _load.cache_clear()
    form = load_form("card", date(2026, 1, 1), tmp_path)
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [Filling(form, {"a": "1"}, {})])], "t")
    (finding,) = printed.held[0][1]
    assert (finding.key, finding.where) == ("press.text-character", "card/form.toml:14")
    assert finding.values["cluster"] in text


def test_a_shared_template_of_a_shared_template_may_be_used_and_a_foreign_one_may_not(tmp_path, fill):
    (tmp_path / "shared").mkdir()
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "x.html").write_text("x", encoding="utf-8")
    (tmp_path / "shared" / "a.html").write_text("{% include 'shared/b.html' %}", encoding="utf-8")
    (tmp_path / "shared" / "b.html").write_text("乙", encoding="utf-8")
    body = page(box("{{ a }}"), low("{% include 'shared/a.html' %}"))
    assert fill(body, {"a": "1"}) == "乙\n1"
    (tmp_path / "shared" / "b.html").write_text("乙\n{% include 'parts/x.html' %}", encoding="utf-8")
    (finding,) = refusal(fill, body, {"a": "1"})
    assert (finding.key, finding.where) == ("press.template-foreign", "shared/b.html:2")


def test_text_that_the_style_sheet_adds_is_told_from_text_that_is_lost(fill):
    findings = refusal(
        fill, page(box("{{ a }}"), low('<i class="x">見出し</i>')), {"a": "1"}, css=".x::before{content:'※'}"
    )
    assert [(finding.key, finding.values["characters"]) for finding in findings] == [("press.text-added", 1)]


def test_a_fault_of_the_style_sheet_names_its_file(fill):
    findings = refusal(fill, page(box("{{ a }}")), {"a": "1"}, css="\n.x { colr: red }")
    assert [(finding.key, finding.where) for finding in findings] == [("press.weasyprint-warning", "card/form.css")]
    assert "2:6" in findings[0].values["message"]


def test_all_faults_of_a_form_at_once(fill):
    body = page(box("{{ nobody }}"), box("{{ nothing }}"))
    assert [finding.values["field"] for finding in refusal(fill, body, {"a": "1"})] == ["nobody", "nothing"]


def test_fields_must_be_the_declared_ones(tmp_path, cache):
    form = make_form(tmp_path, page(box("{{ a }}")), ["a", "b"])
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [Filling(form, {"a": "1", "c": "2"}, {})])], "t")
    assert [finding.key for finding in printed.held[0][1]] == ["press.field-missing", "press.field-undeclared"]


def test_a_missing_value_is_never_printed(fill):
    assert refusal(fill, page(box("{{ a }}")), {"a": None})[0].key == "press.template"


def test_pictures_and_transparency_have_no_place_in_a_ground(fill):
    findings = refusal(fill, page(box("{{ a }}"), box("x", css="b faint")), {"a": "1"}, css=".faint { opacity: .5 }")
    assert findings[0].key == "press.static-operator"
