"""Random payments over random slips: who is reminded is exactly who, by a count of the raw payment records, owes."""

from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from print_service.collection.load import load_payments
from print_service.demo.payments import Visit, write_payment_file
from print_service.dunning.plan import reminder_candidates

ITEMS = ("resident-tax", "vehicle-tax")
OUTCOMES = ("provisional", "confirmed", "cancelled")
FIRST, LAST = date(2026, 5, 11), date(2027, 2, 28)

# All slips that bear a bar code, and all instalments, as plain rows: no query of the program is used.
SLIPS = "select id, assessment_id, period, amount, cvs_digits from slips where cvs_digits is not null order by id"
DEBTS = """
  select i.assessment_id, i.number, i.amount, i.due from instalments i join assessments a on a.id = i.assessment_id
  where exists (
    select 1 from piece_assessments c join pieces p on p.id = c.piece_id join jobs j on j.id = p.job_id
    where c.assessment_id = a.id and c.period = i.number and p.state = 'posted' and j.kind = 'notice')
"""


def owed_by_the_records(path, debts, slips, run_day):
    """(assessment, period) that owe, from the bytes of the payment file alone: kind at 2-3, the 44 digits at 16-59."""
    seen = {}
    for line in path.read_bytes().decode("cp932").splitlines():
        if line[0] == "2":
            seen.setdefault(line[15:59], []).append(line[1:3])
    standing = {d for d, kinds in seen.items() if "02" in kinds or kinds.count("01") > kinds.count("03")}
    owed = set()
    for assessment, number, amount, due in debts:
        paid = 0
        for _, mine, period, slip_amount, digits in slips:
            if mine == assessment and digits in standing and period in (0, number):
                paid += amount if period == 0 else slip_amount
        if paid < amount and date.fromisoformat(due) + timedelta(days=20) <= run_day:
            owed.add((assessment, number))
    return owed


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_reminded_are_exactly_those_who_owe(dunned, data):
    dunned.ward.fresh(LAST, "convenience-store")
    run_day = data.draw(st.dates(date(2026, 6, 20), LAST), label="run day")
    with dunned.ward.session() as session:
        slips = session.execute(text(SLIPS)).all()
        debts = session.execute(text(DEBTS)).all()
        paid_days = st.dates(FIRST, run_day)
        drawn = data.draw(
            st.lists(st.tuples(st.sampled_from(slips), paid_days, st.sampled_from(OUTCOMES)), max_size=40)
        )
        path = dunned.ward.out / "drawn.dat"
        visits = [Visit(slip.cvs_digits, slip.amount, day, outcome) for slip, day, outcome in drawn]
        write_payment_file(path, visits, seed=1, covered_to=run_day)
        load_payments(session, dunned.ward.settings, dunned.act("2027-03-01 09:00"), path, "cvs-payments-a")
        found = reminder_candidates(session, dunned.ward.settings, ITEMS, run_day)
        chosen = [(balance.assessment.id, balance.instalment.number) for balance in found.chosen]
        session.rollback()
    assert len(chosen) == len(set(chosen))
    assert set(chosen) == owed_by_the_records(path, debts, slips, run_day)
