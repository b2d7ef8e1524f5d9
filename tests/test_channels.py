"""Payment channels by day, tax and amount: what a slip carries, and what its text may promise."""

import tomllib
from datetime import date

import pytest

from print_service.channels import offer
from print_service.findings import RefusedError
from print_service.resources import data_dir
from print_service.taxitems import tax_item

DAY = date(2026, 5, 8)


def ways(tax, on, amount):
    return [way.key for way in offer(tax, on, amount).ways]


def test_a_small_slip_carries_every_mark_and_every_way_is_open():
    made = offer("vehicle-tax", DAY, 300_000)
    assert made.marks == ("cvs", "el-qr", "pay-easy")
    assert made.instead == ()
    assert ways("vehicle-tax", DAY, 300_000) == [
        "counter",
        "convenience-store",
        "mobile-register",
        "el-qr-app",
        "el-tax-site",
        "pay-easy",
    ]


def test_over_the_limit_the_bar_code_goes_and_its_sentence_comes():
    # 30万円以下: notices of several municipalities; the bar code is not printed above it.
    made = offer("resident-tax", DAY, 300_001)
    assert "cvs" not in made.marks
    assert "convenience-store" not in [way.key for way in made.ways]
    assert "30万円を超える" in made.instead[0]


def test_mobile_register_reads_el_qr_where_the_bar_code_is_withheld():
    assert "mobile-register" in ways("resident-tax", DAY, 300_001)
    # Before eL-QR it read the bar code alone.
    assert "mobile-register" in ways("vehicle-tax", date(2022, 5, 6), 300_000)
    assert "mobile-register" not in ways("vehicle-tax", date(2022, 5, 6), 300_001)


@pytest.mark.parametrize(
    ("tax", "on", "carried"),
    [
        ("vehicle-tax", date(2023, 3, 31), False),
        ("vehicle-tax", date(2023, 4, 1), True),  # 地方税統一QRコード began in April 2023
        ("resident-tax", date(2024, 3, 31), False),
        ("resident-tax", date(2024, 4, 1), True),
    ],
)
def test_el_qr_begins_on_its_day_for_each_tax(tax, on, carried):
    assert ("el-qr" in offer(tax, on, 1).marks) is carried
    assert ("el-qr-app" in ways(tax, on, 1)) is carried


def test_bar_code_apps_end_where_el_qr_begins():
    assert "bar-code-app" in ways("vehicle-tax", date(2023, 3, 31), 10_800)
    assert "bar-code-app" not in ways("vehicle-tax", date(2023, 4, 1), 10_800)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_slip_of_nothing_has_no_channels(amount):
    with pytest.raises(RefusedError) as error:
        offer("vehicle-tax", DAY, amount)
    assert [finding.key for finding in error.value.findings] == ["channels.amount"]


def test_the_table_names_only_taxes_and_marks_that_exist():
    with (data_dir() / "channels.toml").open("rb") as file:
        table = tomllib.load(file)
    for row in table["mark"]:
        for tax in row.get("taxes", []):
            assert tax_item(tax, row["valid_from"]).key == tax
    marks = {row["key"] for row in table["mark"]}
    assert all(set(row["reads"]) <= marks for row in table["way"])
    assert all(row["source"] for row in table["mark"] + table["way"])
    assert all(row["valid_from"] <= row.get("valid_to", date.max) for row in table["mark"] + table["way"])


def test_a_ward_without_el_qr_promises_nothing_that_reads_it():
    made = offer("vehicle-tax", DAY, 7_200, without=("el-qr",))
    assert made.marks == ("cvs", "pay-easy")
    assert [way.key for way in made.ways] == ["counter", "convenience-store", "mobile-register", "pay-easy"]
