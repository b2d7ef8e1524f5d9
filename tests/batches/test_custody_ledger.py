"""Steps 7 and 10 in the ledger: a medium leaves with two named carriers or not at all, and every refusal leaves no event."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from handover import copy_commands, custody_commands, incident_commands, spoilage_commands
from handover.clocks import overdue
from handover.duties import accept_contract
from handover.incident import IncidentKind
from handover.model import CopyKind, MediumState
from handover.rules import RefusalError
from print_service.act import JST
from print_service.batches.custody import (
    Outing,
    carry_out,
    current,
    hand_out,
    incidents,
    outside,
    report_rules,
    running_clocks,
    the_contract,
    witness,
)
from print_service.findings import RefusedError
from print_service.ledger.states import PieceState, live_container
from print_service.ledger.tables import Piece

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
        accept(ward, act)
    return folder


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
        spare = custody_commands.register_spare(
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
