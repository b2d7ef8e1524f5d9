"""init, doctor, status: a ward begins, and what is missing is named."""

import stat

import pytest

from print_service.press.fonts import load_fonts


def test_init_makes_a_ward_that_the_doctor_finds_sound(tmp_path, desk):
    folder = tmp_path / "new"
    assert desk("init", folder).code == 0
    assert sorted(path.name for path in folder.iterdir() if path.is_file()) == [
        "contract.toml",
        "ledger.sqlite",
        "ward.toml",
    ]
    said = desk("--ward", folder / "ward.toml", "doctor")
    assert (said.code, said.err) == (0, "")


def test_secrets_of_a_new_ward_are_its_owners_alone(tmp_path, desk):
    desk("init", tmp_path / "new")
    secrets = tmp_path / "new" / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for name in ("confirmation.key", "signing.pem"):
        assert stat.S_IMODE((secrets / name).stat().st_mode) == 0o600


def test_two_wards_never_share_a_secret(tmp_path, desk):
    desk("init", tmp_path / "a")
    desk("init", tmp_path / "b")
    assert (tmp_path / "a/secrets/confirmation.key").read_bytes() != (
        tmp_path / "b/secrets/confirmation.key"
    ).read_bytes()


def test_init_leaves_an_existing_ward_untouched(desk):
    before = {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    assert desk("init", ".").keys == ["cli.exists", "cli.exists"]
    assert {path: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()} == before


def test_doctor_names_everything_that_is_missing_at_once(desk):
    for name in ("ledger.sqlite", "contract.toml", "secrets/confirmation.key", "secrets/signing.pem"):
        (desk.folder / name).unlink()
    said = desk("doctor", "--json")
    assert said.code == 1
    assert [row["key"] for row in said.json["findings"]] == [
        "vault.missing",
        "vault.missing",
        "ledger.missing",
        "doctor.contract",
    ]
    assert not said.json["ok"]


def test_doctor_names_a_signing_key_that_others_can_read(desk):
    (desk.folder / "secrets/signing.pem").chmod(0o644)
    said = desk("doctor", "--json")
    assert (said.code, [row["key"] for row in said.json["findings"]]) == (1, ["doctor.signing-key"])


def test_doctor_names_a_ledger_that_is_no_database(desk):
    (desk.folder / "ledger.sqlite").write_bytes(b"tax" * 1000)
    said = desk("doctor", "--json")
    assert (said.code, [row["key"] for row in said.json["findings"]]) == (1, ["ledger.unusable"])


@pytest.fixture
def other_fonts(tmp_path, monkeypatch):
    """The font folder as a copy in which files may be spoilt."""
    source = load_fonts()
    copy = tmp_path / "fonts"
    copy.mkdir()
    rows = (next(iter(source.files.values())).path.parent / "fonts.toml").read_text(encoding="utf-8")
    (copy / "fonts.toml").write_text(rows, encoding="utf-8")
    for font in source.files.values():
        if font.path.parent.name == "fonts" and not font.package:
            (copy / font.path.name).symlink_to(font.path)
    monkeypatch.setattr("print_service.press.fonts.fonts_dir", lambda: copy)
    load_fonts.cache_clear()
    yield copy
    load_fonts.cache_clear()


def test_doctor_finds_a_font_that_is_not_the_pinned_file(desk, other_fonts):
    file = other_fonts / "BIZUDGothic-Bold.ttf"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.unlink()
    file.write_bytes(content)
    said = desk("doctor", "--json")
    assert said.code == 1
    assert [(row["key"], row["where"]) for row in said.json["findings"]] == [("press.font-changed", "gothic-bold")]


def test_doctor_finds_a_font_that_is_not_there(desk, other_fonts):
    (other_fonts / "OCRB.otf").unlink()
    said = desk("doctor")
    assert said.code == 1
    assert "OCRB.otf" in said.out
    assert "[press.font-missing]" in said.out


def test_status_of_an_empty_ward_is_empty(desk):
    status = desk("status", "--json").json
    # The year's audit may be due soon, or missed, on the day the tests run.
    assert {clock["kind"] for clock in status.pop("deadlines")} <= {"audit"}
    assert status == {"jobs": [], "containers": [], "media": []}
