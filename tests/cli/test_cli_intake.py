"""Step 1 and 2 by hand: a bad file is told whole and changes nothing; a good one becomes a job that can be looked at."""

import pytest

VEHICLE = ("--layout", "vehicle-tax-host")


def _spoil(desk, *changes):
    """The vehicle file with lines changed: (line number from 1, column from 0, new value)."""
    path = desk.folder / "host/vehicle-tax-host.csv"
    lines = path.read_text(encoding="utf-8").split("\n")
    for line, column, value in changes:
        cells = lines[line - 1].split(",")
        cells[column] = value
        lines[line - 1] = ",".join(cells)
    bad = desk.folder / "host/bad.csv"
    bad.write_text("\n".join(lines), encoding="utf-8", newline="")
    return bad


def test_a_bad_file_is_told_whole_with_line_field_and_key(desk):
    # Columns of a vehicle: 2 payer key, 5 kind of vehicle, 6 tax; the trailer then no longer fits either.
    bad = _spoil(desk, (2, 2, "12AB"), (3, 5, "99"), (4, 6, "-5"))
    said = desk("intake", bad, *VEHICLE)
    assert said.code == 1
    assert "Traceback" not in said.err
    for place in ("bad.csv:2", "bad.csv:3", "bad.csv:4"):
        assert place in said.err
    assert len(said.keys) >= 3
    assert {key.partition(".")[0] for key in said.keys} <= {"flatfile", "intake"}


def test_a_bad_file_changes_nothing(desk):
    desk("intake", _spoil(desk, (2, 2, "12AB")), *VEHICLE)
    assert desk("journal", "show", "--json").json == {"entries": []}
    assert not desk("intake", "host/vehicle-tax-host.csv", *VEHICLE, "--json").json["already"]


def test_a_name_that_cannot_be_printed_is_told_at_intake(desk):
    """The demonstration's ward has one payer with a private character that no table knows; the letter will be held back."""
    words = ("intake", "host/resident-tax-host.dat", "--layout", "resident-tax-host")
    said = desk(*words)
    assert said.code == 0
    assert "flatfile.gaiji-unmapped" in said.out
    assert "resident-tax-host.dat:" in said.out
    (warning,) = desk(*words, "--json").json["warnings"]
    assert (warning["key"], warning["where"].rpartition(":")[2]) == ("flatfile.gaiji-unmapped", "name")
    assert "保留" in warning["sentence"]


def test_the_same_file_again_is_recognised(desk):
    first = desk("intake", "host/vehicle-tax-host.csv", *VEHICLE, "--json").json
    again = desk("intake", "host/vehicle-tax-host.csv", *VEHICLE, "--json")
    assert (again.code, again.json) == (0, first | {"already": True})


def test_a_changed_file_must_name_the_one_it_supersedes(desk):
    first = desk("intake", "host/vehicle-tax-host.csv", *VEHICLE, "--json").json
    changed = _spoil(desk, (2, 14, "髙橋　次郎"))
    assert desk("intake", changed, *VEHICLE).keys == ["intake.supersede-required"]
    said = desk("intake", changed, *VEHICLE, "--supersedes", first["sha256"][:12], "--json")
    assert (said.code, said.json["total"]) == (0, first["total"])


def test_intake_reports_the_totals_of_the_trailer(desk):
    trailer = (desk.folder / "host/vehicle-tax-host.csv").read_text(encoding="utf-8").strip().split("\n")[-1].split(",")
    found = desk("intake", "host/vehicle-tax-host.csv", *VEHICLE, "--json").json
    assert [found["assessments"], found["total"]] == [int(trailer[1]), int(trailer[2])]


def test_a_job_is_listed_and_shown_with_whom_it_leaves_out(loaded):
    jobs = loaded("job", "list", "--json").json["jobs"]
    assert [(job["batch"], job["state"], job["maker"]) for job in jobs] == [("R08-N01", "numbered", "W01")]
    shown = loaded("job", "show", "R08-N01", "--json").json
    assert [row["key"] for row in shown["held"]] == ["freeze.deceased"]
    assert "相続人" in shown["held"][0]["sentence"]


def test_a_piece_is_held_by_hand_once_and_with_its_reason(loaded):
    before = loaded("job", "show", "R08-N01", "--json").json["pieces"]["frozen"]
    assert loaded("job", "hold", "R08-N01", "3", "--reason", "差替え").code == 0
    shown = loaded("job", "show", "R08-N01", "--json").json
    assert shown["pieces"] == {"frozen": before - 1, "held": 1}
    assert [
        (row["piece"], "差替え" in row["sentence"]) for row in shown["held"] if row["key"] == "job.held-by-hand"
    ] == [(3, True)]
    assert loaded("job", "hold", "R08-N01", "3", "--reason", "x").keys == ["job.too-late-to-hold"]


@pytest.mark.parametrize("words", [("status",), ("job", "list"), ("job", "show", "R08-N01"), ("journal", "show")])
def test_what_is_shown_can_be_read_without_json_too(loaded, words):
    said = loaded(*words)
    assert (said.code, said.err) == (0, "")
    assert "R08-N01" in said.out
