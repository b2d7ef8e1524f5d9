"""A ward whose slips are numbered, made once a session and copied for each test; stores write payment files for it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from print_service.collection.load import Collected, load_payments
from print_service.collection.match import Balance, balances
from print_service.collection.worklist import worklist
from print_service.demo.bank_payments import Debit, Posting, write_pay_easy
from print_service.demo.payments import Visit, write_payment_file
from print_service.ledger.tables import Assessment, Piece, Slip

VEHICLE, RESIDENT = "R08-N01", "R08-N02"
LAST_DUE = date(2027, 2, 1)


@dataclass(frozen=True)
class Store:
    """The ward with its numbered slips, and what a store and the collection agency do."""

    ward: object
    act: object

    def slip(self, case: str, period: int, tax_item: str = "resident-tax") -> Slip:
        """The slip of a payer for a period (0 = whole year)."""
        with self.ward.session() as session:
            found = (
                select(Slip)
                .join(Assessment, Assessment.id == Slip.assessment_id)
                .where(Assessment.payer_key == self.ward.plan.cases[case], Assessment.tax_item == tax_item)
                .where(Slip.period == period)
            )
            return session.scalars(found).one()

    def visit(self, slip: Slip, day: date, outcome: str = "confirmed") -> Visit:
        return Visit(slip.cvs_digits, slip.amount, day, outcome)

    def file(self, name: str, covered_to: date, *visits: Visit, covered_from: date | None = None) -> Path:
        """A payment file of the agency, not yet loaded; it tells of one day, or of every day from the first on."""
        path = self.ward.out / name
        write_payment_file(path, visits, seed=1, covered_to=covered_to, covered_from=covered_from)
        return path

    def posting(self, slip: Slip, day: date, serial: int = 1, **facts) -> Posting:
        """That slip paid at a bank or with a telephone, by what is printed on it."""
        with self.ward.session() as session:
            piece = session.get_one(Piece, slip.piece_id)
            upper, lower = piece.documents[slip.position]["marks"]["ocr"]
        names = ("agency", "number", "confirmation", "category", "cvs_digits", "el_qr", "amount")
        known = {name: getattr(slip, name) for name in names}
        return Posting(**{**known, "ocr": (upper, lower), "collected_on": day, "serial": serial, **facts})

    def debit(self, case: str, period: int, **facts) -> Debit:
        """The debit of a payer's instalment."""
        (balance,) = (one for one in self.balances(case) if one.instalment.number == period)
        bill = balance.assessment
        return Debit(bill.levy_year, "01", bill.notice_no, period, **{"amount": balance.instalment.amount, **facts})

    def load(self, path: Path, layout: str = "cvs-payments-a") -> Collected:
        with self.ward.session() as session:
            return load_payments(session, self.ward.settings, self.act("2026-09-01 09:00"), path, layout)

    def pay_easy(self, name: str, covered_to: date, *postings: Posting) -> Collected:
        """A posting file of the shared centre, written and loaded."""
        write_pay_easy(self.ward.out / name, postings, seed=1, covered_to=covered_to)
        return self.load(self.ward.out / name, "pay-easy-payments")

    def open(self) -> dict[str, int]:
        """Open exceptions and how many there are of each."""
        with self.ward.session() as session:
            rows = worklist(session, date(2026, 9, 1))
            return dict(sorted(Counter(row.key.removeprefix("collection.") for row in rows).items()))

    def take(self, name: str, covered_to: date, *visits: Visit, covered_from: date | None = None) -> Collected:
        """A file written and loaded."""
        return self.load(self.file(name, covered_to, *visits, covered_from=covered_from))

    def balances(self, case: str, until: date = LAST_DUE, due_by: date = LAST_DUE) -> list[Balance]:
        """Balances of one payer's resident tax, first period first."""
        with self.ward.session() as session:
            return [
                balance
                for balance in balances(session, due_by, until)
                if balance.assessment.payer_key == self.ward.plan.cases[case]
                and balance.assessment.tax_item == "resident-tax"
            ]


@pytest.fixture(scope="session")
def numbered_folder(tmp_path_factory, ward_template, copied_ward):
    """Steps 1 to 3 done for both taxes by the real use cases; what happens to a slip in a store needs no paper."""
    folder = tmp_path_factory.mktemp("numbered") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        ward.noticed(VEHICLE, "vehicle-tax")
        ward.noticed(RESIDENT, "resident-tax")
    return folder


@pytest.fixture
def store(numbered_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(numbered_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Store(ward, act)
