"""Names of the taxes by day. 森林環境税 is levied from 令和6年度 (森林環境税及び森林環境譲与税に関する法律, 平成31年法律第3号);
軽自動車税 became 種別割 on 1 October 2019 (地方税法, 平成28年法律第13号).
"""

import tomllib
from datetime import date

import pytest

from print_service.findings import RefusedError
from print_service.press.forms import load_form
from print_service.resources import data_dir
from print_service.taxitems import tax_item


@pytest.mark.parametrize(
    ("key", "day", "title"),
    [
        ("resident-tax", date(2024, 3, 31), "特別区民税・都民税"),
        ("resident-tax", date(2024, 4, 1), "特別区民税・都民税・森林環境税"),
        ("resident-tax", date(2026, 6, 5), "特別区民税・都民税・森林環境税"),
        ("vehicle-tax", date(2019, 10, 1), "軽自動車税（種別割）"),
    ],
)
def test_a_tax_is_called_as_on_that_day(key, day, title):
    assert tax_item(key, day).title == title


@pytest.mark.parametrize(("key", "day"), [("vehicle-tax", date(2019, 9, 30)), ("fixed-asset-tax", date(2026, 4, 1))])
def test_a_tax_or_a_day_without_a_name_is_refused(key, day):
    with pytest.raises(RefusedError) as refusal:
        tax_item(key, day)
    (finding,) = refusal.value.findings
    assert (finding.key, finding.values) == ("tax.unknown-item", {"item": key, "day": day.isoformat()})


def test_no_two_names_hold_on_one_day():
    rows = tomllib.loads((data_dir() / "tax-items.toml").read_text(encoding="utf-8"))["item"]
    for row in rows:
        others = [other for other in rows if other is not row and other["key"] == row["key"]]
        assert not any(other["valid_from"] <= row["valid_from"] <= other.get("valid_to", date.max) for other in others)


def test_every_tax_of_this_year_has_its_form():
    for key in ("resident-tax", "vehicle-tax"):
        assert load_form(tax_item(key, date(2026, 4, 1)).form, date(2026, 4, 1)).id
