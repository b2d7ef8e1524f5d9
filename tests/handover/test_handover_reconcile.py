"""The vendor's report held against the journal: whatever differs is named, and a copy it names is a copy."""

from dataclasses import replace
from datetime import timedelta

import pytest
from custody_story import CONTRACT, S, refusal, story_in

from handover import custody, reconcile
from handover.model import CopyKind
from handover.reconcile import Content
from handover.report import PrintReport, ReportedCopy

CONTENT = Content(pieces=100, sheets=250)


def loaded():
    story = story_in(S.LOADED)
    story.spoil(3)
    return story


def report(story, **how):
    copy = story.now.copies["M-1-C01"]
    sound = PrintReport(
        batch="R08-N01", medium="M-1", container_sha256="ab" * 32, printed_on=story.at.date(), pieces=100, sheets=250,
        spoiled=3, blanks=0, not_printed=(), reported_by="v-01", reported_at=story.at, note="",
        copies=(ReportedCopy(copy.kind, copy.host, copy.path, copy.first_written),),
    )  # fmt: skip
    return replace(sound, **how)


def compare(story, **how):
    return reconcile.compare(story.now, CONTRACT, report(story, **how), CONTENT, at=story.at)


def differences(story, **how):
    return [fault.key for fault in compare(story, **how).differences]


def take(story, found, taken_by="w-02"):
    for event in reconcile.take(story.now, CONTRACT, found, taken_by=taken_by, at=story.at):
        story.tell(event)


def test_a_report_that_says_what_the_journal_knows_has_no_difference():
    story = loaded()
    assert differences(story) == []
    take(story, compare(story))
    assert refusal(compare, story, reported_at=story.at - timedelta(hours=1)) == ("report.known",)


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"pieces": 99}, "report.pieces-differ"),
        ({"sheets": 249}, "report.sheets-differ"),
        ({"spoiled": 4}, "report.spoilage-differs"),
        ({"blanks": 1}, "report.spoilage-differs"),
        ({"copies": ()}, "report.copy-unnamed"),
    ],
)
def test_each_difference_is_named(how, key):
    assert differences(loaded(), **how) == [key]


def test_a_copy_nobody_listed_is_open_once_the_report_is_taken_and_since_it_was_written():
    story = loaded()
    written = story.now.copies["M-1-C01"].first_written + timedelta(minutes=1)
    nas = ReportedCopy(CopyKind.SERVER, "NAS-9", "/old", written)
    sound = report(story)
    found = compare(story, copies=(*sound.copies, nas, nas))
    assert [fault.key for fault in found.differences] == ["report.copy-unlisted"]
    assert len(story.now.copies) == 1  # comparing changes nothing
    take(story, found)
    copy = story.now.copies["M-1-C02"]
    assert (copy.host, copy.path, copy.first_written, copy.by) == ("NAS-9", "/old", written, "v-01")
    assert copy.id in {row.id for row in custody.outside(story.now)}


def test_spoiled_sheets_that_only_the_report_knows_keep_a_batch_open():
    story = loaded()
    take(story, compare(story, spoiled=5))
    story.certify()
    story.give_back()
    story.dispose()
    assert refusal(story.close) == ("custody.spoilage-differs",)
    story.spoil(2)
    story.dispose("R08-N01-S02")
    story.close()


def test_a_later_report_of_the_same_container_takes_the_place_of_the_earlier():
    story = loaded()
    take(story, compare(story, spoiled=5))
    take(story, compare(story))
    story.certify()
    story.give_back()
    story.dispose()
    story.close()


@pytest.mark.parametrize(
    ("how", "key"),
    [
        ({"batch": "R08-N99"}, "custody.batch-unknown"),
        ({"container_sha256": "ef" * 32}, "report.container-unknown"),
        ({"reported_by": "w-01"}, "people.wrong-side"),
        ({"reported_by": "x"}, "people.not-on-list"),
    ],
)
def test_a_report_of_another_container_or_by_a_stranger_is_refused(how, key):
    assert refusal(compare, loaded(), **how) == (key,)


def test_a_report_of_a_medium_that_never_left_is_refused():
    story = story_in(S.REGISTERED)
    sound = report(loaded())
    assert "custody.not-handed-over" in refusal(
        reconcile.compare, story.now, CONTRACT, sound, CONTENT, at=sound.reported_at
    )


def test_a_report_from_the_future_or_of_a_copy_written_after_it_is_refused():
    story = loaded()
    assert "report.dates" in refusal(compare, story, reported_at=story.at + timedelta(days=1))
    late = ReportedCopy(CopyKind.PC, "a", "b", story.at + timedelta(minutes=1))
    assert "report.dates" in refusal(compare, story, copies=(late,))


def test_only_the_wards_staff_takes_a_report():
    story = loaded()
    assert refusal(take, story, compare(story), taken_by="v-01") == ("people.wrong-side",)
