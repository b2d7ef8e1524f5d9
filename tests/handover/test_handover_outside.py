"""What is outside the building, against an independent model: a few dictionaries that follow what people did, not the journal."""

from datetime import date

from custody_story import Story
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handover import custody, journal
from handover.model import CopyKind, Custody
from handover.rules import RefusalError

BATCHES = {"M-1": "R08-N01", "M-2": "R08-N01", "M-3": "R08-N02"}
MEDIA = st.sampled_from(sorted(BATCHES))
RETURN_BY, ERASE_BY = date(2026, 6, 20), date(2026, 6, 30)


class AnyOrder(RuleBasedStateMachine):
    """Commands in any order: what they let pass folds, what they refuse leaves no trace, and the table of what is outside is, row by
    row, what a person with a notebook would have written.
    """

    def __init__(self):
        super().__init__()
        self.story = Story()
        self.media, self.copies, self.sheets, self.left = {}, {}, {}, set()

    @initialize(known=st.sets(MEDIA, min_size=2))
    def some_media(self, known):
        for medium in sorted(known):
            self.register(medium)

    @rule(medium=MEDIA)
    def register(self, medium):
        self.attempt(self.story.register, medium, batch=BATCHES[medium], serial=f"SN-{medium}")

    @rule(medium=MEDIA, place=st.sampled_from(["税務課", "第二庁舎"]))
    def hand_over(self, medium, place):
        at = self.story.at
        if self.attempt(self.story.hand_over, medium, place=place):
            self.media[medium] = ("v-02 v-03", place, at)
            self.left.add(medium)

    @rule(medium=MEDIA, whole=st.booleans())
    def receive(self, medium, whole):
        at = self.story.at
        if self.attempt(self.story.receive, medium, seal_intact=whole):
            self.media[medium] = ("見本印刷", "見本工場", at)

    @rule(medium=MEDIA)
    def send_back(self, medium):
        at = self.story.at
        if self.attempt(self.story.send_back, medium):
            self.media[medium] = ("v-02 v-03", "見本工場", at)

    @rule(medium=MEDIA)
    def give_back(self, medium):
        if self.attempt(self.story.give_back, medium):
            del self.media[medium]

    @rule(medium=MEDIA, listed=st.booleans(), kind=st.sampled_from(list(CopyKind)), host=st.sampled_from(["a", "b"]))
    def copy(self, medium, listed, kind, host):
        at = self.story.at
        call = self.story.load if listed else self.story.discover
        if self.attempt(call, medium, host=host, kind=kind):
            number = self.story.entries[-1].subject.removeprefix("copy:")
            assert number not in self.copies
            self.copies[number] = (
                BATCHES[medium], "見本印刷" if medium in self.left else "不明",
                f"{host}:{'D:/in' if listed else '/backup'}", at,
            )  # fmt: skip

    @rule(batches=st.sampled_from([("R08-N01",), ("R08-N02",), ("R08-N01", "R08-N02")]), accept=st.booleans())
    def judge(self, batches, accept):
        number = f"E-{len(self.story.entries)}"
        if not accept:
            self.attempt(self.story.reject, number)
        elif self.attempt(self.story.certify, number, batches=batches):
            self.copies = {name: row for name, row in self.copies.items() if row[0] not in batches}

    @rule(batch=st.sampled_from(["R08-N01", "R08-N02"]), sheets=st.integers(0, 2))
    def spoil(self, batch, sheets):
        at = self.story.at
        if self.attempt(self.story.spoil, sheets, batch) and sheets:
            self.sheets[self.story.entries[-1].subject.removeprefix("spoilage:")] = (batch, at)

    @rule(data=st.data())
    def dispose(self, data):
        known = sorted(self.story.now.spoilage)
        self.throw_away(data.draw(st.sampled_from([*known, "R08-N01-S99"])))

    def throw_away(self, heap):
        if self.attempt(self.story.dispose, heap):
            del self.sheets[heap]

    @rule(batch=st.sampled_from(["R08-N01", "R08-N02"]))
    def close(self, batch):
        if self.attempt(self.story.close, batch):
            assert not [row for row in (*self.copies.values(), *self.sheets.values()) if row[0] == batch]
            assert not [medium for medium in self.media if BATCHES[medium] == batch]

    @rule(medium=MEDIA, steps=st.integers(1, 4), host=st.sampled_from(["a", "b"]))
    def as_it_should_go(self, medium, steps, host):
        """The ordinary way of a medium, as far as it goes from where it is: else chance alone would seldom come to a load."""
        way = [
            lambda: self.hand_over(medium, "税務課"),
            lambda: self.receive(medium, whole=True),
            lambda: self.copy(medium, listed=True, kind=CopyKind.PC, host=host),
            lambda: self.copy(medium, listed=True, kind=CopyKind.SPOOL, host=host),
        ]
        for step in way[:steps]:
            step()

    @rule(batch=st.sampled_from(["R08-N01", "R08-N02"]), left_out=st.integers(0, 5))
    def to_the_end(self, batch, left_out):
        """Everything a closing needs, but for one thing (or none, when it is 5)."""
        way = [
            lambda: [self.give_back(medium) for medium in sorted(BATCHES)],
            lambda: self.judge((batch,), accept=True),
            lambda: self.spoil(batch, 0),
            lambda: [self.throw_away(heap) for heap in sorted(self.sheets)],
        ]
        for number, step in enumerate(way):
            if number != left_out:
                step()
        self.close(batch)

    def attempt(self, call, *args, **how):
        before = list(self.story.entries)
        try:
            call(*args, **how)
        except RefusalError:
            assert self.story.entries == before
            return False
        return True

    @invariant()
    def outside_is_what_the_notebook_says(self):
        expected = {
            *(("medium", name, BATCHES[name], *row, RETURN_BY) for name, row in self.media.items()),
            *(("copy", name, *row, ERASE_BY) for name, row in self.copies.items()),
            *(("spoilage", name, b, "見本印刷", "保管庫", at, ERASE_BY) for name, (b, at) in self.sheets.items()),
        }
        rows = custody.outside(self.story.now)
        found = [(row.what, row.id, row.batch, row.holder, row.place, row.since, row.until) for row in rows]
        assert len(found) == len(expected)
        assert set(found) == expected
        assert [row.until for row in rows] == sorted(row.until for row in rows)
        assert journal.verify(self.story.entries).ok


AnyOrder.TestCase.settings = settings(
    max_examples=50, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestAnyOrder = AnyOrder.TestCase


def test_nothing_known_nothing_outside():
    assert custody.outside(Custody()) == []
