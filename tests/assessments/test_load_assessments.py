"""Step 1 intake, the ledger's half: a host file enters whole, once, and replaces another only by name."""

import gzip
import zipfile
from datetime import date

import pytest
from sqlalchemy import func, select

from handover import journal
from print_service.assessments.load import load_assessments
from print_service.findings import RefusedError
from print_service.ledger.journal import entries
from print_service.ledger.tables import Assessment, Base, Instalment, Payer, SourceFile

MB = 1_000_000


def keys(refusal):
    return [finding.key for finding in refusal.value.findings]


def changed(ward):
    """The vehicle file once more, one vehicle's tax corrected by the host (and the trailer's sum with it)."""
    ward.load(ward.write_vehicles("first.csv", {}, {"plate": "見本 580 い 56-78", "annual": 2_000}))
    return ward.write_vehicles("second.csv", {}, {"plate": "見本 580 い 56-78", "annual": 2_400})


def test_the_ledger_holds_what_the_file_holds(ward):
    loaded = ward.load(ward.vehicle_file)
    rows = ward.vehicle_file.read_text(encoding="utf-8").splitlines()
    trailer = rows[-1].split(",")
    assert (loaded.assessments, loaded.total, loaded.already) == (int(trailer[1]), int(trailer[2]), False)
    with ward.session() as session:
        assert session.scalar(select(func.sum(Instalment.amount))) == int(trailer[2])
        assert session.scalar(select(func.count()).select_from(Assessment)) == len(rows) - 2
        assert session.scalar(select(func.count()).select_from(Payer)) == loaded.payers


def test_names_are_stored_as_given(loaded_ward):
    """Variation selector, plane 2 and an unmapped external character survive; nothing is normalised."""
    with loaded_ward.session() as session:
        names = {case: session.get_one(Payer, key).name for case, key in loaded_ward.plan.cases.items()}
    assert names["variation-selector"] == "渡邉\U000e010f\u3000健一"
    assert names["plane-2-yoshi"] == "𠮷田\u3000花子"
    assert names["variant-taka-saki"] == "髙﨑\u3000太郎"
    assert names["no-glyph"] == "見\ue0bb\u3000一郎"  # CP932 F0FC is U+E0BB


def test_due_dates_of_2026_are_stored_rolled_to_the_next_opening_day(loaded_ward):
    """By the calendar: 31 May and 31 January are Sundays, 31 October a Saturday (地方税法20条の5第2項)."""
    with loaded_ward.session() as session:
        found = session.execute(
            select(Assessment.tax_item, Instalment.number, Instalment.due)
            .join(Assessment, Assessment.id == Instalment.assessment_id)
            .distinct()
        )
        assert sorted(map(tuple, found)) == [
            ("resident-tax", 1, date(2026, 6, 30)),
            ("resident-tax", 2, date(2026, 8, 31)),
            ("resident-tax", 3, date(2026, 11, 2)),
            ("resident-tax", 4, date(2027, 2, 1)),
            ("vehicle-tax", 1, date(2026, 6, 1)),
        ]


def test_a_tax_too_small_to_split_has_the_first_due_date_only(loaded_ward):
    with loaded_ward.session() as session:
        key = loaded_ward.plan.cases["one-instalment"]
        dues = session.scalars(
            select(Instalment.due)
            .join(Assessment, Assessment.id == Instalment.assessment_id)
            .where(Assessment.payer_key == key)
        ).all()
    assert dues == [date(2026, 6, 30)]


def test_the_same_file_again_changes_nothing(ward):
    first = ward.load()
    before = ward.snapshot()
    again = ward.load()
    assert (again.already, again.source_file_id, again.total) == (True, first.source_file_id, first.total)
    assert ward.snapshot() == before


def test_the_same_bytes_under_another_name_are_the_same_file(ward):
    ward.load()
    before = ward.snapshot()
    copy = ward.out / "host" / "other-name.dat"
    copy.write_bytes(ward.resident_file.read_bytes())
    assert ward.load(copy).already
    assert ward.snapshot() == before


def test_a_changed_file_that_does_not_name_the_older_one_is_refused(ward):
    second = changed(ward)
    before = ward.snapshot()
    for named in (None, "", "0" * 64):
        with pytest.raises(RefusedError) as refusal:
            ward.load(second, supersedes=named)
        assert keys(refusal) == ["intake.supersede-required"]
    assert ward.snapshot() == before


def test_the_refusal_names_the_file_to_supersede(ward):
    second = changed(ward)
    with ward.session() as session:
        live = session.scalars(select(SourceFile)).one()
    with pytest.raises(RefusedError, match=f"first.csv.*{live.sha256[:12]}"):
        ward.load(second)


def test_a_changed_file_supersedes_the_one_it_names(ward):
    second = changed(ward)
    with ward.session() as session:
        old = session.scalars(select(SourceFile)).one()
    loaded = ward.load(second, supersedes=old.sha256[:12])
    with ward.session() as session:
        assert session.get_one(SourceFile, old.id).superseded_by == loaded.source_file_id
        versions = session.execute(
            select(Assessment.annual, Assessment.superseded).order_by(Assessment.notice_no, Assessment.id)
        ).all()
        assert list(map(tuple, versions)) == [(10_800, True), (10_800, False), (2_000, True), (2_400, False)]
        entry = list(entries(session))[-1]
    assert entry.body["supersedes"] == old.sha256


def test_superseding_one_tax_leaves_the_others_alone(ward):
    ward.load(ward.resident_file)
    second = changed(ward)
    with ward.session() as session:
        old = session.scalars(select(SourceFile.sha256).where(SourceFile.scope == "vehicle-tax-2026")).one()
    ward.load(second, supersedes=old)
    with ward.session() as session:
        superseded = select(func.count()).where(Assessment.superseded, Assessment.tax_item == "resident-tax")
        assert session.scalar(superseded) == 0


@pytest.mark.parametrize("mark", ["protected", "deceased", "returned"])
def test_a_mark_that_holds_letters_back_is_not_lifted_by_another_file(ward, mark):
    """Bug: the file of another tax, not knowing of a protected address, made its payer fit for mass mail again."""
    ward.load(ward.resident_file)
    with ward.session() as session:
        marked = session.scalars(select(Payer).where(Payer.protected)).one()
        setattr(marked, mark, True)
    ward.load(ward.write_vehicles("v.csv", {"payer_key": marked.key}, {"payer_key": "0000099999", mark: "yes"}))
    with ward.session() as session:
        assert getattr(session.get_one(Payer, marked.key), mark)
        assert getattr(session.get_one(Payer, "0000099999"), mark)
        assert session.get_one(Payer, marked.key).address == "東京都新宿区新宿一丁目1-1"


def test_naming_a_file_that_is_not_there_is_refused(ward):
    before = ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        ward.load(supersedes="abcdef")
    assert keys(refusal) == ["intake.supersede-unknown"]
    assert ward.snapshot() == before


def test_a_file_from_which_notices_were_made_is_not_superseded(ward):
    second = changed(ward)
    ward.freeze("R08-N01", "vehicle-tax")
    with ward.session() as session:
        old = session.scalars(select(SourceFile)).one()
    before = ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        ward.load(second, supersedes=old.sha256)
    assert keys(refusal) == ["intake.supersede-after-freeze"]
    assert ward.snapshot() == before


def test_files_of_two_tax_items_stand_side_by_side(loaded_ward):
    with loaded_ward.session() as session:
        scopes = session.scalars(select(SourceFile.scope).where(SourceFile.superseded_by.is_(None))).all()
    assert sorted(scopes) == ["resident-tax-2026", "vehicle-tax-2026"]


def test_a_load_is_witnessed_by_hash_and_totals_and_names_nobody(ward):
    loaded = ward.load()
    with ward.session() as session:
        (entry,) = entries(session)
        assert journal.verify([entry]).ok
        names = session.scalars(select(Payer.name)).all()
    assert entry.tag == "intake:file:loaded"
    assert entry.body == {
        "sha256": loaded.sha256,
        "scope": "resident-tax-2026",
        "records": loaded.assessments,
        "total": loaded.total,
    }
    assert not any(name in str(entry) for name in names)


def _utf8(path):
    path.write_bytes(path.read_bytes().decode("cp932").encode("utf-8"))


def _utf16(path):
    path.write_bytes(path.read_bytes().decode("cp932").encode("utf-16"))


def _cut(path):
    path.write_bytes(path.read_bytes()[:-700])


def _escape_in_a_name(path):
    name = "髙﨑　太郎".encode("cp932")
    path.write_bytes(path.read_bytes().replace(name, b"\x1b" + name[1:], 1))


def _one_endless_line(path):
    path.write_bytes(b"2" * (100 * MB))


def _a_hundred_megabytes_of_nothing(path):
    with path.open("wb") as file:
        file.truncate(100 * MB)


def _zip(path):
    content = path.read_bytes()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("host.dat", content)


def _gzip_bomb(path):
    path.write_bytes(gzip.compress(bytes(10 * MB)))


def _empty(path):
    path.write_bytes(b"")


def _no_trailer(path):
    path.write_bytes(b"".join(line for line in path.read_bytes().splitlines(keepends=True) if line[:1] != b"8"))


def _count_off(path):
    _trailer(path, slice(1, 8), b"0000099")


def _sum_off(path):
    _trailer(path, slice(8, 21), b"0000000000001")


def _trailer(path, place, value):
    lines = path.read_bytes().splitlines(keepends=True)
    row = bytearray(lines[-2])
    row[place] = value
    path.write_bytes(b"".join([*lines[:-2], bytes(row), lines[-1]]))


def _absent(path):
    path.unlink()


BAD = {
    _utf8: "flatfile.wrong-encoding",
    _utf16: "flatfile.wrong-encoding",
    _cut: "flatfile.truncated",
    _escape_in_a_name: "flatfile.control-character",
    _one_endless_line: "flatfile.record-too-long",
    _a_hundred_megabytes_of_nothing: "flatfile.nul-bytes",
    _zip: "flatfile.not-text",
    _gzip_bomb: "flatfile.not-text",
    _empty: "flatfile.empty",
    _no_trailer: "flatfile.trailer-missing",
    _count_off: "flatfile.count-differs",
    _sum_off: "flatfile.sum-differs",
    _absent: "flatfile.unreadable",
}


@pytest.mark.parametrize(("spoil", "key"), BAD.items(), ids=lambda value: getattr(value, "__name__", None))
def test_a_bad_host_file_leaves_the_ledger_as_it_was(ward, spoil, key):
    ward.load(ward.vehicle_file)
    before = ward.snapshot()
    assert set(before) == set(Base.metadata.tables)
    assert len(before["journal"]) == 1
    spoil(ward.resident_file)
    with pytest.raises(RefusedError) as refusal:
        ward.load()
    assert key in keys(refusal)
    assert all(finding.where and finding.sentence for finding in refusal.value.findings)
    assert ward.snapshot() == before
    ward.resident_file.unlink(missing_ok=True)  # some are large


def test_a_refusal_after_rows_were_written_takes_them_back(ward):
    """A levy year before the calendar's oldest schedule is only seen when the instalments are stored."""
    path = ward.write_vehicles("old.csv", {"levy_year": 2005})
    before = ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        ward.load(path)
    assert keys(refusal) == ["calendar.no-schedule"]
    assert ward.snapshot() == before


def test_many_vehicles_are_stored_in_blocks_each_with_its_own_instalment(ward, act):
    """More rows than one INSERT takes: every assessment keeps its own amount."""
    rows = [{"payer_key": f"{n // 3:010d}", "name": f"見本　{n // 3}", "annual": 2_000 + 100 * n} for n in range(2_001)]
    path = ward.write_vehicles("many.csv", *rows)
    with ward.session() as session:
        assert load_assessments(session, act(), path, "vehicle-tax-host").assessments == 2_001
        wrong = session.scalar(
            select(func.count())
            .select_from(Assessment)
            .join(Instalment, Instalment.assessment_id == Assessment.id)
            .where(Assessment.annual != Instalment.amount)
        )
        assert wrong == 0
        assert session.scalar(select(func.count()).select_from(Instalment)) == 2_001


def test_a_fault_behind_many_sound_records_leaves_nothing(ward):
    """What was stored while reading goes again, payers too; the journal says nothing."""
    rows = [{"payer_key": f"{number:010d}"} for number in range(1, 1503)]
    path = ward.write_vehicles("late.csv", *rows, {"payer_key": "0000000001", "name": "別人　一郎"})
    before = ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        ward.load(path)
    assert keys(refusal) == ["intake.payer-differs"]
    assert ward.snapshot() == before


def test_a_payer_the_ledger_knows_is_described_anew_by_a_newer_file(ward):
    ward.load(ward.write_vehicles("first.csv", {"name": "見本　花子"}))
    with ward.session() as session:
        sha256 = session.scalars(select(SourceFile.sha256)).one()
    ward.load(ward.write_vehicles("second.csv", {"name": "見本　華子"}), supersedes=sha256)
    with ward.session() as session:
        (payer,) = session.scalars(select(Payer))
        assert payer.name == "見本　華子"
        assert session.get_one(SourceFile, payer.source_file_id).name == "second.csv"
