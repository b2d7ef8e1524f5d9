"""`print-service late-charge`: the published example on the command line, in figures and as JSON."""

import pytest

LATE = ("late-charge", "--principal", "56400", "--due", "2026-02-02", "--paid", "2026-05-29")


def test_the_published_example_of_a_tokyo_ward(desk):
    """56,400 yen due 2026-02-02, paid 2026-05-29: 120 + 1,228 yen, so 1,300 (published by 中央区)."""
    said = desk(*LATE, "--json")
    assert said.json["amount"] == 1_300
    assert said.json["segments"] == [
        {"start": "2026-02-03", "end": "2026-03-02", "days": 28, "rate_tenths": 28, "base": 56_000, "yen": 120},
        {"start": "2026-03-03", "end": "2026-05-29", "days": 88, "rate_tenths": 91, "base": 56_000, "yen": 1_228},
    ]


def test_parts_paid_before_lower_the_base(desk):
    """By hand: 120,500 due 2026-06-30, 50,000 paid 8/15: 285 + 448 + 802 = 1,535."""
    words = ("--principal", "120500", "--due", "2026-06-30", "--paid", "2026-09-30", "--paid-part", "2026-08-15:50000")
    said = desk("late-charge", *words, "--json").json
    assert (said["amount"], [segment["yen"] for segment in said["segments"]]) == (1_500, [285, 448, 802])


def test_a_person_reads_the_amount_and_how_it_came_about(desk):
    said = desk(*LATE)
    assert "延滞金 1,300 円" in said.out
    assert "9.1" in said.out


@pytest.mark.parametrize("user", [None, "W01"])
def test_it_needs_neither_a_name_nor_a_ledger(tmp_path, desk, user):
    (desk.folder / "ledger.sqlite").unlink()
    assert desk(*LATE, "--json", user=user).json["amount"] == 1_300
