"""Posting 差出: only what was signed, and counts of every postal class that agree with the post office's."""

import pytest
from sqlalchemy import select

from print_service.findings import RefusedError
from print_service.ledger.journal import Tag, entries
from print_service.ledger.states import JobState, PieceState, get_job
from print_service.ledger.tables import Container, Piece, Posting

BATCH = "R08-N01"


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return refusal.value.findings


def states(mailroom):
    with mailroom.ward.session() as session:
        pieces = session.scalars(select(Piece.state).where(Piece.job_id == BATCH))
        return get_job(session, BATCH).state, set(pieces)


def postings(mailroom):
    with mailroom.ward.session() as session:
        found = select(Posting.postal_class, Posting.pieces, Posting.container_sha256).order_by(Posting.postal_class)
        return [tuple(row) for row in session.execute(found)]


def test_the_posting_slip_counts_the_pieces_of_each_class(mailroom):
    """By the post codes: the ward's own begin with 160, 161, 162 or 169 (ward.toml)."""
    with mailroom.ward.session() as session:
        codes = session.scalars(select(Piece.postcode).where(Piece.job_id == BATCH)).all()
    local = sum(code[:3] in ("160", "161", "162", "169") for code in codes)
    assert mailroom.counts() == {"区内特別": local, "一般": len(codes) - local}
    assert 0 < local < len(codes)


def test_held_pieces_are_not_counted(mailroom):
    """Direct row: one local piece was held back by the press."""
    before = mailroom.counts()
    with mailroom.ward.session() as session:
        local = (Piece.job_id == BATCH, Piece.postal_class == "区内特別")
        session.scalars(select(Piece).where(*local)).first().state = PieceState.HELD
    assert mailroom.counts() == before | {"区内特別": before["区内特別"] - 1}


def test_agreed_counts_are_posted_and_every_piece_with_them(mailroom):
    mailroom.post(mailroom.counts())
    assert states(mailroom) == (JobState.POSTED, {PieceState.POSTED})


def test_a_posting_is_a_row_for_each_class_under_the_signed_container(mailroom):
    with mailroom.ward.session() as session:
        sha256 = session.scalars(select(Container.sha256)).one()
    counts = mailroom.counts()
    mailroom.post(counts)
    assert postings(mailroom) == [(klass, counts[klass], sha256) for klass in sorted(counts)]


def test_held_pieces_stay_held_when_the_others_are_posted(mailroom):
    """Direct row: held back by the press."""
    with mailroom.ward.session() as session:
        session.scalars(select(Piece).where(Piece.job_id == BATCH)).first().state = PieceState.HELD
    mailroom.post()
    assert states(mailroom) == (JobState.POSTED, {PieceState.POSTED, PieceState.HELD})


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_class_that_differs_stops_the_posting(mailroom, difference):
    counts = mailroom.counts()
    wrong = counts | {"一般": counts["一般"] + difference}
    (finding,) = refused(lambda: mailroom.post(wrong))
    assert (finding.key, finding.where) == ("post.count-differs", f"{BATCH}:一般")
    assert (finding.values["planned"], finding.values["posted"]) == (counts["一般"], counts["一般"] + difference)
    assert states(mailroom) == (JobState.INSPECTED, {PieceState.COMPOSED})
    assert postings(mailroom) == []


def test_equal_sums_of_unequal_classes_do_not_agree_and_all_differences_are_told(mailroom):
    counts = mailroom.counts()
    moved = {"区内特別": counts["区内特別"] - 1, "一般": counts["一般"] + 1}
    assert {finding.where for finding in refused(lambda: mailroom.post(moved))} == {
        f"{BATCH}:区内特別",
        f"{BATCH}:一般",
    }


def test_a_class_left_out_or_never_planned_is_a_difference(mailroom):
    counts = mailroom.counts()
    told = {"区内特別": counts["区内特別"], "ゆうメール": 3}
    found = {(f.where, f.values["planned"], f.values["posted"]) for f in refused(lambda: mailroom.post(told))}
    assert found == {(f"{BATCH}:一般", counts["一般"], 0), (f"{BATCH}:ゆうメール", 0, 3)}


def test_nothing_is_posted_unsigned(mailroom):
    """Sealed again, so that the only signature is over another container."""
    mailroom.ward.seal(BATCH, "M-9", label="again")
    assert [finding.key for finding in refused(mailroom.post)] == ["post.unsigned"]
    assert states(mailroom) == (JobState.SEALED, {PieceState.COMPOSED})
    assert postings(mailroom) == []


def test_a_signature_over_the_new_container_lets_it_leave(mailroom):
    mailroom.ward.seal(BATCH, "M-9", label="again")
    mailroom.ward.inspect_only(BATCH)
    mailroom.post()
    with mailroom.ward.session() as session:
        live = session.scalars(select(Container.sha256).where(Container.voided.is_(False))).one()
    assert {sha256 for _, _, sha256 in postings(mailroom)} == {live}


def test_a_container_that_changed_behind_the_state_voids_the_signature_too(mailroom):
    """Direct row: the job says inspected, the container's hash is another than the signed one."""
    with mailroom.ward.session() as session:
        session.scalars(select(Container)).one().sha256 = "0" * 64
    assert [finding.key for finding in refused(mailroom.post)] == ["post.unsigned"]


def test_nothing_is_posted_twice(mailroom):
    counts = mailroom.counts()
    mailroom.post(counts)
    assert [finding.key for finding in refused(lambda: mailroom.post(counts))] == ["job.wrong-state"]
    assert len(postings(mailroom)) == 2


def test_the_journal_tells_day_container_and_counts(mailroom):
    counts = mailroom.counts()
    mailroom.post(counts)
    with mailroom.ward.session() as session:
        sha256 = session.scalars(select(Container.sha256)).one()
        (entry,) = entries(session, Tag.POSTED)
    assert entry.body == {"posted_on": "2026-05-08", "container": sha256, **counts}
