"""The year's timeline: two notice jobs, two reminder runs and a final demand, with the payments between them.

Days are those of 令和8年度: vehicle tax due 1 June (31 May is a Sunday), resident tax's first instalment 30 June 2026.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from print_service.assessments.load import load_assessments
from print_service.batches.freeze import JobOrder, freeze_notices
from print_service.batches.letters import passphrase_letter
from print_service.batches.seal import seal_job
from print_service.collection.load import load_payments
from print_service.collection.payable import pending
from print_service.collection.send import send_keys
from print_service.demo.payers_pay import Season, write_file, write_latecomer
from print_service.demo.stage import Stage, at
from print_service.demo.vendor import MAKER, SUPERVISOR, comes_back, goes_out, takes_the_work
from print_service.dunning.cover import cover_sheet
from print_service.dunning.plan import FINAL_DEMAND, REMINDER
from print_service.dunning.run import RunOrder, approve_run, freeze_run, plan_run
from print_service.inspection import sign as inspection
from print_service.ledger.tables import PageFile, Piece
from print_service.mailing.post import planned, post
from print_service.mailing.pull import approve_pull, list_pieces, pull_lists, report_pull, to_pull
from print_service.mailing.pull_paper import write_pull_list
from print_service.mailing.returned import mark_returned
from print_service.notices.compose import Progress, print_pages, store_pages
from print_service.proof.job import read_back, store_proof
from print_service.slips.issue import number_job

VEHICLE, RESIDENT = "R08-N01", "R08-N02"
REMIND_VEHICLE, REMIND_RESIDENT, DEMAND = "R08-D01", "R08-D02", "R08-F01"
BATCHES = (VEHICLE, RESIDENT, REMIND_VEHICLE, REMIND_RESIDENT, DEMAND)
LEVY_YEAR = 2026

SEASONS = (
    Season((VEHICLE,), date(2026, 5, 11), date(2026, 6, 19), 0, 86, date(2026, 5, 8), (date(2026, 6, 1),)),
    Season((RESIDENT,), date(2026, 6, 20), date(2026, 7, 17), 25, 65, date(2026, 6, 20), (date(2026, 6, 30),)),
    Season((REMIND_VEHICLE, REMIND_RESIDENT), date(2026, 7, 23), date(2026, 8, 21), 0, 50, date(2026, 7, 18)),
)
"""Payments: of vehicle tax; of resident tax (whole year or first instalment); of late payers with their reminders."""
LATECOMER = ("pay-easy-20260721.dat", date(2026, 7, 18), date(2026, 7, 21))
"""The file that tells of somebody who paid while the reminder to him was in print, and the days of which it tells."""


def medium_of(batch: str) -> str:
    """Number of the medium that carries a batch."""
    return f"M-2026-{BATCHES.index(batch) + 1:03d}"


def play(stage: Stage) -> None:
    """The whole year; steps done in an earlier run are passed over."""
    takes_the_work(stage, at("2026-04-10 10:00"))
    _notices(stage, VEHICLE, "vehicle-tax", "vehicle-tax-host", "vehicle-tax-host.csv", date(2026, 5, 8))
    _notices(stage, RESIDENT, "resident-tax", "resident-tax-host", "resident-tax-host.dat", date(2026, 6, 5))
    _one_letter_returns(stage)
    _payments(stage, SEASONS[0], "2026-06-22 09:00")
    _reminders(stage, REMIND_VEHICLE, "vehicle-tax", date(2026, 6, 22))
    _payments(stage, SEASONS[1], "2026-07-21 09:00")
    _reminders(stage, REMIND_RESIDENT, "resident-tax", date(2026, 7, 21))
    _payments(stage, SEASONS[2], "2026-08-25 09:00")
    _demands(stage, date(2026, 8, 25))


def _notices(stage: Stage, batch: str, tax_item: str, layout: str, file: str, issued_on: date) -> None:
    start = at(f"{issued_on - timedelta(days=18)} 10:00")
    stage.watch(f"Step 1 intake 取込 {file}", 0, 1)
    with stage.step(f"intake {file}", start, MAKER) as todo:
        if todo:
            session, act = todo
            load_assessments(session, act, stage.out / "host" / file, layout)
    stage.watch(f"Step 1 intake 取込 {file}", 1, 1)
    with stage.step(f"freeze {batch}", start + timedelta(hours=1), MAKER) as todo:
        if todo:
            session, act = todo
            order = JobOrder(batch, "notice", (tax_item,), LEVY_YEAR, issued_on)
            freeze_notices(session, stage.settings, act, order)
    print_and_post(stage, batch, issued_on)


def _reminders(stage: Stage, batch: str, tax_item: str, as_of: date) -> None:
    _dun(stage, RunOrder(batch, REMINDER, (tax_item,), as_of))


def _demands(stage: Stage, as_of: date) -> None:
    _dun(stage, RunOrder(DEMAND, FINAL_DEMAND, (), as_of))


def _dun(stage: Stage, order: RunOrder) -> None:
    """Step 12: one person plans, another approves, and the run becomes a job with its cover sheet."""
    with stage.step(f"plan {order.batch}", at(f"{order.as_of} 09:30"), MAKER) as todo:
        if todo:
            session, act = todo
            plan_run(session, stage.settings, act, order)
    with stage.step(f"approve {order.batch}", at(f"{order.as_of} 09:45"), SUPERVISOR) as todo:
        if todo:
            session, act = todo
            approve_run(session, act, order.batch)
    with stage.step(f"freeze {order.batch}", at(f"{order.as_of} 10:00"), MAKER) as todo:
        if todo:
            session, act = todo
            freeze_run(session, stage.settings, act, order.batch)
            cover_sheet(session, stage.settings, act, order.batch, stage.pool)
    print_and_post(stage, order.batch, order.as_of)


def print_and_post(stage: Stage, batch: str, issued_on: date) -> None:
    """Steps 3 to 10 of a frozen job."""
    medium = medium_of(batch)
    notice = batch in (VEHICLE, RESIDENT)
    day = issued_on - timedelta(days=17) if notice else issued_on
    with stage.step(f"number {batch}", at(f"{day} 11:00"), MAKER) as todo:
        if todo:
            session, act = todo
            number_job(session, stage.settings, act, batch)
    _send_keys(stage, batch, at(f"{day} 11:30"))
    _compose(stage, batch, day)
    _prove(stage, batch, day)
    with stage.step(f"seal {batch}", at(f"{day} 15:00"), MAKER) as todo:
        if todo:
            session, act = todo
            sealed = seal_job(session, stage.settings, act, batch, medium, stage.entropy(f"seal {batch}"))
            passphrase_letter(stage.settings, act, batch, sealed, medium, stage.pool)
    goes_out(stage, medium, at(f"{day} 16:00"))
    if batch == REMIND_RESIDENT:
        _one_paid_meanwhile(stage, batch, day)
    _inspect(stage, batch, issued_on)
    with stage.step(f"post {batch}", at(f"{issued_on} 19:00"), SUPERVISOR) as todo:
        if todo:
            session, act = todo
            counts = {row.postal_class: row.pieces for row in planned(session, batch)}
            post(session, stage.settings, act, batch, issued_on, counts)
    comes_back(stage, batch, medium, at(f"{issued_on + timedelta(days=1)} 09:00"))


def _one_paid_meanwhile(stage: Stage, batch: str, day: date) -> None:
    """Step 9, the pull list: a payment that came after the printing; one person lists, another approves, the vendor counts back."""
    file, first, last = LATECOMER
    with stage.step(f"collect {file}", at(f"{day} 16:20"), MAKER) as todo:
        if todo:
            session, act = todo
            write_latecomer(session, batch, stage.seed, stage.out / "payments" / file, first, last)
            load_payments(session, stage.settings, act, stage.out / "payments" / file, "pay-easy-payments")
    with stage.step(f"pull {batch}", at(f"{day} 16:30"), MAKER) as todo:
        if todo:
            session, act = todo
            if to_pull(session, batch, day):
                list_pieces(session, act, batch, at(f"{day} 18:00"))
    with stage.step(f"approve pull {batch}", at(f"{day} 16:45"), SUPERVISOR) as todo:
        if todo:
            session, act = todo
            if pull_lists(session, batch):
                write_pull_list(session, stage.settings, act, approve_pull(session, act, batch), stage.pool)
    with stage.step(f"pulled {batch}", at(f"{day} 17:30"), MAKER) as todo:
        if todo:
            session, act = todo
            for listed in pull_lists(session, batch):
                report_pull(session, act, batch, listed.revision, len(listed.pieces), "受託者から電話で報告")


def _send_keys(stage: Stage, batch: str, when: datetime) -> None:
    """The centres learn the new keys before the letters leave; a batch without slips tells them what was withdrawn, if anything."""
    for destination in stage.settings.sending.destinations:
        with stage.step(f"send {batch} {destination}", when, MAKER) as todo:
            if todo:
                session, act = todo
                if any(pending(session, stage.settings, destination, act.day)):
                    send_keys(session, stage.settings, act, destination)


def _compose(stage: Stage, batch: str, day: date) -> None:
    name = f"compose {batch}"
    if stage.is_done(name):
        return
    watch = _counter(
        stage, f"Step 4 compose 印字 {batch}", stage.count(select(func.count()).where(Piece.job_id == batch))
    )
    results = print_pages(stage.engine, stage.settings, batch, stage.pool, watch)
    with stage.step(name, at(f"{day} 13:00"), MAKER) as todo:
        if todo:
            session, act = todo
            store_pages(session, act, batch, results)


def _prove(stage: Stage, batch: str, day: date) -> None:
    name = f"prove {batch}"
    if stage.is_done(name):
        return
    pages = stage.count(select(func.sum(PageFile.pages)).where(PageFile.job_id == batch))
    watch = _counter(stage, f"Step 5 prove 読み戻し {batch}", pages)
    evidences = read_back(stage.engine, stage.settings, batch, stage.pool, watch)
    with stage.step(name, at(f"{day} 14:00"), MAKER) as todo:
        if todo:
            session, act = todo
            store_proof(session, act, batch, evidences)


def _inspect(stage: Stage, batch: str, issued_on: date) -> None:
    with stage.step(f"inspect {batch}", at(f"{issued_on} 17:00"), MAKER) as todo:
        if todo:
            session, act = todo
            plan = inspection.plan_inspection(session, stage.settings, act, batch).plan
            for sample in plan["samples"]:
                inspection.record_result(session, batch, sample["piece"], ok=True, note="")
    with stage.step(f"sign {batch}", at(f"{issued_on} 18:00"), SUPERVISOR) as todo:
        if todo:
            session, act = todo
            inspection.sign(session, act, batch)


def _one_letter_returns(stage: Stage) -> None:
    with stage.step("returned mail", at("2026-06-15 11:00"), MAKER) as todo:
        if todo:
            session, act = todo
            mark_returned(session, act, VEHICLE, 2, "あて所に尋ねあたりません")


def _payments(stage: Stage, season: Season, when: str) -> None:
    """Step 11: the files of every channel, each written by its agency and loaded."""
    folder = stage.out / "payments"
    folder.mkdir(exist_ok=True)
    codes = stage.settings.slips.tax_code
    for number, (file, layout) in enumerate(season.files.items()):
        with stage.step(f"collect {file}", at(when) + timedelta(minutes=number), MAKER) as todo:
            if todo:
                session, act = todo
                write_file(session, season, stage.seed, folder / file, codes)
                load_payments(session, stage.settings, act, folder / file, layout)
        stage.watch(f"Step 11 collect 収納 {file}", 1, 1)


def _counter(stage: Stage, title: str, total: int) -> Progress:
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        stage.watch(title, done, total)

    stage.watch(title, 0, total)
    return advance
