import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def keys_of(entries, head=None):
    return [fault.key for fault in journal.verify(entries, head).faults]


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
        assert journal.verify(entries, journal.head_of(entries[length // 2], START)).ok


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
def test_an_end_cut_off_is_seen_only_with_a_head(left):
    entries = chain(8)
    head = journal.head_of(entries[-1], START)
    assert keys_of(entries[:left]) == []
    assert keys_of(entries[:left], head) == ["journal.truncated"]


@calm
@given(st.integers(1, 6), st.integers(0, 4))
def test_a_restored_backup_written_on_is_told_apart_from_an_end_cut_off(kept, more):
    entries = chain(7)
    head = journal.head_of(entries[-1], START)
    restored = entries[:kept]
    while len(restored) < 7 + more:
        restored += chain(1, start=restored[-1], salt=1)
    assert journal.verify(restored).ok
    assert keys_of(restored, head) == ["journal.rewritten"]


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
