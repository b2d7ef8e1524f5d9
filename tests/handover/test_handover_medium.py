"""A medium is written, read again from where it lies, and nothing else is on it."""

import hashlib
import os

import pytest

from handover import envelope, medium
from handover.rules import RefusalError


@pytest.fixture
def sealed(batch):
    medium.complete(batch.path)
    for path in (batch.folder / "sources").iterdir():
        path.unlink()
    (batch.folder / "sources").rmdir()
    return batch


@pytest.fixture
def disc(tmp_path):
    """A mounted disc: an empty folder, but for what systems put there by themselves."""
    folder = tmp_path / "disc"
    (folder / "System Volume Information").mkdir(parents=True)
    return folder


def contents(folder):
    """What the journal says of a medium: name → SHA-256."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir()) if path.is_file()
    }


def refused(work, *args):
    with pytest.raises(RefusalError) as caught:
        work(*args)
    assert str(caught.value)
    return caught.value.keys


def test_what_was_written_is_read_back_equal(sealed, disc):
    expected = contents(sealed.folder)
    assert list(expected) == ["R08-N01.zip", "R08-N01.zip.envelope.json", "README-ja.txt", "handover.pyz"]
    medium.write(sealed.folder, disc)
    assert medium.read_back(disc, expected, "R08-N01.zip").batch == "R08-N01"
    assert contents(disc) == expected


@pytest.mark.parametrize("name", ["R08-N01.zip", "R08-N01.zip.envelope.json", "README-ja.txt", "handover.pyz"])
def test_one_bad_byte_in_any_file_is_found(sealed, disc, name):
    medium.write(sealed.folder, disc)
    data = bytearray((disc / name).read_bytes())
    data[len(data) // 2] ^= 1
    (disc / name).write_bytes(data)
    assert refused(medium.read_back, disc, contents(sealed.folder), "R08-N01.zip") == ("medium.file-differs",)


def test_every_fault_of_a_medium_is_named_at_once(sealed, disc):
    medium.write(sealed.folder, disc)
    (disc / "handover.pyz").unlink()
    os.truncate(disc / "R08-N01.zip", 100)
    (disc / "passphrase.txt").write_text("XXXXX")
    (disc / "README-ja.txt").unlink()
    (disc / "README-ja.txt").symlink_to(sealed.folder / "README-ja.txt")
    assert refused(medium.read_back, disc, contents(sealed.folder), "R08-N01.zip") == (
        "medium.file-differs", "medium.file-missing", "medium.file-missing", "medium.file-extra",
    )  # fmt: skip


def test_two_discs_mixed_up_are_found(sealed, make, disc):
    """Every file is as it was written, but for another medium: only what the ledger expects tells."""
    other = make("other", name="R08-N01", medium="M-0002", seed="two")
    medium.complete(other.path)
    expected = contents(sealed.folder)
    for path in (other.path, envelope.beside(other.path)):
        (disc / path.name).write_bytes(path.read_bytes())
    for name in ("handover.pyz", "README-ja.txt"):
        (disc / name).write_bytes((sealed.folder / name).read_bytes())
    assert "medium.file-differs" in refused(medium.read_back, disc, expected, "R08-N01.zip")
    mixed = {**contents(disc), "R08-N01.zip": expected["R08-N01.zip"]}
    assert refused(medium.read_back, disc, mixed, "R08-N01.zip") == ("medium.file-differs",)
    envelope_only = {
        **expected,
        envelope.beside(other.path).name: contents(disc)[envelope.beside(other.path).name],
    }
    (disc / "R08-N01.zip").write_bytes(sealed.path.read_bytes())
    assert refused(medium.read_back, disc, envelope_only, "R08-N01.zip") == ("medium.other-container",)


def test_nothing_is_written_onto_a_medium_that_holds_something(sealed, disc, tmp_path):
    (disc / "old.pdf").write_bytes(b"old")
    assert refused(medium.write, sealed.folder, disc) == ("medium.not-empty",)
    assert {path.name for path in disc.iterdir()} == {"old.pdf", "System Volume Information"}
    assert refused(medium.write, sealed.folder, tmp_path / "absent") == ("medium.no-folder",)
    assert refused(medium.read_back, tmp_path / "absent", {}, "R08-N01.zip") == ("medium.no-folder",)
