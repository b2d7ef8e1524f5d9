"""The commands of custody, and the one question: what is outside now?"""

from datetime import date, timedelta

import pytest
from custody_story import AT, CONTRACT, S, Story, refusal, story_in

from handover import custody, journal
from handover.clocks import custody_clocks, due_within, overdue
from handover.days import end_of
from handover.model import CopyKind, CopyState, SpoilageState
from handover.rules import RefusalError


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
    assert "people.not-valid" in refusal(story.hand_over)


def test_the_two_sides_are_different_people_of_the_right_side():
    story = story_in(S.REGISTERED)
    assert refusal(story.hand_over, given_by=["w-01", "v-02"]) == ("people.wrong-side", "people.both-sides")
    story.hand_over()
    assert refusal(story.receive, received_by=["v-01", "w-01"]) == ("people.wrong-side",)
    assert refusal(story.receive, received_by=["v-01", "v-02"]) == ("people.both-sides",)


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
    assert set(refusal(story.close)) == {"custody.not-back", "custody.copies-open", "custody.spoilage-unreported"}
    story.give_back()
    story.give_back("M-2")
    assert refusal(story.close) == ("custody.copies-open", "custody.spoilage-unreported")
    story.certify()
    story.spoil(3)
    assert refusal(story.close) == ("custody.spoilage-open",)
    story.dispose()
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
    assert refusal(story.close) == ("custody.copies-open", "custody.spoilage-unreported")
    story.certify("E-2")
    story.spoil(0)
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


def test_entries_of_other_rooms_are_passed_over():
    story = story_in(S.OUT)
    other = journal.next_entry(story.entries[-1], at=AT, tag="inspection:batch:signed", actor="w", subject="x", body={})
    assert custody.fold([*story.entries, other]) == story.now


def test_the_journal_holds_ids_and_no_names():
    story = story_in(S.LOADED)
    text = b"".join(journal.canonical(entry) for entry in story.entries).decode()
    assert "見本 v-02" not in text
    assert "v-02" in text
    assert all(
        person.name not in str(entry.body.get("carriers", ""))
        for entry in story.entries
        for person in CONTRACT.people.values()
    )


def test_the_way_back_has_two_names_on_each_side_and_its_own_receipt():
    story = story_in(S.LOADED)
    assert refusal(story.send_back, given_by=["v-01"]) == ("people.too-few",)
    assert refusal(story.send_back, carriers=["v-02", "v-02"]) == ("people.too-few",)
    assert refusal(story.send_back, given_by=["v-02", "v-03"]) == ("people.both-sides",)
    assert refusal(story.send_back, given_by=["w-01", "w-02"]) == ("people.wrong-side",) * 2
    story.send_back()
    there, back = story.now.transfers_of("M-1")
    assert (there.direction, there.given_by, there.carriers) == ("out", ("w-01", "w-02"), ("v-02", "v-03"))
    assert (there.receipt.by, there.receipt.place, there.receipt.seal_intact) == (("v-01", "v-04"), "見本工場", True)
    assert (back.direction, back.given_by, back.receipt) == ("back", ("v-01", "v-04"), None)
    assert [(i.id, i.holder) for i in custody.outside(story.now) if i.what == "medium"] == [("M-1", "v-02 v-03")]
    story.give_back(seal_no="S-200")
    assert story.now.transfers_of("M-1")[-1].receipt.seal_intact


def test_a_medium_on_its_way_is_taken_only_from_those_who_carry_it():
    people = [*CONTRACT.people.values()]
    assert {person.id for person in people} >= {"v-02", "v-03"}
    story = story_in(S.COMING_BACK)
    assert refusal(story.give_back, returned_by=["v-02", "w-01"], received_by=["w-02", "w-01"]) == (
        "people.wrong-role", "people.both-sides", "custody.other-carriers",
    )  # fmt: skip


def test_a_seal_of_another_number_on_the_way_back_is_kept_on_record():
    story = story_in(S.COMING_BACK)
    story.give_back(seal_no="S-999")
    assert not story.now.transfers_of("M-1")[-1].receipt.seal_intact


def test_a_medium_brought_back_without_a_departure_is_one_transfer_with_its_receipt():
    story = story_in(S.LOADED)
    story.give_back()
    last = story.now.transfers_of("M-1")[-1]
    assert (last.id, last.direction, last.carriers, last.expected_at) == ("M-1-T02", "back", ("v-02", "v-03"), None)
    assert last.receipt.by == ("w-01", "w-02")


def test_carriers_who_turn_back_close_their_own_transfer():
    story = story_in(S.OUT)
    story.give_back()
    (only,) = story.now.transfers_of("M-1")
    assert (only.direction, only.receipt.by) == ("out", ("w-01", "w-02"))


def test_a_spare_holds_the_same_container_under_the_same_deadlines():
    from handover.writing_commands import register_spare

    story = story_in(S.REGISTERED)
    story.read_back("M-1-B")
    story.tell(register_spare(story.now, medium="M-1-B", of="M-1", serial="DVD-0002", kind="dvd-r", at=story.at))
    first, second = story.now.media["M-1"], story.now.media["M-1-B"]
    assert (first.part, second.part) == ("正", "副")
    assert (second.container_sha256, second.return_by, second.batch) == (
        first.container_sha256, first.return_by, first.batch,
    )  # fmt: skip
    assert "custody.other-serial" in refusal(story.hand_over, "M-1-B", serial="DVD-0001")


def test_no_more_copies_at_once_than_allowed_but_an_erased_one_makes_room():
    story = story_in(S.LOADED)
    story.load(host="pc-2")
    assert refusal(story.load, host="pc-3") == ("custody.copies-exceeded",)
    story.certify()
    story.load(host="pc-3")
    assert sorted(story.now.copies) == ["M-1-C01", "M-1-C02", "M-1-C03"]


def test_a_rejected_certificate_is_a_record_covers_nothing_and_uses_up_its_number():
    story = story_in(S.LOADED)
    assert refusal(story.reject, rejected_by="w-02") == ("people.wrong-role",)
    assert refusal(story.reject, reason=" ") == ("custody.field-empty",)
    story.reject("E-1")
    assert [copy.state for copy in story.now.open_copies(("R08-N01",))] == [CopyState.OPEN]
    assert refusal(story.certify, "E-1") == ("certificate.number-used",)
    story.certify("E-1-2")
    assert story.now.open_copies(("R08-N01",)) == ()


def test_evidence_the_ward_does_not_hold_is_asked_for():
    story = story_in(S.LOADED)
    assert refusal(story.certify, evidence=["ef" * 32]) == ("certificate.evidence-missing",)
    story.certify(evidence=["ef" * 32, "cd" * 32])


def test_spoiled_sheets_are_counted_kept_and_gone_before_a_witness():
    story = story_in(S.LOADED)
    assert set(refusal(story.spoil, -1)) == {"seal.negative-count"}
    assert refusal(story.spoil, 3, place=" ") == ("custody.field-empty",)
    assert refusal(story.spoil, 3, reported_by="w-01") == ("people.wrong-side",)
    story.spoil(3)
    assert [i.id for i in custody.outside(story.now) if i.what == "spoilage"] == ["R08-N01-S01"]
    assert refusal(story.dispose, witness="v-01") == ("custody.witness-is-executor",)
    assert refusal(story.dispose, disposed_on=date(2026, 6, 4)) == ("custody.spoilage-dates",)
    assert refusal(story.dispose, disposed_on=date(2026, 6, 6)) == ("custody.spoilage-dates",)
    story.dispose()
    assert [i.id for i in custody.outside(story.now) if i.what == "spoilage"] == []


def test_sheets_found_after_closing_open_the_batch_again_and_none_found_does_not():
    story = story_in(S.LOADED)
    story.certify()
    story.give_back()
    story.spoil(0)
    story.close()
    story.spoil(0)
    assert story.now.media["M-1"].state is S.CLOSED
    story.spoil(2)
    assert story.now.media["M-1"].state is S.RETURNED
    assert refusal(story.close) == ("custody.spoilage-open",)
    story.dispose("R08-N01-S03")
    story.close()


def test_nothing_is_spoiled_of_a_medium_that_never_left():
    assert refusal(story_in(S.REGISTERED).spoil, 0) == ("custody.not-handed-over",)
    assert refusal(story_in(S.OUT).spoil, 0, batch="R08-N99") == ("custody.batch-unknown",)


def test_the_clocks_of_a_medium_under_way_of_its_copies_and_of_spoiled_sheets():
    story = story_in(S.OUT)
    left = story.now.transfers_of("M-1")[-1].left_at
    arrival, return_by = custody_clocks(story.now)
    assert (arrival.kind, arrival.until, arrival.holder) == ("arrival", left + timedelta(hours=2), "v-02 v-03")
    assert (return_by.kind, return_by.until) == ("return", end_of(date(2026, 6, 20)))
    assert overdue(custody_clocks(story.now), left + timedelta(hours=2)) == []
    late = overdue(custody_clocks(story.now), left + timedelta(hours=2, seconds=1))
    assert [(clock.kind, clock.id) for clock in late] == [("arrival", "M-1")]
    story.receive()
    story.load()
    story.spoil(1)
    kinds = [(clock.kind, clock.id) for clock in custody_clocks(story.now)]
    assert kinds == [("return", "M-1"), ("disposal", "R08-N01-S01"), ("erasure", "M-1-C01")]
    last_second = end_of(date(2026, 6, 30))
    assert [clock.kind for clock in overdue(custody_clocks(story.now), last_second)] == ["return"]
    assert len(overdue(custody_clocks(story.now), last_second + timedelta(seconds=1))) == 3
    assert [clock.kind for clock in due_within(custody_clocks(story.now), AT, 15)] == ["return"]
    story.send_back()
    assert ("arrival", "M-1") in [(clock.kind, clock.id) for clock in custody_clocks(story.now)]
    assert story.now.spoilage["R08-N01-S01"].state is SpoilageState.KEPT
