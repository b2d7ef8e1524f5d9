"""The incident register: thresholds and days as in 個人情報保護法施行規則7条・8条・43条, cell by cell, and the report's nine items."""

from datetime import date, datetime, timedelta

import pytest
from custody_story import AT, CONTRACT, refusal
from hypothesis import given, settings
from hypothesis import strategies as st

from handover import incident as register
from handover import incident_commands as do
from handover import journal
from handover.days import JST, end_of
from handover.incident import (
    INCIDENT_TABLE,
    Cause,
    Ground,
    Incident,
    IncidentEvent,
    IncidentKind,
    IncidentState,
    ReportKind,
    ReportRules,
    duty,
    vendor_duty,
)

RULES = ReportRules(100, 1000, 3, 5, 30, 60, True, 3)
S, E = IncidentState, IncidentEvent
ITEMS = [
    "outline", "data_items", "persons", "cause", "secondary_damage", "response", "publication", "prevention", "other",
]  # fmt: skip
TEXTS = do.read_texts(dict.fromkeys(ITEMS, "あり"))
BARE = do.read_texts(dict.fromkeys(ITEMS, "") | {"outline": "媒体の紛失"})


def incident(**facts):
    sound = {
        "id": "I-2026-001", "kind": IncidentKind.LEAK, "batch": "R08-N01", "medium": "M-1", "step": "load", "pieces": "",
        "discovered_by": "v-01", "discovered_at": AT, "known_at": AT, "by_vendor": True, "persons": 1,
    }  # fmt: skip
    return Incident(**{**sound, **facts})


# 規則43条: more than 100 persons, or one person where the data are sensitive, financial, taken with bad intent or protected by
# ordinance; 規則7条 for a firm: more than 1,000.
@pytest.mark.parametrize(
    ("facts", "owed", "vendor"),
    [
        ({"persons": 100}, False, False),
        ({"persons": 101}, True, False),
        ({"persons": 1000}, True, False),
        ({"persons": 1001}, True, True),
        ({"persons": None}, True, True),
        ({"persons": 1, "grounds": {Ground.SENSITIVE}}, True, True),
        ({"persons": 1, "grounds": {Ground.PROPERTY}}, True, True),
        ({"persons": 1, "grounds": {Ground.IMPROPER}}, True, True),
        ({"persons": 1, "grounds": {Ground.ORDINANCE}}, True, False),
        ({"persons": 1, "grounds": {Ground.MY_NUMBER}}, True, True),
        ({"persons": 5000, "encrypted": True}, False, False),
        ({"persons": 5000, "encrypted": True, "grounds": {Ground.IMPROPER}}, False, False),
        ({"persons": 1, "encrypted": True, "grounds": {Ground.MY_NUMBER}}, True, True),
        ({"persons": 5000, "by_vendor": False}, True, False),
    ],
)
def test_what_must_be_reported(facts, owed, vendor):
    facts = {**facts, "grounds": frozenset(facts.get("grounds", ()))}
    assert (duty(incident(**facts), RULES) is not None) is owed
    assert vendor_duty(incident(**facts), RULES) is vendor


def test_the_days_counted_from_the_day_the_ward_knew_in_japan():
    known = datetime(2026, 6, 1, 23, 30, tzinfo=JST)
    owed = duty(incident(known_at=known, persons=101), RULES)
    # The day itself is the first: the 5th day is June 5, the 30th is June 30; the 60th, for an improper purpose, is July 30.
    assert (owed.provisional_from, owed.provisional_by, owed.confirmed_by) == (
        date(2026, 6, 3), date(2026, 6, 5), date(2026, 6, 30),
    )  # fmt: skip
    bad = duty(incident(known_at=known, grounds=frozenset({Ground.IMPROPER})), RULES)
    assert bad.confirmed_by == date(2026, 7, 30)
    later = ReportRules(100, 1000, 3, 5, 30, 60, False, 3)
    assert duty(incident(known_at=known, persons=101), later).confirmed_by == date(2026, 7, 1)


@given(st.integers(0, 5000), st.sets(st.sampled_from(list(Ground))), st.booleans())
@settings(max_examples=100)
def test_more_persons_and_more_grounds_never_lift_a_duty(persons, grounds, encrypted):
    facts = {"grounds": frozenset(grounds), "encrypted": encrypted}
    if duty(incident(persons=persons, **facts), RULES) is not None:
        assert duty(incident(persons=persons + 1, **facts), RULES) is not None
        worse = frozenset(grounds | {Ground.IMPROPER})
        assert duty(incident(persons=persons, grounds=worse, encrypted=encrypted), RULES) is not None


class Book:
    """A journal of one incident."""

    def __init__(self):
        self.entries, self.at = [], AT

    @property
    def now(self):
        return register.fold(self.entries)

    @property
    def one(self):
        return self.now["I-2026-001"]

    def tell(self, event):
        last = self.entries[-1] if self.entries else None
        self.entries.append(
            journal.next_entry(
                last, at=self.at, tag=str(event.tag), actor="w-01", subject=event.subject, body=event.body
            )
        )
        self.at += timedelta(hours=1)
        return event

    def open(self, **how):
        facts = {
            "kind": IncidentKind.LOSS, "batch": "R08-N01", "medium": "M-1", "step": "handover", "pieces": "1-200",
            "discovered_by": "v-01", "discovered_at": AT - timedelta(hours=2), "known_at": AT - timedelta(hours=1),
            "by_vendor": True, "entered_by": "w-02", **how,
        }  # fmt: skip
        return self.tell(do.open_incident(self.now, CONTRACT, at=self.at, **facts))

    def assess(self, **how):
        facts = {
            "persons": 200, "grounds": [], "encrypted": False, "cause": Cause.HUMAN, "recovered": 1, "recovered_of": 2,
            "judged_by": "w-01", **how,
        }  # fmt: skip
        return self.tell(do.assess(self.now, CONTRACT, incident="I-2026-001", at=self.at, **facts))

    def contain(self, **how):
        facts = {"contained_at": self.at, "post_stop_at": None, **how}
        return self.tell(do.contain(self.now, incident="I-2026-001", at=self.at, **facts))

    def hear(self):
        return self.tell(do.vendor_reported(self.now, incident="I-2026-001", reported_at=self.at, at=self.at))

    def report(self, kind, texts=TEXTS, by="w-01"):
        event = do.report(self.now, CONTRACT, texts, incident="I-2026-001", kind=kind, approved_by=by, at=self.at)
        return self.tell(event)

    def close(self, by="w-01"):
        return self.tell(do.close(self.now, CONTRACT, RULES, incident="I-2026-001", closed_by=by, at=self.at))

    def act(self, event):
        return {
            E.ASSESS: self.assess, E.CONTAIN: self.contain, E.VENDOR_REPORT: self.hear, E.CLOSE: self.close,
            E.PROVISIONAL: lambda: self.report(ReportKind.PROVISIONAL),
            E.CONFIRMED: lambda: self.report(ReportKind.CONFIRMED),
        }[event]()  # fmt: skip


def book_in(state):
    """One known, contained and heard of, in this state; few persons where nothing was reported, so that it may be closed."""
    book = Book()
    book.open()
    book.assess(persons=3 if state is S.OPEN else 200)
    book.contain()
    book.hear()
    if state in (S.PROVISIONAL, S.CONFIRMED, S.CLOSED):
        book.report(ReportKind.PROVISIONAL)
    if state in (S.CONFIRMED, S.CLOSED):
        book.report(ReportKind.CONFIRMED)
    if state is S.CLOSED:
        book.close()
    assert book.one.state is state
    return book


@pytest.mark.parametrize("event", list(E))
@pytest.mark.parametrize("state", list(S))
def test_every_event_in_every_state(state, event):
    book = book_in(state)
    outcome = INCIDENT_TABLE[state][event]
    if isinstance(outcome, IncidentState):
        book.act(event)
        assert book.one.state is outcome
        return
    before = len(book.entries)
    assert outcome in refusal(book.act, event)
    assert len(book.entries) == before


# The table again in words: reports go forward; nothing changes once it is closed; new facts after 確報 must be confirmed again.
ORDER = {
    (S.OPEN, E.PROVISIONAL): S.PROVISIONAL, (S.OPEN, E.CONFIRMED): S.CONFIRMED, (S.OPEN, E.CLOSE): S.CLOSED,
    (S.PROVISIONAL, E.CONFIRMED): S.CONFIRMED, (S.CONFIRMED, E.ASSESS): S.PROVISIONAL, (S.CONFIRMED, E.CLOSE): S.CLOSED,
}  # fmt: skip


def test_the_state_changes_only_where_the_law_has_a_step():
    moves = {
        (state, event): outcome
        for state, row in INCIDENT_TABLE.items()
        for event, outcome in row.items()
        if isinstance(outcome, IncidentState) and outcome is not state
    }
    assert moves == ORDER


def test_a_journal_that_tells_an_impossible_step_of_an_incident_is_refused():
    book = book_in(S.CLOSED)
    body = {"at": book.at.isoformat(), "reported_at": book.at.isoformat()}
    last = book.entries[-1]
    for tag, subject in (("vendor-reported", "incident:I-2026-001"), ("vendor-reported", "incident:I-2026-009")):
        made = journal.next_entry(
            last, at=book.at, tag=f"handover:incident:{tag}", actor="x", subject=subject, body=body
        )
        book.entries = [*book.entries[: book.entries.index(last) + 1], made]
        assert refusal(lambda: book.now) == ("custody.impossible",)


def test_the_clocks_run_from_the_first_notice_until_each_report_is_given():
    book = Book()
    book.open()
    kinds = [(clock.kind, clock.until) for clock in register.clocks(book.now.values(), RULES)]
    assert kinds == [
        ("vendor-report", end_of(date(2026, 6, 8))),
        ("provisional-report", end_of(date(2026, 6, 9))),
        ("confirmed-report", end_of(date(2026, 7, 4))),
    ]
    book.hear()
    book.report(ReportKind.PROVISIONAL, BARE)
    assert [clock.kind for clock in register.clocks(book.now.values(), RULES)] == ["confirmed-report"]
    book.assess(grounds=[Ground.IMPROPER])
    (clock,) = register.clocks(book.now.values(), RULES)
    assert clock.until == end_of(date(2026, 8, 3))
    book.contain()
    book.report(ReportKind.CONFIRMED)
    assert register.clocks(book.now.values(), RULES) == []


def test_few_persons_and_no_ground_owe_no_report():
    book = Book()
    book.open()
    book.assess(persons=100)
    assert [clock.kind for clock in register.clocks(book.now.values(), RULES)] == ["vendor-report"]


def test_numbers_count_within_the_fiscal_year():
    book = Book()
    book.open()
    book.open()
    book.at = datetime(2027, 4, 1, 9, 0, tzinfo=JST)
    assert "people.not-valid" in refusal(
        book.open, discovered_at=book.at - timedelta(hours=2), known_at=book.at - timedelta(hours=1)
    )
    assert sorted(book.now) == ["I-2026-001", "I-2026-002"]


def test_an_incident_is_refused_with_all_faults_at_once():
    book = Book()
    found = refusal(book.open, discovered_at=AT + timedelta(days=1), step=" ", entered_by="v-01")
    assert set(found) == {"incident.times", "custody.field-empty", "people.wrong-side"}
    assert refusal(book.open, known_at=AT.replace(tzinfo=None)) == ("time.no-zone",)


def test_a_judgement_is_a_supervisor_s_with_sound_numbers():
    book = Book()
    assert refusal(book.assess) == ("incident.unknown",)
    book.open()
    assert refusal(book.assess, judged_by="w-02") == ("people.wrong-role",)
    assert refusal(book.assess, recovered=3, recovered_of=2) == ("incident.recovered",)
    assert refusal(book.assess, persons=-1) == ("seal.negative-count",)
    assert refusal(book.contain, contained_at=AT + timedelta(days=9)) == ("incident.times",)


def test_a_provisional_report_says_what_is_known_a_confirmed_one_everything():
    book = Book()
    book.open()
    assert refusal(book.report, ReportKind.PROVISIONAL, do.read_texts(dict.fromkeys(ITEMS, ""))) == (
        "incident.item-missing",
    )
    book.report(ReportKind.PROVISIONAL, BARE)
    found = refusal(book.report, ReportKind.CONFIRMED, BARE)
    assert found.count("incident.item-missing") == 8
    assert set(found) == {"incident.item-missing", "incident.not-contained", "incident.persons-unknown"}


def test_an_incident_ends_only_when_nothing_is_owed():
    book = Book()
    book.open()
    assert set(refusal(book.close)) == {
        "incident.report-owed", "incident.persons-unknown", "incident.not-contained", "incident.vendor-report-missing",
    }  # fmt: skip
    book.assess()
    book.contain(post_stop_at=book.at)
    book.hear()
    assert refusal(book.close) == ("incident.report-owed",)
    assert refusal(book.close, by="w-02") == ("incident.report-owed", "people.wrong-role")
    book.report(ReportKind.CONFIRMED)
    book.close()
    assert book.one.post_stop_at == book.one.contained_at


@pytest.mark.parametrize(
    ("found", "keys"),
    [
        ({}, {"incident.item-missing"}),
        (dict.fromkeys(ITEMS, "") | {"name": "x"}, {"incident.item-unknown"}),
        (dict.fromkeys(ITEMS, "") | {"cause": "あ" * (do.LONGEST + 1)}, {"incident.item-too-long"}),
        (dict.fromkeys(ITEMS, 1), {"incident.item-missing"}),
    ],
)
def test_items_missing_unknown_or_too_long_are_named(found, keys):
    assert set(refusal(do.read_texts, found)) == keys


def test_the_register_holds_no_text_that_could_name_a_person():
    book = book_in(S.CLOSED)
    bodies = [set(entry.body) for entry in book.entries]
    assert set().union(*bodies) & set(ITEMS) == {"persons", "cause"}
    assert {type(entry.body.get("persons", 0)) for entry in book.entries} == {int}
