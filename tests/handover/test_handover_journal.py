import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handover import canonical_json, journal, keys
from handover.rules import RefusalError

# A busy machine is no fault of the code: no test here is judged by the clock.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

START = datetime(2026, 6, 5, 9, 0, tzinfo=timezone(timedelta(hours=9)))


def chain(length, start=None, salt=0):
    entries = [start] if start else []
    while len(entries) < length + bool(start):
        number = len(entries)
        entries.append(
            journal.next_entry(
                entries[-1] if entries else None,
                at=START + timedelta(minutes=number),
                tag="handover:medium:registered",
                actor="w-01",
                subject=f"medium:M-{number}",
                body={"batch": "R08-N01", "note": "引渡し", "salt": salt},
            )
        )
    return entries[1:] if start else entries


def rehash(entry, **changes):
    bare = replace(entry, **changes)
    return replace(bare, hash=journal.digest(bare))


def keys_of(entries, *heads, counter=None):
    return [fault.key for fault in journal.verify(entries, *heads, counter=counter).faults]


def head_now(entries):
    """The head exported a minute after the last entry."""
    return journal.head_of(entries[-1], entries[-1].at + timedelta(minutes=1))


def test_the_hash_is_sha256_over_sorted_compact_json():
    import hashlib

    first = chain(1)[0]
    facts = {
        "seq": 1, "at": "2026-06-05T09:00:00+09:00", "tag": "handover:medium:registered", "actor": "w-01",
        "subject": "medium:M-0", "body": {"batch": "R08-N01", "note": "引渡し", "salt": 0}, "prev": "0" * 64,
    }  # fmt: skip
    line = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")) + "\n"
    assert first.hash == hashlib.sha256(line.encode()).hexdigest()
    assert first.prev == journal.GENESIS


@calm
@given(st.integers(0, 12))
def test_an_untouched_chain_is_whole(length):
    entries = chain(length)
    report = journal.verify(entries)
    assert report.ok
    assert report.count == length
    if entries:
        assert journal.verify(entries, head_now(entries[: length // 2 + 1])).ok
        assert journal.verify(entries, counter=journal.counter_of(entries[-1])).ok


@calm
@given(st.integers(0, 7), st.sampled_from(["body", "actor", "tag", "subject", "prev", "at"]))
def test_an_edited_entry_is_altered_and_nothing_else(which, field):
    values = {"body": {"batch": "R08-N02"}, "at": START + timedelta(days=1), "prev": "1" * 64, "tag": "a:b:c"}
    entries = chain(8)
    entries[which] = replace(entries[which], **{field: values.get(field, "else")})
    report = journal.verify(entries)
    assert [(f.key, f.values["seq"]) for f in report.faults] == [("journal.altered", which + 1)]


@calm
@given(st.integers(0, 6))
def test_an_edited_entry_hashed_anew_breaks_the_link_behind_it(which):
    entries = chain(8)
    entries[which] = rehash(entries[which], actor="w-99")
    report = journal.verify(entries)
    assert [(f.key, f.values["seq"]) for f in report.faults] == [("journal.broken-link", which + 2)]


@calm
@given(st.integers(1, 7))
def test_an_inserted_entry_is_a_number_twice(which):
    entries = chain(8)
    entries.insert(which, rehash(entries[which], actor="w-99"))
    assert set(keys_of(entries)) == {"journal.inserted"}


def test_an_inserted_entry_that_links_to_nothing_is_still_one_fault():
    entries = chain(8)
    entries.insert(4, rehash(entries[4], actor="w-99", prev="1" * 64))
    assert keys_of(entries) == ["journal.inserted"]


@calm
@given(st.integers(1, 7))
def test_an_inserted_entry_with_the_rest_numbered_anew_is_a_broken_link(which):
    entries = chain(8)
    moved = [rehash(entry, seq=entry.seq + 1) for entry in entries[which:]]
    entries[which:] = [rehash(entries[which], actor="w-99"), *moved]
    assert set(keys_of(entries)) == {"journal.broken-link"}


@calm
@given(st.integers(0, 6), st.integers(1, 3))
def test_removed_entries_are_a_gap(which, count):
    entries = chain(12)
    del entries[which : which + count]
    report = journal.verify(entries)
    assert [(f.key, dict(f.values)) for f in report.faults] == [
        ("journal.gap", {"first": which + 1, "last": which + count})
    ]


@calm
@given(st.integers(0, 7), st.integers(0, 7))
def test_exchanged_entries_are_reordered_and_nothing_else(one, other):
    entries = chain(8)
    entries[one], entries[other] = entries[other], entries[one]
    assert set(keys_of(entries)) == (set() if one == other else {"journal.reordered"})


@calm
@given(st.integers(0, 7))
def test_an_end_cut_off_is_seen_by_the_counter_and_by_a_head(left):
    entries = chain(8)
    head, counter = head_now(entries), journal.counter_of(entries[-1])
    assert keys_of(entries[:left]) == []
    assert keys_of(entries[:left], head) == ["journal.truncated"]
    assert keys_of(entries[:left], counter=counter) == ["journal.truncated"]
    assert keys_of(entries[:left], head, counter=counter) == ["journal.truncated"]


@calm
@given(st.integers(0, 6))
def test_a_restored_backup_is_told_apart_from_an_end_cut_off_by_its_counter(kept):
    """The backup took journal and counter back together; only the head, kept elsewhere, was further."""
    entries = chain(7)
    restored = entries[:kept]
    counter = journal.counter_of(restored[-1] if restored else None)
    assert keys_of(restored, counter=counter) == []
    assert keys_of(restored, head_now(entries), counter=counter) == ["journal.restored"]


@calm
@given(st.integers(1, 6), st.integers(1, 8))
def test_a_restored_backup_written_on_is_told_apart_from_an_end_cut_off_and_from_history_rewritten(kept, more):
    entries = chain(7)
    head = head_now(entries)
    restored = entries[:kept]
    for _ in range(more):
        last = restored[-1]
        later = max(last.at, head.at) + timedelta(hours=1)
        restored.append(journal.next_entry(last, at=later, tag="a:b:c", actor="w", subject="s", body={}))
    assert journal.verify(restored).ok
    assert keys_of(restored, head) == ["journal.restored"]
    report = journal.verify(restored, head, counter=journal.counter_of(restored[-1]))
    assert [(fault.key, fault.values["last"]) for fault in report.faults] == [("journal.restored", kept)]


@calm
@given(st.integers(0, 6))
def test_history_written_anew_to_its_end_keeps_its_dates_and_is_rewritten(which):
    entries = chain(7)
    head = head_now(entries)
    forged = entries[:which]
    for old in entries[which:]:
        prev = forged[-1].hash if forged else journal.GENESIS
        forged.append(rehash(old, prev=prev, actor="w-99"))
    assert journal.verify(forged).ok
    assert keys_of(forged, head) == ["journal.rewritten"]
    assert keys_of(forged, counter=journal.counter_of(entries[-1])) == ["journal.rewritten"]


def test_the_last_entry_edited_and_hashed_anew_is_seen_by_the_counter():
    """Bug: no entry follows the last one, so nothing in the chain spoke against it."""
    entries = chain(5)
    counter = journal.counter_of(entries[-1])
    entries[-1] = rehash(entries[-1], actor="w-99")
    assert keys_of(entries) == []
    assert keys_of(entries, counter=counter) == ["journal.rewritten"]


def test_entries_the_ledger_never_wrote_are_seen_by_the_counter():
    entries = chain(5)
    longer = entries + chain(2, start=entries[-1])
    assert keys_of(longer, counter=journal.counter_of(entries[-1])) == ["journal.appended"]


def test_an_exported_file_is_told_apart_by_the_head_exported_with_it():
    """Offline there is no counter; the head of the same hour says how far the ledger believed to be."""
    entries = chain(7)
    old, restored = head_now(entries), entries[:4]
    own = journal.head_of(restored[-1], old.at + timedelta(days=1))
    assert keys_of(restored, old) == ["journal.truncated"]
    assert keys_of(restored, old, own) == ["journal.restored"]
    earlier = journal.head_of(restored[-1], old.at - timedelta(days=1))
    assert keys_of(restored, earlier, old) == ["journal.truncated"]


def test_two_kinds_of_damage_are_both_reported():
    entries = chain(8)
    entries[5] = replace(entries[5], actor="x")
    del entries[2]
    assert keys_of(entries) == ["journal.altered", "journal.gap"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@calm
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), json_values, max_size=4))
def test_an_entry_and_its_line_are_one(body):
    entry = journal.next_entry(None, at=START, tag="a:b:c", actor="w", subject="s", body=body)
    assert journal.parse(journal.canonical(entry)) == entry


@calm
@given(st.binary(max_size=200))
def test_any_other_line_is_refused(data):
    with pytest.raises(RefusalError) as caught:
        journal.parse(data)
    assert caught.value.key == "journal.unreadable"


@pytest.mark.parametrize("tag", ["", "a:b", "A:b:c", "a:b:c:d", "a:b:c\n", "あ:b:c"])
def test_a_tag_has_three_plain_parts(tag):
    with pytest.raises(RefusalError) as caught:
        journal.next_entry(None, at=START, tag=tag, actor="w", subject="s", body={})
    assert caught.value.key == "journal.tag"


@pytest.mark.parametrize("body", [{"a": 1.5}, {"a": {1: 2}}, {"a": object()}, {"a": "\ud800"}, {"a": float("nan")}])
def test_a_body_that_has_no_one_spelling_is_refused(body):
    with pytest.raises(RefusalError) as caught:
        journal.next_entry(None, at=START, tag="a:b:c", actor="w", subject="s", body=body)
    assert caught.value.key == "journal.body"


def test_place_and_reason_are_kept_and_entries_of_before_keep_their_bytes():
    old = journal.next_entry(None, at=START, tag="a:b:c", actor="w", subject="s", body={})
    assert b"where" not in journal.canonical(old)
    new = journal.next_entry(
        old, at=START, tag="a:b:c", actor="w", subject="s", body={}, where="税務課端末3", why="再発行の申出"
    )
    assert journal.parse(journal.canonical(new)) == new
    assert journal.verify([old, new]).ok
    assert keys_of([old, replace(new, why="")]) == ["journal.altered"]
    with pytest.raises(RefusalError):
        journal.parse(journal.canonical(old).replace(b'"tag"', b'"where":"","tag"'))


def test_a_moment_without_zone_is_refused():
    with pytest.raises(RefusalError) as caught:
        journal.next_entry(None, at=START.replace(tzinfo=None), tag="a:b:c", actor="w", subject="s", body={})
    assert caught.value.key == "time.no-zone"


def test_a_signed_head_is_read_back_and_any_change_refused(seeded):
    key, other = keys.create(seeded("ward")), keys.create(seeded("somebody"))
    head = journal.head_of(chain(3)[-1], START)
    data = journal.sign_head(head, key)
    assert journal.read_head(data, keys.fingerprint(key.public_key())) == head
    for forged, refusal in [
        (data.replace(b'"seq":3', b'"seq":2'), "head.signature"),
        (journal.sign_head(head, other), "head.other-key"),
        (b"{}\n", "head.unreadable"),
        (data[:-1], "head.unreadable"),
    ]:
        with pytest.raises(RefusalError) as caught:
            journal.read_head(forged, keys.fingerprint(key.public_key()))
        assert caught.value.key == refusal


@pytest.mark.parametrize(
    "data", [b'{"b":1,"a":2}\n', b'{"a":1}', b'{"a": 1}\n', b'{"a":1,"a":1}\n', b"[]\n", b'{"a":1e3}\n']
)
def test_json_spelled_otherwise_is_not_canonical(data):
    with pytest.raises(ValueError):
        canonical_json.load(data)


class LedgerMachine(RuleBasedStateMachine):
    """A ledger over its life: written, exported, backed up, restored, and at some point tampered with, each in its own way.

    What the verification must say is known at every moment from what was done, without looking into the chain.
    """

    @initialize()
    def begin(self):
        self.entries, self.clock, self.head, self.backup, self.furthest = [], START, None, None, 0
        self.counter = journal.counter_of(None)
        self.restored = False

    def tick(self):
        self.clock += timedelta(minutes=1)
        return self.clock

    @rule(note=st.sampled_from(["one", "two"]))
    def write(self, note):
        last = self.entries[-1] if self.entries else None
        body = {"note": note, "at": self.clock.isoformat()}
        entry = journal.next_entry(last, at=self.tick(), tag="a:b:c", actor="w", subject="s", body=body)
        self.entries = [*self.entries, entry]
        self.counter = journal.counter_of(entry)

    @precondition(lambda self: self.entries and not self.restored)
    @rule()
    def export_head(self):
        self.head = journal.read_head(journal.sign_head(journal.head_of(self.entries[-1], self.tick()), KEY))

    @rule()
    def back_up(self):
        self.backup = (list(self.entries), self.counter)

    @precondition(lambda self: self.backup is not None)
    @rule()
    def restore(self):
        self.entries, self.counter = list(self.backup[0]), self.backup[1]
        self.restored = self.restored or (self.head is not None and len(self.entries) < self.head.seq)
        self.tick()

    def verdict(self, entries):
        return keys_of(entries, self.head, counter=self.counter)

    @invariant()
    def an_honest_ledger_is_sound_and_a_restored_one_is_called_so(self):
        assert self.verdict(self.entries) == (["journal.restored"] if self.restored else [])

    @precondition(lambda self: len(self.entries) > 1 and not self.restored)
    @rule(data=st.data())
    def any_tampering_is_seen_under_its_own_key(self, data):
        entries = self.entries
        place = data.draw(st.integers(0, len(entries) - 2))
        edited = [*entries[:place], replace(entries[place], actor="x"), *entries[place + 1 :]]
        assert self.verdict(edited) == ["journal.altered"]
        assert self.verdict(entries[: place + 1]) == ["journal.truncated"]
        assert self.verdict([*entries[:place], entries[place + 1], entries[place], *entries[place + 2 :]]) == [
            "journal.reordered"
        ]
        doubled = [*entries[: place + 1], rehash(entries[place], actor="x"), *entries[place + 1 :]]
        assert set(self.verdict(doubled)) == {"journal.inserted"}
        assert self.verdict(entries[:place] + entries[place + 1 :]) == ["journal.gap"]


KEY = keys.create(lambda size: bytes(range(size)))
TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
