"""Notices too are pulled: whoever died, moved into protection or was assessed anew after the printing gets no letter.

藍住町 and 明和町 (public incidents): notices to the dead and to a protected address. 倉敷市: two notices, one with the older amount.
"""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from print_service.act import JST
from print_service.batches.exclusions import exclude
from print_service.findings import RefusedError
from print_service.ledger.sent_tables import SentFile
from print_service.ledger.tables import Assessment, Payer, Piece
from print_service.mailing.post import hindered, post
from print_service.mailing.pull import approve_pull, list_pieces, report_pull, to_pull

BATCH, POSTED = "R08-N01", date(2026, 5, 8)
CASE = "variant-taka-saki"


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    return {finding.key for finding in refusal.value.findings}


def due(mailroom):
    with mailroom.ward.session() as session:
        numbers = dict(session.execute(select(Piece.number, Piece.payer_key).where(Piece.job_id == BATCH)).all())
        return {(numbers[pull.number], pull.key) for pull in to_pull(session, BATCH, POSTED)}


@pytest.mark.parametrize(
    ("flag", "rule"),
    [
        ("protected", "freeze.protected-address"),
        ("deceased", "freeze.deceased"),
        ("returned", "freeze.returned-mail"),
    ],
)
def test_a_flag_that_came_after_the_printing_stops_the_posting(mailroom, flag, rule):
    """Direct row: as a newer host file of another tax brings it."""
    payer = mailroom.ward.plan.cases[CASE]
    with mailroom.ward.session() as session:
        setattr(session.get_one(Payer, payer), flag, True)
    assert due(mailroom) == {(payer, rule)}
    assert refused(mailroom.post) == {"pull.must-not-leave"}


def test_an_assessment_that_was_replaced_stops_the_posting(mailroom):
    payer = mailroom.ward.plan.cases[CASE]
    with mailroom.ward.session() as session:
        mine = (Assessment.payer_key == payer, Assessment.tax_item == "vehicle-tax")
        session.scalars(select(Assessment).where(*mine)).one().superseded = True
    assert due(mailroom) == {(payer, "pull.superseded")}


def test_a_deferral_stops_no_notice(mailroom):
    with mailroom.ward.session() as session:
        payer = mailroom.ward.plan.cases[CASE]
        exclude(session, mailroom.act("2026-05-07 09:00"), payer, "deferral", "猶予", until=date(2026, 12, 31))
    assert due(mailroom) == set()
    mailroom.post()


def test_notices_say_nothing_of_payments_so_no_channel_need_be_loaded(mailroom):
    with mailroom.ward.session() as session:
        assert hindered(session, mailroom.ward.settings, BATCH, POSTED) == []


def test_a_pulled_notice_may_be_made_again_by_another_job(mailroom):
    ward = mailroom.ward
    with ward.session() as session:
        mine = (Piece.job_id == BATCH, Piece.payer_key == ward.plan.cases[CASE])
        number = session.scalars(select(Piece.number).where(*mine)).one()
        limit = datetime(2026, 5, 7, 18, tzinfo=JST)
        list_pieces(session, mailroom.act("2026-05-07 15:00"), BATCH, limit, {number: "宛名の確認"})
        approve_pull(session, mailroom.act("2026-05-07 16:00", "W03"), BATCH)
        report_pull(session, mailroom.act("2026-05-07 17:00"), BATCH, 1, 1)
    mailroom.post()
    assert ward.freeze("R08-N11", "vehicle-tax").pieces == 1


@pytest.mark.parametrize(("policy", "posted"), [("refuse", False), ("warn", True)])
def test_keys_that_cannot_be_paid_yet_stop_or_warn_by_setting(mailroom, policy, posted):
    """Direct row: the centre loads the file only after the letters are in hand."""
    ward = mailroom.ward
    table = ward.settings.sending.model_copy(update={"before_posting": policy})
    settings = ward.settings.model_copy(update={"sending": table})
    with ward.session() as session:
        for file in session.scalars(select(SentFile)):
            file.payable_from = date(2026, 5, 11)

    def send():
        with ward.session() as session:
            act = mailroom.act("2026-05-08 19:00", "W03")
            post(session, settings, act, BATCH, POSTED, mailroom.counts_in(session))

    if posted:
        send()
    else:
        assert refused(send) == {"post.key-not-payable"}


def test_everything_that_hinders_is_told_at_once(mailroom):
    with mailroom.ward.session() as session:
        session.get_one(Payer, mailroom.ward.plan.cases[CASE]).deceased = True
        for file in session.scalars(select(SentFile)):
            file.payable_from = date(2026, 5, 11)
    assert refused(lambda: mailroom.post({"区内特別": 1})) == {
        "pull.must-not-leave",
        "post.key-not-payable",
        "post.count-differs",
    }
