"""A layout that contradicts itself is refused when it is loaded, not when a season's file is read."""

import copy
import tomllib

import pytest
from flatfile_layouts import _CSV, _FIXED, refused

from print_service.flatfile.layout import FieldType, Role, load_layout, parse_layout
from print_service.resources import data_dir


def _field(table, record, name):
    return next(field for field in table["records"][record]["fields"] if field["name"] == name)


def _gap(table):
    _field(table, 1, "yen")["width"] = 6


def _overlap(table):
    _field(table, 1, "note")["at"] = 30


def _short(table):
    table["record_bytes"] = 61


def _two_kinds(table):
    table["records"][3]["kind"] = "8"


def _no_data(table):
    del table["records"][1]


def _no_eras(table):
    del table["eras"]


def _wide_date(table):
    _field(table, 1, "day")["format"] = "eYYMMDD"


def _sum_of_text(table):
    table["checks"][1]["sums"] = "name"


def _unknown_type(table):
    _field(table, 1, "yen")["type"] = "float"


def _encoding(table):
    table["encoding"] = "latin-1"


@pytest.mark.parametrize(
    "spoil",
    [_gap, _overlap, _short, _two_kinds, _no_data, _no_eras, _wide_date, _sum_of_text, _unknown_type, _encoding],
)
def test_a_layout_that_contradicts_itself(spoil):
    table = tomllib.loads(_FIXED)
    parse_layout(copy.deepcopy(table))
    spoil(table)
    assert refused(lambda: parse_layout(table, "spoilt.toml")) == [("flatfile.layout-wrong", "spoilt.toml")]


def test_a_csv_layout_needs_line_ends():
    table = tomllib.loads(_CSV) | {"newline": "none"}
    assert refused(lambda: parse_layout(table)) == [("flatfile.layout-wrong", "layout")]


def test_an_unknown_layout_and_one_that_is_no_toml(tmp_path):
    assert refused(lambda: load_layout("no-such")) == [("flatfile.layout-unknown", "no-such")]
    assert refused(lambda: load_layout("../rules/flatfile")) == [("flatfile.layout-unknown", "../rules/flatfile")]
    (tmp_path / "broken.toml").write_text("name = ")
    assert refused(lambda: load_layout("broken", tmp_path)) == [("flatfile.layout-wrong", "broken.toml")]


@pytest.mark.parametrize("path", sorted((data_dir() / "layouts").glob("*.toml")), ids=lambda path: path.stem)
def test_every_layout_we_ship_loads_and_has_titles(path):
    layout = load_layout(path.stem)
    assert layout.name == path.stem
    for record in layout.records:
        for field in record.fields:
            assert field.title != field.name, f"{field.name} has no Japanese title"


def test_variant_a_has_the_published_offsets():
    """Data record of variant A, 0-based: offset and length as two unrelated public programs have them."""
    layout = load_layout("cvs-payments-a")
    found = {field.name: (field.offset, field.width) for field in layout.data.fields}
    assert layout.record_bytes == 120
    published = {
        "data_kind": (1, 2),
        "collected_on": (3, 8),
        "collected_at": (11, 4),
        "ai": (15, 2),
        "country": (17, 1),
    }
    published |= {"agency": (18, 5), "company": (23, 5), "free_key": (28, 16), "reissue": (44, 1), "pay_by": (45, 6)}
    published |= {"stamp": (51, 1), "amount": (52, 6), "check_digit": (58, 1), "filler_1": (59, 3), "store": (62, 7)}
    published |= {"data_date": (69, 8), "transfer_date": (77, 8), "unused": (85, 8), "accounting_date": (93, 8)}
    published |= {"chain": (101, 4), "filler_2": (105, 15)}
    assert {name: found[name] for name in published} == published
    header = layout.of_role(Role.HEADER)
    assert [field.width for field in header.fields] == [1, 8, 5, 5, 40, 61]
    assert layout.data.field("data_kind").codes == {"01": "provisional", "02": "confirmed", "03": "cancelled"}
    assert layout.data.field("unused").type is FieldType.FILLER
