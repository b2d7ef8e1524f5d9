"""Every shipped form prints: ordinary, with the names and addresses that hurt, full to its last row; and refuses one row more."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import samples

from print_service.press.errors import MissingGlyphError, PressError
from print_service.press.forms import form_ids, load_form

PAGES = {
    "resident_tax": 2, "vehicle_tax": 2, "payment_slip": 1, "reminder": 1, "final_demand": 1,
    "passphrase": 1, "erasure_certificate": 1, "transfer_slip": 1, "staff_report": 1, "copy_register": 1,
    "spoilage": 1, "audit": 1, "incident": 2, "pull_list": 1, "dunning_cover": 1, "export_record": 1,
}  # fmt: skip
ADDRESSED = ["resident_tax", "vehicle_tax", "payment_slip", "reminder", "final_demand"]


def test_there_is_a_sample_for_every_form():
    assert sorted(samples.FIELDS) == form_ids() == sorted(PAGES)


@pytest.mark.parametrize("form_id", sorted(PAGES))
def test_the_form_prints_on_its_pages(press, form_id):
    piece = press.print_piece([samples.filling(form_id)])
    assert piece.pages == PAGES[form_id]


@pytest.mark.parametrize(
    "addressee", [samples.NASTY, samples.COMPANY, samples.LATIN, samples.LONGEST], ids=lambda to: to["name"][:8]
)
@pytest.mark.parametrize("form_id", ADDRESSED)
def test_long_names_and_addresses_stay_in_their_boxes(press, form_id, addressee):
    press.print_piece([samples.filling(form_id, addressee=addressee)])


@pytest.mark.parametrize("form_id", ADDRESSED)
def test_a_name_without_a_glyph_is_held_back_by_name(press, form_id):
    with pytest.raises(MissingGlyphError) as caught:
        press.print_piece([samples.filling(form_id, addressee=samples.PLAIN | {"name": "見本\ue123 太郎"})])
    assert [glyph.codepoints for glyph in caught.value.missing] == ["U+E123"]


def vehicles(count):
    vehicle = {
        "notice_no": "0001234567",
        "plate": "見本 580 あ 12-34",
        "kind": "軽自動車 四輪 乗用 自家用",
        "amount": 10_800,
    }
    return {"vehicles": [vehicle] * count, "part": {"number": 1, "of": 2}}


@pytest.mark.parametrize(
    ("form_id", "changes"),
    [
        ("vehicle_tax", vehicles),
        ("final_demand", lambda count: {"count": count, "part": {"number": 1, "of": 2}}),
    ],
)
def test_a_form_holds_the_rows_it_states_and_not_one_more(press, form_id, changes):
    rows = load_form(form_id, samples.DAY).texts["rows_per_page"]
    press.print_piece([samples.filling(form_id, **changes(rows))])
    with pytest.raises(PressError) as caught:
        press.print_piece([samples.filling(form_id, **changes(rows + 1))])
    assert {finding.key for finding in caught.value.findings} <= {"press.overflow", "press.text-lost"}


def test_a_pull_list_and_a_cover_sheet_print_full_to_their_last_row(press):
    rows = load_form("pull_list", samples.DAY).texts["rows_per_page"]
    press.print_piece([samples.filling("pull_list", rows=rows)])
    with pytest.raises(PressError):
        press.print_piece([samples.filling("pull_list", rows=rows + 1)])
    texts = load_form("dunning_cover", samples.DAY).texts
    full = {"channels": texts["channels_per_page"], "reasons": texts["reasons_per_page"]}
    press.print_piece([samples.filling("dunning_cover", **full)])
    press.print_piece([samples.filling("dunning_cover", kind="final-demand", deadline=None, seizure_day=None, late=0)])


def test_a_certificate_full_of_long_paths_prints(press):
    fields = samples.erasure_fields(load_form("erasure_certificate", samples.DAY).texts["rows_per_page"])
    for row in fields["rows"]:
        row["path"] = "/srv/jobs/2026/R08-N01/" + "work-" * 12 + ".pscz"
    press.print_piece([samples.filling("erasure_certificate", fields)])


@pytest.mark.parametrize("form_id", ["resident_tax", "vehicle_tax"])
def test_an_account_payer_gets_the_account_sentence(press, form_id):
    press.print_piece([samples.filling(form_id, method="account", account=samples.ACCOUNT)])


def test_a_tax_of_one_instalment_prints(press):
    one = [{"number": 1, "due": "2026-06-30", "amount": 3_900}]
    press.print_piece([samples.filling("resident_tax", instalments=one, annual=3_900, income=[], deductions=[])])


def piece_with_slips(addressee):
    notice = samples.filling("resident_tax", addressee=addressee)
    slips = [
        samples.filling("payment_slip", addressee=addressee, amount=amount)
        for amount in (279_100, 72_100, 69_000, 69_000, 69_000)
    ]
    return [notice, *slips]


DIGESTS = f"""
import sys, hashlib
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
import samples, test_every_form
from print_service.press.weasy import WeasyPress
from print_service.resources import templates_dir
press = WeasyPress(templates_dir(), Path(sys.argv[1]))
for to in (samples.NASTY, samples.PLAIN):
    print(hashlib.sha256(press.print_piece(test_every_form.piece_with_slips(to)).pdf).hexdigest())
"""


def test_the_same_piece_has_the_same_bytes_in_another_process_and_order(press, fonts_cache):
    here = [
        hashlib.sha256(press.print_piece(piece_with_slips(to)).pdf).hexdigest() for to in (samples.PLAIN, samples.NASTY)
    ]
    command = [sys.executable, "-c", DIGESTS, str(fonts_cache)]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    there = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert there.stdout.split() == here[::-1]
