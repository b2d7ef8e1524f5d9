"""Loading payments gives the same payments, exceptions and balances on PostgreSQL as on SQLite."""

from datetime import date

import pytest
from sqlalchemy import func, select

from print_service.collection.load import load_payments
from print_service.collection.match import balances
from print_service.collection.recompute import recompute
from print_service.collection.report import by_channel_and_day, by_file, open_exceptions, outstanding
from print_service.demo.bank_payments import Posting, write_pay_easy
from print_service.demo.payments import Visit, write_payment_file
from print_service.findings import RefusedError
from print_service.ledger.collection_tables import Payment, PaymentException, Receipt
from print_service.ledger.database import connect, migrate
from print_service.ledger.tables import Slip
from print_service.settings import load_settings

pytestmark = pytest.mark.xdist_group("postgres")

DAY, JULY = date(2026, 6, 10), date(2026, 7, 17)


@pytest.fixture
def wards(ward_template, copied_ward, tmp_path, postgres):
    """A ward with numbered slips on each database."""
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
            ward.noticed()
        yield both
        engine.dispose()


def played(ward, act):
    """Two files, one of them with double, unknown and repeated money; everything that follows from them."""
    with ward.session() as session:
        slips = session.scalars(select(Slip).where(Slip.cvs_digits.is_not(None)).order_by(Slip.id).limit(4)).all()
        visits = [Visit(slip.cvs_digits, slip.amount, DAY, "confirmed") for slip in slips for _ in range(2)]
        write_payment_file(ward.out / "a.dat", visits, seed=1, covered_to=JULY)
        names = ("agency", "number", "confirmation", "category", "cvs_digits", "el_qr", "amount")
        known = [{name: getattr(slip, name) for name in names} for slip in slips]
        known[0]["number"] = "9" * 16
        postings = [Posting(**one, ocr=None, collected_on=JULY, serial=number) for number, one in enumerate(known)]
        write_pay_easy(ward.out / "b.dat", postings, seed=1, covered_to=JULY)
        for name, layout in (("a.dat", "cvs-payments-a"), ("b.dat", "pay-easy-payments")):
            load_payments(session, ward.settings, act("2026-07-18 09:00"), ward.out / name, layout)
    with ward.session() as session:
        assert recompute(session, ward.settings, act("2026-07-19 09:00")).changed == 0
        columns = [column for column in Payment.__table__.columns if column.name != "id"]
        return (
            sorted(map(repr, session.execute(select(*columns)).all())),
            sorted(map(repr, session.execute(select(PaymentException.key, PaymentException.subject)).all())),
            [(one.instalment.id, one.paid, one.late_charge_paid) for one in balances(session, date.max, date.max)],
            list(by_channel_and_day(session, DAY, JULY)),
            [(row.name, row.matched, row.unmatched) for row in by_file(session)],
            list(open_exceptions(session)),
            outstanding(session, JULY),
        )


def test_both_databases_come_to_the_same(wards, act):
    ours, theirs = (played(ward, act) for ward in wards)
    assert theirs == ours
    assert len(ours[0]) == 12


def test_a_faulty_file_leaves_nothing_behind_on_either(wards, act):
    for ward in wards:
        with ward.session() as session:
            slip = session.scalars(select(Slip).where(Slip.cvs_digits.is_not(None)).limit(1)).one()
            path = ward.out / "a.dat"
            write_payment_file(path, [Visit(slip.cvs_digits, slip.amount, DAY, "confirmed")], seed=1, covered_to=JULY)
            path.write_bytes(path.read_bytes().replace(b"\n90000002", b"\n90000003"))
            with pytest.raises(RefusedError):
                load_payments(session, ward.settings, act("2026-07-18 09:00"), path, "cvs-payments-a")
            assert session.scalar(select(func.count()).select_from(Receipt)) == 0
