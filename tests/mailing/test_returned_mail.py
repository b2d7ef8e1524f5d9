"""Returned mail 返戻: the piece is marked, and its payer leaves mass mail until staff find the address."""

from datetime import date

import pytest
from sqlalchemy import select

from print_service.dunning.run import RunOrder, approve_run, freeze_run, plan_run
from print_service.findings import RefusedError
from print_service.ledger.journal import Tag, entries
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Hold, Payer, Piece

BATCH, RESIDENT = "R08-N01", "R08-N02"
CASE = "variant-taka-saki"  # has a vehicle and resident tax
RUN = date(2026, 6, 22)


@pytest.fixture
def posted(mailroom):
    mailroom.post()
    return mailroom


def piece(mailroom, case=CASE):
    with mailroom.ward.session() as session:
        mine = (Piece.job_id == BATCH, Piece.payer_key == mailroom.ward.plan.cases[case])
        return session.scalars(select(Piece).where(*mine)).one()


def payer(mailroom, case=CASE):
    with mailroom.ward.session() as session:
        return session.get_one(Payer, mailroom.ward.plan.cases[case])


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    return [finding.key for finding in refusal.value.findings]


def reminded(mailroom):
    """Payers in a reminder run of 6/22 for the vehicle tax due 6/1."""
    mailroom.ward.fresh(RUN)
    with mailroom.ward.session() as session:
        settings, order = mailroom.ward.settings, RunOrder("R08-D01", "reminder", ("vehicle-tax",), RUN)
        plan_run(session, settings, mailroom.act(f"{RUN} 09:00"), order)
        approve_run(session, mailroom.act(f"{RUN} 09:30", "W03"), "R08-D01")
        freeze_run(session, settings, mailroom.act(f"{RUN} 10:00"), "R08-D01")
        return set(session.scalars(select(Piece.payer_key).where(Piece.job_id == "R08-D01")))


def test_the_piece_and_its_payer_are_marked(posted):
    posted.returned(piece(posted).number)
    assert piece(posted).state == PieceState.RETURNED
    assert payer(posted).returned


def test_nobody_else_is_marked(posted):
    with posted.ward.session() as session:
        before = set(session.scalars(select(Payer.key).where(Payer.returned)))
    posted.returned(piece(posted).number)
    key = payer(posted).key
    with posted.ward.session() as session:
        assert set(session.scalars(select(Payer.key).where(Payer.returned))) - before == {key}
        assert len(session.scalars(select(Piece).where(Piece.state == PieceState.RETURNED)).all()) == 1


def test_the_payer_is_held_back_from_the_next_notice_job(posted):
    posted.returned(piece(posted).number)
    frozen = posted.ward.freeze(RESIDENT, "resident-tax")
    assert frozen.held["freeze.returned-mail"] == 2  # this payer and the one whom the host file marks
    key = payer(posted).key
    with posted.ward.session() as session:
        held = select(Hold.payer_key).where(Hold.job_id == RESIDENT, Hold.key == "freeze.returned-mail")
        assert key in set(session.scalars(held))
        assert key not in set(session.scalars(select(Piece.payer_key).where(Piece.job_id == RESIDENT)))


def test_the_payer_is_not_among_the_reminded(posted):
    posted.returned(piece(posted).number)
    assert payer(posted).key not in reminded(posted)


def test_without_the_return_the_payer_would_have_been_reminded(posted):
    assert payer(posted).key in reminded(posted)


def test_a_piece_that_was_never_posted_cannot_come_back(mailroom):
    number = piece(mailroom).number
    assert refused(lambda: mailroom.returned(number)) == ["mailing.not-posted"]
    assert not payer(mailroom).returned


def test_a_piece_comes_back_once(posted):
    number = piece(posted).number
    posted.returned(number)
    assert refused(lambda: posted.returned(number)) == ["mailing.not-posted"]


@pytest.mark.parametrize(("batch", "number"), [(BATCH, 9_999), ("R08-N99", 1)])
def test_an_unknown_piece_is_refused_by_name(posted, batch, number):
    assert refused(lambda: posted.returned(number, batch=batch)) == ["ledger.not-found"]


def test_the_journal_keeps_the_reason(posted):
    number = piece(posted).number
    posted.returned(number, "転居先不明")
    with posted.ward.session() as session:
        (entry,) = entries(session, Tag.MAIL_RETURNED)
    assert (entry.subject, entry.body) == (f"{BATCH}/{number}", {"reason": "転居先不明"})
