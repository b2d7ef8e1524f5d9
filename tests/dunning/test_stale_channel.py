"""No run while a payment channel is behind, unless two people answer for it; every channel is asked by itself.

Lags are opening days of the ward: from Tuesday 2026-07-21 five of them lead back over 海の日 (7/20) to Monday 7/13.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete

from print_service.batches.freshness import gate, override
from print_service.dunning.plan import reminder_candidates
from print_service.findings import RefusedError
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.dunning_tables import DunningRun, FreshnessOverride
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Job, SourceFile

TAX = "resident-tax"
RUN, NEEDED = date(2026, 7, 21), date(2026, 7, 13)
SAKI = "variant-taka-saki"
STORE = "convenience-store"


def refusal(dunned, as_of=RUN, kind="reminder"):
    """The findings with which a run stops; nothing was made."""
    with pytest.raises(RefusedError) as refused:
        dunned.plan("R08-D01", kind, as_of, TAX)
    with dunned.ward.session() as session:
        assert session.get(DunningRun, "R08-D01") is None
        assert session.get(Job, "R08-D01") is None
    assert all(finding.sentence for finding in refused.value.findings)
    return refused.value.findings


def overridden(dunned, channel=STORE, batch="R08-D01"):
    with dunned.ward.session() as session:
        override(
            session, dunned.ward.settings, dunned.act(f"{RUN} 08:00"), batch, channel, "代行会社の休業により送信なし"
        )
    with dunned.ward.session() as session:
        override(session, dunned.ward.settings, dunned.act(f"{RUN} 08:30", "W03"), batch, channel, "")


@pytest.mark.parametrize(("loaded", "runs"), [(NEEDED, True), (date(2026, 7, 12), False)])
def test_a_channel_may_lag_as_many_opening_days_as_the_setting_says(dunned, loaded, runs):
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("cvs.dat", [], loaded)
    if runs:
        assert dunned.remind("R08-D01", RUN, TAX).data_as_of == loaded - timedelta(days=1)  # not all of that day
    else:
        (finding,) = refusal(dunned)
        assert (finding.key, finding.where) == ("dunning.stale-channel", STORE)
        assert (finding.values["covered"], finding.values["needed"]) == (loaded.isoformat(), NEEDED.isoformat())


def test_every_channel_that_is_behind_is_named_at_once(dunned):
    dunned.ward.pay("cvs.dat", [], RUN)
    channels = dunned.ward.settings.collection.lag_business_days
    assert {finding.where for finding in refusal(dunned)} == channels.keys() - {STORE}


@pytest.mark.parametrize("channel", ["pay-easy", "mobile-register", "el-qr", "bank-counter", "direct-debit", STORE])
def test_no_channel_excuses_another(dunned, channel):
    """いわき市 2024: 715 payments by one channel were missing while the others were there."""
    dunned.ward.fresh(RUN, channel)
    assert {finding.where for finding in refusal(dunned)} == {channel}


def test_host_files_are_no_payment_files(dunned):
    """Direct row: a host file never covers a payment channel, whatever its scope says."""
    dunned.ward.fresh(RUN, STORE)
    with dunned.ward.session() as session:
        names = {"layout": "x", "name": "x", "scope": STORE, "kind": "assessments", "loaded_at": dunned.act().at}
        session.add(SourceFile(sha256="f" * 64, records=0, total=0, covered_to=RUN, **names))
    assert [finding.where for finding in refusal(dunned)] == [STORE]


def test_final_demands_ask_for_fresh_payments_too(dunned):
    dunned.pay(RUN)
    dunned.remind_and_post("R08-D00", RUN, TAX)
    assert {finding.key for finding in refusal(dunned, date(2026, 9, 1), "final-demand")} == {"dunning.stale-channel"}


def test_a_channel_that_fell_behind_after_the_plan_stops_the_freeze(dunned):
    """The run waited: what was fresh for its day is fresh; but a later day of letters asks again."""
    dunned.pay(RUN)
    dunned.plan("R08-D01", "reminder", RUN, TAX)
    with dunned.ward.session() as session:
        after = (CoveredDay.channel == "pay-easy", CoveredDay.day > date(2026, 7, 1))
        session.execute(delete(CoveredDay).where(*after))  # direct rows
    with pytest.raises(RefusedError) as refused:
        dunned.freeze("R08-D01", RUN)
    assert [finding.where for finding in refused.value.findings] == ["pay-easy"]


def test_the_letter_says_up_to_which_day_every_channel_is_known(dunned):
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("cvs.dat", [], date(2026, 7, 17))
    dunned.remind("R08-D01", RUN, TAX)
    # The stores' file of 7/17 was made before that day was over.
    assert dunned.documents("R08-D01", SAKI, "reminder")[0]["data_as_of"] == "2026-07-16"


def test_a_payment_in_a_fresh_channel_counts_though_another_channel_is_known_less_far(dunned):
    """Bug: payments counted only up to the day of the channel that lagged most, so who paid at a store yesterday was dunned."""
    dunned.ward.fresh(date(2026, 7, 16), STORE)
    dunned.ward.pay("cvs.dat", [dunned.visit(SAKI, TAX, 1, date(2026, 7, 18))], RUN)
    dunned.remind("R08-D01", RUN, TAX)
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-D01")}


def test_an_override_takes_a_reason_and_a_second_person(dunned):
    dunned.ward.fresh(RUN, STORE)
    settings = dunned.ward.settings

    def ask(by, reason="代行会社の休業により送信なし", channel=STORE):
        with dunned.ward.session() as session:
            override(session, settings, dunned.act(f"{RUN} 08:00", by), "R08-D01", channel, reason)

    for arguments, key in (
        (("W01", " "), "dunning.override-reason"),
        (("W01", "x", "pigeon"), "dunning.override-unknown"),
    ):
        with pytest.raises(RefusedError) as refused:
            ask(*arguments)
        assert [finding.key for finding in refused.value.findings] == [key]
    ask("W01")
    assert [finding.where for finding in refusal(dunned)] == [STORE]
    with pytest.raises(RefusedError) as refused:
        ask("W01")
    assert [finding.key for finding in refused.value.findings] == ["job.same-person"]
    ask("W03", "")
    assert dunned.remind("R08-D01", RUN, TAX).chosen > 0
    with pytest.raises(RefusedError) as refused:
        ask("W02", "")
    assert [finding.key for finding in refused.value.findings] == ["dunning.override-granted"]


def test_an_override_is_for_one_batch_and_one_channel(dunned):
    dunned.ward.fresh(RUN, STORE, "pay-easy")
    overridden(dunned)
    assert [finding.where for finding in refusal(dunned)] == ["pay-easy"]
    overridden(dunned, "pay-easy", "R08-D09")
    assert [finding.where for finding in refusal(dunned)] == ["pay-easy"]


def test_what_was_let_through_stands_in_run_and_journal(dunned):
    dunned.ward.fresh(RUN, STORE)
    overridden(dunned)
    dunned.remind("R08-D01", RUN, TAX)
    with dunned.ward.session() as session:
        (row,) = [row for row in session.get_one(DunningRun, "R08-D01").channels if row["override"]]
        tags = [entry.tag for entry in entries(session, "dunning:override")]
    assert row["override"] == {"reason": "代行会社の休業により送信なし", "asked_by": "W01", "granted_by": "W03"}
    assert (row["channel"], row["stale"], tags) == (STORE, True, [Tag.OVERRIDE_ASKED, Tag.OVERRIDE_GRANTED])


def test_an_override_is_for_what_was_missing_when_it_was_asked_for(dunned):
    """Bug: two people let one late day through, and weeks of missing files went with it when the letters were posted."""
    dunned.ward.fresh(RUN, STORE)
    dunned.ward.pay("cvs.dat", [], date(2026, 7, 10))
    overridden(dunned)  # 7/13 is missing
    dunned.remind("R08-D01", RUN, TAX)
    later = date(2026, 7, 27)
    dunned.ward.fresh(later, STORE)
    with dunned.ward.session() as session, pytest.raises(RefusedError) as refused:
        gate(session, dunned.ward.settings, "R08-D01", later)
    (finding,) = refused.value.findings
    assert (finding.where, finding.values["missing"]) == (STORE, "7月13日、7月14日、7月15日、7月16日、7月17日")
    for by, reason in (("W01", "復旧しない"), ("W03", "")):
        with dunned.ward.session() as session:
            override(session, dunned.ward.settings, dunned.act(f"{later} 08:00", by), "R08-D01", STORE, reason)
    with dunned.ward.session() as session:
        (used,) = gate(session, dunned.ward.settings, "R08-D01", later).overrides
    assert used.reason == "復旧しない"


def test_an_override_that_was_not_needed_leaves_no_trace_on_the_run(dunned):
    """The missing file came after all."""
    overridden(dunned)
    dunned.pay(RUN)
    with dunned.ward.session() as session:
        known = gate(session, dunned.ward.settings, "R08-D01", RUN)
        assert known.overrides == ()
        assert len(session.query(FreshnessOverride).all()) == 1


def test_nothing_is_chosen_of_which_a_payment_in_time_could_be_unknown(dunned):
    """A ward that reminds after 3 days: paid on the due date may not be loaded yet in the channel that lags most."""
    hasty = dunned.ward.settings.dunning.model_copy(update={"reminder_after_days": 3})
    settings = dunned.ward.settings.model_copy(update={"dunning": hasty})
    dunned.ward.fresh(date(2026, 7, 3), "bank-counter")
    dunned.ward.fresh(date(2026, 6, 29))
    with dunned.ward.session() as session:
        found = reminder_candidates(session, settings, (TAX,), date(2026, 7, 3))
    assert found.chosen == ()
