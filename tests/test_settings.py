"""ward.toml: what the program ships is sound, and whatever is wrong is told at once, each fault with its field."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from print_service.findings import RefusedError
from print_service.settings import load_settings, template


def written(folder: Path, *changes: tuple[str, str]) -> Path:
    """The shipped ward.toml with some texts replaced; each must be there."""
    text = template()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "ward.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path):
    with pytest.raises(RefusedError) as refusal:
        load_settings(path)
    return refusal.value.findings


def test_the_shipped_settings_are_sound_and_lie_beside_their_file(tmp_path):
    settings = load_settings(written(tmp_path))
    assert settings.home == tmp_path.resolve()
    assert settings.output == tmp_path.resolve() / "output"
    assert settings.ledger_url == f"sqlite:///{tmp_path.resolve() / 'ledger.sqlite'}"
    assert (settings.ward.name, settings.slips.agency, settings.slips.handling_days) == ("見本区", "13199", 60)


def test_paths_do_not_depend_on_where_the_program_is_started(tmp_path, monkeypatch):
    (tmp_path / "ward").mkdir()
    written(tmp_path / "ward")
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("ward/ward.toml")).output == tmp_path.resolve() / "ward" / "output"


@pytest.mark.parametrize(
    "url", ["postgresql+psycopg://ward@db.example/ledger", "sqlite:////var/lib/print-service/ledger.sqlite"]
)
def test_a_server_or_an_absolute_path_is_taken_as_it_stands(tmp_path, url):
    assert load_settings(written(tmp_path, ("sqlite:///ledger.sqlite", url))).ledger_url == url


def test_all_faults_are_told_at_once_each_with_its_field(tmp_path):
    path = written(
        tmp_path,
        ('agency = "13199"', 'agency = "1319"'),
        ('resident-tax = "010"', 'resident-tax = "10"'),
        ("handling_days = 60", "handling_days = -1"),
        ("reminder_after_days = 20", 'reminder_after_days = "soon"'),
        ("copies_allowed = 2", "copies_allowed = 2\nsurprise = 1"),
        ('phone = "03-0000-0000"\n', ""),
        ("chunk_pieces = 12", "chunk_pieces = 0"),
    )
    found = refused(path)
    assert {finding.key for finding in found} == {"settings.invalid"}
    assert {finding.values["field"] for finding in found} == {
        "slips.agency",
        "slips.category.resident-tax",
        "slips.handling_days",
        "dunning.reminder_after_days",
        "handover.surprise",
        "ward.phone",
        "press.chunk_pieces",
    }
    assert all(finding.where == f"{path}:{finding.values['field']}" for finding in found)
    assert all(str(finding.values["field"]) in finding.sentence for finding in found)


@pytest.mark.parametrize("table", ["ward", "slips", "el_qr", "dunning", "handover", "press", "inspection"])
def test_a_table_left_out_is_named(tmp_path, table):
    text = template()
    start = text.index(f"[{table}]")
    end = text.find("\n[", start)
    (tmp_path / "ward.toml").write_text(text[:start] + (text[end:] if end >= 0 else ""), encoding="utf-8")
    assert [finding.values["field"] for finding in refused(tmp_path / "ward.toml")] == [table]


@pytest.mark.parametrize("digits", ["１３１９９", "١٣١٩٩", "13199\\n", " 13199", "1319A"])
def test_an_assigned_number_is_ascii_digits_only(tmp_path, digits):
    """Full-width and Arabic digits are digits to Unicode, but no bank takes them."""
    (finding,) = refused(written(tmp_path, ('agency = "13199"', f'agency = "{digits}"')))
    assert finding.values["field"] == "slips.agency"


def test_a_missing_file_is_named(tmp_path):
    (finding,) = refused(tmp_path / "ward.toml")
    assert (finding.key, finding.where) == ("settings.missing", str(tmp_path / "ward.toml"))


@pytest.mark.parametrize("content", [b"[ward", "見本区".encode("cp932"), b"a = 1\na = 2\n"])
def test_a_file_that_is_no_toml_is_refused_with_the_reason(tmp_path, content):
    (tmp_path / "ward.toml").write_bytes(content)
    (finding,) = refused(tmp_path / "ward.toml")
    assert finding.key == "settings.unreadable"
    assert finding.values["reason"]


def test_settings_do_not_change_after_they_are_read(tmp_path):
    settings = load_settings(written(tmp_path))
    with pytest.raises(ValidationError):
        settings.slips.handling_days = 1
    with pytest.raises(ValidationError):
        settings.output = tmp_path


def test_no_workers_means_one_for_each_core(tmp_path):
    assert load_settings(written(tmp_path)).workers == len(os.sched_getaffinity(0))
    assert load_settings(written(tmp_path, ("workers = 0 ", "workers = 3 "))).workers == 3


def test_what_can_be_made_again_lies_in_the_users_cache(tmp_path, monkeypatch):
    """XDG Base Directory Specification: $XDG_CACHE_HOME, else ~/.cache."""
    settings = load_settings(written(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert settings.cache == tmp_path / "cache" / "print-service"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert settings.cache == tmp_path / ".cache" / "print-service"
