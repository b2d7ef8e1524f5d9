"""The journal: an append-only chain of what happened, each entry bound to the one before by its hash.

Pure functions over entries; where they are stored is the application's business, what is stored are the canonical
bytes. An entry says who (a person's id, never a name), what (a tag `source:object:action`), to what, when, where (a
workplace or terminal), why, and with which details; bodies hold short strings, integers, booleans, lists and objects
and no personal data. The construction is the hash chain of Schneier and Kelsey, "Secure Audit Logs to Support Computer
Forensics" (1999), without keys. Every step of the pipeline writes here.

A chain alone shows an edit, an insertion, a removal and another order, but neither an end that is missing nor a
history written anew. Two witnesses outside it do:

- the *counter* (台帳の計数), kept by the ledger beside the journal and moved in the same transaction: how far the ledger
  itself believes to have come;
- *heads* (控え), exported and signed from time to time and kept where the ledger's keeper cannot reach.

An end cut off leaves the counter ahead of the journal. A restored backup takes journal and counter back together, so
both agree and a head is ahead of both; work that goes on from there (a fork) is dated after the head whose number it
takes. A history written anew to its end takes the numbers with the old dates. Whoever can write journal and counter
and knows all dates can make one of these look like another; unseen it stays only from one who also holds the key.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any

from handover import canonical_json, keys
from handover.manifest import HEX64, instant
from handover.rules import Fault, RefusalError

GENESIS = "0" * 64
HEAD_FORMAT = "print-service-journal-head/1"
TAG = re.compile(r"[a-z-]+:[a-z-]+:[a-z-]+")


@dataclass(frozen=True)
class Entry:
    """One entry: `seq` from 1, `at` with its zone, `prev` the hash of the entry before (`GENESIS` for the first)."""

    seq: int
    at: datetime
    tag: str
    actor: str
    subject: str
    body: Mapping[str, Any]
    prev: str
    hash: str
    where: str = ""
    why: str = ""


@dataclass(frozen=True)
class Counter:
    """How far a ledger itself believes its journal to have come; (0, `GENESIS`) before the first entry."""

    seq: int
    hash: str


@dataclass(frozen=True)
class Head:
    """How far the journal had come at a moment: the last entry's number and hash."""

    seq: int
    hash: str
    at: datetime


@dataclass(frozen=True)
class Report:
    """What a check of the chain found: how many entries, the last one's head (None when empty), every fault."""

    count: int
    last: Head | None
    faults: tuple[Fault, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def next_entry(
    prev: Entry | None,
    *,
    at: datetime,
    tag: str,
    actor: str,
    subject: str,
    body: Mapping[str, Any],
    where: str = "",
    why: str = "",
) -> Entry:
    """The entry that follows `prev` (None for the first); refuses a malformed tag, a moment without zone, a body JSON
    lacks.
    """
    if not TAG.fullmatch(tag):
        raise RefusalError("journal.tag", tag=tag)
    if at.tzinfo is None:
        raise RefusalError("time.no-zone")
    bare = Entry(
        seq=prev.seq + 1 if prev else 1,
        at=at,
        tag=tag,
        actor=actor,
        subject=subject,
        body=dict(body),
        prev=prev.hash if prev else GENESIS,
        hash="",
        where=where,
        why=why,
    )
    try:
        return Entry(**{**vars(bare), "hash": digest(bare)})
    except ValueError as error:
        raise RefusalError("journal.body", detail=str(error)) from error


def canonical(entry: Entry) -> bytes:
    """The one line, newline included, that is stored and exported."""
    return canonical_json.dump({**_facts(entry), "hash": entry.hash})


def digest(entry: Entry) -> str:
    """SHA-256 (hex) over the canonical JSON of everything but the hash."""
    return canonical_json.sha256_hex(canonical_json.dump(_facts(entry)))


def parse(data: bytes) -> Entry:
    """The entry of one line; refuses (`journal.unreadable`) anything but its canonical bytes. The hash is not judged
    here.
    """
    try:
        found = canonical_json.load(data)
        entry = Entry(at=instant(found.pop("at")), **found)
        texts = (entry.tag, entry.actor, entry.subject, entry.prev, entry.hash, entry.where, entry.why)
        if not all(isinstance(text, str) for text in texts) or not isinstance(entry.body, dict):
            raise TypeError("a field of the wrong kind")  # noqa: TRY301  one door for all malformed lines
        if type(entry.seq) is not int or entry.seq < 1 or canonical(entry) != data:
            raise ValueError("seq or spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError("journal.unreadable", detail=str(error)) from error
    return entry


def counter_of(entry: Entry | None) -> Counter:
    """The counter of a journal whose last entry this is (None when it has none)."""
    return Counter(entry.seq, entry.hash) if entry else Counter(0, GENESIS)


def head_of(entry: Entry, at: datetime) -> Head:
    """The head that says the journal had come to this entry at this moment."""
    return Head(entry.seq, entry.hash, at)


def sign_head(head: Head, key: keys.SigningKey) -> bytes:
    """The head as signed canonical JSON, to be kept where the journal's keeper cannot reach."""
    facts = {
        "format": HEAD_FORMAT,
        "seq": head.seq,
        "hash": head.hash,
        "at": head.at.isoformat(),
        "public_key": keys.public_hex(key.public_key()),
    }
    return canonical_json.dump({**facts, "signature": key.sign(canonical_json.dump(facts)).hex()})


def read_head(data: bytes, fingerprint: str | None = None) -> Head:
    """The head of these bytes, signature verified; `fingerprint` (64 hex digits) is the key it must be signed with.

    Refuses `head.unreadable`, `head.signature`, `head.other-key`.
    """
    try:
        found = canonical_json.load(data)
        signature = bytes.fromhex(found.pop("signature"))
        key = keys.public_from_hex(found["public_key"])
        head = Head(found["seq"], found["hash"], instant(found["at"]))
        if found["format"] != HEAD_FORMAT or type(head.seq) is not int or not HEX64.fullmatch(head.hash):
            raise ValueError("format")  # noqa: TRY301
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError("head.unreadable", detail=str(error)) from error
    if not keys.signed_by(key, signature, canonical_json.dump(found)):
        raise RefusalError("head.signature")
    if fingerprint is not None and keys.fingerprint(key) != fingerprint:
        raise RefusalError("head.other-key")
    return head


def signer_of(data: bytes) -> str:
    """The fingerprint of the key that signed a head which `read_head` has read."""
    return keys.fingerprint(keys.public_from_hex(canonical_json.load(data)["public_key"]))


@dataclass(frozen=True)
class _Link:
    """All of an entry that a check of the chain needs."""

    seq: int
    prev: str
    hash: str
    computed: str
    at: datetime


def verify(entries: Iterable[Entry], *heads: Head | None, counter: Counter | None = None) -> Report:
    """Check a whole journal in its stored order, against the ledger's counter and against heads exported earlier.

    The chain alone tells apart `journal.altered` (an entry's content is not what was hashed), `journal.inserted` (a
    number twice), `journal.gap` (numbers missing), `journal.reordered`, `journal.broken-link` (an entry replaced or
    put in, hashed anew). The counter shows `journal.truncated` (the end was cut off), `journal.appended` (entries the
    ledger never wrote) and `journal.rewritten` (another last entry). A head shows `journal.restored` (journal and
    counter, or the journal and a later head, agree on an earlier state: a backup was restored; or entries younger than
    the head took its numbers: work went on after that) and `journal.rewritten` (other entries of the old dates).
    Of a file without counter and later head, an early end is reported as `journal.truncated`.
    """
    links = [_Link(entry.seq, entry.prev, entry.hash, digest(entry), entry.at) for entry in entries]
    chain = sorted(links, key=attrgetter("seq"))
    faults = [Fault("journal.altered", {"seq": link.seq}) for link in chain if link.hash != link.computed]
    faults += _order_faults(links)
    faults += _number_faults(chain)
    faults += _link_faults(chain)
    witnessed = [*_counter_faults(chain, counter), *_head_faults(chain, [head for head in heads if head], counter)]
    faults += list({fault.key: fault for fault in reversed(witnessed)}.values())[::-1]
    last = Head(chain[-1].seq, chain[-1].hash, chain[-1].at) if chain else None
    return Report(len(links), last, tuple(faults))


def _order_faults(links: Sequence[_Link]) -> Iterator[Fault]:
    for before, after in pairwise(links):
        if after.seq < before.seq:
            yield Fault("journal.reordered", {"seq": after.seq, "before": before.seq})


def _number_faults(chain: Sequence[_Link]) -> Iterator[Fault]:
    expected = 1
    for seq, same in groupby(link.seq for link in chain):
        if seq > expected:
            yield Fault("journal.gap", {"first": expected, "last": seq - 1})
        if (times := len(list(same))) > 1:
            yield Fault("journal.inserted", {"seq": seq, "times": times})
        expected = seq + 1


def _link_faults(chain: Sequence[_Link]) -> Iterator[Fault]:
    """Links that do not hold, except where an altered or doubled entry already says why."""
    hashes: dict[int, set[str]] = {0: {GENESIS}}
    for link in chain:
        # An altered entry is accepted under both hashes: it is reported once, and not again by its neighbour.
        hashes.setdefault(link.seq, set()).update((link.hash, link.computed))
    doubled = {seq for seq, same in groupby(link.seq for link in chain) if len(list(same)) > 1}
    for link in chain:
        before = hashes.get(link.seq - 1)
        if before is None or link.prev in before or link.hash != link.computed or link.seq in doubled:
            continue
        yield Fault("journal.broken-link", {"seq": link.seq, "before": link.seq - 1})


def _counter_faults(chain: Sequence[_Link], counter: Counter | None) -> Iterator[Fault]:
    if counter is None:
        return
    last = chain[-1].seq if chain else 0
    if last < counter.seq:
        yield Fault("journal.truncated", {"last": last, "seq": counter.seq})
    elif last > counter.seq:
        yield Fault("journal.appended", {"seq": counter.seq})
    elif chain and counter.hash not in {link.hash for link in chain if link.seq == last}:
        yield Fault("journal.rewritten", {"seq": last})


def _head_faults(chain: Sequence[_Link], heads: Sequence[Head], counter: Counter | None) -> Iterator[Fault]:
    last = chain[-1].seq if chain else 0
    for head in heads:
        there = {link.hash for link in chain if link.seq == head.seq}
        if head.hash in there or (not there and last > head.seq):
            continue  # as the head says, or removed from the middle, which is a gap
        younger = next((link.seq for link in chain if link.seq <= head.seq and link.at > head.at), None)
        if younger is not None:
            yield Fault("journal.restored", {"last": younger - 1, "seq": head.seq})
        elif last >= head.seq:
            yield Fault("journal.rewritten", {"seq": head.seq})
        elif _believed(chain, head, heads, counter) < head.seq:
            yield Fault("journal.restored", {"last": last, "seq": head.seq})
        else:
            yield Fault("journal.truncated", {"last": last, "seq": head.seq})


def _believed(chain: Sequence[_Link], head: Head, heads: Sequence[Head], counter: Counter | None) -> int:
    """How far the ledger believed to have come when this journal was read; as far as the head when nothing tells."""
    if counter is not None:
        return counter.seq
    end = (chain[-1].seq, chain[-1].hash) if chain else (0, GENESIS)
    return end[0] if any((one.seq, one.hash) == end and one.at > head.at for one in heads) else head.seq


def _facts(entry: Entry) -> dict[str, object]:
    # Place and reason stand only where they are given: entries of before they were known keep their bytes.
    given = {name: text for name, text in (("where", entry.where), ("why", entry.why)) if text}
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "tag": entry.tag,
        "actor": entry.actor,
        "subject": entry.subject,
        "body": entry.body,
        "prev": entry.prev,
        **given,
    }
