"""A ward whose notices were posted by the real use cases, made once a session and copied for each test.

Before the freeze, direct ledger rows give one payer (case `variant-taka-saki`) amounts with hand-computed late charges. One resident notice
(case `no-glyph`) is held back by the use case, so it was never posted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import select

from barcodes.digits import modulo10
from print_service.collection.load import load_payments
from print_service.demo.bank_payments import Debit, write_direct_debits
from print_service.demo.payments import Visit
from print_service.dunning.run import RunOrder, approve_run, freeze_run, plan_run
from print_service.ledger.tables import Assessment, Instalment, Job, Payer, Piece, PieceAssessment, Slip
from print_service.notices.compose import hold_piece
from print_service.slips.issue import number_job

VEHICLE, RESIDENT = "R08-N01", "R08-N02"
SAKI = {"resident-tax": (120_500, 120_000, 120_000, 120_000), "vehicle-tax": (12_900,)}


@dataclass(frozen=True)
class Dunned:
    """The posted ward, with the verbs of its dunning tests."""

    ward: object
    act: object

    def payer(self, case: str) -> str:
        return self.ward.plan.cases[case]

    def slip(self, session, case: str, tax_item: str, period: int, kind: str = "notice") -> Slip:
        """The newest slip of a payer for a period (0 = whole year), from a piece of that kind of job."""
        return session.scalars(
            select(Slip)
            .join(Assessment, Assessment.id == Slip.assessment_id)
            .join(Piece, Piece.id == Slip.piece_id)
            .join(Job, Job.id == Piece.job_id)
            .where(Assessment.payer_key == self.payer(case), Assessment.tax_item == tax_item)
            .where(Slip.period == period, Job.kind == kind)
            .order_by(Slip.id.desc())
        ).first()

    def visit(self, case: str, tax_item: str, period: int, day: date, outcome: str = "confirmed", **kind) -> Visit:
        """That slip carried to a store."""
        with self.ward.session() as session:
            slip = self.slip(session, case, tax_item, period, **kind)
            return Visit(slip.cvs_digits, slip.amount, day, outcome)

    def pay(self, covered_to: date, visits: Iterable[Visit] = ()) -> None:
        """A payment file that covers the channel up to a day."""
        self.ward.pay(f"cvs-{covered_to:%Y%m%d}.dat", visits, covered_to)
        self.ward.fresh(covered_to, "convenience-store")

    def debited(self, case: str, day: date, result: str = "confirmed") -> None:
        """The bank's result for a payer's instalment of resident tax that was due on a day."""
        path = self.ward.out / f"debit-{case}-{day}.dat"
        with self.ward.session() as session:
            mine = (
                Assessment.payer_key == self.payer(case),
                Assessment.tax_item == "resident-tax",
                Instalment.due == day,
            )
            bill, part = session.execute(select(Assessment, Instalment).join(Instalment).where(*mine)).one()
            debit = Debit(bill.levy_year, "01", bill.notice_no, part.number, part.amount, result)
            write_direct_debits(path, [debit], debit_day=day)
            load_payments(session, self.ward.settings, self.act(f"{day} 20:00"), path, "direct-debit-results")

    def part_slip(self, session, slip: Slip, amount: int) -> str:
        """A slip for a part of an instalment as a direct ledger row: no use case issues one yet. Gives its 44 digits."""
        digits = f"{slip.cvs_digits[:29]}9{slip.cvs_digits[30:37]}{amount:06d}"
        digits += str(modulo10(digits))
        names = ("piece_id", "assessment_id", "period", "due", "pay_by", "agency", "number", "category")
        row = {name: getattr(slip, name) for name in names}
        extra = {"position": 99, "issue": 9, "amount": amount, "confirmation": "999999", "state": "issued"}
        session.add(Slip(**row, **extra, cvs_digits=digits))
        session.flush()
        return digits

    def remind(self, batch: str, as_of: date, *tax_items: str):
        """A reminder run, numbered; nothing is printed or posted."""
        self.plan(batch, "reminder", as_of, *tax_items)
        return self.freeze(batch, as_of)

    def plan(self, batch: str, kind: str, as_of: date, *tax_items: str) -> None:
        """Step 12 as far as the approval by another person."""
        with self.ward.session() as session:
            order = RunOrder(batch, kind, tax_items, as_of)
            plan_run(session, self.ward.settings, self.act(f"{as_of} 09:00"), order)
            approve_run(session, self.act(f"{as_of} 09:30", "W03"), batch)

    def freeze(self, batch: str, as_of: date):
        """The approved run becomes a job, numbered."""
        with self.ward.session() as session:
            act = self.act(f"{as_of} 10:00")
            run = freeze_run(session, self.ward.settings, act, batch)
            number_job(session, self.ward.settings, act, batch)
            return run

    def remind_and_post(self, batch: str, as_of: date, *tax_items: str):
        """A reminder run that left the house on blank sheets."""
        run = self.remind(batch, as_of, *tax_items)
        self.ward.post_blank(batch, as_of, f"M-{batch}")
        return run

    def demand(self, batch: str, as_of: date):
        """A final-demand run, numbered."""
        self.plan(batch, "final-demand", as_of)
        return self.freeze(batch, as_of)

    def covered(self, batch: str) -> set[tuple[str, str, int]]:
        """(payer, tax item, period) that a batch's envelopes speak of."""
        with self.ward.session() as session:
            found = session.execute(
                select(Piece.payer_key, Assessment.tax_item, PieceAssessment.period)
                .join(PieceAssessment, PieceAssessment.piece_id == Piece.id)
                .join(Assessment, Assessment.id == PieceAssessment.assessment_id)
                .where(Piece.job_id == batch)
            )
            return {tuple(row) for row in found}

    def documents(self, batch: str, case: str, form: str) -> list[dict]:
        """Fields of a form in the one envelope of a payer."""
        with self.ward.session() as session:
            piece = session.scalars(
                select(Piece).where(Piece.job_id == batch, Piece.payer_key == self.payer(case))
            ).one()
            return [document["fields"] for document in piece.documents if document["form"] == form]


@pytest.fixture(scope="session")
def posted_folder(tmp_path_factory, ward_template, copied_ward, act):
    """Both notice batches posted: vehicle tax due 2026-06-01, resident tax due 06-30, 08-31, 11-02 and 2027-02-01."""
    folder = tmp_path_factory.mktemp("posted") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        _play(ward, act)
    return folder


@pytest.fixture
def dunned(posted_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(posted_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Dunned(ward, act)


REMINDED = date(2026, 7, 21)


@pytest.fixture(scope="session")
def reminded_folder(tmp_path_factory, posted_folder, ward_template, copied_ward, act):
    """Everything due by the end of June was reminded on 7/21; nobody has paid."""
    folder = tmp_path_factory.mktemp("reminded") / "ward"
    with copied_ward(posted_folder, ward_template[1], folder) as ward:
        dunned = Dunned(ward, act)
        dunned.pay(REMINDED)
        dunned.remind_and_post("R08-D01", REMINDED, "resident-tax", "vehicle-tax")
    return folder


@pytest.fixture
def reminded(reminded_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(reminded_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Dunned(ward, act)


@pytest.fixture(scope="session")
def printed_folder(tmp_path_factory, posted_folder, ward_template, copied_ward, act):
    """The reminders of 7/21, sealed and signed, their keys sent; not posted."""
    folder = tmp_path_factory.mktemp("printed") / "ward"
    with copied_ward(posted_folder, ward_template[1], folder) as ward:
        dunned = Dunned(ward, act)
        dunned.pay(REMINDED)
        dunned.remind("R08-D01", REMINDED, "resident-tax", "vehicle-tax")
        ward.sealed("R08-D01", "M-D01")
        ward.inspect_only("R08-D01")
        ward.send_keys(REMINDED)
    return folder


@pytest.fixture
def printed(printed_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(printed_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Dunned(ward, act)


def _play(ward, act) -> None:
    ward.load_all()
    with ward.session() as session:
        _fix_amounts(session, ward.plan.cases["variant-taka-saki"])
    ward.noticed(VEHICLE, "vehicle-tax")
    ward.noticed(RESIDENT, "resident-tax")
    with ward.session() as session:
        unset = Piece.payer_key == ward.plan.cases["no-glyph"]
        number = session.scalars(select(Piece.number).where(Piece.job_id == RESIDENT, unset)).one()
        hold_piece(session, act(), RESIDENT, number, "job", "job.held-by-hand", {"reason": "外字"})
    ward.post_blank(VEHICLE, date(2026, 5, 8), "M-2026-001")
    ward.post_blank(RESIDENT, date(2026, 6, 5), "M-2026-002")


def _fix_amounts(session, payer_key: str) -> None:
    for assessment in session.scalars(select(Assessment).where(Assessment.payer_key == payer_key)):
        amounts = SAKI[assessment.tax_item]
        parts = session.scalars(
            select(Instalment).where(Instalment.assessment_id == assessment.id).order_by(Instalment.number)
        ).all()
        assessment.annual = sum(amounts)
        for part, amount in zip(parts, amounts, strict=True):
            part.amount = amount
    assert session.get_one(Payer, payer_key).name == "髙﨑　太郎"
