"""Random payments over random slips: who is reminded is exactly who, by a count of the raw payment records, owes."""

from collections import Counter
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

# All slips that bear a bar code, and all instalments paid by slip, as plain rows: no query of the program is used.
SLIPS = """
  select s.assessment_id, s.period, s.amount, s.cvs_digits, a.payer_key from slips s join assessments a on a.id = s.assessment_id
  where s.cvs_digits is not null order by s.id
"""
DEBTS = """
  select i.assessment_id, i.number, i.amount, i.due, a.payer_key from instalments i join assessments a on a.id = i.assessment_id
  where a.method = 'slip' and exists (
    select 1 from piece_assessments c join pieces p on p.id = c.piece_id join jobs j on j.id = p.job_id
    where c.assessment_id = a.id and c.period = i.number and p.state = 'posted' and j.kind = 'notice')
"""


def owed_by_the_records(path, debts, slips, run_day):
    """(assessment, period) that owe, from the bytes of the payment file alone: kind at 2-3, the day at 4-11, the 44 digits at 16-59.

    Whoever paid anything twice is left out: the surplus has to be applied to what else he owes first.
    """
    seen = {}
    for line in path.read_bytes().decode("cp932").splitlines():
        if line[0] == "2":
            seen.setdefault((line[15:59], line[3:11]), []).append(line[1:3])
    times = Counter()
    for (digits, _), kinds in seen.items():
        times[digits] += max(kinds.count("02"), kinds.count("01") - kinds.count("03"), 0)
    paid_of = {}
    for slip in slips:
        if times[slip.cvs_digits]:
            paid_of.setdefault(slip.assessment_id, []).append(slip)
    doubled = {
        mine[0].payer_key for mine in paid_of.values() if len(mine) > 1 and any(slip.period == 0 for slip in mine)
    }
    twice = doubled | {slip.payer_key for slip in slips if times[slip.cvs_digits] > 1}
    owed = set()
    for assessment, number, amount, due, payer in debts:
        paid = [slip for slip in paid_of.get(assessment, ()) if slip.period in (0, number)]
        if sum(amount if slip.period == 0 else slip.amount for slip in paid) < amount:
            owed.add((assessment, number, payer, date.fromisoformat(due)))
    ripe = run_day - timedelta(days=20)
    return {(assessment, number) for assessment, number, payer, due in owed if payer not in twice and due <= ripe}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_reminded_are_exactly_those_who_owe(dunned, data):
    dunned.ward.fresh(LAST)
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
