"""Every use case of a job in every state: allowed where the pipeline says so, else refused with nothing changed.

The job has all that a step could want (pages, proof, container, an open inspection with good results, agreed counts), so that its state
is the only hindrance. The state itself is set by a direct ledger row; each case is rolled back.
"""

from datetime import date

import pytest
from sqlalchemy import select

from print_service.batches.seal import seal_job
from print_service.demo.entropy import seeded
from print_service.findings import RefusedError
from print_service.inspection.sign import plan_inspection, record_result, reject, sign
from print_service.ledger.states import JobState, PieceState, get_job
from print_service.ledger.tables import Base, Inspection, PageFile, Piece
from print_service.mailing.post import planned, post
from print_service.notices.compose import ChunkResult, store_pages
from print_service.proof.job import store_proof
from print_service.proof.model import Evidence
from print_service.slips.issue import number_job

BATCH = "R08-N01"
ALLOWED = {
    "number": {"frozen"},
    "compose": {"numbered", "composed"},
    "prove": {"composed"},
    "seal": {"proved", "sealed", "inspected"},
    "plan": {"sealed"},
    "sign": {"sealed"},
    "reject": {"sealed"},
    "post": {"inspected"},
}
# A sealed job is refused a posting for want of a signature, the more telling reason: its own test below.
CASES = [(verb, state.value) for verb in ALLOWED for state in JobState if (verb, state) != ("post", "sealed")]


def number(session, ward, act):
    number_job(session, ward.settings, act(), BATCH)


def compose(session, ward, act):
    file = session.scalars(select(PageFile).where(PageFile.job_id == BATCH)).one()
    pieces = session.scalars(select(Piece).where(Piece.job_id == BATCH).order_by(Piece.number))
    index = tuple((piece.number, piece.first_page, piece.pages) for piece in pieces)
    store_pages(session, act(), BATCH, [ChunkResult("", file.name, "e" * 64, file.size, file.pages, index, ())])


def prove(session, ward, act):
    file = session.scalars(select(PageFile).where(PageFile.job_id == BATCH)).one()
    store_proof(session, act(), BATCH, [Evidence(file.name, file.sha256, file.pages, 600, "none", {}, 0, ())])


def seal(session, ward, act):
    seal_job(session, ward.settings, act(), BATCH, "M-9", seeded(1, "again"))


def plan(session, ward, act):
    plan_inspection(session, ward.settings, act(), BATCH)


def put_signature(session, ward, act):
    sign(session, act(by="W03"), BATCH)


def put_rejection(session, ward, act):
    reject(session, act(by="W03"), BATCH, "印字ずれ")


def send(session, ward, act):
    counts = {row.postal_class: row.pieces for row in planned(session, BATCH)}
    post(session, ward.settings, act(by="W03"), BATCH, date(2026, 5, 8), counts)


VERBS = {
    "number": number,
    "compose": compose,
    "prove": prove,
    "seal": seal,
    "plan": plan,
    "sign": put_signature,
    "reject": put_rejection,
    "post": send,
}


def everything(session):
    """All rows of all tables, as this transaction sees them."""
    session.flush()
    tables = Base.metadata.sorted_tables
    return {table.name: session.execute(select(table).order_by(*table.primary_key)).all() for table in tables}


def files(ward):
    return {path: path.stat().st_size for path in ward.settings.output.rglob("*") if path.is_file()}


def prepare(session, verb, state):
    """Direct rows: the job's state; the inspection is signed for a posting, of an older container for a plan, else open."""
    get_job(session, BATCH).state = state
    inspection = session.scalars(select(Inspection)).one()
    inspection.decision = "passed" if verb == "post" else "open"
    if verb == "plan":
        inspection.container_sha256 = "d" * 64
    if verb == "number":
        # Unnumbered again: no slip asks for a number, so that a wrong numbering would not fail for another reason.
        for piece in session.scalars(select(Piece).where(Piece.job_id == BATCH)):
            piece.documents = [document for document in piece.documents if document["form"] != "payment_slip"]
            piece.state = PieceState.FROZEN
    session.flush()


@pytest.mark.parametrize(("verb", "state"), CASES)
def test_a_use_case_is_done_in_its_states_only(mailroom, act, verb, state):
    ward = mailroom.ward
    on_disk = files(ward)
    with ward.session() as session:
        prepare(session, verb, state)
        before = everything(session)
        if state in ALLOWED[verb]:
            VERBS[verb](session, ward, act)
            assert everything(session) != before
        else:
            with pytest.raises(RefusedError) as refused:
                VERBS[verb](session, ward, act)
            assert [f.key for f in refused.value.findings] == ["job.wrong-state"]
            assert everything(session) == before
            assert files(ward) == on_disk
        session.rollback()


def test_a_sealed_job_is_refused_for_want_of_a_signature(mailroom, act):
    ward = mailroom.ward
    with ward.session() as session:
        prepare(session, "sign", "sealed")
        before = everything(session)
        with pytest.raises(RefusedError) as refused:
            send(session, ward, act)
        assert [finding.key for finding in refused.value.findings] == ["post.unsigned"]
        assert everything(session) == before
        session.rollback()


@pytest.mark.parametrize("state", [state.value for state in JobState if state != "sealed"])
def test_results_are_recorded_for_a_sealed_job_only(mailroom, state):
    """Bug: while an inspection was open, results entered a job in any state."""
    with mailroom.ward.session() as session:
        prepare(session, "sign", state)
        piece = session.scalars(select(Inspection)).one().plan["samples"][0]["piece"]
        before = everything(session)
        with pytest.raises(RefusedError) as refused:
            record_result(session, BATCH, piece, ok=True, note="二度目")
        assert [finding.key for finding in refused.value.findings] == ["job.wrong-state"]
        assert everything(session) == before
        session.rollback()
