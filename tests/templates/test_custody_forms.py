"""The records of custody on paper: each says its form number and page n of m on every page, full to its last row and not one more."""

import io

import pypdfium2
import pytest
import samples

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


def test_the_longest_item_of_an_incident_report_finds_room(press):
    from handover.incident_commands import LONGEST

    words(press, "incident", samples.incident_fields(items=["あ" * LONGEST] * 9))
