"""The ward's secrets: made once, for their owner's eyes only, never replaced, and missed by name."""

import stat

import pytest

from handover import keys
from handover.rules import RefusalError
from print_service import vault
from print_service.demo.entropy import seeded
from print_service.findings import RefusedError
from print_service.settings import load_settings, template


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "ward.toml").write_text(template(), encoding="utf-8")
    return load_settings(tmp_path / "ward.toml")


def contents(settings):
    return {path.name: path.read_bytes() for path in vault.folder(settings).iterdir()}


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_readable_by_their_owner_only(settings):
    vault.create(settings)
    folder = vault.folder(settings)
    assert sorted(contents(settings)) == ["confirmation.key", "signing.pem", "signing.pub.pem"]
    assert mode(folder) == 0o700
    assert (mode(folder / "confirmation.key"), mode(folder / "signing.pem")) == (0o600, 0o600)


def test_secrets_are_never_replaced(settings):
    vault.create(settings)
    before = contents(settings)
    vault.create(settings)
    assert contents(settings) == before


def test_only_what_is_missing_is_made(settings):
    vault.create(settings)
    before = contents(settings)
    (vault.folder(settings) / "signing.pub.pem").unlink()
    vault.create(settings)
    assert contents(settings) == before


def test_two_wards_have_different_secrets(settings, tmp_path):
    vault.create(settings)
    first = contents(settings)
    for name in first:
        (vault.folder(settings) / name).unlink()
    vault.create(settings)
    assert all(first[name] != content for name, content in contents(settings).items())


def test_seeded_entropy_gives_the_same_secrets(settings):
    vault.create(settings, seeded(1, "vault"))
    first = contents(settings)
    for name in first:
        (vault.folder(settings) / name).unlink()
    vault.create(settings, seeded(1, "vault"))
    assert contents(settings) == first


def test_the_public_key_is_the_signing_keys(settings):
    vault.create(settings)
    ours = keys.fingerprint(vault.signing_key(settings).public_key())
    assert keys.fingerprint(keys.load_public(vault.folder(settings) / "signing.pub.pem")) == ours


def test_the_confirmation_secret_has_thirty_two_bytes(settings):
    vault.create(settings)
    assert len(vault.confirmation_secret(settings)) == 32


@pytest.mark.parametrize("size", [None, 0, 31, 33])
def test_a_missing_or_broken_confirmation_key_is_refused_by_name(settings, size):
    vault.create(settings)
    path = vault.folder(settings) / "confirmation.key"
    path.unlink() if size is None else path.write_bytes(bytes(size))
    with pytest.raises(RefusedError, match=r"confirmation\.key.*vault\.missing"):
        vault.confirmation_secret(settings)


def test_a_missing_signing_key_is_refused_by_name(settings):
    with pytest.raises(RefusedError, match=r"signing\.pem.*vault\.missing"):
        vault.signing_key(settings)


def test_a_signing_key_that_others_may_read_is_refused(settings):
    vault.create(settings)
    (vault.folder(settings) / "signing.pem").chmod(0o644)
    with pytest.raises(RefusalError) as refusal:
        vault.signing_key(settings)
    assert refusal.value.key == "key.open-to-others"


def test_no_secret_is_in_the_ledger_or_the_output(ward):
    """Files of a prepared ward other than `secrets/`."""
    secrets = [path.read_bytes() for path in (ward.out / "secrets").iterdir() if path.name != "signing.pub.pem"]
    for path in ward.out.rglob("*"):
        if path.is_file() and path.parent.name != "secrets":
            assert not any(secret in path.read_bytes() for secret in secrets), path
