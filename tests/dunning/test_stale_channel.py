"""No run while a payment channel is behind. Scenarios after real cities (public incidents), each of which dunned payers who had paid."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from print_service.collection.load import load_payments
from print_service.dunning.plan import data_as_of
from print_service.findings import RefusedError
from print_service.ledger.tables import Hold, Job, SourceFile

TAX = "resident-tax"
RUN = date(2026, 7, 20)
LAG = 5  # days; setting expected_lag_days
SAKI = "variant-taka-saki"


def refusal(dunned, as_of=RUN, run=None):
    """The one finding with which a reminder run stops; nothing was made."""
    with pytest.raises(RefusedError) as refused:
        (run or dunned.remind)("R08-D01", as_of, TAX)
    with dunned.ward.session() as session:
        assert session.get(Job, "R08-D01") is None
        assert session.scalars(select(Hold).where(Hold.job_id == "R08-D01")).all() == []
    (finding,) = refused.value.findings
    assert finding.sentence
    return finding


def test_mima_no_run_before_any_payment_was_taken_in(dunned):
    """美馬市: reminders were made before the step that confirms payments; 139 letters."""
    finding = refusal(dunned)
    assert (finding.key, finding.where) == ("dunning.stale-channel", "convenience-store")
    assert finding.values["covered"] == "なし"


def test_mima_a_payment_that_is_only_provisional_counts(dunned):
    """The store has the money before the reconciliation: a provisional record alone keeps the letter back."""
    dunned.pay(RUN, [dunned.visit(SAKI, TAX, 1, date(2026, 6, 30), "provisional")])
    dunned.remind("R08-D01", RUN, TAX)
    assert dunned.payer(SAKI) not in {payer for payer, _, _ in dunned.covered("R08-D01")}


def test_yoshioka_a_payment_file_that_was_refused_does_not_count_as_taken_in(dunned):
    """吉岡町 2025: a payment file was mishandled and not reflected; 66 letters. Here its last line is cut off."""
    path = dunned.ward.out / "broken.dat"
    dunned.pay(date(2026, 7, 10), [dunned.visit(SAKI, TAX, 1, date(2026, 6, 30))])
    good = dunned.ward.out / "payments" / "cvs-20260710.dat"
    path.write_bytes(good.read_bytes().replace(b"120260710", b"120260720")[:-122])
    with pytest.raises(RefusedError), dunned.ward.session() as session:
        load_payments(session, dunned.act("2026-07-20 09:00"), path, "cvs-payments-a")
    finding = refusal(dunned)
    assert finding.key == "dunning.stale-channel"
    assert (finding.values["covered"], finding.values["needed"]) == ("2026-07-10", "2026-07-15")


def test_iwaki_one_channel_being_fresh_does_not_excuse_another(dunned):
    """いわき市 2024: 715 payments by QR code were not reflected. Freshness is asked of every channel by itself.

    Direct row: a file of another channel, which no reader takes in yet.
    """
    with dunned.ward.session() as session:
        session.add(_file("el-qr", RUN, dunned.act().at))
    assert refusal(dunned).values["channel"] == "convenience-store"


def test_aomori_a_channel_two_weeks_behind_stops_the_run(dunned):
    """青森市 2023: bar-code payments reach the ledger some two weeks later in lots of seven days; 1,356 + 991 letters."""
    dunned.pay(RUN - timedelta(days=14), [dunned.visit(SAKI, TAX, 1, date(2026, 6, 30))])
    assert refusal(dunned).key == "dunning.stale-channel"


def test_aomori_the_newest_lot_decides_whatever_the_order_of_loading(dunned):
    dunned.pay(RUN)
    dunned.pay(RUN - timedelta(days=14))
    with dunned.ward.session() as session:
        assert data_as_of(session, dunned.ward.settings, RUN) == RUN


@pytest.mark.parametrize(("behind", "runs"), [(LAG, True), (LAG + 1, False)])
def test_a_channel_may_lag_as_many_days_as_the_setting_says(dunned, behind, runs):
    assert dunned.ward.settings.dunning.expected_lag_days == LAG
    dunned.pay(RUN - timedelta(days=behind))
    if runs:
        assert dunned.remind("R08-D01", RUN, TAX).data_as_of == RUN - timedelta(days=behind)
    else:
        assert refusal(dunned).key == "dunning.stale-channel"


def test_host_files_are_no_payment_files(dunned):
    """Direct row: a host file never covers a payment channel, whatever its scope says."""
    with dunned.ward.session() as session:
        session.add(_file("convenience-store", RUN, dunned.act().at, kind="assessments"))
    assert refusal(dunned).key == "dunning.stale-channel"


def test_final_demands_ask_for_fresh_payments_too(dunned):
    dunned.pay(RUN)
    dunned.remind_and_post("R08-D00", RUN, TAX)
    later = RUN + timedelta(days=40)
    assert refusal(dunned, later, lambda batch, as_of, _: dunned.demand(batch, as_of)).key == "dunning.stale-channel"


def test_the_letter_says_up_to_which_day_payments_are_known(dunned):
    dunned.pay(RUN - timedelta(days=3))
    dunned.remind("R08-D01", RUN, TAX)
    assert dunned.documents("R08-D01", SAKI, "reminder")[0]["data_as_of"] == "2026-07-17"


def _file(scope, covered_to, loaded_at, kind="payments"):
    names = {"layout": "x", "name": "x", "scope": scope, "kind": kind}
    return SourceFile(sha256="f" * 64, records=0, total=0, covered_to=covered_to, loaded_at=loaded_at, **names)
