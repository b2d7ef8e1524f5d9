"""Exclusions: set by one person with reason and last day, lifted on grounds the law allows, by two where a mistake is dangerous."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from print_service.batches.exclusions import RULES, exclude, exclusions, lift, lift_mark, policies, standing
from print_service.findings import RefusedError, catalogue
from print_service.ledger.dunning_tables import Exclusion
from print_service.ledger.journal import Tag, entries
from print_service.ledger.tables import Assessment, Payer

TAX = "resident-tax"
RUN, END = date(2026, 7, 21), date(2026, 12, 31)
SAKI = "variant-taka-saki"
DUNNING = ["deferral", "dispute", "instalment-agreement", "bankruptcy"]


@pytest.fixture
def desk(dunned):
    return dunned


def refused(act):
    with pytest.raises(RefusedError) as refusal:
        act()
    assert all(finding.sentence for finding in refusal.value.findings)
    return {finding.key for finding in refusal.value.findings}


def add(desk, kind, by="W01", case=SAKI, reason="文書第1号", **more):
    with desk.ward.session() as session:
        return exclude(session, desk.act(f"{RUN} 09:00", by), desk.payer(case), kind, reason, **more).id


def end(desk, number, ground="ended", by="W01", reason="通知書"):
    with desk.ward.session() as session:
        return lift(session, desk.act(f"{RUN} 10:00", by), number, ground, reason)


def unmark(desk, kind, ground, by):
    with desk.ward.session() as session:
        return lift_mark(session, desk.act(f"{RUN} 10:00", by), desk.payer(SAKI), kind, ground, "台帳の訂正")


def rule(desk, on=RUN, letter="reminder", period=1):
    with desk.ward.session() as session:
        mine = (Assessment.payer_key == desk.payer(SAKI), Assessment.tax_item == TAX)
        assessment = session.scalars(select(Assessment.id).where(*mine)).one()
        return standing(session, letter, on).rule(desk.payer(SAKI), assessment, period)


def test_every_kind_has_its_rule_and_source():
    assert policies().keys() == RULES.keys()
    assert all(policy.source and policy.letters and policy.grounds for policy in policies().values())
    assert set(RULES.values()) <= catalogue().keys()


@pytest.mark.parametrize("kind", DUNNING)
def test_dunning_stops_and_notices_go_on(desk, kind):
    """徴収猶予, 審査請求, 分納, 破産 stop reminders; next year's notice of assessment still has to be sent (地方税法319条の2)."""
    add(desk, kind, until=END)
    assert rule(desk) == rule(desk, letter="final-demand") == f"freeze.{kind}"
    assert rule(desk, letter="notice") is None


@pytest.mark.parametrize("kind", ["protected", "deceased", "returned"])
def test_a_dangerous_or_useless_letter_of_any_kind_stops(desk, kind):
    add(desk, kind)
    assert {rule(desk, letter=letter) for letter in ("notice", "reminder", "final-demand")} == {RULES[kind]}


@pytest.mark.parametrize(("on", "stands"), [(END, True), (date(2027, 1, 1), False)])
def test_the_last_day_counts_and_the_next_does_not(desk, on, stands):
    add(desk, "deferral", until=END)
    assert (rule(desk, on) is not None) is stands


def test_one_instalment_may_be_deferred_and_the_others_not(desk):
    with desk.ward.session() as session:
        mine = (Assessment.payer_key == desk.payer(SAKI), Assessment.tax_item == TAX)
        notice_no = session.scalars(select(Assessment.notice_no).where(*mine)).one()
    add(desk, "deferral", until=END, notice_no=notice_no, period=2)
    assert [rule(desk, period=period) for period in (1, 2, 3)] == [None, "freeze.deferral", None]
    add(desk, "dispute", notice_no=notice_no)
    assert {rule(desk, period=period) for period in (1, 3)} == {"freeze.dispute"}


def test_the_gravest_of_several_is_named(desk):
    add(desk, "deferral", until=END)
    add(desk, "protected")
    assert rule(desk) == "freeze.protected-address"


def test_whatever_is_missing_is_told_at_once(desk):
    assert refused(lambda: add(desk, "deferral", reason=" ", notice_no="0000000000", period=7)) == {
        "exclusion.no-reason",
        "exclusion.needs-until",
        "exclusion.period",
        "ledger.not-found",
    }
    assert refused(lambda: add(desk, "holiday")) == {"exclusion.unknown-kind"}
    assert refused(lambda: add(desk, "dispute", until=date(2026, 7, 20))) == {"exclusion.until-past"}
    assert refused(lambda: add(desk, "protected", period=1)) == {"exclusion.whole-payer", "exclusion.period"}


def test_an_unknown_payer_is_refused(desk):
    def nobody():
        with desk.ward.session() as session:
            exclude(session, desk.act(), "9999999999", "dispute", "x")

    assert refused(nobody) == {"ledger.not-found"}


def test_one_person_lifts_what_is_not_dangerous(desk):
    number = add(desk, "dispute")
    end(desk, number, "decided")
    assert rule(desk) is None
    assert refused(lambda: end(desk, number, "decided")) == {"exclusion.lifted-before"}


@pytest.mark.parametrize(
    ("kind", "ground"),
    [("deceased", "ended"), ("returned", "ended"), ("dispute", "breached"), ("bankruptcy", "address-found")],
)
def test_a_ground_that_the_law_does_not_know_is_refused(desk, kind, ground):
    """A death does not end (地方税法9条): only a wrong entry is lifted."""
    number = add(desk, kind)
    assert refused(lambda: end(desk, number, ground)) == {"exclusion.ground"}
    assert rule(desk) == RULES[kind]


@pytest.mark.parametrize("kind", ["protected", "deceased"])
def test_two_people_lift_what_endangers(desk, kind):
    number = add(desk, kind)
    end(desk, number, "correction")
    assert rule(desk) == RULES[kind]
    assert refused(lambda: end(desk, number, "correction")) == {"exclusion.same-person"}
    row = end(desk, number, "correction", by="W03")
    assert (row.lift_asked_by, row.lifted_by) == ("W01", "W03")
    assert rule(desk) is None


def test_a_mark_from_a_host_file_is_lifted_by_two_and_the_next_file_may_set_it_again(desk):
    with desk.ward.session() as session:
        session.get_one(Payer, desk.payer(SAKI)).protected = True  # as a host file brings it
    unmark(desk, "protected", "ended", "W01")
    assert rule(desk) == "freeze.protected-address"
    unmark(desk, "protected", "ended", "W03")
    assert rule(desk) is None
    with desk.ward.session() as session:
        session.get_one(Payer, desk.payer(SAKI)).protected = True  # the next host file
    assert rule(desk) == "freeze.protected-address"
    unmark(desk, "protected", "ended", "W01")
    assert rule(desk) == "freeze.protected-address"


def test_returned_mail_ends_when_the_address_is_found(desk):
    with desk.ward.session() as session:
        session.get_one(Payer, desk.payer(SAKI)).returned = True
    row = unmark(desk, "returned", "address-found", "W01")
    assert (rule(desk), row.origin, row.lifted_by) == (None, "host", "W01")


@pytest.mark.parametrize("kind", ["protected", "dispute"])
def test_there_must_be_a_mark_to_lift(desk, kind):
    assert refused(lambda: unmark(desk, kind, "correction", "W01")) == {"exclusion.no-mark"}


def test_nothing_is_deleted_and_the_journal_names_no_payer(desk):
    first = add(desk, "dispute")
    end(desk, first, "withdrawn")
    add(desk, "deferral", until=END)
    with desk.ward.session() as session:
        rows = exclusions(session, desk.payer(SAKI))
        told = list(entries(session, "exclusion:"))
    assert [(row.kind, row.lifted_by) for row in rows] == [("dispute", "W01"), ("deferral", None)]
    assert [entry.tag for entry in told] == [Tag.EXCLUSION_SET, Tag.EXCLUSION_LIFTED, Tag.EXCLUSION_SET]
    assert all(desk.payer(SAKI) not in str(entry) for entry in told)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(st.sampled_from(sorted(RULES)), st.dates(RUN, END), st.booleans()), max_size=4),
    on=st.dates(RUN, END),
)
def test_a_letter_is_stopped_exactly_while_something_unlifted_lasts(desk, rows, on):
    """Direct rows: any kinds, last days and liftings."""
    with desk.ward.session() as session:
        for kind, until, lifted in rows:
            at = desk.act(f"{RUN} 09:00").at
            row = Exclusion(origin="hand", payer_key=desk.payer(SAKI), kind=kind, reason="x", since=RUN, until=until)
            row.set_by, row.set_at, row.lifted_at = "W01", at, at if lifted else None
            session.add(row)
        found = standing(session, "reminder", on).rule(desk.payer(SAKI))
        session.rollback()
    assert (found is not None) is any(until >= on and not lifted for _, until, lifted in rows)
