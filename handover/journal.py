"""The journal: an append-only chain of what happened, each entry bound to the one before by its hash.

Pure functions over entries; where they are stored is the application's business, what is stored are the canonical
bytes. An entry says who (a person's id, never a name), what (a tag `source:object:action`), to what, when and with
which details; bodies hold short strings, integers, booleans, lists and objects and no personal data. A signed head,
exported from time to time and kept elsewhere, is what later shows that the end was cut off or that history was
written anew from a restored backup. The construction is the hash chain of Schneier and Kelsey, "Secure Audit Logs to
Support Computer Forensics" (1999), without keys. Every step of the pipeline writes here.
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
    prev: Entry | None, *, at: datetime, tag: str, actor: str, subject: str, body: Mapping[str, Any]
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
        texts = (entry.tag, entry.actor, entry.subject, entry.prev, entry.hash)
        if not all(isinstance(text, str) for text in texts) or not isinstance(entry.body, dict):
            raise TypeError("a field of the wrong kind")  # noqa: TRY301  one door for all malformed lines
        if type(entry.seq) is not int or entry.seq < 1 or canonical(entry) != data:
            raise ValueError("seq or spelling")  # noqa: TRY301
    except (ValueError, KeyError, TypeError) as error:
        raise RefusalError("journal.unreadable", detail=str(error)) from error
    return entry


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


@dataclass(frozen=True)
class _Link:
    """All of an entry that a check of the chain needs."""

    seq: int
    prev: str
    hash: str
    computed: str
    at: datetime


def verify(entries: Iterable[Entry], head: Head | None = None) -> Report:
    """Check a whole journal in its stored order, and against a head exported earlier.

    Tells apart `journal.altered` (an entry's content is not what was hashed), `journal.inserted` (a number twice),
    `journal.gap` (numbers missing), `journal.reordered`, `journal.broken-link` (an entry replaced or put in, hashed
    anew), and with a head `journal.truncated` (the journal ends before it) and `journal.rewritten` (another entry
    stands in its place: history continued from a restored backup). An end cut off cannot be seen without a head.
    """
    links = [_Link(entry.seq, entry.prev, entry.hash, digest(entry), entry.at) for entry in entries]
    chain = sorted(links, key=attrgetter("seq"))
    faults = [Fault("journal.altered", {"seq": link.seq}) for link in chain if link.hash != link.computed]
    faults += _order_faults(links)
    faults += _number_faults(chain)
    faults += _link_faults(chain)
    faults += _head_faults(chain, head)
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


def _head_faults(chain: Sequence[_Link], head: Head | None) -> Iterator[Fault]:
    if head is None:
        return
    if not chain or chain[-1].seq < head.seq:
        yield Fault("journal.truncated", {"last": chain[-1].seq if chain else 0, "seq": head.seq})
    elif head.hash not in {link.hash for link in chain if link.seq == head.seq}:
        yield Fault("journal.rewritten", {"seq": head.seq})


def _facts(entry: Entry) -> dict[str, object]:
    return {
        "seq": entry.seq,
        "at": entry.at.isoformat(),
        "tag": entry.tag,
        "actor": entry.actor,
        "subject": entry.subject,
        "body": entry.body,
        "prev": entry.prev,
    }
