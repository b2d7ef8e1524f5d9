"""Freshness, a dunning run, its pull list, the payable keys and the glyph report come to the same on PostgreSQL as on SQLite."""

from datetime import date

import pytest
from sqlalchemy import select

from print_service.batches.freshness import override
from print_service.collection.empty_days import confirm_empty
from print_service.collection.freshness import freshness
from print_service.collection.report import whereabouts
from print_service.demo.payments import Visit
from print_service.dunning.run import RunOrder, approve_run, freeze_run, items_of, plan_run
from print_service.dunning.shown import run_facts
from print_service.ledger.database import connect, migrate
from print_service.ledger.dunning_tables import DunnedItem
from print_service.ledger.sent_tables import SentFile, SentKey
from print_service.ledger.tables import Assessment, Piece, Slip
from print_service.mailing.pull import approve_pull, list_pieces, pull_lists, report_pull
from print_service.notices.glyph_report import glyph_report
from print_service.settings import load_settings
from print_service.slips.issue import number_job

pytestmark = pytest.mark.xdist_group("postgres")

NOTICE, BATCH = "R08-N02", "R08-D01"
POSTED, DUE, RUN = date(2026, 6, 5), date(2026, 6, 30), date(2026, 7, 21)


@pytest.fixture
def wards(ward_template, copied_ward, tmp_path, postgres):
    """A ward with posted notices on each database."""
    folder, plan = ward_template
    with copied_ward(folder, plan, tmp_path / "lite") as lite, copied_ward(folder, plan, tmp_path / "post") as post:
        toml = post.out / "ward.toml"
        toml.write_text(toml.read_text("utf-8").replace("sqlite:///ledger.sqlite", postgres()), "utf-8")
        settings = load_settings(toml)
        engine = connect(settings.ledger_url)
        migrate(engine)
        both = lite, type(post)(post.out, settings, engine, plan)
        for ward in both:
            ward.load_all()
            ward.noticed(NOTICE)
            ward.post_blank(NOTICE, POSTED)
        yield both
        engine.dispose()


def visits(session, first, count):
    """Some first instalments of the notices, carried to a store."""
    mine = (Slip.period == 1, Slip.cvs_digits.is_not(None), Piece.state == "posted")
    slips = session.scalars(select(Slip).join(Piece).where(*mine).order_by(Slip.id).offset(first).limit(count)).all()
    return [Visit(slip.cvs_digits, slip.amount, DUE, "confirmed") for slip in slips]


def played(ward, act):
    """A run with one channel let through and one day confirmed empty; two pay before it, one while it is in print."""
    settings = ward.settings
    with ward.session() as session:
        early, late = visits(session, 0, 2), visits(session, 2, 1)
    ward.pay("early.dat", early, RUN)
    ward.fresh(date(2026, 7, 17), "el-qr")
    with ward.session() as session:
        days = confirm_empty(session, settings, act(f"{RUN} 08:00"), "bank-counter", RUN, RUN, "金融機関に確認")
        for by in ("W01", "W03"):
            override(session, settings, act(f"{RUN} 08:30", by), BATCH, "el-qr", "回線障害")
        plan_run(session, settings, act(f"{RUN} 09:00"), RunOrder(BATCH, "reminder", ("resident-tax",), RUN))
        approve_run(session, act(f"{RUN} 09:30", "W03"), BATCH)
    with ward.session() as session:
        freeze_run(session, settings, act(f"{RUN} 10:00"), BATCH)
        number_job(session, settings, act(f"{RUN} 10:30"), BATCH)
        glyphs = list(glyph_report(session, settings, BATCH, replaced=True))
    ward.sealed(BATCH, "M-D01")
    ward.inspect_only(BATCH)
    ward.pay("late.dat", late, date(2026, 7, 22))
    with ward.session() as session:
        list_pieces(session, act("2026-07-22 15:00"), BATCH, act("2026-07-22 18:00").at)
        listed = approve_pull(session, act("2026-07-22 16:00", "W03"), BATCH)
        report_pull(session, act("2026-07-22 17:00"), BATCH, 1, len(listed.pieces))
    with ward.session() as session:
        for by in ("W01", "W03"):  # a day more is missing than was let through
            override(session, settings, act("2026-07-22 17:30", by), BATCH, "el-qr", "回線障害が続く")
    ward.post(BATCH, date(2026, 7, 22))
    with ward.session() as session:
        facts = run_facts(session, settings, BATCH)
        items = [(item.payer_key, item.period, item.unpaid, item.exclusion) for item in items_of(session, BATCH)]
        said = session.execute(select(DunnedItem.piece_id, DunnedItem.paid, DunnedItem.unpaid)).all()
        files = [
            (file.name, file.sha256, file.counts) for file in session.scalars(select(SentFile).order_by(SentFile.id))
        ]
        keys = session.execute(select(SentKey.slip_id, SentKey.operation, SentKey.amount).order_by(SentKey.id)).all()
        rows = [(row.channel, row.covered_to, row.missing, row.stale) for row in freshness(session, settings, RUN)]
        lists = [(one.revision, one.pulled, one.pieces) for one in pull_lists(session, BATCH)]
        posted = session.scalars(select(Piece.payer_key).where(Piece.job_id == BATCH, Piece.state == "posted")).all()
        paid = [
            session.scalars(select(Assessment.payer_key).join(Slip).where(Slip.cvs_digits == visit.digits44)).one()
            for visit in (*early, *late)
        ]
        money = whereabouts(session, RUN)
    return days, facts, items, said, files, keys, rows, lists, sorted(posted), sorted(paid), money, glyphs


def test_a_run_with_all_that_can_happen_to_it_is_the_same_on_both(wards, act):
    ours, theirs = (played(ward, act) for ward in wards)
    for one, other in zip(ours, theirs, strict=True):
        assert other == one
    *_, lists, posted, paid, _, _ = ours
    assert [(revision, pulled) for revision, pulled, _ in lists] == [(1, 1)]
    assert posted
    assert set(posted).isdisjoint(paid)
