"""Payable keys 調定データ for the centres: what is new, changed, withdrawn; totals; nothing posted before its keys can be paid."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, update

from print_service.collection.payable import pending
from print_service.collection.send import not_payable, send_keys, sent_files
from print_service.demo.payments import Visit
from print_service.findings import RefusedError
from print_service.inspection.sign import plan_inspection, reject
from print_service.ledger.journal import Tag, entries
from print_service.ledger.sent_tables import SentKey
from print_service.ledger.tables import Assessment, Payer, Piece, Slip
from print_service.notices.compose import hold_piece

PAY_EASY, MOBILE = "pay-easy-centre", "mobile-register"
CAR, TAX = "R08-N01", "R08-N02"
DAY = date(2026, 4, 17)  # a Friday


@dataclass(frozen=True)
class Desk:
    """A ward whose notices are numbered, and the verbs of its sending."""

    ward: object
    act: object

    def send(self, destination=PAY_EASY, day="2026-04-17"):
        with self.ward.session() as session:
            return send_keys(session, self.ward.settings, self.act(f"{day} 11:30"), destination)

    def pending(self, destination=PAY_EASY, on=DAY):
        """(operation, slip id) of what would be sent."""
        with self.ward.session() as session:
            return [(row.operation, row.slip.id) for row in pending(session, self.ward.settings, destination, on)]

    def slips(self, *where):
        with self.ward.session() as session:
            return session.scalars(select(Slip).where(*where).order_by(Slip.id)).all()

    def refused(self, *arguments, **words):
        with pytest.raises(RefusedError) as refusal:
            self.send(*arguments, **words)
        return [finding.key for finding in refusal.value.findings]


@pytest.fixture
def desk(loaded_ward, act):
    loaded_ward.noticed(CAR, "vehicle-tax")
    loaded_ward.noticed(TAX)
    return Desk(loaded_ward, act)


def lines(sent):
    """Records of a file by their first byte, read without the program."""
    found = {}
    for line in Path(sent.path).read_bytes().split(b"\r\n")[:-1]:
        found.setdefault(line[:1], []).append(line)
    return found


def test_the_first_file_inserts_every_key_once_in_records_of_200_bytes(desk):
    sent = desk.send()
    slips, records = desk.slips(), lines(sent)
    assert sent.counts == {"insert": len(slips), "change": 0, "withdraw": 0}
    assert {len(line) for group in records.values() for line in group} == {200}
    keys = [(line[2:7], line[7:27].rstrip(), line[27:33], line[33:36], int(line[36:47])) for line in records[b"2"]]
    assert keys == [
        (s.agency.encode(), s.number.encode(), s.confirmation.encode(), s.category.encode(), s.amount) for s in slips
    ]
    assert {line[1:2] for line in records[b"2"]} == {b"1"}


def test_trailer_and_end_state_count_and_sum(desk):
    sent = desk.send()
    records, slips = lines(sent), desk.slips()
    assert (sent.records, sent.total) == (len(slips), sum(slip.amount for slip in slips))
    assert records[b"8"][0][1:22] == f"{sent.records:07d}{sent.total:014d}".encode()
    assert records[b"9"][0][1:8] == f"{sent.records:07d}".encode()


def test_the_header_says_from_when_the_keys_can_be_paid(desk):
    """The opening day after the sending: Friday 4/17, Monday 4/20."""
    sent = desk.send()
    assert sent.payable_from == date(2026, 4, 20)
    assert lines(sent)[b"1"][0][1:22] == b"131992026041720260420"


def test_the_mobile_register_is_told_of_slips_with_a_bar_code_only(desk):
    """Above 300,000 yen there is none."""
    sent = desk.send(MOBILE)
    with_bars = desk.slips(Slip.cvs_digits.is_not(None))
    assert len(with_bars) < len(desk.slips())
    assert [line[2:46].decode() for line in lines(sent)[b"2"]] == [slip.cvs_digits for slip in with_bars]


def test_what_was_sent_is_not_sent_again(desk):
    desk.send()
    assert desk.pending() == []
    assert desk.refused() == ["send.nothing"]
    assert Counter(op for op, _ in desk.pending(MOBILE)).keys() == {"insert"}


def test_a_new_batch_is_added_to_what_the_centre_knows(loaded_ward, act):
    desk = Desk(loaded_ward, act)
    loaded_ward.noticed(CAR, "vehicle-tax")
    first = desk.send()
    loaded_ward.noticed(TAX)
    second = desk.send(day="2026-04-20")
    assert first.records + second.records == len(desk.slips())
    assert second.path.endswith("pay-easy-centre-0002.dat")


def test_an_unnumbered_job_has_nothing_to_send(loaded_ward, act):
    loaded_ward.freeze(TAX)
    assert Desk(loaded_ward, act).refused() == ["send.nothing"]


def test_a_slip_whose_facts_changed_is_sent_as_a_change(desk):
    """Direct row: the last day of a slip was moved, as after a disaster."""
    desk.send()
    slip = desk.slips()[3]
    with desk.ward.session() as session:
        session.get_one(Slip, slip.id).pay_by = date(2027, 3, 31)
    assert desk.pending() == [("change", slip.id)]
    assert lines(desk.send())[b"2"][0][1:2] == b"2"
    assert desk.pending() == []


def test_held_pieces_and_rejected_jobs_are_withdrawn(desk):
    desk.send()
    with desk.ward.session() as session:
        first = session.scalars(select(Piece).where(Piece.job_id == TAX).order_by(Piece.number)).first()
        hold_piece(session, desk.act(), TAX, first.number, "job", "job.held-by-hand", {"reason": "調査中"})
    held = {slip.id for slip in desk.slips(Slip.piece_id == first.id)}
    assert set(desk.pending()) == {("withdraw", slip_id) for slip_id in held}
    desk.ward.sealed(CAR, "M-1")
    with desk.ward.session() as session:
        plan_inspection(session, desk.ward.settings, desk.act(), CAR)
        reject(session, desk.act(by="W03"), CAR, "印字ずれ")
        cars = set(session.scalars(select(Slip.id).join(Piece).where(Piece.job_id == CAR)))
    assert {slip_id for _, slip_id in desk.pending()} == held | cars


def test_a_key_that_was_never_sent_is_not_withdrawn(desk):
    with desk.ward.session() as session:
        session.execute(update(Slip).values(state="withdrawn"))  # direct row
    assert desk.pending() == []


def test_who_paid_by_another_road_cannot_pay_twice(desk):
    """Paid at a store: the instalment's key and the whole year's are withdrawn; the other instalments stay."""
    desk.send()
    desk.ward.post_blank(TAX, date(2026, 6, 5))
    paid = desk.slips(Slip.cvs_digits.is_not(None), Slip.period == 1)
    tax = next(slip for slip in paid if len(desk.slips(Slip.assessment_id == slip.assessment_id)) == 5)
    desk.ward.pay("p.dat", [Visit(tax.cvs_digits, tax.amount, date(2026, 6, 10), "confirmed")], date(2026, 6, 12))
    whole = desk.slips(Slip.assessment_id == tax.assessment_id, Slip.period == 0)[0]
    assert set(desk.pending(on=date(2026, 6, 15))) == {("withdraw", tax.id), ("withdraw", whole.id)}


def test_a_payment_that_the_store_revoked_makes_the_key_payable_again(desk):
    desk.send()
    desk.ward.post_blank(TAX, date(2026, 6, 5))
    slip = desk.slips(Slip.cvs_digits.is_not(None), Slip.period == 2)[0]
    visit = Visit(slip.cvs_digits, slip.amount, date(2026, 6, 10), "provisional")
    desk.ward.pay("a.dat", [visit], date(2026, 6, 12))
    assert ("withdraw", slip.id) in desk.pending(on=date(2026, 6, 15))
    desk.send(day="2026-06-15")
    desk.ward.pay("b.dat", [Visit(slip.cvs_digits, slip.amount, date(2026, 6, 10), "cancelled")], date(2026, 6, 13))
    assert ("insert", slip.id) in desk.pending(on=date(2026, 6, 16))


def test_a_slip_past_its_last_day_is_not_inserted(desk):
    last = max(slip.pay_by for slip in desk.slips())
    assert len(desk.pending(on=last)) < len(desk.slips())
    assert desk.pending(on=date(2028, 1, 1)) == []


def test_the_name_shown_is_the_stored_reading_or_nothing(desk):
    """24 half-width characters at a cash machine; a reading in other letters cannot be shown there."""
    with desk.ward.session() as session:
        first = session.scalars(select(Slip).order_by(Slip.id)).first()
        payer = session.get_one(Payer, session.get_one(Assessment, first.assessment_id).payer_key)
        payer.kana = "みほん"
        mine = set(session.scalars(select(Slip.id).join(Assessment).where(Assessment.payer_key == payer.key)))
    records = dict(zip([slip.id for slip in desk.slips()], lines(desk.send())[b"2"], strict=True))
    shown = {slip_id: record[69:93].decode("cp932").strip() for slip_id, record in records.items()}
    assert {shown[slip_id] for slip_id in mine} == {""}
    assert {name for slip_id, name in shown.items() if slip_id not in mine} >= {"ﾀｶｻｷ ﾀﾛｳ"}


@pytest.mark.parametrize("destination", ["nowhere", "direct-debit"])
def test_a_centre_the_ward_does_not_use_is_refused(desk, destination):
    assert desk.refused(destination) == ["send.unknown"]


def test_keys_are_payable_from_their_load_day_not_before(desk):
    """Letters are in hand the day after the posting: keys sent on Friday are payable on Monday."""
    desk.ward.compose_blank(TAX)
    settings = desk.ward.settings
    with desk.ward.session() as session:
        assert not_payable(session, settings, TAX, date(2026, 6, 5)).keys() == {PAY_EASY, MOBILE}
    desk.send(), desk.send(MOBILE)
    with desk.ward.session() as session:
        for posted_on, missing in ((date(2026, 4, 18), True), (date(2026, 4, 19), False)):
            assert bool(not_payable(session, settings, TAX, posted_on)) is missing


def test_files_keys_and_journal_tell_the_same(desk):
    sent = desk.send()
    with desk.ward.session() as session:
        (file,) = sent_files(session)
        keys = session.scalars(select(SentKey)).all()
        (entry,) = entries(session, Tag.KEYS_SENT)
    assert (file.sha256, file.records, len(keys)) == (sent.sha256, sent.records, sent.records)
    assert (entry.subject, entry.body["sha256"], entry.body["insert"]) == (
        "pay-easy-centre-0001",
        sent.sha256,
        len(keys),
    )
