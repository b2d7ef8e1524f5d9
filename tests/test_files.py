"""A file appears whole or not at all, and its hash is the one everybody else computes."""

import stat
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from print_service.files import sha256_of, write_atomically


@settings(max_examples=15)
@given(st.binary(max_size=3_000), st.binary(max_size=3_000))
def test_the_last_content_stands_alone_in_the_folder(tmp_path_factory, first, second):
    folder = tmp_path_factory.mktemp("whole")
    for content in (first, second):
        write_atomically(folder / "file", content)
        assert (folder / "file").read_bytes() == content
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    (tmp_path / "file").write_bytes(b"old")
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "file", "text is no bytes")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_target_that_cannot_be_replaced_leaves_no_rest(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "folder", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_reader_that_opened_the_old_file_keeps_it(tmp_path):
    """The file is exchanged by rename, never overwritten in place."""
    write_atomically(tmp_path / "file", b"old")
    with (tmp_path / "file").open("rb") as reader:
        write_atomically(tmp_path / "file", b"newer")
        assert reader.read() == b"old"


def test_the_file_is_readable_by_others(tmp_path):
    """Pages go on to the vendor's tools; secrets are written by the vault."""
    write_atomically(tmp_path / "file", b"")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


@pytest.mark.parametrize("size", [0, 1, 300_000])
def test_the_hash_is_that_of_sha256sum(tmp_path, size):
    (tmp_path / "file").write_bytes(bytes(n % 251 for n in range(size)))
    other = subprocess.run(["sha256sum", tmp_path / "file"], capture_output=True, text=True, check=True).stdout
    assert sha256_of(tmp_path / "file") == other.split()[0]
