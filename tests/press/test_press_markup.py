"""What a form's author gets wrong in the markup is quoted, with what to write instead."""

import pytest
from form_shop import box, make_form, page

from print_service.press.errors import PressError
from print_service.press.markup import Size, parse_markup, sizes_of


def refusal(folder, body):
    with pytest.raises(PressError) as caught:
        parse_markup(make_form(folder, "", []), "notices/card/form.html", body)
    return caught.value.findings


@pytest.mark.parametrize("sizes", ["10,9", "10pt 8pt", "", "0 8", "10/0"])
def test_sizes_that_cannot_be_read_are_refused_with_their_box(tmp_path, sizes):
    (finding,) = refusal(tmp_path, page(box("x", sizes=sizes, fit="氏名")))
    assert (finding.key, finding.values["area"], finding.values["value"]) == ("press.slot-sizes", "氏名", sizes)


@pytest.mark.parametrize("attribute", ["size", "valgin", "slot"])
def test_an_attribute_that_would_be_passed_over_is_refused(tmp_path, attribute):
    (finding,) = refusal(tmp_path, page(box("x", **{attribute: "bottom"})))
    assert (finding.key, finding.values["attribute"]) == ("press.attribute", f"data-{attribute}")


def test_a_box_stands_at_the_foot_or_at_the_top(tmp_path):
    assert [finding.key for finding in refusal(tmp_path, page(box("x", valign="middle")))] == ["press.attribute"]


def test_sizes_are_points_and_the_most_lines(tmp_path):
    root = parse_markup(make_form(tmp_path, "", []), "t", page(box("x", sizes="10.5 9/2")))
    assert sizes_of(root[1][0][0]) == (Size("10.5", 0), Size("9", 2))


@pytest.mark.parametrize(
    ("text", "remedy"),
    [("甲<br>乙", "<br/>"), ("甲&nbsp;乙", "&#160;"), ("甲 & 乙", "&amp;"), ('<img src="x">', "<img/>")],
)
def test_html_that_is_no_xml_is_quoted_with_what_to_write(tmp_path, text, remedy):
    (finding,) = refusal(tmp_path, "\n" * 80 + page(box(text)))
    assert finding.key == "press.template-markup"
    assert remedy in finding.values["remedy"]
    assert text[-3:] in finding.values["near"]
