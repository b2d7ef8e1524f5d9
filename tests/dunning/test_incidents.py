"""What really happened to cities, played through to the letters that leave: nobody who paid gets one. Sources: public incident reports.

吉岡町 2025 (66 letters): a payment file was mishandled and not reflected; the files after it came. いわき市 2024 (715): payments of one
channel were not reflected.
青森市 2023 (1,356 + 991): bar-code payments reach the ledger about two weeks later in lots of seven days. 美馬市 (139): reminders were
made before the step that confirms payments. 鉾田市 2026 (56): payers who were to be left out were dunned. 須崎市 2022: reminders went
out although no notice had arrived. Here everybody pays who can, and each case ends at the post office.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from print_service.batches.exclusions import exclude
from print_service.batches.freshness import override
from print_service.collection.load import load_payments
from print_service.demo.payments import Visit, write_payment_file
from print_service.findings import RefusedError
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Assessment, Job, Payer, Piece, PieceAssessment, Posting, Slip
from print_service.mailing.pull import approve_pull, list_pieces, report_pull, waiting

TAX, STORE = "resident-tax", "convenience-store"
DUE, RUN = date(2026, 6, 30), date(2026, 7, 21)
BATCH, MEDIUM = "R08-D01", "M-2026-009"


def everybody(dunned, day, but=()):
    """Every first instalment of resident tax that has a bar code, carried to a store."""
    with dunned.ward.session() as session:
        found = session.execute(
            select(Slip.cvs_digits, Slip.amount, Assessment.payer_key)
            .join(Assessment, Assessment.id == Slip.assessment_id)
            .join(Piece, Piece.id == Slip.piece_id)
            .where(Assessment.tax_item == TAX, Slip.period == 1, Slip.cvs_digits.is_not(None), Piece.state == "posted")
            .order_by(Slip.id)
        )
        kept = [dunned.payer(case) for case in but]
        return [Visit(digits, yen, day, "confirmed") for digits, yen, payer in found if payer not in kept]


def wrong_letters(dunned, visits):
    """Posted reminders for an instalment whose notice slip is among the visits: counted from slips and pieces alone."""
    digits = {visit.digits44 for visit in visits}
    with dunned.ward.session() as session:
        paid = {
            (slip.assessment_id, slip.period) for slip in session.scalars(select(Slip)) if slip.cvs_digits in digits
        }
        posted = session.execute(
            select(PieceAssessment.assessment_id, PieceAssessment.period)
            .join(Piece, Piece.id == PieceAssessment.piece_id)
            .join(Job, Job.id == Piece.job_id)
            .where(Job.kind == "reminder", Piece.state == PieceState.POSTED)
        )
        return {tuple(row) for row in posted} & paid


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    return {finding.key for finding in refusal.value.findings}


def pull(dunned, on):
    """The list of that day, approved by another and reported as pulled. Gives its piece numbers."""
    with dunned.ward.session() as session:
        deadline = dunned.act(f"{on} 18:00").at
        listed = list_pieces(session, dunned.act(f"{on} 15:00"), BATCH, deadline)
    with dunned.ward.session() as session:
        approve_pull(session, dunned.act(f"{on} 16:00", "W03"), BATCH)
    with dunned.ward.session() as session:
        report_pull(session, dunned.act(f"{on} 18:00"), BATCH, listed.revision, len(listed.pieces))
    return [number for number, _, _ in listed.pieces]


def sealed(dunned):
    """The run of 7/21 printed on blank sheets, sealed and signed, at the vendor's."""
    dunned.remind(BATCH, RUN, TAX)
    dunned.ward.sealed(BATCH, MEDIUM)
    dunned.ward.inspect_only(BATCH)


def test_yoshioka_a_mishandled_payment_file_stops_the_run_until_it_is_whole(dunned):
    visits = everybody(dunned, DUE)
    path = dunned.ward.out / "july.dat"
    write_payment_file(path, visits, seed=1, covered_to=RUN, covered_from=date(2026, 7, 13))
    whole = path.read_bytes()
    dunned.ward.pay("earlier.dat", [], date(2026, 7, 10))
    dunned.ward.fresh(RUN, STORE)
    path.write_bytes(whole[:-122])  # its last record was lost on the way
    with dunned.ward.session() as session:
        assert refused(
            lambda: load_payments(session, dunned.ward.settings, dunned.act("2026-07-21 08:00"), path, "cvs-payments-a")
        )
    assert refused(lambda: dunned.remind(BATCH, RUN, TAX)) == {"dunning.stale-channel"}
    path.write_bytes(whole)
    with dunned.ward.session() as session:
        load_payments(session, dunned.ward.settings, dunned.act("2026-07-21 09:00"), path, "cvs-payments-a")
    dunned.remind_and_post(BATCH, RUN, TAX)
    assert wrong_letters(dunned, visits) == set()


def test_yoshioka_a_file_lost_between_two_others_stops_the_run_and_its_days_are_named(dunned):
    """Bug: only the latest day counted, so the file of 7/6 to 7/10, in which everybody paid, was missed by nobody."""
    visits = everybody(dunned, DUE)
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("june.dat", [], date(2026, 7, 3))
    lost, later = dunned.ward.out / "lost.dat", dunned.ward.out / "later.dat"
    write_payment_file(lost, visits, seed=1, covered_to=date(2026, 7, 10), covered_from=date(2026, 7, 6))
    write_payment_file(later, [], seed=1, covered_to=RUN, covered_from=date(2026, 7, 13))

    def load(path):
        with dunned.ward.session() as session:
            act = dunned.act("2026-07-21 08:00")
            load_payments(session, dunned.ward.settings, act, path, "cvs-payments-a")

    load(later)
    with pytest.raises(RefusedError) as refusal:
        dunned.remind(BATCH, RUN, TAX)
    (finding,) = refusal.value.findings
    assert (finding.key, finding.values["covered"]) == ("dunning.stale-channel", "2026-07-03")
    assert finding.values["missing"] == "7月6日、7月7日、7月8日、7月9日、7月10日"
    load(lost)
    dunned.remind_and_post(BATCH, RUN, TAX)
    assert wrong_letters(dunned, visits) == set()


@pytest.mark.parametrize("channel", ["pay-easy", "mobile-register", "el-qr", "bank-counter", STORE])
def test_iwaki_one_day_without_word_in_any_channel_stops_the_run(dunned, channel):
    """Direct row: the word of one day is missing between two that are there."""
    dunned.ward.fresh(RUN)
    with dunned.ward.session() as session:
        session.execute(delete(CoveredDay).where(CoveredDay.channel == channel, CoveredDay.day == date(2026, 6, 10)))
    with pytest.raises(RefusedError) as refusal:
        dunned.remind(BATCH, RUN, TAX)
    (finding,) = refusal.value.findings
    assert (finding.where, finding.values["missing"]) == (channel, "6月10日")


def test_iwaki_a_channel_that_is_missing_stops_the_run_though_all_others_are_there(dunned):
    """The 715 paid by QR code; here the missing channel is the stores', in which everybody paid."""
    visits = everybody(dunned, DUE)
    dunned.ward.fresh(RUN, STORE)
    assert refused(lambda: dunned.remind(BATCH, RUN, TAX)) == {"dunning.stale-channel"}
    dunned.ward.pay("qr.dat", visits, RUN)
    dunned.remind_and_post(BATCH, RUN, TAX)
    assert wrong_letters(dunned, visits) == set()


def test_iwaki_even_when_two_people_let_it_through_the_pull_list_catches_the_late_file(dunned):
    visits = everybody(dunned, DUE)
    dunned.ward.fresh(RUN, STORE)
    for by, reason in (("W01", "送信障害、週内に復旧の見込み"), ("W03", "")):
        with dunned.ward.session() as session:
            override(session, dunned.ward.settings, dunned.act(f"{RUN} 08:00", by), BATCH, STORE, reason)
    sealed(dunned)
    assert wrong_letters(dunned, visits) == set()
    dunned.ward.pay("qr.dat", visits, RUN)
    assert "pull.must-not-leave" in refused(lambda: dunned.ward.post(BATCH, RUN))
    assert pull(dunned, RUN)
    dunned.ward.post(BATCH, RUN)
    assert wrong_letters(dunned, visits) == set()


def test_aomori_lots_two_weeks_late_stop_the_run(dunned):
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("lot.dat", everybody(dunned, date(2026, 7, 1)), RUN - timedelta(days=14))
    assert refused(lambda: dunned.remind(BATCH, RUN, TAX)) == {"dunning.stale-channel"}


def test_aomori_who_paid_while_the_letters_were_being_made_is_pulled_before_the_posting(dunned):
    """Paid on 7/17, three days before the lot that tells of it; the letters are printed on the 21st and posted on the 27th."""
    late = everybody(dunned, date(2026, 7, 17), but=["long-address"])
    posting = date(2026, 7, 27)
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("lot.dat", [], date(2026, 7, 14))
    sealed(dunned)
    assert refused(lambda: dunned.ward.post(BATCH, posting)) == {"dunning.stale-channel"}
    dunned.pay(date(2026, 7, 24), late)
    with dunned.ward.session() as session:
        assert waiting(session, posting)[BATCH] > 0
    assert refused(lambda: dunned.ward.post(BATCH, posting)) == {"pull.must-not-leave"}
    pull(dunned, posting)
    dunned.ward.post(BATCH, posting)
    assert wrong_letters(dunned, late) == set()
    with dunned.ward.session() as session:
        left = session.scalars(select(Piece.payer_key).where(Piece.job_id == BATCH, Piece.state == "posted"))
        assert dunned.payer("long-address") in set(left)


def test_mima_no_reminder_before_any_payment_was_taken_in(dunned):
    visits = everybody(dunned, DUE)
    assert refused(lambda: dunned.remind(BATCH, RUN, TAX)) == {"dunning.stale-channel"}
    dunned.pay(RUN, [Visit(v.digits44, v.amount, v.collected_on, "provisional") for v in visits])
    dunned.remind_and_post(BATCH, RUN, TAX)
    assert wrong_letters(dunned, visits) == set()


@pytest.mark.parametrize("stage", ["planned", "sealed"])
def test_hokota_whoever_is_to_be_left_out_is_left_out_even_after_the_plan_and_after_the_printing(dunned, stage):
    spared = dunned.payer("long-address")
    dunned.pay(RUN)
    if stage == "planned":
        dunned.plan(BATCH, "reminder", RUN, TAX)
    else:
        sealed(dunned)
    with dunned.ward.session() as session:
        act = dunned.act(f"{RUN} 09:45")
        exclude(session, act, spared, "deferral", "8税納第12号", until=date(2026, 12, 31))
        session.get_one(Payer, dunned.payer("variant-taka-saki")).deceased = True  # as a newer host file brings it
    if stage == "planned":
        dunned.freeze(BATCH, RUN)
        dunned.ward.post_blank(BATCH, RUN, MEDIUM)
    else:
        assert refused(lambda: dunned.ward.post(BATCH, RUN)) == {"pull.must-not-leave"}
        assert len(pull(dunned, RUN)) == 2
        dunned.ward.post(BATCH, RUN)
    with dunned.ward.session() as session:
        posted = set(session.scalars(select(Piece.payer_key).where(Piece.job_id == BATCH, Piece.state == "posted")))
        assert posted.isdisjoint({spared, dunned.payer("variant-taka-saki")})
        assert session.scalars(select(Posting.pieces).where(Posting.job_id == BATCH)).all()


def test_susaki_no_reminder_where_the_notice_never_left(dunned):
    dunned.pay(RUN)
    dunned.remind_and_post(BATCH, RUN, TAX)
    with dunned.ward.session() as session:
        noticed = {
            tuple(row)
            for row in session.execute(
                select(PieceAssessment.assessment_id, PieceAssessment.period)
                .join(Piece, Piece.id == PieceAssessment.piece_id)
                .join(Job, Job.id == Piece.job_id)
                .where(Job.kind == "notice", Piece.state == PieceState.POSTED)
            )
        }
        reminded = {
            tuple(row)
            for row in session.execute(
                select(PieceAssessment.assessment_id, PieceAssessment.period)
                .join(Piece, Piece.id == PieceAssessment.piece_id)
                .where(Piece.job_id == BATCH, Piece.state == PieceState.POSTED)
            )
        }
    assert reminded
    assert reminded <= noticed
