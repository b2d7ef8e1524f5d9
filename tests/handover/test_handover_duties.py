"""Who may do what on which day, and what stops work: special terms 特記事項 10, 13 and 18."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from custody_story import AT, CONTRACT, FOUND, S, Story, refusal, story_in

from handover import contract as contracts
from handover.contract import Role, Side
from handover.days import fiscal_year, fiscal_year_end, last_day_of_months
from handover.duties import accept_contract, duty_faults, limits, work_faults
from handover.model import Custody

ON = date(2026, 6, 5)


def faults(ids, **duty):
    return [fault.key for fault in duty_faults(CONTRACT, ids, duty="運搬", **{"on": ON, **duty})]


def test_who_may_do_a_duty():
    assert faults(["v-02"], side=Side.VENDOR, role=Role.CARRIER) == []
    assert faults(["v-02", "v-02"], at_least=2) == ["people.too-few"]
    assert faults(["x"]) == ["people.not-on-list"]
    assert faults(["v-02"], on=date(2027, 4, 1)) == ["people.not-valid"]
    assert faults(["v-02"], on=date(2027, 3, 31)) == []
    assert faults(["w-01"], on=date(2026, 3, 31), side=Side.VENDOR, role=Role.CARRIER) == [
        "people.not-valid", "people.wrong-side", "people.wrong-role",
    ]  # fmt: skip


def test_a_training_holds_until_the_day_before_the_same_day_of_its_last_month():
    assert faults(["v-02"], trained=True, on=date(2027, 3, 31)) == []
    short = replace(CONTRACT, training_months=1)
    keys = [f.key for f in duty_faults(short, ["v-02"], on=date(2026, 5, 3), trained=True, duty="運搬")]
    assert keys == ["people.untrained"]
    assert not list(duty_faults(short, ["v-02"], on=date(2026, 5, 2), trained=True, duty="運搬"))
    # The ward's own staff are not on the vendor's training list.
    assert faults(["w-01"], trained=True) == []


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        # 民法143条2項: the day before the corresponding day; where the last month has none, its last day.
        (date(2026, 4, 3), 12, date(2027, 4, 2)),
        (date(2026, 4, 1), 12, date(2027, 3, 31)),
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2027, 12, 1), 1, date(2027, 12, 31)),
    ],
)
def test_periods_of_months(start, months, last):
    assert last_day_of_months(start, months) == last


def test_fiscal_years_run_from_april_to_march():
    assert [fiscal_year(day) for day in (date(2026, 3, 31), date(2026, 4, 1), date(2027, 3, 31))] == [2025, 2026, 2026]
    assert fiscal_year_end(2026) == date(2027, 3, 31)


def stopped(contract=CONTRACT, on=ON, custody=None):
    return [fault.key for fault in work_faults(custody or Story(contract).now, contract, on)]


def changed(**facts):
    return contracts.build({**FOUND, **facts})


def untrained(person):
    rows = [{k: v for k, v in row.items() if (row["id"], k) != (person, "trained_on")} for row in FOUND["people"]]
    return changed(people=rows)


def test_work_begins_only_under_a_contract_that_was_reported_and_accepted_as_it_stands():
    assert stopped() == []
    assert stopped(custody=Custody()) == ["contract.not-reported"]
    assert stopped(changed(workplace="別の工場"), custody=Story().now) == ["contract.changed-since"]


def test_work_stops_when_the_contract_every_accreditation_or_the_responsible_person_has_lapsed():
    assert stopped(on=date(2026, 3, 31)) == ["contract.not-in-force", "people.not-valid"]
    assert stopped(on=date(2027, 2, 28)) == []
    assert stopped(on=date(2027, 3, 1)) == ["contract.accreditation-lapsed"]
    two = [*FOUND["accreditations"], {"kind": "privacy-mark", "number": "1", "valid_to": date(2027, 3, 31)}]
    assert stopped(changed(accreditations=two), on=date(2027, 3, 1)) == []
    assert stopped(untrained("v-01")) == ["people.untrained"]


def test_a_hand_over_is_refused_for_every_paper_that_lapsed_at_once():
    contract = changed(accreditations=[{"kind": "isms", "number": "1", "valid_to": date(2026, 5, 31)}])
    story = Story(untrained("v-02"), accepted=False)
    story.register()
    assert refusal(story.hand_over) == ("contract.not-reported", "people.untrained")
    story.contract = contract
    assert refusal(story.hand_over) == ("contract.accreditation-lapsed", "contract.not-reported")


def test_a_load_is_refused_when_the_list_changed_after_its_acceptance():
    story = story_in(S.RECEIVED)
    story.contract = changed(people=[*FOUND["people"], {**FOUND["people"][2], "id": "v-99"}])
    assert refusal(story.load, operator="v-99") == ("contract.changed-since",)
    story.tell(accept_contract(story.now, story.contract, accepted_by="w-01", at=story.at))
    story.load(operator="v-99")


def test_what_brings_data_home_is_never_refused_for_a_lapsed_paper():
    story = story_in(S.LOADED)
    story.contract = changed(accreditations=[{"kind": "isms", "number": "1", "valid_to": date(2026, 5, 31)}])
    story.discover()
    story.certify()
    story.spoil(0)
    story.send_back()
    story.give_back()
    story.close()


def test_acceptance_is_a_supervisor_s_not_twice_and_not_before_the_declaration():
    def accept(story, contract=CONTRACT, by="w-01"):
        return story.tell(accept_contract(story.now, contract, accepted_by=by, at=story.at))

    story = Story(accepted=False)
    assert refusal(accept, story, by="w-02") == ("people.wrong-role",)
    assert refusal(accept, story, by="v-01") == ("people.wrong-side", "people.wrong-role")
    later = changed(no_reentrustment={"declared_on": AT.date() + timedelta(days=1), "declared_by": "v-01"})
    assert refusal(accept, story, later) == ("contract.declared-later",)
    event = accept(story)
    assert (event.body["reentrustment"], event.body["declared_by"]) == ("none", "v-01")
    assert refusal(accept, story) == ("contract.already-accepted",)


def test_the_table_before_work_names_everything_that_lapsed_or_lapses_soon():
    contract = changed(accreditations=[{"kind": "isms", "number": "1", "valid_to": date(2026, 6, 4)}])
    found = limits(contract)
    assert [(limit.kind, limit.id) for limit in found if limit.lapsed(ON)] == [("accreditation", "isms 1")]
    assert {(limit.kind, limit.id) for limit in limits(CONTRACT)} == {
        ("contract", "2026-1"), ("accreditation", "isms IS 1"),
        *(("person", row["id"]) for row in FOUND["people"]),
        *(("training", row["id"]) for row in FOUND["people"] if row["side"] == "vendor"),
    }  # fmt: skip
    (limit,) = [limit for limit in limits(CONTRACT) if limit.kind == "accreditation"]
    day = limit.last_day
    assert not limit.lapsed(day)
    assert limit.lapsed(day + timedelta(days=1))
    assert limit.lapses_within(day - timedelta(days=30), 30)
    assert not limit.lapses_within(day - timedelta(days=31), 30)
    (never,) = [limit for limit in limits(untrained("v-03")) if limit.last_day is None]
    assert (never.kind, never.id, never.lapsed(ON), never.lapses_within(ON, 30)) == ("training", "v-03", True, False)
