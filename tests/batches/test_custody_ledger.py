"""Steps 7 and 10 in the ledger: a medium leaves with two named carriers or not at all, and every refusal leaves no event."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handover import custody_commands
from handover.model import MediumState
from handover.rules import RefusalError
from print_service.act import JST
from print_service.batches.custody import Outing, current, hand_out, the_contract, witness
from print_service.findings import RefusedError
from print_service.ledger.states import live_container

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
def sealed_folder(tmp_path_factory, ward_template, copied_ward):
    folder = tmp_path_factory.mktemp("sealed") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        ward.noticed()
        ward.sealed()
    return folder


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
