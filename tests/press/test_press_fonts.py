"""The font table: pinned, shipped with licences, one file per CSS name."""

import shutil
from pathlib import Path

import pytest

from print_service.press.errors import PressError
from print_service.press.fonts import activate, check_fonts, load_fonts
from print_service.resources import fonts_dir


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "fonts"
    shutil.copytree(fonts_dir(), folder)
    return folder


def keys(folder: Path) -> list[str]:
    return [finding.key for finding in check_fonts(folder)]


def test_the_installed_fonts_are_the_pinned_ones():
    assert check_fonts() == []


def test_every_font_comes_with_its_licence():
    assert all(font.licence_file.is_file() for font in load_fonts().files.values())


def test_a_changed_font_is_found_and_the_press_does_not_start(tmp_path):
    folder = copied(tmp_path)
    with (folder / "OCRB.otf").open("ab") as file:
        file.write(b"\0")
    assert keys(folder) == ["press.font-changed"]
    with pytest.raises(PressError, match=r"OCRB\.otf"):
        activate(tmp_path / "cache", folder)


def test_a_missing_font_is_found(tmp_path):
    folder = copied(tmp_path)
    (folder / "BIZUDGothic-Bold.ttf").unlink()
    assert keys(folder) == ["press.font-missing"]


def test_two_files_under_one_css_name_are_refused(tmp_path):
    folder = copied(tmp_path)
    table = (folder / "fonts.toml").read_text(encoding="utf-8")
    (folder / "fonts.toml").write_text(table.replace('"BIZ UDMincho"', '"BIZ UDGothic"'), encoding="utf-8")
    assert keys(folder) == ["press.font-family-twice"]


def test_the_private_fontconfig_is_built_once(tmp_path, monkeypatch):
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere")
    first = activate(tmp_path)
    assert activate(tmp_path) == first
    assert len(list((first.parent / "fonts").iterdir())) == len(load_fonts().files)
