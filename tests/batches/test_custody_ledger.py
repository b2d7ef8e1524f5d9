"""Steps 7 and 10 in the ledger: a medium leaves with two named carriers or not at all, and every refusal leaves no event."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta

import pypdfium2
import pytest
from sqlalchemy import func, select

from handover import copy_commands, custody_commands, incident_commands, spoilage_commands
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.clocks import overdue
from handover.duties import accept_contract
from handover.incident import IncidentKind
from handover.model import CopyKind, MediumState
from handover.records import SecretRoute
from handover.report import PrintReport, ReportedCopy
from handover.rules import RefusalError
from handover.writing_commands import deliver_secret, register_spare
from print_service.act import JST
from print_service.batches.custody import (
    Along,
    Outing,
    carry_out,
    close_batch,
    current,
    hand_out,
    incidents,
    outside,
    report_rules,
    running_clocks,
    the_contract,
    witness,
)
from print_service.batches.custody_letters import transfer_letter
from print_service.batches.erasure_letters import certificate_letter
from print_service.batches.export_letter import export_letter
from print_service.batches.print_again import print_again
from print_service.batches.read_back import folder_of, read_back, sealed_record
from print_service.batches.vendor_report import compare_report, take_report
from print_service.findings import RefusedError
from print_service.ledger.states import PieceState, live_container
from print_service.ledger.tables import Piece
from print_service.mailing.pull import approve_pull, list_pieces, report_pull
from print_service.pool import process_pool

LEAVES = datetime(2026, 4, 17, 16, 0, tzinfo=JST)
OUTING = Outing(
    medium="M-2026-001",
    serial="SN-1",
    kind="dvd-r",
    given_by=("W01", "W02"),
    carriers=("V01", "V02"),
    seal_no="S-001",
    case_no="C-07",
    place="見本区役所 税務課",
    expected_at=LEAVES + timedelta(hours=2),
)


@pytest.fixture(scope="module")
def sealed_folder(tmp_path_factory, ward_template, copied_ward, act):
    folder = tmp_path_factory.mktemp("sealed") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        ward.noticed()
        ward.sealed()
        read(ward, act)
        accept(ward, act)
    return folder


def read(ward, act, medium="M-2026-001", of=""):
    """The medium is read back from a disc of its own."""
    disc = ward.out / "disc" / medium
    shutil.copytree(folder_of(ward.settings, of or medium), disc, dirs_exist_ok=True)
    with ward.session() as session:
        read_back(session, ward.settings, act("2026-04-17 15:30"), medium, disc, "W03", of=of)


def accept(ward, act):
    with ward.session() as session:
        who = act("2026-04-10 10:00", "W03")
        carry_out(session, ward.settings, who, accept_contract, accepted_by="W03", at=who.at)


@pytest.fixture
def sealed(sealed_folder, copied_ward, ward_template, tmp_path):
    """A ward whose resident tax job is sealed on medium M-2026-001."""
    with copied_ward(sealed_folder, ward_template[1], tmp_path / "ward") as ward:
        yield ward


def go(ward, act, **changes):
    with ward.session() as session:
        hand_out(session, ward.settings, act("2026-04-17 16:00"), replace(OUTING, **changes))


def test_a_sealed_medium_is_registered_and_handed_over_in_one_act(sealed, act):
    go(sealed, act)
    with sealed.session() as session:
        medium = current(session).media["M-2026-001"]
        assert (medium.state, medium.holders, medium.batch) == (MediumState.OUT, ("V01", "V02"), "R08-N02")
        assert medium.container_sha256 == live_container(session, "R08-N02").sha256


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"carriers": ("V01",)}, "people.too-few"),
        ({"carriers": ("V01", "V01")}, "people.too-few"),
        ({"given_by": ("W01",)}, "people.too-few"),
        ({"carriers": ("V01", "X99")}, "people.not-on-list"),
        ({"carriers": ("V01", "V03")}, "people.wrong-role"),
        ({"given_by": ("W01", "V04")}, "people.wrong-side"),
        ({"given_by": ("W01", "W02"), "carriers": ("W02", "V01")}, "people.both-sides"),
        ({"seal_no": " "}, "custody.field-empty"),
        ({"expected_at": LEAVES - timedelta(minutes=1)}, "custody.time-reversed"),
    ],
)
def test_a_hand_over_against_a_rule_is_refused_and_nothing_is_recorded(sealed, act, changes, key):
    before = sealed.snapshot()
    with pytest.raises(RefusalError) as refusal:
        go(sealed, act, **changes)
    assert key in refusal.value.keys
    assert sealed.snapshot() == before


def test_a_medium_without_a_container_does_not_leave(sealed, act):
    with pytest.raises(RefusedError) as refusal:
        go(sealed, act, medium="M-2026-999")
    assert [finding.key for finding in refusal.value.findings] == ["handover.no-container"]


def test_a_medium_whose_container_was_voided_does_not_leave(sealed, act):
    sealed.seal(medium="M-2026-002", label="again")
    with pytest.raises(RefusedError) as refusal:
        go(sealed, act)
    assert [finding.key for finding in refusal.value.findings] == ["handover.no-container"]


def test_a_medium_that_is_out_does_not_leave_again(sealed, act):
    go(sealed, act)
    before = sealed.snapshot()
    with pytest.raises(RefusalError) as refusal:
        go(sealed, act)
    assert refusal.value.keys == ("custody.already-out",)
    assert sealed.snapshot() == before


def test_a_batch_is_not_closed_while_its_medium_is_outside(sealed, act):
    go(sealed, act)
    with sealed.session() as session, pytest.raises(RefusalError) as refusal:
        custody_commands.close(current(session), batch="R08-N02", at=LEAVES + timedelta(days=1))
    assert refusal.value.keys == ("custody.not-back",)


def test_custody_is_what_the_journal_tells(sealed, act):
    """Receipt with another seal number counts as broken, and stays so after the ledger is opened anew."""
    go(sealed, act)
    with sealed.session() as session:
        event = custody_commands.receive(
            current(session),
            the_contract(sealed.settings),
            medium="M-2026-001",
            received_by=("V03", "V04"),
            seal_no="S-999",
            seal_intact=True,
            at=LEAVES + timedelta(hours=2),
        )
        witness(session, act("2026-04-17 18:00", "V03"), event)
    with sealed.session() as session:
        assert current(session).media["M-2026-001"].state is MediumState.SEAL_BROKEN


def receive_and_load(ward, act):
    with ward.session() as session:
        who = act("2026-04-17 18:00", "V03")
        seal = {"seal_no": "S-001", "seal_intact": True}
        facts = {"medium": "M-2026-001", "received_by": ("V03", "V04"), **seal}
        carry_out(session, ward.settings, who, custody_commands.receive, **facts, at=who.at)
        host = {"host": "PC-1", "path": "D:/in", "kind": CopyKind.PC, "operator": "V03"}
        carry_out(session, ward.settings, who, copy_commands.load, medium="M-2026-001", **host, at=who.at)


def test_a_medium_does_not_leave_before_the_contract_s_report_is_accepted(ward_template, copied_ward, tmp_path, act):
    with copied_ward(*ward_template, tmp_path / "ward") as ward:
        ward.load_all()
        ward.noticed()
        ward.sealed()
        read(ward, act)
        with pytest.raises(RefusalError) as refusal:
            go(ward, act)
    assert refusal.value.keys == ("contract.not-reported",)


def test_another_serial_than_the_registered_one_does_not_leave(sealed, act):
    with sealed.session() as session:
        who = act("2026-04-17 15:00")
        container = live_container(session, "R08-N02")
        facts = {"serial": "SN-1", "kind": "dvd-r", "part": "正", "container_sha256": container.sha256}
        days = {"return_by": who.day, "erase_by": who.day, "copies_allowed": 2}
        event = custody_commands.register(
            current(session), medium="M-2026-001", batch="R08-N02", **facts, **days, at=who.at
        )
        witness(session, who, event)
    read(sealed, act, "M-2026-001-B", of="M-2026-001")
    with sealed.session() as session:
        who = act("2026-04-17 15:40")
        spare = register_spare(
            current(session), medium="M-2026-001-B", of="M-2026-001", serial="SN-2", kind="dvd-r", at=who.at
        )
        witness(session, who, spare)
    with pytest.raises(RefusalError) as refusal:
        go(sealed, act, medium="M-2026-001-B", serial="SN-1")
    assert refusal.value.keys == ("custody.other-serial",)
    go(sealed, act, medium="M-2026-001-B", serial="SN-2")
    with sealed.session() as session:
        assert current(session).media["M-2026-001-B"].state is MediumState.OUT


def rows(ward):
    with ward.session() as session:
        return [(row.what, row.id, row.holder, row.place) for row in outside(session)]


def test_what_is_outside_includes_the_letters_the_vendor_may_have_printed_until_they_are_posted(sealed, act):
    assert rows(sealed) == []
    go(sealed, act)
    assert rows(sealed) == [("medium", "M-2026-001", "V01 V02", "見本区役所 税務課")]
    receive_and_load(sealed, act)
    with sealed.session() as session:
        count = session.scalar(
            select(func.count()).where(Piece.job_id == "R08-N02", Piece.state == PieceState.COMPOSED)
        )
    vendor, place = "見本印刷株式会社", "第一工場 3階 印字室"
    both = [("copy", "M-2026-001-C01", vendor, "PC-1:D:/in"), ("medium", "M-2026-001", vendor, place)]
    assert rows(sealed) == [*both, ("paper", "R08-N02", vendor, f"{place}（{count}通）")]
    sealed.inspect_and_post("R08-N02", date(2026, 6, 5))
    assert rows(sealed) == both


def test_the_clocks_of_custody_incidents_and_the_year_s_audit_run_together(sealed, act):
    go(sealed, act)
    with sealed.session() as session:
        who = act("2026-04-17 20:00")
        event = incident_commands.open_incident(
            incidents(session),
            the_contract(sealed.settings),
            kind=IncidentKind.LOSS,
            batch="R08-N02",
            medium="M-2026-001",
            step="handover",
            pieces="",
            discovered_by="V01",
            discovered_at=LEAVES + timedelta(hours=3),
            known_at=LEAVES + timedelta(hours=3),
            by_vendor=True,
            entered_by="W01",
            at=who.at,
        )
        witness(session, who, event)
        found = running_clocks(session, sealed.settings, who.at)
        late = overdue(found, LEAVES + timedelta(days=6))
    assert [clock.kind for clock in found] == [
        "arrival", "vendor-report", "provisional-report", "confirmed-report", "return", "audit",
    ]  # fmt: skip
    assert [clock.kind for clock in late] == ["arrival", "vendor-report", "provisional-report"]


def test_the_law_s_numbers_are_dated_data(sealed):
    rules = report_rules(sealed.settings, date(2026, 4, 17))
    assert (rules.persons_over, rules.vendor_persons_over) == (100, 1000)
    assert (rules.provisional_days, rules.confirmed_days, rules.confirmed_days_improper) == (5, 30, 60)
    with pytest.raises(RefusedError) as refusal:
        report_rules(sealed.settings, date(2023, 3, 31))
    assert [finding.key for finding in refusal.value.findings] == ["handover.no-report-rules"]


def test_a_batch_is_closed_once_medium_copies_and_spoiled_sheets_are_accounted_for(sealed, act):
    go(sealed, act)
    receive_and_load(sealed, act)
    with sealed.session() as session:
        who = act("2026-04-20 09:00")
        back = {"serial": "SN-1", "returned_by": ("V01", "V02"), "received_by": ("W01", "W02"), "place": "税務課"}
        carry_out(session, sealed.settings, who, custody_commands.return_medium, medium="M-2026-001", **back, at=who.at)
        with pytest.raises(RefusalError) as refusal:
            custody_commands.close(current(session), batch="R08-N02", at=who.at)
        assert set(refusal.value.keys) == {"custody.copies-open", "custody.spoilage-unreported"}
        none = {"sheets": 0, "blanks": 0, "place": "", "reported_by": "V03"}
        carry_out(session, sealed.settings, who, spoilage_commands.report_spoilage, batch="R08-N02", **none, at=who.at)
        with pytest.raises(RefusalError) as refusal:
            custody_commands.close(current(session), batch="R08-N02", at=who.at)
        assert set(refusal.value.keys) == {"custody.copies-open"}


def certified(ward, act):
    """Medium back, copy certified, no spoiled sheets: nothing but the letters is left to ask about."""
    with ward.session() as session:
        who = act("2026-04-20 09:00")
        back = {"serial": "SN-1", "returned_by": ("V01", "V02"), "received_by": ("W01", "W02"), "place": "税務課"}
        carry_out(session, ward.settings, who, custody_commands.return_medium, medium="M-2026-001", **back, at=who.at)
        none = {"sheets": 0, "blanks": 0, "place": "", "reported_by": "V03"}
        carry_out(session, ward.settings, who, spoilage_commands.report_spoilage, batch="R08-N02", **none, at=who.at)
        (copy,) = current(session).open_copies(("R08-N02",))
        row = ErasedCopy(
            copy.id, copy.kind, copy.host, copy.path, copy.first_written, who.at, "上書き", Level.PURGE, "道具", "1",
            Verification.FULL, "V03", "V04", "cd" * 32,
        )  # fmt: skip
        number = the_contract(ward.settings).number
        paper = ErasureCertificate("E-1", number, ("R08-N02",), who.day, "見本印刷", "V04", "第11", True, (row,))
        carry_out(session, ward.settings, who, copy_commands.certify, paper, accepted_by="W03", at=who.at)
        return paper


def test_a_batch_whose_printed_letters_still_lie_at_the_vendors_is_not_closed(sealed, act):
    """Bug: closing took the letters out of `outside` though nobody had posted them."""
    go(sealed, act)
    receive_and_load(sealed, act)
    certified(sealed, act)
    with sealed.session() as session, pytest.raises(RefusalError) as refusal:
        close_batch(session, act("2026-04-21 09:00"), "R08-N02")
    assert refusal.value.keys == ("custody.letters-left",)
    assert [what for what, *_ in rows(sealed)] == ["paper"]
    sealed.inspect_and_post("R08-N02", date(2026, 6, 5))
    with sealed.session() as session:
        close_batch(session, act("2026-06-06 09:00"), "R08-N02")
    assert rows(sealed) == []


def test_letters_to_be_pulled_stay_outside_until_the_vendor_has_counted_them(sealed, act):
    """Bug: with the approval of a pull list its pieces were gone from `outside`, while they lay printed at the vendor's."""
    go(sealed, act)
    receive_and_load(sealed, act)
    (before,) = [place for what, _, _, place in rows(sealed) if what == "paper"]
    with sealed.session() as session:
        numbers = session.scalars(select(Piece.number).where(Piece.job_id == "R08-N02").limit(2)).all()
        by_hand = dict.fromkeys(numbers, "差止め")
        list_pieces(session, act("2026-04-18 09:00"), "R08-N02", LEAVES + timedelta(days=2), by_hand)
        approve_pull(session, act("2026-04-18 10:00", "W03"), "R08-N02")
    assert [place for what, _, _, place in rows(sealed) if what == "paper"] == [before]
    with sealed.session() as session:
        report_pull(session, act("2026-04-18 11:00"), "R08-N02", 1, 1)
    assert [place for what, _, _, place in rows(sealed) if what == "paper"] == [before]
    with sealed.session() as session:
        report_pull(session, act("2026-04-18 12:00"), "R08-N02", 1, 2)
    (after,) = [place for what, _, _, place in rows(sealed) if what == "paper"]
    assert after != before


def test_two_media_in_one_case_leave_together_or_not_at_all(sealed, act):
    along = (Along("M-2026-001-B", "SN-2", "S-002"),)
    with pytest.raises(RefusedError, match=r"handover\.no-container"):
        go(sealed, act, along=along)
    assert rows(sealed) == []
    read(sealed, act, "M-2026-001-B", of="M-2026-001")
    with sealed.session() as session:
        who = act("2026-04-17 15:40")
        container = live_container(session, "R08-N02")
        facts = {"batch": "R08-N02", "serial": "SN-1", "kind": "dvd-r", "part": "正", "copies_allowed": 2}
        days = {"return_by": who.day, "erase_by": who.day, "container_sha256": container.sha256}
        witness(
            session, who, custody_commands.register(current(session), medium="M-2026-001", **facts, **days, at=who.at)
        )
        spare = register_spare(
            current(session), medium="M-2026-001-B", of="M-2026-001", serial="SN-2", kind="dvd-r", at=who.at
        )
        witness(session, who, spare)
    go(sealed, act, along=along)
    with sealed.session() as session:
        now = current(session)
    assert {one.slip for one in now.transfers.values()} == {"M-2026-001-T01"}
    assert [row[1] for row in rows(sealed)] == ["M-2026-001", "M-2026-001-B"]


def vendors_report(ward, **how):
    with ward.session() as session:
        container = live_container(session, "R08-N02")
        (copy,) = current(session).copies.values()
        sealed = sealed_record(session, container.sha256)
        facts = PrintReport(
            batch="R08-N02", medium="M-2026-001", container_sha256=container.sha256, printed_on=date(2026, 4, 18),
            pieces=sealed.pieces, sheets=sealed.sheets, spoiled=0, blanks=0, not_printed=(), reported_by="V03",
            reported_at=LEAVES + timedelta(days=1), note="",
            copies=(ReportedCopy(copy.kind, copy.host, copy.path, copy.first_written),),
        )  # fmt: skip
    return replace(facts, **how)


def test_the_vendors_report_is_held_against_what_was_sealed_and_recorded(sealed, act):
    go(sealed, act)
    receive_and_load(sealed, act)
    who = act("2026-04-19 09:00")
    sound = vendors_report(sealed)
    nas = ReportedCopy(CopyKind.SERVER, "NAS-9", "/old", LEAVES + timedelta(hours=5))
    data = replace(sound, copies=(*sound.copies, nas), sheets=sound.sheets - 1).to_bytes()
    before = sealed.snapshot()
    with sealed.session() as session:
        found = compare_report(session, sealed.settings, who, data)
    assert [fault.key for fault in found.differences] == [
        "report.copy-unlisted", "report.sheets-differ", "report.spoilage-differs",
    ]  # fmt: skip
    assert sealed.snapshot() == before
    with sealed.session() as session:
        assert take_report(session, sealed.settings, who, found, "W02") == ("M-2026-001-C02",)
    assert ("copy", "M-2026-001-C02", "見本印刷株式会社", "NAS-9:/old") in rows(sealed)


def test_bytes_that_are_no_report_are_refused(sealed, act):
    with sealed.session() as session, pytest.raises(RefusalError) as refusal:
        compare_report(session, sealed.settings, act(), b"{}")
    assert refusal.value.keys == ("report.unreadable",)


def test_any_paper_is_printed_again_byte_for_byte_from_the_journal(sealed, act, pool):
    who = act("2026-04-17 15:50")
    with sealed.session() as session:
        first = [export_letter(session, sealed.settings, "M-2026-001", pool).read_bytes()]
        way = {"route": SecretRoute.BY_HAND, "given_by": "W02", "received_by": "V04", "delivered_at": who.at}
        carry_out(session, sealed.settings, who, deliver_secret, medium="M-2026-001", **way, at=who.at)
        first.append(export_letter(session, sealed.settings, "M-2026-001", pool).read_bytes())
    go(sealed, act)
    with sealed.session() as session:
        now = current(session)
        one = now.transfers["M-2026-001-T01"]
        slip = transfer_letter(sealed.settings, act("2026-04-17 16:00"), now, one, pool).read_bytes()
    receive_and_load(sealed, act)
    paper = certified(sealed, act)
    with sealed.session() as session:
        now, then = current(session), act("2026-04-20 09:00")
        f17 = certificate_letter(sealed.settings, then, paper, now, pool, "W03").read_bytes()

    def again(form, number):
        with sealed.session() as session:
            return print_again(session, sealed.settings, act("2026-12-01 09:00"), form, number, pool)

    assert [path.read_bytes() for path in again("F-06", "M-2026-001")] == first
    assert [path.name for path in again("F-07", "M-2026-001-T01")] == [
        "M-2026-001-T01.pdf", "M-2026-001-T01-receipt.pdf",
    ]  # fmt: skip
    assert again("F-07", "M-2026-001-T01")[0].read_bytes() == slip
    assert [path.read_bytes() for path in again("F-17", "E-1")] == [f17]
    with pytest.raises(RefusedError, match=r"handover\.form-unknown"):
        again("F-15", "M-2026-001-T01")
    original = sealed.settings.output / "letters/M-2026-001-T01.pdf"
    contract = sealed.settings.home / "contract.toml"
    contract.write_text(contract.read_text("utf-8").replace("印刷 運搬一", "印刷 改姓"), "utf-8")
    with pytest.raises(RefusedError, match=r"handover\.form-differs"):
        again("F-07", "M-2026-001-T01")
    assert original.read_bytes() == slip  # what was signed is never written over
    (sealed.settings.output / "letters/E-1.json").write_bytes(b"{}")
    with pytest.raises(RefusedError, match=r"handover\.form-file"):
        again("F-17", "E-1")


def test_the_record_of_encryption_says_only_what_was_recorded(sealed, act, pool):
    with sealed.session() as session:
        container = live_container(session, "R08-N02")
        paper = export_letter(session, sealed.settings, "M-2026-001", pool)
    (text,) = pages(paper)
    for fact in ("様式 F-06", "1／1", container.sha256, f"{container.size:,}バイト", "AES-256", "区 係長", "区 作成"):
        assert fact in text
    assert "（受渡しの記録なし）" in text
    assert "他の装置で書込み（時刻の記録なし）" in text
    with sealed.session() as session, pytest.raises(RefusalError) as refusal:
        export_letter(session, sealed.settings, "M-9", pool)
    assert refusal.value.keys == ("custody.not-read-back",)


@pytest.fixture(scope="module")
def pool():
    with process_pool(1) as pool:
        yield pool


def pages(path):
    document = pypdfium2.PdfDocument(path.read_bytes())
    found = [page.get_textpage().get_text_bounded().replace("\r\n", " ") for page in document]
    document.close()
    return found
