"""The figures of the demonstration, counted again from what lies in the folder: pages, host files, payment files, ledger."""

import csv
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from demo_pages import read

pytestmark = pytest.mark.xdist_group("demo")

# The keys the project promises to whoever reads report.json.
KEYS = """
assessments held_back pieces sheets slips marks_expected marks_decoded containers pdfs passphrases media_out paid reminders
reminded_though_paid journal_head
"""
OVER_LIMIT = "納付額が30万円を超えるため、コンビニエンスストアでは納付できません"


@pytest.fixture(scope="session")
def pages(demo):
    """Every printed page by batch."""
    return {Path(name).parent.parent.name: read(Path(name)) for name in demo[1]["pdfs"]}


def _rows(out, statement):
    with closing(sqlite3.connect(f"file:{out}/ledger.sqlite?mode=ro", uri=True)) as ledger:
        return ledger.execute(statement).fetchall()


def _evidences(out):
    """The evidence files hold one JSON object after the other."""
    for path in sorted((out / "output").glob("*/evidence.jsonl")):
        text = path.read_text(encoding="utf-8").strip()
        while text:
            evidence, end = json.JSONDecoder().raw_decode(text)
            yield evidence
            text = text[end:].lstrip()


def _pieces(pages, batch):
    found = {}
    for page in pages[batch]:
        found.setdefault(page.piece, []).append(page)
    return found


def test_report_has_the_promised_keys(demo):
    assert set(KEYS.split()) <= demo[1].keys()


def test_the_paths_of_the_report_exist(demo):
    report = demo[1]
    assert all(Path(path).is_file() for path in [*report["containers"], *report["pdfs"], *report["open_these"]])
    assert sorted(report["passphrases"]) == sorted(report["containers"])


def test_every_mark_is_decoded_and_as_many_are_on_the_pages(demo, pages):
    out, report = demo
    told = Counter()
    for evidence in _evidences(out):
        told.update({kind: count["decoded"] for kind, count in evidence["counts"].items()})
    assert report["marks_decoded"] == report["marks_expected"] == sum(told.values())
    # The three kinds that zxing-cpp knows; customer bar codes and OCR lines it does not.
    formats = Counter(format_ for batch in pages.values() for page in batch for format_ in page.symbols)
    bars = sum(count for format_, count in formats.items() if format_.startswith("Code"))
    everything = sum(map(len, pages.values()))
    assert (told["piece"], told["gs1-128"], told["el-qr"]) == (everything, bars, formats.total() - bars)


def test_pages_sheets_pieces_and_slips_are_those_on_paper(demo, pages):
    report, everything = demo[1], [page for batch in pages.values() for page in batch]
    assert report["pages"] == len(everything)
    assert report["sheets"] == len({(page.batch, page.piece, page.sheet) for page in everything})
    assert report["pieces"] == len({(page.batch, page.piece) for page in everything})
    assert report["slips"] == sum(page.is_slip for page in everything)


def test_each_page_says_which_piece_it_is_and_every_sheet_is_there_in_order(pages):
    for batch, found in pages.items():
        assert {page.batch for page in found} == {batch}
        assert [page.piece for page in found] == sorted(page.piece for page in found)
        for piece in _pieces(pages, batch).values():
            places = [(page.sheet, page.side) for page in piece]
            assert places == sorted(set(places), key=lambda place: (place[0], "FB".index(place[1])))
            assert [sheet for sheet, side in places if side == "F"] == list(range(1, piece[0].sheets + 1))


def test_everybody_of_the_host_files_is_printed_or_held_back_by_name(demo, pages):
    out, report = demo
    # One envelope for one payer and one way of paying: columns 2 payer, 7 way of paying.
    rows = csv.reader((out / "host/vehicle-tax-host.csv").read_text(encoding="utf-8").splitlines())
    vehicles = [row for row in rows if row[0] == "2"]
    resident = (out / "host/resident-tax-host.dat").read_bytes().splitlines()
    residents = sum(line.startswith(b"2") for line in resident)
    assert report["assessments"] == len(vehicles) + residents
    held = Counter(job for (job,) in _rows(out, "SELECT job_id FROM holds"))
    assert len(_pieces(pages, "R08-N01")) + held["R08-N01"] == len({(row[2], row[7]) for row in vehicles})
    assert len(_pieces(pages, "R08-N02")) + held["R08-N02"] == residents
    assert report["held_back"] == sum(held.values()) == sum(report["held_back_reasons"].values())


def test_nobody_who_paid_in_a_file_is_reminded(demo):
    out, report = demo
    assert report["reminded_though_paid"] == 0
    slips = {
        digits: (assessment, period)
        for digits, assessment, period in _rows(
            out, "SELECT cvs_digits, assessment_id, period FROM slips WHERE cvs_digits IS NOT NULL"
        )
    }
    reminders = 0
    for file, job in (("cvs-20260619.dat", "R08-D01"), ("cvs-20260717.dat", "R08-D02")):
        # A data record: 2, then data kind at 1 (03 revokes), then the slip's 44 digits from 15 on.
        lines = (out / "payments" / file).read_bytes().splitlines()
        told = [(line[1:3], line[15:59].decode()) for line in lines if line.startswith(b"2")]
        revoked = {digits for kind, digits in told if kind == b"03"}
        paid = {slips[digits] for _, digits in told if digits not in revoked}
        assert paid
        owed = "SELECT assessment_id, period FROM piece_assessments JOIN pieces ON pieces.id = piece_id"
        reminded = set(_rows(out, f"{owed} WHERE job_id = '{job}' AND state = 'posted'"))
        assert not reminded & paid
        assert not {assessment for assessment, _ in reminded} & {item for item, period in paid if period == 0}
        reminders += len(_rows(out, f"SELECT 1 FROM pieces WHERE job_id = '{job}' AND state = 'posted'"))
    assert report["reminders"] == reminders > 0


def test_who_paid_while_the_reminder_was_in_print_is_on_the_vendors_pull_list_and_not_in_the_post(demo):
    """The file of 7/21 tells of one payment; its piece is on the list by number, approved by another, counted back, and not posted."""
    out, report = demo
    records = (out / "payments/pay-easy-20260721.dat").read_bytes().splitlines()
    assert sum(line.startswith(b"MPN DTL") for line in records) == report["pulled"] == 1
    ((piece,),) = _rows(out, "SELECT number FROM pieces WHERE job_id = 'R08-D02' AND state = 'pulled'")
    ((made_by, approved_by, pulled),) = _rows(
        out, "SELECT made_by, approved_by, pulled FROM pull_lists JOIN pull_reports ON list_id = pull_lists.id"
    )
    assert (made_by != approved_by, pulled) == (True, 1)
    folder = out / "output/R08-D02/pull"
    with (folder / "R08-D02-r01.csv").open(encoding="utf-8", newline="") as stream:
        assert [int(row["piece_no"]) for row in csv.DictReader(stream)] == [piece]
    assert str(folder / "R08-D02-r01.pdf") in report["open_these"]


def test_the_cover_sheet_of_each_run_is_worth_opening(demo):
    """Who planned, approved and froze it stands there."""
    out, report = demo
    covers = {f"{out}/output/letters/{batch}-cover.pdf" for batch in ("R08-D01", "R08-D02", "R08-F01")}
    assert covers <= set(report["open_these"])


@pytest.mark.parametrize(
    "name",
    ["髙﨑　太郎", "𠮷田　花子", "渡邉\U000e010f　健一", "𣘺本　翔太", "𡈽屋　恵子", "株式会社見本運輸　御中"],
)
def test_the_names_that_hurt_stand_exactly_in_the_letters(pages, name):
    # The space of a name and the honorific after it may be set as any white space.
    wanted = "".join(name.split())
    assert any(wanted in "".join(page.text.split()) for batch in ("R08-N01", "R08-N02") for page in pages[batch])


def test_a_name_without_a_glyph_is_held_back_and_not_printed(demo, pages):
    out, report = demo
    assert report["held_back_reasons"]["press.missing-glyph"] == 1
    ((job, piece),) = _rows(out, "SELECT job_id, piece_no FROM holds WHERE key = 'press.missing-glyph'")
    assert piece not in _pieces(pages, job)


def test_account_payers_get_a_notice_without_slips(pages):
    without = [piece for piece in _pieces(pages, "R08-N02").values() if not any(page.is_slip for page in piece)]
    assert without
    assert all("口座振替" in piece[0].text for piece in without)


def test_a_tax_so_small_that_it_is_one_instalment_has_one_slip_and_others_five(pages):
    # One for the whole year and four instalments, or a single one.
    counts = Counter(sum(page.is_slip for page in piece) for piece in _pieces(pages, "R08-N02").values())
    assert counts.keys() == {0, 1, 5}


def test_several_vehicles_of_one_owner_go_into_one_envelope(pages):
    assert max(sum(page.is_slip for page in piece) for piece in _pieces(pages, "R08-N01").values()) >= 3


def test_a_slip_above_the_limit_has_the_sentence_and_no_bar_code_and_no_other_slip_has(pages):
    slips = [page for batch in pages.values() for page in batch if page.is_slip]
    sentence = [OVER_LIMIT in "".join(page.text.split()) for page in slips]
    without = [not any(format_.startswith("Code") for format_ in page.symbols) for page in slips]
    assert any(sentence)
    assert not all(sentence)
    assert sentence == without


def test_the_bar_code_of_a_slip_is_a_slip_of_the_ledger_and_its_amount_stands_on_it(demo, pages):
    amounts = dict(_rows(demo[0], "SELECT cvs_digits, amount FROM slips WHERE cvs_digits IS NOT NULL"))
    checked = 0
    for page in (page for batch in pages.values() for page in batch if page.is_slip):
        for format_, content in page.symbols.items():
            if format_.startswith("Code"):
                digits = "".join(letter for letter in content if letter.isdigit())
                assert f"{amounts[digits]:,}" in page.text
                checked += 1
    assert checked > 20
