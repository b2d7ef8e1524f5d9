"""On-site audits: at least one in every fiscal year of the contract (特記事項 16), and every point that was not kept is remedied."""

import copy
from datetime import date, datetime, timedelta

import pytest
from custody_story import CONTRACT, refusal

from handover import audit, journal
from handover.audit import AUDIT_TABLE, Audit, AuditEvent, AuditState, Point
from handover.clocks import due_within, overdue
from handover.days import JST, end_of

AT = datetime(2026, 10, 2, 10, 0, tzinfo=JST)
FOUND = {
    "held_on": date(2026, 10, 1),
    "kind": "random",
    "place": "見本工場",
    "auditors": ["w-01", "w-02"],
    "attended_by": ["v-01"],
    "points": {point.value: {"kept": True} for point in Point},
}


def found(**changes):
    return {**copy.deepcopy(FOUND), **changes}


def bad(**changes):
    one = found(remedy_by=date(2026, 10, 31), **changes)
    one["points"]["no-copies"] = {"kept": False, "note": "控えのサーバーに残っていた"}
    return one


class Book:
    def __init__(self):
        self.entries, self.at = [], AT

    @property
    def now(self):
        return audit.fold(self.entries)

    def tell(self, event):
        last = self.entries[-1] if self.entries else None
        made = journal.next_entry(
            last, at=self.at, tag=str(event.tag), actor="w", subject=event.subject, body=event.body
        )
        self.entries.append(made)
        return event

    def record(self, rows):
        return self.tell(audit.record_audit(self.now, CONTRACT, audit.read_visit(rows), at=self.at))

    def remedy(self, number="A-2026-01", by=("w-01",)):
        return self.tell(audit.remedy(self.now, CONTRACT, audit=number, seen_by=by, at=self.at))


def test_an_audit_is_recorded_point_by_point():
    book = Book()
    event = book.record(found())
    assert (event.subject, event.body["findings"]) == ("audit:A-2026-01", 0)
    assert len(event.body["points"]) == len(Point)
    assert book.now["A-2026-01"].state is AuditState.CLEARED
    assert book.record(found()).subject == "audit:A-2026-02"


def test_a_point_not_kept_waits_for_its_remedy():
    book = Book()
    book.record(bad())
    one = book.now["A-2026-01"]
    assert (one.state, one.findings, one.remedy_by) == (AuditState.OPEN, 1, date(2026, 10, 31))
    (clock,) = audit.clocks(book.now.values(), CONTRACT, AT.date())
    assert (clock.kind, clock.until) == ("remedy", end_of(date(2026, 10, 31)))
    book.remedy()
    assert audit.clocks(book.now.values(), CONTRACT, AT.date()) == []


@pytest.mark.parametrize(
    ("rows", "key"),
    [
        (found(auditors=["w-01"]), "people.too-few"),
        (found(auditors=["w-01", "v-01"]), "people.wrong-side"),
        (found(attended_by=["w-02"]), "people.wrong-side"),
        (found(held_on=date(2026, 10, 3)), "audit.dates"),
        (found(place=" "), "custody.field-empty"),
        ({**bad(), "remedy_by": None}, "audit.remedy-by"),
        (bad(held_on=date(2026, 9, 1)) | {"remedy_by": date(2026, 8, 31)}, "audit.remedy-by"),
    ],
)
def test_a_record_against_a_rule_is_refused(rows, key):
    assert refusal(Book().record, rows) == (key,)


def test_a_point_not_kept_says_what_was_seen():
    rows = bad()
    rows["points"]["no-copies"]["note"] = ""
    assert refusal(Book().record, rows) == ("custody.field-empty",)


def test_every_point_must_be_judged_and_no_other():
    rows = found()
    del rows["points"]["logs"]
    rows["points"]["weather"] = {"kept": True}
    rows["points"]["place"] = {"note": "見た"}
    rows["points"]["access"] = {"kept": True, "note": "長" * (audit.LONGEST + 1)}
    assert refusal(audit.read_visit, rows) == ("audit.point",) * 4
    assert set(refusal(audit.read_visit, {})) == {"audit.field", "audit.point"}
    assert refusal(audit.read_visit, found(remedy_by="soon", mood="x")) == ("audit.field",) * 2


def in_state(state):
    book = Book()
    if state is not AuditState.UNKNOWN:
        book.record(bad() if state is AuditState.OPEN else found())
    return book


@pytest.mark.parametrize("event", list(AuditEvent))
@pytest.mark.parametrize("state", list(AuditState))
def test_every_event_in_every_state(state, event):
    book = in_state(state)
    outcome = AUDIT_TABLE[state][event]
    if event is AuditEvent.REMEDY:
        if not isinstance(outcome, AuditState):
            assert refusal(book.remedy) == (outcome,)
            return
        book.remedy()
    else:
        # A second record of the same number can only be a journal that lies: a command would give the next number.
        body = in_state(AuditState.OPEN if event is AuditEvent.RECORD_FINDINGS else AuditState.CLEARED).entries[0].body
        last = book.entries[-1] if book.entries else None
        made = journal.next_entry(
            last, at=AT, tag=str(audit.Tag.RECORDED), actor="x", subject="audit:A-2026-01", body=body
        )
        book.entries.append(made)
        if not isinstance(outcome, AuditState):
            assert refusal(lambda: book.now) == ("custody.impossible",)
            return
    assert book.now["A-2026-01"].state is outcome


def test_a_year_without_an_audit_is_warned_of_and_then_overdue():
    days = {"start": date(2026, 4, 1), "warned": date(2027, 3, 1), "last": date(2027, 3, 31)}
    (clock,) = audit.clocks([], CONTRACT, days["start"])
    assert (clock.kind, clock.id, clock.until) == ("audit", "FY2026", end_of(days["last"]))
    noon = datetime(2027, 3, 1, 12, 0, tzinfo=JST)
    assert due_within([clock], noon, 30) == [clock]
    assert due_within([clock], noon, 29) == []
    assert overdue([clock], end_of(days["last"])) == []
    assert overdue([clock], end_of(days["last"]) + timedelta(seconds=1)) == [clock]


def test_one_audit_a_fiscal_year_stops_its_clock_and_no_other_year_s():
    two_years = type(CONTRACT)(**{**vars(CONTRACT), "valid_to": date(2028, 3, 31)})
    held = Audit("A-2026-01", CONTRACT.number, date(2027, 3, 31), AuditState.CLEARED, 0, None)
    assert audit.clocks([held], two_years, date(2027, 3, 31)) == []
    assert [clock.id for clock in audit.clocks([held], two_years, date(2027, 4, 1))] == ["FY2027"]
    assert [clock.id for clock in audit.clocks([], two_years, date(2027, 4, 1))] == ["FY2026", "FY2027"]
    other = Audit("A-2026-01", "another", date(2027, 3, 31), AuditState.CLEARED, 0, None)
    assert [clock.id for clock in audit.clocks([other], CONTRACT, date(2027, 3, 31))] == ["FY2026"]


def test_a_contract_that_ends_within_the_year_is_audited_before_it_ends():
    short = type(CONTRACT)(**{**vars(CONTRACT), "valid_to": date(2026, 12, 28)})
    (clock,) = audit.clocks([], short, date(2027, 6, 1))
    assert clock.until == end_of(date(2026, 12, 28))
