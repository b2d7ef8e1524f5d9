"""Steps 3 to 5 by the real press: what numbering stored is printed, and every mark on every page is read back from the files."""

import hashlib
import json
import shutil
import tomllib
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from print_service.findings import RefusedError
from print_service.ledger.journal import Tag
from print_service.ledger.tables import Job, JournalRow, PageFile, Piece
from print_service.notices.compose import print_pages, store_pages
from print_service.pool import process_pool
from print_service.proof.expect import Printer, _document_pages, _Place, expected_pages
from print_service.proof.forms import form_zones, layout_of
from print_service.proof.job import read_back, store_proof
from print_service.proof.prove import prove_file
from print_service.resources import templates_dir

pytestmark = pytest.mark.xdist_group("proof-press")
JOB = "R08-N01"
# In postal order: a catch-all post code (no bars), the manual's example with letters, an address that must be cut.
OWNERS = (
    {"postcode": "1600000", "address": "東京都新宿区見本町3番4号"},
    {"postcode": "6230011", "address": "京都府綾部市青野町綾部6-7", "building": "LプラザB106"},
    {"postcode": "9100067", "address": "福井県福井市新田塚3丁目80-25", "building": "J1ビル2-B"},
)


@pytest.fixture(scope="module")
def pool(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp().parent / "xdg-cache"))
        with process_pool(1) as executor:
            yield executor


@pytest.fixture(scope="module")
def printed_folder(tmp_path_factory, ward_template, copied_ward, pool, act):
    """A ward whose three owners' notices and slips are printed."""
    folder = tmp_path_factory.mktemp("proof-job") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load(ward.write_vehicles("owners.csv", *({"payer_key": f"{n:010d}"} | o for n, o in enumerate(OWNERS, 1))))
        ward.noticed(JOB, "vehicle-tax")
        results = print_pages(ward.engine, ward.settings, JOB, pool)
        with ward.session() as session:
            store_pages(session, act("2026-04-17 13:00"), JOB, results)
    return folder


@pytest.fixture
def printed(printed_folder, ward_template, copied_ward, tmp_path):
    with copied_ward(printed_folder, ward_template[1], tmp_path / "ward") as ward:
        yield ward


@contextmanager
def altered(ward, piece, position):
    """A stored document of a piece to change, as if the ledger had been changed after the print."""
    with ward.session() as session:
        row = session.scalars(select(Piece).where(Piece.job_id == JOB, Piece.number == piece)).one()
        yield row.documents[position]
        flag_modified(row, "documents")


def evidence(ward):
    """The proof of the job's one file, in this process."""
    with ward.session() as session:
        file = session.scalars(select(PageFile)).one()
        pages = list(expected_pages(session, session.get_one(Job, JOB), file, ward.settings.ward.issuer()))
        return prove_file(ward.settings.output / JOB / "pages" / file.name, pages)


def test_every_mark_of_the_job_is_read_back(printed, pool, act):
    evidences = read_back(printed.engine, printed.settings, JOB, pool)
    with printed.session() as session:
        proved = store_proof(session, act("2026-04-17 14:00"), JOB, evidences)
    # Three notices of two sides and three slips; one address has no bars.
    assert proved.kinds == {"customer": (2, 2), "el-qr": (3, 3), "gs1-128": (3, 3), "ocr": (3, 3), "piece": (9, 9)}
    assert proved.marks_expected == proved.marks_decoded == 20
    # Three windows and nine parts of slips bear the name; five marks of a notice and its slip have their place.
    assert proved.checks["text-name"] == (12, 12)
    assert proved.checks["place"] == (17, 17)
    assert all(expected == right for expected, right in proved.checks.values())
    assert [each.finer for each in evidences] == [0]
    with printed.session() as session:
        file = session.scalars(select(PageFile)).one()
        assert (file.marks_expected, file.marks_decoded) == (20, 20)
        assert file.evidence["counts"]["ocr"] == {"decoded": 3, "expected": 3}
        assert session.get_one(Job, JOB).state == "proved"
        kept = (printed.settings.output / JOB / "evidence.jsonl").read_bytes()
        (row,) = session.scalars(select(JournalRow).where(JournalRow.tag == Tag.JOB_PROVED))
        assert hashlib.sha256(kept).hexdigest() == proved.evidence
        assert proved.evidence.encode() in row.entry
    (line,) = kept.decode().splitlines()
    assert line == json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def test_the_ledger_keeps_what_the_marks_say(printed):
    """Digits and letters as the post's manual takes them from these addresses (pp. 17-20); a catch-all post code has none."""
    with printed.session() as session:
        pieces = session.scalars(select(Piece).order_by(Piece.number)).all()
        stored = [document["marks"].get("customer", "no zone") for piece in pieces for document in piece.documents]
    assert stored == [None, "no zone", "62300116-7LB106", "no zone", "91000673-80-25J1-2B", "no zone"]


def test_the_proof_reads_the_cut_address_as_it_is_printed(printed):
    with altered(printed, 3, 0) as document:
        document["marks"]["customer"] = "91000673-80-25J1-2A"
    assert evidence(printed).findings == ()  # the last letter never reached the paper
    with altered(printed, 3, 0) as document:
        document["marks"]["customer"] = "91000673-80-25J1-3B"
    (finding,) = evidence(printed).findings
    assert (finding.key, finding.values["piece"]) == ("proof.mark-differs", 3)
    assert finding.values["found"] == "91000673-80-25J1-2[CC1]"


@pytest.mark.parametrize(
    ("position", "mark", "value", "key"),
    [
        (0, "customer", None, "proof.mark-unexpected"),
        (0, "customer", "62300116-7LB107", "proof.mark-differs"),
        (1, "ocr", None, "proof.mark-unexpected"),
        (1, "ocr", ["0" * 39, "0" * 44], "proof.mark-differs"),
    ],
)
def test_what_the_ledger_does_not_say_is_named(printed, position, mark, value, key):
    with altered(printed, 2, position) as document:
        document["marks"][mark] = value
    (finding,) = evidence(printed).findings
    assert (finding.key, finding.values["piece"], finding.values["kind"]) == (key, 2, mark)


@pytest.mark.parametrize(
    ("position", "field", "value", "key", "zones"),
    [
        (0, ("addressee", "name"), "別人　花子", "proof.text-differs", {"name-window"}),
        (0, ("addressee", "address"), OWNERS[2]["address"], "proof.text-differs", {"address-window"}),
        (1, ("key", "number"), "0802260200000619", "proof.text-differs", {"number-slip", "number-el"}),
        (1, ("period_label",), "第1期", "proof.text-differs", {"year-receipt", "year-bank", "year-notice"}),
        (0, ("due",), "2026-06-02", "proof.text-differs", {"date-due"}),
    ],
)
def test_a_field_that_the_ledger_tells_otherwise_is_named_by_its_zone(printed, position, field, value, key, zones):
    with altered(printed, 2, position) as document:
        table = document if field[0] == "key" else document["fields"]
        for step in field[:-1]:
            table = table[step]
        table[field[-1]] = value
    findings = evidence(printed).findings
    assert {(finding.key, finding.values["piece"]) for finding in findings} == {(key, 2)}
    assert {finding.values["field"] for finding in findings} == zones


def test_a_slip_whose_bars_end_before_its_due_date_is_named_though_ledger_and_paper_agree(printed):
    with altered(printed, 2, 1) as document:
        document["fields"]["due"] = "2026-08-03"
    keys = {finding.key for finding in evidence(printed).findings}
    assert keys == {"proof.date-before-due", "proof.text-differs"}


@pytest.mark.parametrize("form", sorted(path.name for path in (templates_dir() / "notices").iterdir()))
def test_every_page_of_every_version_has_wording_to_know_it_by(form):
    table = tomllib.loads((templates_dir() / "notices" / form / "form.toml").read_text(encoding="utf-8"))
    for version in table["version"]:
        for page in range(1, form_zones(form).pages + 1):
            layout = layout_of(form, page, version["valid_from"], Decimal(4), Decimal(2))
            assert layout.wording, (form, page)


def test_a_letter_without_its_bars_or_lines_is_named(printed):
    with altered(printed, 1, 0) as document:
        document["marks"]["customer"] = "1600022"
    (finding,) = evidence(printed).findings
    assert (finding.key, finding.values["piece"]) == ("proof.mark-missing", 1)


def test_such_a_job_is_refused_and_stays_composed(printed, pool, act):
    with altered(printed, 2, 0) as document:
        document["marks"]["customer"] = "62300116-7LB107"
    evidences = read_back(printed.engine, printed.settings, JOB, pool)
    with printed.session() as session, pytest.raises(RefusedError) as refusal:
        store_proof(session, act("2026-04-17 14:00"), JOB, evidences)
    assert [finding.key for finding in refusal.value.findings] == ["proof.mark-differs"]
    with printed.session() as session:
        assert session.get_one(Job, JOB).state == "composed"


def test_a_ward_without_ocr_lines_prints_and_expects_none(tmp_path, ward_template, copied_ward, pool, act):
    folder = tmp_path / "ward"
    shutil.copytree(ward_template[0], tmp_path / "plain")
    toml = tmp_path / "plain" / "ward.toml"
    before = toml.read_text(encoding="utf-8")
    after = before.replace('enabled = true\naccounting = "01"', 'enabled = false\naccounting = "01"')
    assert after != before
    toml.write_text(after, encoding="utf-8")
    with copied_ward(tmp_path / "plain", ward_template[1], folder) as ward:
        ward.load(ward.write_vehicles("owners.csv", {}))
        ward.noticed(JOB, "vehicle-tax")
        results = print_pages(ward.engine, ward.settings, JOB, pool)
        with ward.session() as session:
            store_pages(session, act("2026-04-17 13:00"), JOB, results)
        found = evidence(ward)
    assert found.findings == ()
    assert found.counts["ocr"].expected == found.counts["ocr"].decoded == 0


def test_the_bleed_of_a_form_is_expected_of_its_pages(printed):
    with printed.session() as session:
        piece = session.scalars(select(Piece).where(Piece.number == 1)).one()
        place = _Place(JOB, session.get_one(Job, JOB).issued_on, 1, piece.sheets, 0, 1, Printer())
        form = replace(form_zones("payment_slip"), bleed_mm=Decimal("3.0"))
        (page,) = _document_pages(piece.documents[1], form, place)
    assert page.bleed_mm == Decimal("3.0")


def test_the_zones_of_a_slip_are_apart():
    """Two marks in one place could be taken for each other."""
    zones = form_zones("payment_slip").zones
    assert set(zones) == {"piece_mark", "cvs", "el_qr", "ocr"}
    boxes = [box for _, box in zones.values()]
    for index, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[index + 1 :]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y
