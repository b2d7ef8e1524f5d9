"""Every state machine of custody cell by cell: the table is whole, each refusal has its sentence, and commands and the fold keep it."""

from datetime import timedelta

import pytest
from custody_story import E, S, Story, refusal, story_in

from handover import audit, custody_table, incident, journal
from handover.custody_table import TABLE
from handover.model import (
    CertificateEvent,
    CertificateState,
    CopyState,
    MediumEvent,
    MediumState,
    SpoilageEvent,
    SpoilageState,
)
from handover.sentences import SENTENCES

TABLES = {
    "medium": (TABLE, MediumState, MediumEvent),
    "copy": (custody_table.COPY_TABLE, CopyState, {MediumEvent.CERTIFY}),
    "certificate": (custody_table.CERTIFICATE_TABLE, CertificateState, CertificateEvent),
    "spoilage": (custody_table.SPOILAGE_TABLE, SpoilageState, SpoilageEvent),
    "incident": (incident.INCIDENT_TABLE, incident.IncidentState, incident.IncidentEvent),
    "audit": (audit.AUDIT_TABLE, audit.AuditState, audit.AuditEvent),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_table_has_every_cell_and_every_refusal_a_sentence(name):
    table, states, events = TABLES[name]
    assert set(table) == set(states)
    for row in table.values():
        assert set(row) == set(events)
        for outcome in row.values():
            assert isinstance(outcome, states) or outcome in SENTENCES


@pytest.mark.parametrize("name", TABLES)
def test_the_next_state_is_the_cell_and_nothing_else(name):
    table, states, events = TABLES[name]
    for state in states:
        for event in events:
            outcome = table[state][event]
            if isinstance(outcome, states):
                assert custody_table.next_state(table, state, event) is outcome
            else:
                values = dict.fromkeys(
                    ("medium", "batch", "copy", "certificate", "number", "spoilage", "incident", "audit"), "x"
                )
                assert refusal(custody_table.next_state, table, state, event, **values) == (outcome,)


# The medium's table again, in the words of the contract's procedure: what may happen in each state. Everything else is refused.
ALLOWED = {
    S.REGISTERED: {E.HAND_OVER: S.OUT, E.CLOSE: S.CLOSED},
    S.OUT: {E.RECEIVE_INTACT: S.RECEIVED, E.RECEIVE_BROKEN: S.SEAL_BROKEN, E.RETURN: S.RETURNED, E.DISCOVER: S.OUT},
    S.RECEIVED: {E.LOAD: S.LOADED, E.SEND_BACK: S.COMING_BACK, E.RETURN: S.RETURNED, E.DISCOVER: S.LOADED},
    S.SEAL_BROKEN: {E.SEND_BACK: S.COMING_BACK, E.RETURN: S.RETURNED, E.DISCOVER: S.SEAL_BROKEN},
    S.LOADED: {
        E.LOAD: S.LOADED, E.CERTIFY: S.LOADED, E.SEND_BACK: S.COMING_BACK, E.RETURN: S.RETURNED, E.DISCOVER: S.LOADED,
    },
    S.COMING_BACK: {E.RETURN: S.RETURNED, E.DISCOVER: S.COMING_BACK},
    S.RETURNED: {E.CLOSE: S.CLOSED, E.DISCOVER: S.RETURNED},
    S.CLOSED: {E.DISCOVER: S.RETURNED},
}  # fmt: skip


@pytest.mark.parametrize("event", list(E))
@pytest.mark.parametrize("state", list(S))
def test_every_command_in_every_state(state, event):
    story = story_in(state)
    before = len(story.entries)
    if event in ALLOWED[state]:
        story.act(event)
        assert story.now.media["M-1"].state is ALLOWED[state][event]
        return
    keys = refusal(story.act, event)
    assert len(story.entries) == before
    expected = TABLE[state][event]
    # A certificate is refused for want of copies where the table alone would let it pass.
    assert ("custody.nothing-to-certify" if event is E.CERTIFY else expected) in keys


@pytest.mark.parametrize("event", list(E))
@pytest.mark.parametrize("state", list(S))
def test_a_journal_that_tells_an_impossible_step_is_refused(state, event):
    story = story_in(state)
    bodies = {
        E.HAND_OVER: ("handover:medium:handed-over", "medium:M-1"),
        E.RECEIVE_INTACT: ("handover:medium:received", "medium:M-1"),
        E.RECEIVE_BROKEN: ("handover:medium:received", "medium:M-1"),
        E.LOAD: ("handover:copy:loaded", "copy:M-1-C77"),
        E.DISCOVER: ("handover:copy:discovered", "copy:M-1-C77"),
        E.CERTIFY: ("handover:certificate:accepted", "certificate:E-9"),
        E.SEND_BACK: ("handover:medium:sent-back", "medium:M-1"),
        E.RETURN: ("handover:medium:returned", "medium:M-1"),
        E.CLOSE: ("handover:batch:closed", "batch:R08-N01"),
    }
    tag, subject = bodies[event]
    body = {
        "at": story.at.isoformat(), "seal_no": "S", "case_no": "C", "vendor": "V", "carriers": ["a", "b"], "place": "p",
        "received_by": ["a", "b"], "intact": event is not E.RECEIVE_BROKEN, "medium": "M-1", "kind": "pc", "host": "h",
        "path": "p", "by": "a", "copies": [copy.id for copy in story.now.open_copies(("R08-N01",))],
        "given_by": ["c", "d"], "returned_by": ["a", "b"],
    }  # fmt: skip
    outcome = TABLE[state][event]
    possible = isinstance(outcome, MediumState) or (event is E.CERTIFY and not body["copies"])
    if event is E.CLOSE and story.now.open_copies(("R08-N01",)):
        possible = False
    append(story, tag, subject, body)
    if possible:
        assert story.now
    else:
        assert refusal(lambda: story.now) == ("custody.impossible",)


def append(story, tag, subject, body):
    made = journal.next_entry(story.entries[-1], at=story.at, tag=tag, actor="x", subject=subject, body=body)
    story.entries.append(made)
    story.at += timedelta(hours=1)


def certificate_in(state):
    story = story_in(S.LOADED)
    if state is CertificateState.ACCEPTED:
        story.certify("E-1")
        story.load()
    elif state is CertificateState.REJECTED:
        story.reject("E-1")
    return story


@pytest.mark.parametrize("event", list(CertificateEvent))
@pytest.mark.parametrize("state", list(CertificateState))
def test_every_decision_on_every_certificate(state, event):
    story = certificate_in(state)
    call = story.certify if event is CertificateEvent.ACCEPT else story.reject
    outcome = custody_table.CERTIFICATE_TABLE[state][event]
    if isinstance(outcome, CertificateState):
        call("E-1")
        assert story.now.certificates["E-1"] is outcome
    else:
        assert refusal(call, "E-1") == (outcome,)
        tag = "accepted" if event is CertificateEvent.ACCEPT else "rejected"
        append(story, f"handover:certificate:{tag}", "certificate:E-1", {"copies": []})
        assert refusal(lambda: story.now) == ("custody.impossible",)


def test_a_journal_that_certifies_a_copy_twice_is_refused():
    story = story_in(S.LOADED)
    story.certify("E-1")
    append(story, "handover:certificate:accepted", "certificate:E-2", {"copies": ["M-1-C01"]})
    assert refusal(lambda: story.now) == ("custody.impossible",)


def spoilage_in(state):
    story = story_in(S.LOADED)
    if state is not SpoilageState.UNREPORTED:
        story.spoil(3 if state is SpoilageState.KEPT else 0)
    return story


@pytest.mark.parametrize("event", list(SpoilageEvent))
@pytest.mark.parametrize("state", list(SpoilageState))
def test_every_event_of_spoiled_sheets_in_every_state(state, event):
    story = spoilage_in(state)
    outcome = custody_table.SPOILAGE_TABLE[state][event]
    sheets = {"sheets": 3 if event is SpoilageEvent.REPORT_SOME else 0, "blanks": 0, "batch": "R08-N01"}
    body = {**sheets, "place": "p", "holder": "V", "by": "v-01", "at": story.at.isoformat()}
    tag = "disposed" if event is SpoilageEvent.DISPOSE else "reported"
    if event is SpoilageEvent.DISPOSE and not isinstance(outcome, SpoilageState):
        assert outcome in refusal(story.dispose)
    append(story, f"handover:spoilage:{tag}", "spoilage:R08-N01-S01", body)
    if isinstance(outcome, SpoilageState):
        assert story.now.spoilage["R08-N01-S01"].state is outcome
    else:
        assert refusal(lambda: story.now) == ("custody.impossible",)


def test_an_empty_journal_is_no_story():
    assert Story(accepted=False).now.media == {}
