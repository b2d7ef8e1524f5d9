"""`print-service collect …`: what a person types, from the file to the settled exception."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from print_service.cli.main import app

CASE = "variant-taka-saki"
DAY, JULY = date(2026, 6, 10), date(2026, 7, 17)


@pytest.fixture
def collect(store, monkeypatch):
    """`collect(*words)` in the ward's folder: standard output."""
    monkeypatch.chdir(store.ward.out)
    monkeypatch.setenv("PRINT_SERVICE_USER", "W01")
    monkeypatch.setenv("PRINT_SERVICE_WARD", str(store.ward.out / "ward.toml"))

    def run(*words):
        done = CliRunner().invoke(app, ["collect", *map(str, words)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    return run


def rows(text):
    return json.loads(text)["rows"]


def test_from_the_file_to_the_settled_exception(store, collect):
    slip = store.slip(CASE, 1)
    path = store.file("a.dat", JULY, store.visit(slip, DAY), store.visit(slip, JULY))
    done = json.loads(collect("load", path, "--remove-input", "--json"))
    assert (done["records"], done["matched"], done["exceptions"]) == (4, 4, {"collection.double-slip": 1})
    assert not path.exists()
    (row,) = rows(collect("exceptions", "--json"))
    assert (row["key"], row["age_days"], row["state"]) == ("collection.double-slip", 0, "open")
    assert f"{row['notice_no']} 第1期" in collect("exceptions")
    collect("settle", row["id"], "--reason", "還付決定")
    assert rows(collect("exceptions", "--json")) == []
    (kept,) = rows(collect("exceptions", "--all", "--json"))
    assert (kept["state"], kept["settled_by"], kept["reason"]) == ("settled", "W01", "還付決定")
    assert json.loads(collect("recompute", "--json"))["changed"] == 0


def test_the_ward_may_have_every_input_removed(store, collect):
    ward = store.ward.out / "ward.toml"
    ward.write_text(ward.read_text("utf-8").replace("remove_input = false", "remove_input = true"), "utf-8")
    path = store.file("a.dat", JULY)
    collect("load", path)
    assert not path.exists()


@pytest.mark.parametrize("what", ["channels", "files", "exceptions", "outstanding", "whereabouts"])
def test_every_report_as_table_json_and_csv(store, collect, what):
    store.take("a.dat", JULY, store.visit(store.slip(CASE, 1), DAY), store.visit(store.slip(CASE, 1), JULY))
    found = rows(collect("report", what, "--json"))
    assert found
    assert collect("report", what).count("│") > len(found)
    assert collect("report", what, "--last", "2026-12-31", "--csv", "report.csv") == ""
    assert len((store.ward.out / "report.csv").read_text("utf-8-sig").splitlines()) == 1 + len(found)


def test_how_fresh_each_channel_is(store, collect):
    store.take("a.dat", JULY)
    found = {row["channel"]: row["stale"] for row in rows(collect("fresh", "--on", "2026-07-21", "--json"))}
    assert (found["convenience-store"], found["pay-easy"]) == (False, True)
    assert "遅れ" in collect("fresh", "--on", "2026-07-21")


def test_a_day_without_data_is_recorded_with_its_reason(store, collect):
    store.take("a.dat", date(2026, 7, 15))
    store.take("b.dat", JULY)
    words = ("--on", "2026-07-20", "--json")
    stores = next(row for row in rows(collect("fresh", *words)) if row["channel"] == "convenience-store")
    assert stores["missing"] == ["2026-07-16"]
    assert "7月16日" in collect("fresh", "--on", "2026-07-20")
    done = json.loads(collect("empty", "convenience-store", "2026-07-16", "--reason", "休配日と確認", "--json"))
    assert done["days"] == ["2026-07-16"]
    stores = next(row for row in rows(collect("fresh", *words)) if row["channel"] == "convenience-store")
    assert (stores["missing"], stores["stale"], stores["empty_days"]) == ([], False, 1)
