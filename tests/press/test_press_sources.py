"""A file that cannot be part of a form is named with what to do, before anything is printed."""

from datetime import date

import pytest
from form_shop import box, make_form, page

from print_service.press.errors import PressError
from print_service.press.forms import _load, load_form
from print_service.press.model import Filling
from print_service.press.slot import SlotPress
from print_service.press.weasy import WeasyPress


def faults_of_loading(root):
    _load.cache_clear()
    with pytest.raises(PressError) as caught:
        load_form("card", date(2026, 1, 1), root)
    return caught.value.findings


@pytest.mark.parametrize("file", ["notices/card/form.html", "notices/card/form.css", "shared/old.html"])
def test_a_file_in_shift_jis_is_named_with_its_line(tmp_path, file):
    make_form(tmp_path, page(box("{{ a }}")), ["a"])
    (tmp_path / file).write_bytes(b"\n" + "<!-- 納付書 -->".encode("cp932"))
    (fault,) = faults_of_loading(tmp_path)
    assert (fault.key, fault.where) == ("press.source-encoding", f"{tmp_path / file}:2")
    assert "UTF-8" in fault.sentence


def test_form_toml_in_shift_jis_is_named_with_its_line(tmp_path):
    make_form(tmp_path, page(box("{{ a }}")), ["a"])
    path = tmp_path / "notices/card/form.toml"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp932"))
    assert [fault.where for fault in faults_of_loading(tmp_path)] == [f"{path}:3"]  # title = "カード"


def test_every_folder_among_the_files_of_a_form_is_named(tmp_path):
    make_form(tmp_path, page(box("{{ a }}")), ["a"])
    folders = [tmp_path / "shared" / "old", tmp_path / "notices" / "card" / "old"]
    for folder in folders:
        folder.mkdir()
    found = faults_of_loading(tmp_path)
    assert [(fault.key, fault.where) for fault in found] == [("press.source-folder", str(folder)) for folder in folders]


@pytest.fixture
def without_template(tmp_path):
    """A form whose form.html was taken away."""
    form = make_form(tmp_path, page(box("{{ a }}")), ["a"])
    (form.folder / "form.html").unlink()
    return Filling(form, {"a": "見本"}, {})


def test_a_form_without_its_template_holds_the_piece(tmp_path, without_template):
    printed = SlotPress(tmp_path, tmp_path / "cache").print_file([(1, [without_template])], "test")
    ((_, faults),) = printed.held
    assert [(fault.key, fault.where) for fault in faults] == [
        ("press.source-missing", str(without_template.form.folder / "form.html"))
    ]


def test_a_letter_without_its_template_is_refused(tmp_path, fonts_cache, without_template):
    with pytest.raises(PressError, match=r"form\.html がありません"):
        WeasyPress(tmp_path, fonts_cache).print_piece([without_template])
