"""Before a medium leaves: read back, approved by another, its spare the very same container, its passphrase by another road."""

from datetime import timedelta

import pytest
from custody_story import CONTRACT, S, Story, refusal, story_in

from handover import writing_commands as writing
from handover.records import SecretRoute

OTHER = "cd" * 32


def bare():
    """A medium registered, but never read back."""
    story = Story()
    from datetime import date

    from handover import custody_commands as do

    facts = {"batch": "R08-N01", "serial": "DVD-0001", "kind": "dvd-r", "part": "正", "container_sha256": "ab" * 32}
    days = {"copies_allowed": 2, "return_by": date(2026, 6, 20), "erase_by": date(2026, 6, 30)}
    story.tell(do.register(story.now, medium="M-1", at=story.at, **facts, **days))
    return story


def spare(story, **how):
    facts = {"medium": "M-1-B", "of": "M-1", "serial": "DVD-0002", "kind": "dvd-r", **how}
    return story.tell(writing.register_spare(story.now, at=story.at, **facts))


def deliver(story, **how):
    facts = {"route": SecretRoute.BY_HAND, "given_by": "w-02", "received_by": "v-01", "delivered_at": story.at, **how}
    return story.tell(writing.deliver_secret(story.now, CONTRACT, medium="M-1", at=story.at, **facts))


def test_a_medium_never_read_back_does_not_leave():
    story = bare()
    assert refusal(story.hand_over) == ("custody.not-read-back",)
    story.read_back()
    story.hand_over()


def test_reading_back_another_container_under_its_number_lets_nothing_leave():
    story = bare()
    assert refusal(story.read_back, container_sha256=OTHER) == ("custody.other-container",)
    assert refusal(story.hand_over) == ("custody.not-read-back",)


def test_what_was_read_back_before_the_number_was_registered_must_be_what_is_registered():
    story = Story()
    story.read_back(container_sha256=OTHER)
    from datetime import date

    from handover import custody_commands as do

    facts = {"batch": "R08-N01", "serial": "S", "kind": "dvd-r", "part": "正", "container_sha256": "ab" * 32}
    days = {"copies_allowed": 2, "return_by": date(2026, 6, 20), "erase_by": date(2026, 6, 30)}
    story.tell(do.register(story.now, medium="M-1", at=story.at, **facts, **days))
    assert refusal(story.hand_over) == ("custody.not-read-back",)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"approved_by": "w-02"}, "people.wrong-role"),
        ({"approved_by": "v-01"}, "people.wrong-side"),
        ({"approved_by": "nobody"}, "people.not-on-list"),
        ({"by": "w-01"}, "custody.own-approval"),
    ],
)
def test_nobody_approves_an_export_alone(changes, key):
    assert key in refusal(bare().read_back, **changes)


def test_a_spare_that_was_not_read_back_or_holds_another_container_gets_no_number():
    story = story_in(S.REGISTERED)
    assert refusal(spare, story) == ("custody.spare-not-read-back",)
    story.read_back("M-1-B", container_sha256=OTHER)
    assert refusal(spare, story) == ("custody.spare-differs",)
    story.read_back("M-1-B")
    spare(story)
    assert story.now.media["M-1-B"].part == "副"


def test_a_spare_of_a_medium_that_was_itself_never_read_back_gets_no_number():
    story = bare()
    story.read_back("M-1-B", container_sha256="ab" * 32)
    assert refusal(spare, story) == ("custody.not-read-back",)


def test_nobody_has_the_medium_and_its_passphrase_in_hand():
    story = story_in(S.OUT)
    assert refusal(deliver, story, received_by="v-03") == ("custody.secret-with-medium",)
    before = story_in(S.REGISTERED)
    deliver(before, received_by="v-03")
    assert refusal(before.hand_over) == ("custody.secret-with-medium",)


def test_a_passphrase_is_delivered_once_by_the_ward_to_the_vendor_and_not_tomorrow():
    story = story_in(S.REGISTERED)
    assert refusal(deliver, story, given_by="v-01") == ("people.wrong-side",)
    assert refusal(deliver, story, received_by="w-02") == ("people.wrong-side",)
    assert refusal(deliver, story, delivered_at=story.at + timedelta(days=1)) == ("custody.secret-dates",)
    deliver(story)
    assert refusal(deliver, story) == ("custody.secret-delivered",)
    assert story.now.secrets["M-1"].received_by == "v-01"


def test_media_carried_together_stand_on_one_slip_and_keep_their_own_transfers():
    story = story_in(S.REGISTERED)
    story.register("M-2", serial="DVD-0002")
    story.hand_over("M-1", slip="M-1-T01")
    story.hand_over("M-2", slip="M-1-T01", seal_no="S-101")
    now = story.now
    first = now.transfers["M-1-T01"]
    assert [one.medium for one in now.carried_with(first)] == ["M-1", "M-2"]
    story.receive("M-2", seal_no="S-101")
    assert (story.now.media["M-1"].state, story.now.media["M-2"].state) == (S.OUT, S.RECEIVED)
