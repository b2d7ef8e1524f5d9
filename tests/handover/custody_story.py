"""A journal of custody being written, one command after the other, an hour apart; and a contract to work under."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest

from handover import contract as contracts
from handover import copy_commands as copies
from handover import custody, journal
from handover import custody_commands as do
from handover import spoilage_commands as spoilage
from handover import writing_commands as writing
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.duties import accept_contract
from handover.model import CopyKind, Disposal, MediumEvent, MediumState
from handover.rules import RefusalError

AT = datetime(2026, 6, 5, 10, 0, tzinfo=timezone(timedelta(hours=9)))
PEOPLE = [
    ("w-01", "ward", ["handler", "supervisor"]),
    ("w-02", "ward", ["handler"]),
    ("v-01", "vendor", ["handler"]),
    ("v-02", "vendor", ["carrier", "handler"]),
    ("v-03", "vendor", ["carrier"]),
    ("v-04", "vendor", ["handler"]),
]
FOUND = {
    "number": "2026-1",
    "vendor": "見本印刷",
    "postcode": "160-0000",
    "address": "東京都見本区見本町二丁目2番2号",
    "workplace": "見本工場",
    "responsible": "v-01",
    "valid_from": date(2026, 4, 1),
    "valid_to": date(2027, 3, 31),
    "training_months": 12,
    "no_reentrustment": {"declared_on": date(2026, 4, 1), "declared_by": "v-01"},
    "accreditations": [{"kind": "isms", "number": "IS 1", "valid_to": date(2027, 2, 28)}],
    "people": [
        {
            "id": i,
            "name": f"見本 {i}",
            "side": s,
            "roles": r,
            "valid_from": date(2026, 4, 1),
            "valid_to": date(2027, 3, 31),
            "trained_on": date(2026, 4, 3),
        }
        for i, s, r in PEOPLE
    ],
}
CONTRACT = contracts.build(FOUND)
S, E = MediumState, MediumEvent


def refusal(call, *args, **how):
    with pytest.raises(RefusalError) as caught:
        call(*args, **how)
    assert str(caught.value)
    return caught.value.keys


class Story:
    """The journal so far and the moment of the next event; the contract is accepted unless asked otherwise."""

    def __init__(self, contract=CONTRACT, accepted=True):
        self.entries, self.at, self.contract = [], AT, contract
        if accepted:
            self.at = AT - timedelta(hours=1)
            self.tell(accept_contract(self.now, contract, accepted_by="w-01", at=self.at))

    @property
    def now(self):
        return custody.fold(self.entries)

    def tell(self, event):
        last = self.entries[-1] if self.entries else None
        made = journal.next_entry(
            last, at=self.at, tag=str(event.tag), actor="w-01", subject=event.subject, body=event.body
        )
        self.entries.append(made)
        self.at += timedelta(hours=1)
        return event

    def register(self, medium="M-1", **how):
        facts = {
            "batch": "R08-N01", "serial": "DVD-0001", "kind": "dvd-r", "part": "正", "container_sha256": "ab" * 32,
            "copies_allowed": 2, "return_by": date(2026, 6, 20), "erase_by": date(2026, 6, 30), **how,
        }  # fmt: skip
        event = do.register(self.now, medium=medium, at=self.at, **facts)
        self.tell(event)
        self.read_back(medium)
        return event

    def read_back(self, medium="M-1", **how):
        known = self.now.media.get(medium)
        facts = {
            "batch": known.batch if known else "R08-N01", "container": "R08-N01.zip", "size": 1000, "place": "E:/",
            "container_sha256": known.container_sha256 if known else "ab" * 32, "files": {"R08-N01.zip": "ab" * 32},
            "written": True, "approved_by": "w-01", "by": "w-02", **how,
        }  # fmt: skip
        return self.tell(writing.read_back(self.now, self.contract, medium=medium, at=self.at, **facts))

    def hand_over(self, medium="M-1", **how):
        facts = {
            "given_by": ["w-01", "w-02"], "carriers": ["v-02", "v-03"], "seal_no": "S-100", "case_no": "C-7",
            "place": "税務課", "expected_at": self.at + timedelta(hours=2), **how,
        }  # fmt: skip
        return self.tell(do.hand_over(self.now, self.contract, medium=medium, at=self.at, **facts))

    def receive(self, medium="M-1", **how):
        facts = {"received_by": ["v-01", "v-04"], "seal_no": "S-100", "seal_intact": True, **how}
        return self.tell(do.receive(self.now, self.contract, medium=medium, at=self.at, **facts))

    def load(self, medium="M-1", **how):
        facts = {"host": "rip-01", "path": "D:/in", "kind": CopyKind.RIP_CACHE, "operator": "v-01", **how}
        return self.tell(copies.load(self.now, self.contract, medium=medium, at=self.at, **facts))

    def discover(self, medium="M-1", **how):
        facts = {"host": "nas", "path": "/backup", "kind": CopyKind.BACKUP, "reported_by": "v-01", **how}
        return self.tell(copies.discover(self.now, medium=medium, at=self.at, **facts))

    def certify(self, number="E-1", rows=None, accepted_by="w-01", evidence=None, **how):
        paper = self.certificate(number, **how) if rows is None else self.certificate(number, rows=rows, **how)
        return self.tell(
            copies.certify(self.now, self.contract, paper, accepted_by=accepted_by, evidence=evidence, at=self.at)
        )

    def reject(self, number="E-1", reason="証拠なし", rejected_by="w-01"):
        paper = self.certificate(number)
        return self.tell(
            copies.reject(self.now, self.contract, paper, rejected_by=rejected_by, reason=reason, at=self.at)
        )

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

    def send_back(self, medium="M-1", **how):
        facts = {
            "given_by": ["v-01", "v-04"], "carriers": ["v-02", "v-03"], "seal_no": "S-200", "case_no": "C-7",
            "place": "見本工場", "expected_at": self.at + timedelta(hours=2), **how,
        }  # fmt: skip
        return self.tell(do.send_back(self.now, self.contract, medium=medium, at=self.at, **facts))

    def give_back(self, medium="M-1", **how):
        known = self.now.media.get(medium)
        facts = {
            "serial": known.serial if known else "", "returned_by": ["v-02", "v-03"], "received_by": ["w-01", "w-02"],
            "place": "税務課", **how,
        }  # fmt: skip
        return self.tell(do.return_medium(self.now, self.contract, medium=medium, at=self.at, **facts))

    def spoil(self, sheets=0, batch="R08-N01", **how):
        facts = {"blanks": 0, "place": "保管庫", "reported_by": "v-01", **how}
        return self.tell(
            spoilage.report_spoilage(self.now, self.contract, batch=batch, sheets=sheets, at=self.at, **facts)
        )

    def dispose(self, heap="R08-N01-S01", **how):
        facts = {
            "method": Disposal.SHREDDED, "disposed_on": self.at.date(), "place": "見本工場", "executor": "v-01",
            "witness": "w-02", "certificate": "", **how,
        }  # fmt: skip
        return self.tell(spoilage.dispose(self.now, self.contract, spoilage=heap, at=self.at, **facts))

    def close(self, batch="R08-N01"):
        return self.tell(do.close(self.now, batch=batch, at=self.at))

    def act(self, event):
        return {
            E.HAND_OVER: self.hand_over, E.RECEIVE_INTACT: self.receive, E.LOAD: self.load, E.DISCOVER: self.discover,
            E.RECEIVE_BROKEN: lambda: self.receive(seal_intact=False), E.CERTIFY: self.certify,
            E.SEND_BACK: self.send_back, E.RETURN: self.give_back, E.CLOSE: self.close,
        }[event]()  # fmt: skip


def story_in(state):
    """A journal that has brought medium M-1 to this state."""
    story = Story()
    story.register()
    steps = {
        S.REGISTERED: [],
        S.OUT: [E.HAND_OVER],
        S.RECEIVED: [E.HAND_OVER, E.RECEIVE_INTACT],
        S.SEAL_BROKEN: [E.HAND_OVER, E.RECEIVE_BROKEN],
        S.LOADED: [E.HAND_OVER, E.RECEIVE_INTACT, E.LOAD],
        S.COMING_BACK: [E.HAND_OVER, E.RECEIVE_INTACT, E.SEND_BACK],
        S.RETURNED: [E.HAND_OVER, E.RECEIVE_INTACT, E.RETURN],
        S.CLOSED: [E.HAND_OVER, E.RECEIVE_INTACT, E.RETURN, E.CLOSE],
    }
    for step in steps[state]:
        story.act(step)
    assert story.now.media["M-1"].state is state
    return story
