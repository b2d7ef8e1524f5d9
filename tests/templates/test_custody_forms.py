"""The records of custody on paper: each says its form number and page n of m on every page, full to its last row and not one more."""

import io
from itertools import pairwise

import pypdfium2
import pytest
import samples
from page_twins import characters

from handover.incident_commands import LONGEST
from print_service.press.errors import PressError
from print_service.press.forms import load_form

NUMBERS = {
    "staff_report": ("F-01", samples.staff_fields),
    "export_record": ("F-06", samples.export_fields),
    "transfer_slip": ("F-07", samples.transfer_fields),
    "copy_register": ("F-08", samples.register_fields),
    "returned": ("F-15", samples.returned_fields),
    "spoilage": ("F-16", samples.spoilage_fields),
    "erasure_certificate": ("F-17", samples.erasure_fields),
    "incident": ("F-18", samples.incident_fields),
    "audit": ("F-20", samples.audit_fields),
}


def words(press, form_id, fields):
    pdf = press.print_piece([samples.filling(form_id, fields)]).pdf
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    pages = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
    document.close()
    return pages


@pytest.mark.parametrize("name", NUMBERS)
def test_every_page_says_its_form_number_and_which_page_of_how_many(press, name):
    number, fields = NUMBERS[name]
    form_id = "transfer_slip" if name == "returned" else name
    pages = words(press, form_id, fields())
    for at, text in enumerate(pages, start=1):
        assert f"様式 {number}" in text
        assert f"{at}／{len(pages)}" in text


@pytest.mark.parametrize(
    ("form_id", "rows", "fields"),
    [
        ("staff_report", "rows_per_page", samples.staff_fields),
        (
            "transfer_slip",
            "rows_per_page",
            lambda n: samples.transfer_fields(media=samples.transfer_fields()["media"] * n),
        ),
        ("copy_register", "rows_per_page", lambda n: samples.register_fields(count=n)),
        ("copy_register", "movements_per_page", lambda n: samples.register_fields(ways=n)),
        ("erasure_certificate", "rows_per_page", samples.erasure_fields),
    ],
)
def test_a_form_holds_the_rows_it_states(press, form_id, rows, fields):
    most = load_form(form_id, samples.DAY).texts[rows]
    press.print_piece([samples.filling(form_id, fields(most))])
    with pytest.raises(PressError):
        press.print_piece([samples.filling(form_id, fields(2 * most))])


@pytest.mark.parametrize("stage", ["none", "kept", "disposed"])
def test_spoiled_sheets_at_every_stage(press, stage):
    (text,) = words(press, "spoilage", samples.spoilage_fields(stage=stage))
    assert ("実施者" in text) == (stage == "disposed")


def test_a_receipt_says_what_was_received_and_before_it_leaves_lines_to_write_on(press):
    (before,) = words(press, "transfer_slip", samples.transfer_fields())
    (after,) = words(press, "transfer_slip", samples.returned_fields())
    assert "□ 異常なし" in before
    assert "異常なし（封印番号も一致）" in after
    assert "□" not in after
    assert "RIP-02 /spool（消去証明待ち）" in after


def sizes(press, form_id, fields, character, page=0):
    """How many of a character stand on a page, and the distances of neighbours of one line in points."""
    places = characters(press.print_piece([samples.filling(form_id, fields)]).pdf, page)[character]
    places.sort(key=lambda place: (-round(place[1]), place[0]))
    gaps = {round(b[0] - a[0], 1) for a, b in pairwise(places) if abs(a[1] - b[1]) < 1}
    return len(places), gaps


# A cell is 60 mm wide, 170 points: 18 characters of 9 points, 21 of 8, 24 of 7, 26 of 6.5, 28 of 6.
@pytest.mark.parametrize(
    ("count", "size"),
    [(2, 9), (18, 9), (19, 8), (21, 8), (22, 7), (24, 7), (25, 7), (48, 7), (49, 6.5), (52, 6.5), (53, 6), (56, 6)],
)
def test_a_long_value_of_a_record_steps_down_and_is_whole(press, count, size):
    fields = samples.incident_fields(facts=[[["事実", "鷹" * count], ["事実", ""]]])
    assert sizes(press, "incident", fields, "鷹") == (count, {size})


@pytest.mark.parametrize("h", ["incident", "audit", "spoilage"])
def test_a_value_too_long_for_a_record_is_refused_by_its_label(press, h):
    changes = {
        "incident": {"facts": [[["事実", "字" * 57], ["事実", ""]]]},
        "audit": {"contract_no": "字" * 57},
        "spoilage": {"contract_no": "字" * 57},
    }
    with pytest.raises(PressError) as caught:
        press.print_piece([samples.filling(h, **changes[h])])
    assert [finding.key for finding in caught.value.findings] == ["press.overflow"]
    assert caught.value.findings[0].values["area"] == ("事実" if h == "incident" else "契約番号")


@pytest.mark.parametrize(("count", "size"), [(100, 8.5), (49 * 6, 8.5), (49 * 6 + 1, 7.5), (LONGEST, 7.5)])
def test_an_item_of_an_incident_report_steps_down_and_is_whole(press, count, size):
    fields = samples.incident_fields(items=["あ" * count] * 9)
    assert sizes(press, "incident", fields, "あ", page=1) == (count * 9, {size})


# 160 mm hold 36 characters of OCR-B of 17 points, 41 of 15, 48 of 13, 57 of 11; a group takes five with its hyphen.
@pytest.mark.parametrize(("groups", "size"), [(6, 17), (7, 17), (8, 15), (9, 13), (10, 11), (11, 11)])
def test_a_long_passphrase_steps_down_and_is_whole(press, groups, size):
    count, gaps = sizes(press, "passphrase", samples.passphrase_fields(passphrase_groups=["QXQX"] * groups), "X")
    assert count == groups * 2
    assert min(gaps) == pytest.approx(2 * size * 72 / 9.96 / 10, abs=0.1)


def test_a_passphrase_too_long_for_the_letter_is_refused(press):
    with pytest.raises(PressError) as caught:
        press.print_piece([samples.filling("passphrase", passphrase_groups=["QXQX"] * 12)])
    assert [finding.key for finding in caught.value.findings] == ["press.overflow"]
