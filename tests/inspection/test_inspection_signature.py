"""The signature: every sample opened and good, by someone other than the maker, over exactly one container's hash."""

import pytest
from sqlalchemy import select

from print_service.findings import RefusedError
from print_service.inspection.sign import reject, valid_signature
from print_service.ledger.journal import Tag, entries
from print_service.ledger.states import JobState, get_job
from print_service.ledger.tables import Inspection

BATCH, RESIDENT = "R08-N01", "R08-N02"
MAKER, OTHER = "W01", "W03"


def refused(act):
    """(key, where) of everything an act refuses with."""
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return [(finding.key, finding.where) for finding in refusal.value.findings]


def state(sealed, batch=BATCH):
    with sealed.ward.session() as session:
        return get_job(session, batch).state


def inspections(sealed):
    with sealed.ward.session() as session:
        return session.scalars(select(Inspection).order_by(Inspection.id)).all()


def test_an_opened_and_good_sample_is_signed_by_another_person(sealed):
    sealed.look(*sealed.plan())
    signed = sealed.sign(OTHER)
    assert (signed.decision, signed.signed_by) == ("passed", OTHER)
    assert signed.container_sha256 == sealed.container().sha256
    assert state(sealed) == JobState.INSPECTED


def test_the_maker_cannot_sign(sealed):
    sealed.look(*sealed.plan())
    assert refused(lambda: sealed.sign(MAKER)) == [("job.same-person", BATCH)]
    assert state(sealed) == JobState.SEALED


def test_an_unopened_sample_cannot_pass(sealed):
    first, *others = sealed.plan()
    sealed.look(*others)
    assert refused(sealed.sign) == [("inspect.not-opened", f"{BATCH}/{first}")]
    assert state(sealed) == JobState.SEALED


def test_a_faulty_sample_cannot_pass(sealed):
    *others, last = sealed.plan()
    sealed.look(*others)
    sealed.look(last, ok=False, note="バーコード欠け")
    assert refused(sealed.sign) == [("inspect.fault-found", f"{BATCH}/{last}")]
    assert state(sealed) == JobState.SEALED


def test_all_obstacles_are_told_at_once(sealed):
    first, second, *others = sealed.plan()
    sealed.look(*others)
    sealed.look(second, ok=False, note="汚れ")
    assert refused(lambda: sealed.sign(MAKER)) == [
        ("inspect.not-opened", f"{BATCH}/{first}"),
        ("inspect.fault-found", f"{BATCH}/{second}"),
        ("job.same-person", BATCH),
    ]


def test_a_recorded_fault_cannot_be_recorded_away(sealed):
    """Bug: a later "good" took the fault's place without a trace."""
    first, *others = sealed.plan()
    sealed.look(*others)
    sealed.look(first, ok=False, note="汚れ")
    assert refused(lambda: sealed.look(first)) == [("inspect.fault-stays", f"{BATCH}/{first}")]
    assert refused(sealed.sign) == [("inspect.fault-found", f"{BATCH}/{first}")]


def test_a_fault_cannot_be_forgotten_by_planning_again(sealed):
    """Bug: a second plan of the same container started with no results."""
    first, *_ = sealed.plan()
    sealed.look(first, ok=False, note="汚れ")
    assert refused(sealed.plan) == [("inspect.already-planned", BATCH)]


def test_good_may_become_faulty_on_a_second_look(sealed):
    first, *_ = sealed.plan()
    sealed.look(first)
    sealed.look(first, ok=False, note="裏写り")
    assert ("inspect.fault-found", f"{BATCH}/{first}") in refused(sealed.sign)


def test_without_a_plan_nothing_is_signed_or_recorded(sealed):
    assert refused(sealed.sign) == [("inspect.no-plan", BATCH)]
    assert refused(lambda: sealed.look(1)) == [("inspect.no-plan", BATCH)]


def test_only_sampled_pieces_have_results(sealed):
    planned = sealed.plan(RESIDENT)
    assert refused(lambda: sealed.look(max(planned) + 1, batch=RESIDENT))[0][0] == "inspect.not-sampled"


def test_another_batchs_plan_does_not_serve(sealed):
    sealed.look(*sealed.plan(RESIDENT), batch=RESIDENT)
    assert refused(sealed.sign) == [("inspect.no-plan", BATCH)]


def test_a_rejection_is_kept(sealed):
    planned = sealed.plan()
    sealed.look(planned[0], ok=False, note="断裁ずれ")
    with sealed.ward.session() as session:
        reject(session, sealed.act(by=OTHER), BATCH, "断裁ずれ")
    (row,) = inspections(sealed)
    assert (row.decision, row.signed_by, row.container_sha256) == ("rejected", OTHER, sealed.container().sha256)
    assert row.results[str(planned[0])] == {"ok": False, "note": "断裁ずれ"}
    assert state(sealed) == JobState.REJECTED
    with sealed.ward.session() as session:
        (entry,) = entries(session, Tag.INSPECTION_REJECTED)
    assert (entry.body["reason"], entry.body["container"]) == ("断裁ずれ", row.container_sha256)


def test_a_rejected_batch_cannot_be_signed(sealed):
    sealed.look(*sealed.plan())
    with sealed.ward.session() as session:
        reject(session, sealed.act(by=OTHER), BATCH, "数量不足")
    assert refused(sealed.sign) == [("job.wrong-state", BATCH)]


def test_a_new_container_voids_the_signature(sealed):
    """The signature is over a hash; another container has another."""
    sealed.look(*sealed.plan())
    sealed.sign()
    with sealed.ward.session() as session:
        assert valid_signature(session, BATCH) is not None
    sealed.ward.seal(BATCH, "M-9", label="again")
    with sealed.ward.session() as session:
        assert valid_signature(session, BATCH) is None
    assert state(sealed) == JobState.SEALED


def test_a_new_container_voids_an_open_plan(sealed):
    """What was seen in the old container's pieces says nothing of the new one's."""
    sealed.look(*sealed.plan())
    sealed.ward.seal(BATCH, "M-9", label="again")
    assert refused(sealed.sign) == [("inspect.no-plan", BATCH)]


def test_the_older_signature_stays_on_record_beside_the_new_one(sealed):
    sealed.look(*sealed.plan())
    sealed.sign()
    old = sealed.container().sha256
    sealed.ward.seal(BATCH, "M-9", label="again")
    sealed.look(*sealed.plan())
    sealed.sign()
    assert [(row.decision, row.container_sha256) for row in inspections(sealed)] == [
        ("passed", old),
        ("passed", sealed.container().sha256),
    ]


def test_the_journal_binds_signature_and_container(sealed):
    sealed.look(*sealed.plan())
    sealed.sign(OTHER)
    with sealed.ward.session() as session:
        (entry,) = entries(session, Tag.INSPECTION_SIGNED)
    assert (entry.actor, entry.subject, entry.body) == (OTHER, BATCH, {"container": sealed.container().sha256})
