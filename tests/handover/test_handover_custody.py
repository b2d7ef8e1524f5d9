"""The state machine cell by cell, the commands, and the one question: what is outside now?"""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handover import contract as contracts
from handover import custody, journal
from handover import custody_commands as do
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.custody import TABLE
from handover.model import CopyKind, Custody, MediumEvent, MediumState
from handover.rules import RefusalError
from handover.sentences import SENTENCES

AT = datetime(2026, 6, 5, 10, 0, tzinfo=timezone(timedelta(hours=9)))
PEOPLE = [
    ("w-01", "ward", ["handler", "supervisor"]),
    ("w-02", "ward", ["handler"]),
    ("v-01", "vendor", ["handler"]),
    ("v-02", "vendor", ["carrier", "handler"]),
    ("v-03", "vendor", ["carrier"]),
]
CONTRACT = contracts.build(
    {
        "number": "2026-1",
        "vendor": "見本印刷",
        "postcode": "160-0000",
        "address": "東京都見本区見本町二丁目2番2号",
        "workplace": "見本工場",
        "responsible": "v-01",
        "no_reentrustment": True,
    }
    | {
        "people": [
            {
                "id": i,
                "name": "見本",
                "side": s,
                "roles": r,
                "valid_from": date(2026, 4, 1),
                "valid_to": date(2027, 3, 31),
            }
            for i, s, r in PEOPLE
        ]
    }
)
S, E = MediumState, MediumEvent


class Story:
    """A journal being written, one command after the other, an hour apart."""

    def __init__(self):
        self.entries, self.at = [], AT

    @property
    def now(self):
        return custody.fold(self.entries)

    def tell(self, event):
        last = self.entries[-1] if self.entries else None
        made = journal.next_entry(last, at=self.at, tag=event.tag, actor="w-01", subject=event.subject, body=event.body)
        self.entries.append(made)
        self.at += timedelta(hours=1)
        return event

    def register(self, medium="M-1", **how):
        facts = {
            "batch": "R08-N01", "serial": "DVD-0001", "kind": "dvd-r", "part": "正", "container_sha256": "ab" * 32,
            "copies_allowed": 2, "return_by": date(2026, 6, 20), "erase_by": date(2026, 6, 30), **how,
        }  # fmt: skip
        return self.tell(do.register(self.now, medium=medium, at=self.at, **facts))

    def hand_over(self, medium="M-1", **how):
        facts = {
            "given_by": ["w-01", "w-02"], "carriers": ["v-02", "v-03"], "seal_no": "S-100", "case_no": "C-7",
            "place": "税務課", "expected_at": self.at + timedelta(hours=2), **how,
        }  # fmt: skip
        return self.tell(do.hand_over(self.now, CONTRACT, medium=medium, at=self.at, **facts))

    def receive(self, medium="M-1", **how):
        facts = {"received_by": ["v-01", "v-02"], "seal_no": "S-100", "seal_intact": True, **how}
        return self.tell(do.receive(self.now, CONTRACT, medium=medium, at=self.at, **facts))

    def load(self, medium="M-1", **how):
        facts = {"host": "rip-01", "path": "D:/in", "kind": CopyKind.RIP_CACHE, "operator": "v-01", **how}
        return self.tell(do.load(self.now, CONTRACT, medium=medium, at=self.at, **facts))

    def discover(self, medium="M-1", **how):
        facts = {"host": "nas", "path": "/backup", "kind": CopyKind.BACKUP, "reported_by": "v-01", **how}
        return self.tell(do.discover(self.now, medium=medium, at=self.at, **facts))

    def certify(self, number="E-1", rows=None, accepted_by="w-01", **how):
        paper = self.certificate(number, **how) if rows is None else self.certificate(number, rows=rows, **how)
        return self.tell(do.certify(self.now, CONTRACT, paper, accepted_by=accepted_by, at=self.at))

    def certificate(self, number="E-1", batches=("R08-N01",), rows=None, **how):
        known = self.now.open_copies(batches)
        facts = {
            "contract": "2026-1", "issued_on": self.at.date(), "issuer": "見本印刷", "responsible": "v-01",
            "clause": "特記事項11", "no_other_copies": True, **how,
        }  # fmt: skip
        lines = tuple(self.row(copy) for copy in known) if rows is None else rows
        return ErasureCertificate(number=number, batches=batches, rows=lines, **facts)

    def row(self, copy, **how):
        sound = ErasedCopy(
            copy_id=copy.id, kind=copy.kind, host=copy.host, path=copy.path, first_written=copy.first_written,
            erased_at=max(self.at, copy.first_written), method="上書き", level=Level.PURGE, tool="eraser",
            tool_version="3.1", verification=Verification.FULL, executor="v-01", witness="v-02",
            evidence_sha256="cd" * 32,
        )  # fmt: skip
        return replace(sound, **how)

    def give_back(self, medium="M-1", **how):
        facts = {
            "serial": "DVD-0001", "returned_by": ["v-02", "v-03"], "received_by": ["w-01", "w-02"], "place": "税務課",
            **how,
        }  # fmt: skip
        return self.tell(do.return_medium(self.now, CONTRACT, medium=medium, at=self.at, **facts))

    def close(self, batch="R08-N01"):
        return self.tell(do.close(self.now, batch=batch, at=self.at))

    def act(self, event):
        return {
            E.HAND_OVER: self.hand_over, E.RECEIVE_INTACT: self.receive, E.LOAD: self.load, E.DISCOVER: self.discover,
            E.RECEIVE_BROKEN: lambda: self.receive(seal_intact=False), E.CERTIFY: self.certify,
            E.RETURN: self.give_back, E.CLOSE: self.close,
        }[event]()  # fmt: skip


def story_in(state):
    story = Story()
    story.register()
    steps = {
        S.REGISTERED: [],
        S.OUT: [E.HAND_OVER],
        S.RECEIVED: [E.HAND_OVER, E.RECEIVE_INTACT],
        S.SEAL_BROKEN: [E.HAND_OVER, E.RECEIVE_BROKEN],
        S.LOADED: [E.HAND_OVER, E.RECEIVE_INTACT, E.LOAD],
        S.RETURNED: [E.HAND_OVER, E.RECEIVE_INTACT, E.RETURN],
        S.CLOSED: [E.HAND_OVER, E.RECEIVE_INTACT, E.RETURN, E.CLOSE],
    }
    for step in steps[state]:
        story.act(step)
    assert story.now.media["M-1"].state is state
    return story


def refusal(call, *args, **how):
    with pytest.raises(RefusalError) as caught:
        call(*args, **how)
    assert str(caught.value)
    return caught.value.keys


def test_the_table_has_every_cell_and_every_refusal_a_sentence():
    assert set(TABLE) == set(S)
    for row in TABLE.values():
        assert set(row) == set(E)
        for outcome in row.values():
            assert isinstance(outcome, MediumState) or outcome in SENTENCES


# The table again, in the words of the contract's procedure: what may happen in each state. Everything else is refused.
ALLOWED = {
    S.REGISTERED: {E.HAND_OVER: S.OUT, E.CLOSE: S.CLOSED},
    S.OUT: {E.RECEIVE_INTACT: S.RECEIVED, E.RECEIVE_BROKEN: S.SEAL_BROKEN, E.RETURN: S.RETURNED, E.DISCOVER: S.OUT},
    S.RECEIVED: {E.LOAD: S.LOADED, E.RETURN: S.RETURNED, E.DISCOVER: S.LOADED},
    S.SEAL_BROKEN: {E.RETURN: S.RETURNED, E.DISCOVER: S.SEAL_BROKEN},
    S.LOADED: {E.LOAD: S.LOADED, E.CERTIFY: S.LOADED, E.RETURN: S.RETURNED, E.DISCOVER: S.LOADED},
    S.RETURNED: {E.CLOSE: S.CLOSED, E.DISCOVER: S.RETURNED},
    S.CLOSED: {E.DISCOVER: S.RETURNED},
}


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
        E.RETURN: ("handover:medium:returned", "medium:M-1"),
        E.CLOSE: ("handover:batch:closed", "batch:R08-N01"),
    }
    tag, subject = bodies[event]
    body = {
        "at": story.at.isoformat(), "seal_no": "S", "case_no": "C", "vendor": "V", "carriers": ["a", "b"], "place": "p",
        "received_by": ["a", "b"], "intact": event is not E.RECEIVE_BROKEN, "medium": "M-1", "kind": "pc", "host": "h",
        "path": "p", "by": "a", "copies": [copy.id for copy in story.now.open_copies(("R08-N01",))],
    }  # fmt: skip
    outcome = TABLE[state][event]
    possible = isinstance(outcome, MediumState) or (event is E.CERTIFY and not body["copies"])
    if event is E.CLOSE and story.now.open_copies(("R08-N01",)):
        possible = False
    story.entries.append(
        journal.next_entry(story.entries[-1], at=story.at, tag=tag, actor="x", subject=subject, body=body)
    )
    if possible:
        assert story.now
    else:
        assert refusal(lambda: story.now) == ("custody.impossible",)


def test_one_carrier_alone_is_refused():
    story = story_in(S.REGISTERED)
    assert refusal(story.hand_over, carriers=["v-02"]) == ("people.too-few",)
    assert refusal(story.hand_over, carriers=["v-02", "v-02"]) == ("people.too-few",)
    assert refusal(story.hand_over, given_by=["w-01"]) == ("people.too-few",)


def test_carriers_not_on_the_list_not_carriers_or_not_valid_that_day_are_refused():
    story = story_in(S.REGISTERED)
    assert refusal(story.hand_over, carriers=["v-02", "stranger"]) == ("people.not-on-list",)
    assert refusal(story.hand_over, carriers=["v-02", "v-01"]) == ("people.wrong-role",)
    story.at = AT + timedelta(days=365)
    assert set(refusal(story.hand_over)) == {"people.not-valid"}


def test_the_two_sides_are_different_people_of_the_right_side():
    story = story_in(S.REGISTERED)
    assert refusal(story.hand_over, given_by=["w-01", "v-02"]) == ("people.wrong-side", "people.both-sides")
    story.hand_over()
    assert refusal(story.receive, received_by=["v-01", "w-01"]) == ("people.wrong-side",)


def test_all_faults_of_a_transfer_at_once():
    story = story_in(S.OUT)
    found = refusal(story.hand_over, carriers=["v-02"], given_by=["nobody"], seal_no=" ", expected_at=AT)
    assert set(found) == {
        "custody.already-out", "people.too-few", "people.not-on-list", "custody.field-empty", "custody.time-reversed",
    }  # fmt: skip


def test_a_seal_of_another_number_counts_as_broken():
    story = story_in(S.OUT)
    story.receive(seal_no="S-999", seal_intact=True)
    assert story.now.media["M-1"].state is S.SEAL_BROKEN
    assert refusal(story.load) == ("custody.seal-broken",)


def test_nothing_happens_before_what_happened_before():
    story = story_in(S.OUT)
    story.at = AT - timedelta(hours=3)
    assert refusal(story.receive) == ("custody.time-reversed",)


def test_every_load_makes_a_copy_and_no_more_than_allowed():
    story = story_in(S.RECEIVED)
    story.load()
    story.load(host="pc-2", kind=CopyKind.PC)
    assert sorted(story.now.copies) == ["M-1-C01", "M-1-C02"]
    assert refusal(story.load) == ("custody.copies-exceeded",)
    story.discover()  # what exists is recorded whatever was allowed
    assert sorted(story.now.copies) == ["M-1-C01", "M-1-C02", "M-1-C03"]


def test_a_certificate_missing_a_copy_is_refused_whole():
    # The copy that was not listed is the one that was stolen in 2024.
    story = story_in(S.LOADED)
    story.discover(host="nas-other-department", kind=CopyKind.SERVER)
    rows = tuple(story.row(story.now.copies[name]) for name in ("M-1-C01",))
    with pytest.raises(RefusalError) as caught:
        story.certify(rows=rows)
    assert caught.value.keys == ("certificate.copy-missing",)
    assert "nas-other-department" in str(caught.value)
    assert len(story.now.open_copies(("R08-N01",))) == 2


def test_closing_needs_every_copy_certified_and_every_medium_back():
    story = story_in(S.LOADED)
    story.register("M-2", part="副", serial="DVD-0002")
    story.hand_over("M-2", seal_no="S-100")
    assert set(refusal(story.close)) == {"custody.not-back", "custody.copies-open"}
    story.give_back()
    story.give_back("M-2", serial="DVD-0002")
    assert refusal(story.close) == ("custody.copies-open",)
    story.certify()
    story.close()
    assert custody.outside(story.now) == []


def test_a_journal_that_closes_over_an_open_copy_is_refused():
    story = story_in(S.LOADED)
    story.give_back()
    body = {"at": story.at.isoformat(), "media": ["M-1"], "copies": 0}
    last = story.entries[-1]
    story.entries.append(
        journal.next_entry(
            last, at=story.at, tag="handover:batch:closed", actor="x", subject="batch:R08-N01", body=body
        )
    )
    assert refusal(lambda: story.now) == ("custody.impossible",)


def test_a_copy_found_after_closing_opens_the_batch_again():
    story = story_in(S.CLOSED)
    story.register("M-9", batch="R08-N02")
    story.discover()
    assert [item.id for item in custody.outside(story.now)] == ["M-1-C01"]
    assert refusal(story.close) == ("custody.copies-open",)
    story.certify("E-2")
    story.close()
    assert custody.outside(story.now) == []


def test_certificates_by_the_wrong_people_or_with_a_used_number_are_refused():
    story = story_in(S.LOADED)
    assert refusal(story.certify, accepted_by="w-02") == ("people.wrong-role",)
    assert "people.wrong-side" in refusal(story.certify, accepted_by="v-01")
    assert refusal(story.certify, contract="2025-9") == ("certificate.other-contract",)
    assert refusal(story.certify, responsible="w-01") == ("people.wrong-side",)
    story.certify("E-1")
    story.load()
    assert refusal(story.certify, "E-1") == ("certificate.number-used",)


def test_another_serial_number_does_not_come_back():
    assert refusal(story_in(S.LOADED).give_back, serial="DVD-0009") == ("custody.other-serial",)


def test_registration_names_all_faults_at_once():
    story = story_in(S.CLOSED)
    found = refusal(
        story.register, "m 1", part="x", container_sha256="", serial="", copies_allowed=-1, return_by=date(2026, 1, 1)
    )
    assert set(found) == {
        "seal.medium-name", "custody.batch-closed", "custody.container-hash", "custody.part", "seal.negative-count",
        "custody.field-empty", "custody.deadline-past",
    }  # fmt: skip
    assert "custody.medium-known" in refusal(story.register, "M-1")


def test_unknown_media_and_batches_are_refused():
    story = Story()
    assert refusal(story.hand_over) == ("custody.medium-unknown",)
    assert refusal(story.close) == ("custody.batch-unknown",)


def test_what_is_outside_who_has_it_and_until_when():
    story = story_in(S.OUT)
    (item,) = custody.outside(story.now)
    assert (item.what, item.id, item.holder, item.until) == ("medium", "M-1", "v-02 v-03", date(2026, 6, 20))
    story.receive()
    story.load()
    found = custody.outside(story.now)
    assert [(i.what, i.holder, i.place) for i in found] == [
        ("medium", "見本印刷", "見本工場"),
        ("copy", "見本印刷", "rip-01:D:/in"),
    ]
    assert [i.until for i in found] == [date(2026, 6, 20), date(2026, 6, 30)]
    assert [i.id for i in custody.overdue(story.now, date(2026, 6, 21))] == ["M-1"]
    assert custody.overdue(story.now, date(2026, 6, 20)) == []


def test_entries_of_other_rooms_are_passed_over():
    story = story_in(S.OUT)
    other = journal.next_entry(story.entries[-1], at=AT, tag="inspection:batch:signed", actor="w", subject="x", body={})
    assert custody.fold([*story.entries, other]) == story.now


def test_the_journal_holds_ids_and_no_names():
    story = story_in(S.LOADED)
    text = b"".join(journal.canonical(entry) for entry in story.entries).decode()
    assert "見本 一郎" not in text
    assert "v-02" in text
    assert all(
        person.name not in str(entry.body.get("carriers", ""))
        for entry in story.entries
        for person in CONTRACT.people.values()
    )


class AnyOrder(RuleBasedStateMachine):
    """Commands in any order: what they let pass folds, what they refuse leaves no trace, and nothing outside is forgotten."""

    def __init__(self):
        super().__init__()
        self.story = Story()
        self.out, self.copies = set(), set()

    @rule(medium=st.sampled_from(["M-1", "M-2"]))
    def register(self, medium):
        self.attempt(self.story.register, medium)

    @rule(
        medium=st.sampled_from(["M-1", "M-2"]),
        event=st.sampled_from(["hand_over", "receive", "load", "discover", "give_back"]),
    )
    def step(self, medium, event):
        if self.attempt(getattr(self.story, event), medium):
            made = self.story.entries[-1]
            if event == "hand_over":
                self.out.add(medium)
            elif event == "give_back":
                self.out.discard(medium)
            elif event in ("load", "discover"):
                self.copies.add(made.subject.removeprefix("copy:"))

    @rule()
    def certify(self):
        if self.attempt(self.story.certify, f"E-{len(self.story.entries)}"):
            self.copies.clear()

    @rule()
    def close(self):
        if self.attempt(self.story.close):
            assert not self.copies
            assert not self.out

    def attempt(self, call, *args):
        before = list(self.story.entries)
        try:
            call(*args)
        except RefusalError:
            assert self.story.entries == before
            return False
        return True

    @invariant()
    def outside_is_always_true(self):
        found = custody.outside(self.story.now)
        assert {i.id for i in found if i.what == "medium"} == self.out
        assert {i.id for i in found if i.what == "copy"} == self.copies
        assert journal.verify(self.story.entries).ok


AnyOrder.TestCase.settings = settings(
    max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyOrder = AnyOrder.TestCase


def test_nothing_known_nothing_outside():
    assert custody.outside(Custody()) == []
