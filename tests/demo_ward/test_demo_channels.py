"""The synthetic payers of every channel: drawn alike for the same seed, in files that their readers take."""

import shutil
from datetime import date

import pytest
from sqlalchemy import select

from print_service.collection.load import load_payments
from print_service.collection.match import balances
from print_service.collection.read import read_payments
from print_service.collection.worklist import worklist
from print_service.demo.payers_pay import Season, draw, write_file
from print_service.ledger.tables import Slip

SEASON = Season(("R08-N02",), date(2026, 6, 8), date(2026, 7, 17), 25, 75, date(2026, 6, 8), (date(2026, 6, 30),))
CODES = {"resident-tax": "01", "vehicle-tax": "02"}


@pytest.fixture(scope="module")
def posted_folder(tmp_path_factory, ward_template, copied_ward):
    """Resident tax posted."""
    folder = tmp_path_factory.mktemp("posted") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        ward.noticed()
        ward.post_blank("R08-N02", date(2026, 6, 5))
    return folder


@pytest.fixture
def posted(posted_folder, ward_template, copied_ward, tmp_path):
    with copied_ward(posted_folder, ward_template[1], tmp_path / "ward") as ward:
        yield ward


def write_all(ward, folder, seed):
    folder.mkdir(exist_ok=True)
    with ward.session() as session:
        return {name: write_file(session, SEASON, seed, folder / name, CODES) for name in SEASON.files}


def test_the_same_seed_writes_the_same_bytes(posted, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_all(posted, tmp_path / name, seed)
    content = {name: [(tmp_path / name / file).read_bytes() for file in SEASON.files] for name in "abc"}
    assert content["a"] == content["b"] != content["c"]


def test_every_file_is_read_back_by_its_layout(posted, tmp_path):
    counts = write_all(posted, tmp_path / "files", 1)
    for name, layout in SEASON.files.items():
        file = read_payments(tmp_path / "files" / name, layout, SEASON.last)
        assert len(file.records) == counts[name]
    assert sum(counts.values()) > 5


def test_who_pays_twice_stands_in_the_work_list_and_every_record_names_a_slip(posted, act, tmp_path):
    write_all(posted, tmp_path / "files", 1)
    for name, layout in SEASON.files.items():
        with posted.session() as session:
            path = tmp_path / "files" / name
            done = load_payments(session, posted.settings, act("2026-07-18 09:00"), path, layout)
            assert done.matched == done.records
    with posted.session() as session:
        assert [row.key for row in worklist(session, SEASON.last)] == ["collection.double-slip"]


def test_what_was_drawn_is_what_is_paid(posted, act, tmp_path):
    """By hand from the draw: slips that were visited and not revoked, or posted."""
    write_all(posted, tmp_path / "files", 1)
    with posted.session() as session:
        for name, layout in SEASON.files.items():
            load_payments(session, posted.settings, act("2026-07-18 09:00"), tmp_path / "files" / name, layout)
        drawn = draw(session, SEASON, 1)
        by_code = {slip.cvs_digits: slip for slip in session.scalars(select(Slip))}
        by_number = {slip.number: slip for slip in by_code.values()} | {
            slip.number: slip for slip in session.scalars(select(Slip))
        }
        paid = {by_code[visit.digits44].id for visit in drawn.visits if visit.outcome != "cancelled"}
        paid |= {by_number[posting.number].id for mine in drawn.postings.values() for posting in mine}
        slips = {slip.id: slip for slip in session.scalars(select(Slip))}
        told = {(slips[key].assessment_id, slips[key].period) for key in paid}
        for balance in balances(session, date(2026, 6, 30), SEASON.last):
            if balance.assessment.method == "account" or balance.assessment.tax_item != "resident-tax":
                continue
            key = balance.assessment.id
            assert (balance.unpaid == 0) == bool({(key, 0), (key, balance.instalment.number)} & told)


def test_files_do_not_depend_on_what_was_loaded_before(posted, act, tmp_path):
    """A demonstration that is killed between two files writes the next one as it would have been."""
    write_all(posted, tmp_path / "whole", 1)
    first, *rest = SEASON.files
    with posted.session() as session:
        path = shutil.copy(tmp_path / "whole" / first, tmp_path / first)
        load_payments(session, posted.settings, act("2026-07-18 09:00"), path, SEASON.files[first])
    write_all(posted, tmp_path / "again", 1)
    for name in rest:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
