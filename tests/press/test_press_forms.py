"""Reading form.toml: versions by day, and every fault at once."""

from datetime import date
from decimal import Decimal

import pytest

from print_service.press.errors import PressError
from print_service.press.forms import load_form

GOOD = """
id = "slip"
title = "納付書"
[paper]
width_mm = "100.0"
height_mm = "50.0"
pages = 1
duplex = false
[zones.cvs]
kind = "gs1-128"
page = 1
x_mm = "10"
y_mm = "10"
width_mm = "60"
height_mm = "13"
[[version]]
valid_from = 2024-04-01
valid_to = 2025-03-31
source = "test"
fields = ["a"]
[version.texts]
title = "old"
[[version]]
valid_from = 2025-04-01
source = "test"
fields = ["a", "b"]
[version.texts]
title = "new"
"""


def written(tmp_path, text):
    folder = tmp_path / "notices" / "slip"
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_version_of_the_day_is_chosen(tmp_path):
    root = written(tmp_path, GOOD)
    assert load_form("slip", date(2025, 3, 31), root).texts["title"] == "old"
    form = load_form("slip", date(2025, 4, 1), root)
    assert (form.texts["title"], form.fields, form.zones["cvs"].width_mm) == ("new", ("a", "b"), Decimal(60))


def test_a_day_without_a_version_is_refused(tmp_path):
    with pytest.raises(PressError, match="2024-03-31"):
        load_form("slip", date(2024, 3, 31), written(tmp_path, GOOD))


def test_an_unknown_form_is_refused(tmp_path):
    with pytest.raises(PressError, match="nothing"):
        load_form("nothing", date(2026, 1, 1), tmp_path)


def test_all_faults_are_told_at_once(tmp_path):
    bad = (
        GOOD.replace('"gs1-128"', '"unknown"')
        .replace('x_mm = "10"', "x_mm = 10.5")
        .replace('width_mm = "60"', 'width_mm = "95"')
        .replace("duplex = false", 'duplex = "no"')
        .replace("valid_to = 2025-03-31", "valid_to = 2025-04-01")
        .replace('fields = ["a", "b"]', "")
    )
    with pytest.raises(PressError) as caught:
        load_form("slip", date(2025, 4, 1), written(tmp_path, bad))
    told = {(finding.key, finding.values.get("key") or finding.values.get("zone")) for finding in caught.value.findings}
    assert told >= {
        ("press.form-value", "zones.cvs.kind"),
        ("press.form-value", "zones.cvs.x_mm"),
        ("press.form-value", "paper.duplex"),
        ("press.form-value", "version[1].fields"),
        ("press.form-versions-overlap", None),
    }


def test_a_zone_outside_the_paper_is_refused(tmp_path):
    with pytest.raises(PressError) as caught:
        load_form("slip", date(2025, 4, 1), written(tmp_path, GOOD.replace('x_mm = "10"', 'x_mm = "40.1"')))
    assert [finding.key for finding in caught.value.findings] == ["press.form-zone-outside"]


NO_VERSION = GOOD.partition("[[version]]")[0]
SLIPS = {
    "version": NO_VERSION + '[version]\nvalid_from = 2025-04-01\nsource = "test"\nfields = []',
    "zones.a": GOOD.replace("[zones.cvs]", "[zones]\na = 1\n[zones.cvs]"),
    "areas": "areas = 1\n" + GOOD,
    "zones.cvs.kind": GOOD.replace('kind = "gs1-128"', 'kind = ["gs1-128"]'),
}


@pytest.mark.parametrize("key", SLIPS)
def test_a_slip_of_brackets_is_a_fault_with_its_key(tmp_path, key):
    with pytest.raises(PressError) as caught:
        load_form("slip", date(2025, 4, 1), written(tmp_path, SLIPS[key]))
    assert [(fault.key, fault.values["key"]) for fault in caught.value.findings] == [("press.form-value", key)]


def test_version_in_single_brackets_is_told_to_take_two(tmp_path):
    with pytest.raises(PressError, match=r"\[\[version\]\]（かぎ括弧は二つずつ）"):
        load_form("slip", date(2025, 4, 1), written(tmp_path, SLIPS["version"]))
