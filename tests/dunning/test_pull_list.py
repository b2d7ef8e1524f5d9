"""The pull list 引抜リスト: between sealing and posting whoever paid or was excluded since is named, approved, counted, and never leaves."""

import csv
import io
import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from print_service.act import JST
from print_service.batches.exclusions import exclude
from print_service.demo.payments import Visit
from print_service.findings import RefusedError
from print_service.ledger.journal import Tag, entries
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Assessment, Piece, Posting, Slip
from print_service.mailing.post import planned, post
from print_service.mailing.pull import approve_pull, list_pieces, pull_lists, report_pull, to_pull, waiting
from print_service.mailing.pull_paper import COLUMNS, _places, pull_csv

TAX, CAR = "resident-tax", "vehicle-tax"
RUN, POSTED = date(2026, 7, 21), date(2026, 7, 22)
BATCH = "R08-D01"
SAKI, LONG = "variant-taka-saki", "long-address"


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return {finding.key for finding in refusal.value.findings}


def make(dunned, day=POSTED, deadline="18:00", at="15:00", **more):
    with dunned.ward.session() as session:
        limit = datetime.fromisoformat(f"{day} {deadline}").replace(tzinfo=JST)
        return list_pieces(session, dunned.act(f"{day} {at}"), BATCH, limit, **more)


def approve(dunned, by="W03", at="16:00", day=POSTED):
    with dunned.ward.session() as session:
        return approve_pull(session, dunned.act(f"{day} {at}", by), BATCH)


def report(dunned, count, revision=1):
    with dunned.ward.session() as session:
        return report_pull(session, dunned.act(f"{POSTED} 17:00"), BATCH, revision, count)


def send(dunned):
    with dunned.ward.session() as session:
        counts = {row.postal_class: row.pieces for row in planned(session, BATCH)}
        return post(session, dunned.ward.settings, dunned.act(f"{POSTED} 19:00", "W03"), BATCH, POSTED, counts)


def pays(dunned, *cases, name="late.dat", day=date(2026, 7, 21)):
    dunned.ward.pay(name, [dunned.visit(case, TAX, 1, day) for case in cases], day)


def piece(dunned, case):
    with dunned.ward.session() as session:
        mine = (Piece.job_id == BATCH, Piece.payer_key == dunned.payer(case))
        return session.scalars(select(Piece).where(*mine)).one()


def due(dunned, on=POSTED):
    with dunned.ward.session() as session:
        return {(pull.number, pull.key) for pull in to_pull(session, BATCH, on)}


def test_nothing_new_nothing_to_pull(printed):
    assert due(printed) == set()
    assert refused(lambda: make(printed)) == {"pull.nothing"}
    send(printed)


def test_who_paid_after_the_printing_is_named(printed):
    pays(printed, SAKI)
    assert due(printed) == {(piece(printed, SAKI).number, "pull.paid")}
    with printed.ward.session() as session:
        assert waiting(session, POSTED) == {BATCH: 1}


def test_a_part_payment_makes_the_printed_amount_wrong(printed):
    with printed.ward.session() as session:
        digits = printed.part_slip(session, printed.slip(session, SAKI, TAX, 1), 50_000)
    printed.ward.pay("part.dat", [Visit(digits, 50_000, RUN, "confirmed")], RUN)
    assert due(printed) == {(piece(printed, SAKI).number, "pull.amount-changed")}


@pytest.mark.parametrize(
    ("kind", "rule"),
    [("deferral", "freeze.deferral"), ("dispute", "freeze.dispute"), ("protected", "freeze.protected-address")],
)
def test_who_was_excluded_after_the_printing_is_named(printed, kind, rule):
    with printed.ward.session() as session:
        until = date(2026, 12, 31) if kind == "deferral" else None
        exclude(session, printed.act(f"{POSTED} 10:00"), printed.payer(SAKI), kind, "届出", until=until)
    assert due(printed) == {(piece(printed, SAKI).number, rule)}


def test_an_exclusion_that_ran_out_before_the_posting_pulls_nothing(printed):
    with printed.ward.session() as session:
        act = printed.act(f"{RUN} 10:00")
        exclude(session, act, printed.payer(SAKI), "deferral", "短期", until=RUN)
    assert due(printed, RUN) != set()
    assert due(printed, POSTED) == set()


def test_a_superseded_assessment_pulls_its_letter(printed):
    """Direct row: a newer host file took the assessment's place."""
    with printed.ward.session() as session:
        mine = (Assessment.payer_key == printed.payer(SAKI), Assessment.tax_item == TAX)
        session.scalars(select(Assessment).where(*mine)).one().superseded = True
    assert due(printed) == {(piece(printed, SAKI).number, "pull.superseded")}


def test_posting_waits_for_list_approval_and_count(printed):
    pays(printed, SAKI, LONG)
    assert refused(lambda: send(printed)) == {"pull.must-not-leave"}
    assert len(make(printed).pieces) == 2
    assert refused(lambda: send(printed)) == {"pull.not-approved"}
    approve(printed)
    assert refused(lambda: send(printed)) == {"pull.not-reported"}
    report(printed, 1)
    assert refused(lambda: send(printed)) == {"pull.count-differs"}
    report(printed, 2)
    send(printed)
    with printed.ward.session() as session:
        states = dict(session.execute(select(Piece.payer_key, Piece.state).where(Piece.job_id == BATCH)).all())
        posted = sum(session.scalars(select(Posting.pieces).where(Posting.job_id == BATCH)))
        (entry,) = [entry for entry in entries(session, Tag.POSTED) if entry.subject == BATCH]
    pulled = {key for key, state in states.items() if state == PieceState.PULLED}
    assert pulled == {printed.payer(SAKI), printed.payer(LONG)}
    assert (posted, entry.body["pulled"]) == (len(states) - 2, 2)


def test_posted_counts_are_pieces_minus_pulled(printed):
    with printed.ward.session() as session:
        before = {row.postal_class: row.pieces for row in planned(session, BATCH)}
    pays(printed, SAKI)
    make(printed)
    approve(printed)
    report(printed, 1)

    def post_as_printed():
        with printed.ward.session() as session:
            post(session, printed.ward.settings, printed.act(f"{POSTED} 19:00", "W03"), BATCH, POSTED, before)

    assert refused(post_as_printed) == {"post.count-differs"}


def test_each_revision_names_only_what_is_new(printed):
    pays(printed, SAKI)
    make(printed)
    approve(printed)
    pays(printed, LONG, name="later.dat", day=POSTED)
    assert [row[0] for row in make(printed).pieces] == [piece(printed, LONG).number]
    approve(printed)
    report(printed, 1, 1)
    assert refused(lambda: send(printed)) == {"pull.not-reported"}
    report(printed, 1, 2)
    send(printed)


def test_an_unapproved_revision_is_taken_up_again_with_what_is_known_now(printed):
    pays(printed, SAKI)
    make(printed)
    pays(printed, LONG, name="later.dat", day=POSTED)
    again = make(printed, deadline="20:00")
    assert (again.revision, len(again.pieces), again.deadline.hour) == (1, 2, 20)


def test_the_list_is_approved_by_another_person_and_before_its_deadline(printed):
    pays(printed, SAKI)
    assert refused(lambda: approve(printed)) == {"pull.none-open"}
    make(printed)
    assert refused(lambda: approve(printed, "W01")) == {"job.same-person"}
    assert refused(lambda: approve(printed, at="18:00")) == {"pull.deadline"}
    approve(printed)


def test_a_deadline_in_the_past_is_refused(printed):
    pays(printed, SAKI)
    assert refused(lambda: make(printed, deadline="15:00")) == {"pull.deadline"}


def test_staff_may_name_a_piece_with_a_reason(printed):
    number = piece(printed, LONG).number
    listed = make(printed, by_hand={number: "窓口で納付を確認"})
    assert [(row[0], row[1]) for row in listed.pieces] == [(number, "pull.by-hand")]
    assert "窓口で納付を確認" in listed.pieces[0][2]
    assert refused(lambda: make(printed, by_hand={99_999: "x"})) == {"pull.no-piece"}


def test_slips_of_pulled_pieces_are_withdrawn_and_the_debt_can_be_reminded_again(printed):
    make(printed, by_hand={piece(printed, SAKI).number: "住所の確認"})
    approve(printed)
    mine = piece(printed, SAKI)
    with printed.ward.session() as session:
        assert set(session.scalars(select(Slip.state).where(Slip.piece_id == mine.id))) == {"withdrawn"}
    report(printed, 1)
    send(printed)
    printed.pay(date(2026, 7, 28))
    printed.remind("R08-D02", date(2026, 7, 28), TAX, CAR)
    assert {payer for payer, _, _ in printed.covered("R08-D02")} == {printed.payer(SAKI)}


@pytest.mark.parametrize("state", ["frozen", "posted"])
def test_a_list_is_for_goods_between_sealing_and_posting(dunned, state):
    dunned.pay(RUN)
    dunned.remind(BATCH, RUN, TAX)
    if state == "posted":
        dunned.ward.post_blank(BATCH, RUN, "M-D01")
    assert refused(lambda: make(dunned)) == {"job.wrong-state"}


def test_a_report_for_a_list_that_is_not_there_or_not_approved_is_refused(printed):
    assert refused(lambda: report(printed, 0)) == {"pull.not-approved"}
    pays(printed, SAKI)
    make(printed)
    assert refused(lambda: report(printed, 1)) == {"pull.not-approved"}


def test_posting_re_checks_the_flags(printed):
    """No list was asked for: the posting itself finds who must not be written to."""
    with printed.ward.session() as session:
        exclude(session, printed.act(f"{POSTED} 10:00"), printed.payer(SAKI), "protected", "支援措置の申出")
    assert refused(lambda: send(printed)) == {"pull.must-not-leave"}


def test_the_vendors_csv_names_piece_and_place_and_never_a_person_or_a_reason(printed):
    pays(printed, SAKI, LONG)
    listed = make(printed)
    with printed.ward.session() as session:
        places = _places(session, listed)
        pieces = session.scalars(select(Piece).where(Piece.job_id == BATCH).order_by(Piece.number)).all()
    text = pull_csv(listed, places).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    for row in rows:
        (mine,) = [one for one in pieces if one.number == int(row["piece_no"])]
        klass = [one.number for one in pieces if one.postal_class == mine.postal_class]
        assert (row["postal_class"], int(row["of"])) == (mine.postal_class, len(klass))
        assert int(row["position"]) == klass.index(mine.number) + 1
        assert int(row["page_from"]) == mine.first_page + 1
        assert int(row["page_to"]) - int(row["page_from"]) + 1 == mine.pages
    assert not re.search(r"paid|納付|髙|protected", text)
    assert printed.payer(SAKI) not in text


def test_revisions_stay_as_records(printed):
    pays(printed, SAKI)
    make(printed)
    approve(printed)
    report(printed, 0)
    report(printed, 1)
    with printed.ward.session() as session:
        (listed,) = pull_lists(session, BATCH)
        tags = [entry.tag for entry in entries(session, "mailing:pull")]
    assert (listed.approved_by, listed.pulled) == ("W03", 1)
    assert tags == [Tag.PULL_LISTED, Tag.PULL_APPROVED, Tag.PULL_REPORTED, Tag.PULL_REPORTED]
