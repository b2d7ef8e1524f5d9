import hashlib
import os
import shutil
import subprocess
import tarfile
import tracemalloc
from datetime import date, datetime, timedelta

import pytest
import pyzipper

from handover import container, envelope, keys, manifest, passphrase
from handover.manifest import Terms
from handover.rules import RefusalError


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_was_sealed_comes_out_again(batch, tmp_path, now):
    opened = container.open_container(batch.path, batch.secret, tmp_path / "out", now=now)
    expected = {name: path.read_bytes() for name, path in batch.files.items()}
    assert contents(tmp_path / "out") == {**expected, "manifest.json": opened.manifest.to_bytes()}
    assert (opened.manifest.pieces, opened.manifest.sheets, opened.manifest.batch) == (2, 7, "R08-N01")


def test_files_in_folders_and_empty_files_come_out_again(make, tmp_path, now):
    files = {"pages/0001.pdf": b"a" * 511, "pages/0002.pdf": b"b" * 512, "lists/pull.csv": b"", "z": b"c" * 513}
    batch = make("deep", files=files, pages={"pages/0001.pdf": 3})
    opened = container.open_container(batch.path, batch.secret, tmp_path / "out", now=now)
    found = contents(tmp_path / "out")
    assert {name: found[name] for name in files} == files
    assert {file.name: file.pages for file in opened.manifest.files}["pages/0001.pdf"] == 3


def test_verify_leaves_nothing_on_disk(batch, now):
    container.verify(batch.path, batch.secret, now=now)
    assert batch.residue() == []


def test_the_shell_is_one_encrypted_stored_entry_of_neutral_name(batch):
    with pyzipper.AESZipFile(batch.path) as archive:
        (entry,) = archive.infolist()
    assert (entry.filename, entry.compress_type, entry.CRC) == ("payload.tar", pyzipper.ZIP_STORED, 0)
    assert (entry.wz_aes_version, entry.wz_aes_strength, entry.date_time) == (2, 3, (1980, 1, 1, 0, 0, 0))


def test_another_reader_of_the_format_finds_the_same_bytes(batch):
    # pyzipper's own reader and the standard library's tar reader, without our strict ones.
    with pyzipper.AESZipFile(batch.path) as archive:
        payload = archive.read("payload.tar", pwd=batch.secret.encode())
    import io

    with tarfile.open(fileobj=io.BytesIO(payload)) as tar:
        names = tar.getnames()
        assert names[0] == "manifest.json"
        assert all((m.mtime, m.uid, m.gid, m.mode, m.uname) == (0, 0, 0, 0o600, "") for m in tar)
        for name, path in batch.files.items():
            assert tar.extractfile(name).read() == path.read_bytes()
        stored = manifest.parse(tar.extractfile("manifest.json").read())
    assert {f.name: f.sha256 for f in stored.files} == {
        n: hashlib.sha256(p.read_bytes()).hexdigest() for n, p in batch.files.items()
    }


def test_7zip_tests_and_extracts_it(batch, tmp_path):
    assert shutil.which("7z"), "7z is needed: apt-get install 7zip"
    subprocess.run(["7z", "t", f"-p{batch.secret}", batch.path], check=True, capture_output=True)
    subprocess.run(["7z", "x", f"-p{batch.secret}", f"-o{tmp_path}/seven", batch.path], check=True, capture_output=True)
    wrong = subprocess.run(["7z", "t", "-pWRONG", batch.path], check=False, capture_output=True)
    assert wrong.returncode != 0
    subprocess.run(["7z", "x", f"-o{tmp_path}/inner", tmp_path / "seven/payload.tar"], check=True, capture_output=True)
    inner = contents(tmp_path / "inner")
    assert {name: inner[name] for name in batch.files} == {n: p.read_bytes() for n, p in batch.files.items()}


def test_bsdtar_extracts_it(batch, tmp_path):
    assert shutil.which("bsdtar"), "bsdtar is needed: apt-get install libarchive-tools"
    (tmp_path / "bsd").mkdir()
    command = ["bsdtar", "--passphrase", batch.secret, "-xf", batch.path, "-C", tmp_path / "bsd"]
    subprocess.run(command, check=True, capture_output=True)
    subprocess.run(
        ["bsdtar", "-xf", tmp_path / "bsd/payload.tar", "-C", tmp_path / "bsd"], check=True, capture_output=True
    )
    found = contents(tmp_path / "bsd")
    assert {name: found[name] for name in batch.files} == {n: p.read_bytes() for n, p in batch.files.items()}


def test_the_same_entropy_gives_the_same_bytes(make):
    one, two = make("one"), make("two")
    assert one.path.read_bytes() == two.path.read_bytes()
    assert envelope.beside(one.path).read_bytes() == envelope.beside(two.path).read_bytes()


def test_other_entropy_gives_another_ciphertext_of_the_same_length(make, tmp_path):
    one = make("one")
    container.seal(one.files, one.terms, one.secret, one.key, tmp_path / "R08-N01.zip")
    assert (tmp_path / "R08-N01.zip").read_bytes() != one.path.read_bytes()
    assert (tmp_path / "R08-N01.zip").stat().st_size == one.path.stat().st_size


def test_sealing_again_replaces_both_files_together(batch, now, seeded):
    os.truncate(batch.path, 100)
    (batch.folder / f".{batch.path.name}.part").write_bytes(b"left by a killed run")
    container.seal(batch.files, batch.terms, batch.secret, batch.key, batch.path, entropy=seeded("salt-one"))
    assert container.verify(batch.path, batch.secret, now=now).manifest.batch == "R08-N01"
    assert batch.residue() == []


def test_sealing_refuses_all_faults_at_once_and_leaves_nothing(batch, tmp_path, now):
    terms = Terms("r08/n01", "m 1", now, now.date() - timedelta(days=1), -1, 1, 1, {"ghost.pdf": 3})
    files = {"../up.pdf": tmp_path / "absent", "/etc/x": batch.path, "a\\b": batch.path, "CON.pdf": batch.path}
    with pytest.raises(RefusalError) as caught:
        container.seal(files, terms, batch.secret, batch.key, tmp_path / "bad.zip")
    assert set(caught.value.keys) == {
        "tar.name-climbs", "tar.name-absolute", "tar.name-unsafe", "file.missing", "seal.pages-of-unknown",
        "seal.batch-name", "seal.medium-name", "seal.already-expired", "seal.negative-count",
    }  # fmt: skip
    assert not (tmp_path / "bad.zip").exists()


@pytest.mark.parametrize("names", [("a.pdf", "A.pdf"), ("a", "a/b"), ("Manifest.JSON", "b")])
def test_names_that_would_fall_on_one_place_are_refused(batch, tmp_path, names):
    with pytest.raises(RefusalError) as caught:
        container.seal(dict.fromkeys(names, batch.path), batch.terms, batch.secret, batch.key, tmp_path / "x.zip")
    assert caught.value.keys == ("seal.names-collide",)


def test_a_passphrase_a_person_made_up_is_refused(batch, tmp_path):
    with pytest.raises(RefusalError) as caught:
        container.seal(batch.files, batch.terms, "himitsu2026", batch.key, tmp_path / "x.zip")
    assert caught.value.key.startswith("passphrase.")
    assert not (tmp_path / "x.zip").exists()


def test_opening_into_a_folder_that_holds_something_is_refused_and_it_stays(batch, tmp_path, now):
    out = tmp_path / "out"
    out.mkdir()
    container.open_container(batch.path, batch.secret, out, now=now)
    before = contents(out)
    with pytest.raises(RefusalError) as caught:
        container.open_container(batch.path, batch.secret, out, now=now)
    assert caught.value.key == "open.target-not-empty"
    assert contents(out) == before
    (tmp_path / "file").write_text("")
    for target, key in ((tmp_path / "file", "open.target-not-folder"), (tmp_path / "no/where", "open.no-parent")):
        with pytest.raises(RefusalError) as caught:
            container.open_container(batch.path, batch.secret, target, now=now)
        assert caught.value.key == key


def test_what_comes_out_only_its_owner_can_read(batch, tmp_path, now):
    container.open_container(batch.path, batch.secret, tmp_path / "out", now=now)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "out/allocation.csv").stat().st_mode & 0o777 == 0o600


def test_validity_counts_days_in_japan(batch):
    # valid_until 2026-07-31: the last second of that day in Japan is 14:59:59 UTC.
    last = datetime.fromisoformat("2026-07-31T14:59:59+00:00")
    container.verify(batch.path, batch.secret, now=last)
    with pytest.raises(RefusalError) as caught:
        container.verify(batch.path, batch.secret, now=last + timedelta(seconds=1))
    assert caught.value.key == "container.expired"


def test_memory_stays_flat(tmp_path, now):
    big = tmp_path / "big.pdf"
    with big.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    key, secret = keys.create(), passphrase.generate()
    terms = Terms("R08-N01", "M-1", now, date(2026, 7, 31), 1, 1, 1)
    tracemalloc.start()
    try:
        container.seal({"big.pdf": big}, terms, secret, key, tmp_path / "c.zip")
        container.open_container(tmp_path / "c.zip", secret, tmp_path / "out", now=now)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 12 * 1024 * 1024
    assert (tmp_path / "out/big.pdf").stat().st_size == 64 * 1024 * 1024
