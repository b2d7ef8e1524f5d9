"""Step 3 number: every slip a piece asks for gets its numbers, and no number is ever given twice."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from print_service.demo.payments import Visit
from print_service.dunning.run import RunOrder, approve_run, freeze_run, plan_run
from print_service.findings import RefusedError
from print_service.ledger.tables import Assessment, Piece, Slip
from print_service.press.forms import load_form


def slips(ward, case=None):
    wanted = select(Slip).join(Piece, Piece.id == Slip.piece_id).order_by(Slip.id)
    if case:
        wanted = wanted.where(Piece.payer_key == ward.plan.cases[case])
    with ward.session() as session:
        return session.scalars(wanted).all()


def test_every_place_of_a_slip_gets_a_slip_and_the_totals_agree(loaded_ward):
    numbered = loaded_ward.noticed()
    with loaded_ward.session() as session:
        pieces = session.scalars(select(Piece)).all()
    places = [(p.id, at) for p in pieces for at, d in enumerate(p.documents) if d["form"] == "payment_slip"]
    assert sorted((slip.piece_id, slip.position) for slip in slips(loaded_ward)) == sorted(places)
    assert (numbered.pieces, numbered.slips) == (len(pieces), len(places))
    assert numbered.sheets == sum(piece.sheets for piece in pieces)


def test_sheets_and_pages_of_a_piece_are_those_of_its_forms(loaded_ward):
    loaded_ward.noticed()
    with loaded_ward.session() as session:
        for piece in session.scalars(select(Piece)):
            papers = [load_form(d["form"], date(2026, 6, 5)).paper for d in piece.documents]
            assert piece.pages == sum(paper.pages for paper in papers)
            assert piece.sheets == sum(-(-p.pages // 2) if p.duplex else p.pages for p in papers)


def test_what_the_slip_prints_is_what_the_ledger_keeps(loaded_ward):
    loaded_ward.noticed()
    with loaded_ward.session() as session:
        for slip in session.scalars(select(Slip)):
            document = session.get_one(Piece, slip.piece_id).documents[slip.position]
            assert document["fields"]["amount"] == slip.amount
            assert document["marks"]["cvs"] == slip.cvs_digits
            assert document["marks"]["el_qr"] == slip.el_qr
            assert document["key"] == {
                "agency": "13199",
                "number": slip.number,
                "confirmation": slip.confirmation,
                "category": "010",
            }


def test_each_instalment_has_its_slip_and_they_add_up_to_the_whole_year(loaded_ward):
    loaded_ward.noticed()
    whole, *parts = slips(loaded_ward, "plane-2-yoshi")
    assert [slip.period for slip in (whole, *parts)] == [0, 1, 2, 3, 4]
    with loaded_ward.session() as session:
        annual = session.get_one(Assessment, whole.assessment_id).annual
    assert whole.amount == sum(slip.amount for slip in parts) == annual


def test_one_instalment_is_one_slip(loaded_ward):
    loaded_ward.noticed()
    (slip,) = slips(loaded_ward, "one-instalment")
    assert slip.period == 1


def test_account_payers_have_no_slip(loaded_ward):
    loaded_ward.noticed()
    assert slips(loaded_ward, "account") == []


def test_the_bar_code_ends_at_three_hundred_thousand_yen(ward):
    """Shops take up to 300,000 yen, the limit itself included."""
    rows = [{"payer_key": f"{n:010d}", "annual": n} for n in (299_900, 300_000, 300_100)]
    ward.load(ward.write_vehicles("v.csv", *rows))
    assert ward.noticed("R08-N01", "vehicle-tax").without_bar_code == 1
    found = {slip.amount: (slip.cvs_digits is not None, slip.cvs_refusal) for slip in slips(ward)}
    assert found == {299_900: (True, None), 300_000: (True, None), 300_100: (False, "amount-over-limit")}


def test_the_payer_above_the_limit_still_has_pay_easy_and_el_qr(loaded_ward):
    loaded_ward.noticed()
    above = [slip for slip in slips(loaded_ward, "above-limit") if slip.amount > 300_000]
    assert above
    for slip in above:
        assert slip.cvs_digits is None
        assert len(slip.number) == 16
        assert len(slip.el_qr) == 255


def test_the_44_digits_hold_the_amount_and_the_handling_limit(loaded_ward):
    """GS1-128 for collection: digits 31-36 the limit YYMMDD, 38-43 the amount."""
    loaded_ward.noticed()
    for slip in slips(loaded_ward):
        if slip.cvs_digits:
            assert len(slip.cvs_digits) == 44
            assert slip.cvs_digits[30:36] == f"{slip.pay_by:%y%m%d}"
            assert slip.cvs_digits[37:43] == f"{slip.amount:06d}"


def test_no_number_is_given_twice_in_a_year_of_notices_and_reminders(loaded_ward, act):
    """The same instalments are asked for again by reminders: each second issue has a number of its own."""
    ward = loaded_ward
    ward.noticed("R08-N01", "vehicle-tax")
    ward.post_blank("R08-N01", date(2026, 5, 8))
    ward.noticed()
    paid = next(slip for slip in slips(ward) if slip.cvs_digits)
    ward.pay(
        "cvs.dat", [Visit(paid.cvs_digits, paid.amount, date(2026, 5, 20), "confirmed")], covered_to=date(2026, 6, 19)
    )
    ward.fresh(date(2026, 6, 19))
    with ward.session() as session:
        order = RunOrder("R08-D01", "reminder", ("vehicle-tax",), date(2026, 6, 22))
        plan_run(session, ward.settings, act("2026-06-22 09:00"), order)
        approve_run(session, act("2026-06-22 09:30", "W03"), "R08-D01")
        freeze_run(session, ward.settings, act("2026-06-22 10:00"), "R08-D01")
    reminded = ward.number("R08-D01").slips
    found = slips(ward)
    for number in ("number", "cvs_digits", "el_qr"):
        given = [getattr(slip, number) for slip in found if getattr(slip, number) is not None]
        assert max(Counter(given).values()) == 1, number
    assert reminded > 0
    by_issue = Counter(slip.issue for slip in found)
    assert by_issue[1] == reminded
    second = [slip for slip in found if slip.issue == 1]
    first = {(slip.assessment_id, slip.period): slip for slip in found if slip.issue == 0}
    for slip in second:
        older = first[slip.assessment_id, slip.period]
        assert (slip.number[:15], slip.number[15]) == (older.number[:15], "1")
        assert older.number[15] == "0"
        assert slip.amount == older.amount


def test_the_ledger_itself_refuses_a_key_twice(loaded_ward):
    loaded_ward.noticed()
    one, other = slips(loaded_ward)[:2]
    key = {"number": one.number, "confirmation": one.confirmation, "category": one.category}
    with pytest.raises(IntegrityError), loaded_ward.session() as session:
        session.execute(update(Slip).where(Slip.id == other.id).values(key))


def test_a_job_is_numbered_once(loaded_ward):
    loaded_ward.noticed()
    before = loaded_ward.snapshot()
    with pytest.raises(RefusedError) as refusal:
        loaded_ward.number()
    assert [finding.key for finding in refusal.value.findings] == ["job.wrong-state"]
    assert loaded_ward.snapshot() == before
