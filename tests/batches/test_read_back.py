"""A medium is read again from where it was written, and the journal says so only when it is as it was sealed."""

import shutil

import pytest

from handover.custody_table import Tag
from handover.rules import RefusalError
from print_service.batches.read_back import folder_of, read_back, write_medium
from print_service.findings import RefusedError
from print_service.ledger.journal import entries

MEDIUM = "M-2026-001"


@pytest.fixture
def sealed(loaded_ward):
    loaded_ward.noticed()
    loaded_ward.sealed()
    return loaded_ward


@pytest.fixture
def disc(tmp_path):
    (tmp_path / "disc").mkdir()
    return tmp_path / "disc"


def said(ward):
    with ward.session() as session:
        return [(entry.subject, entry.body) for entry in entries(session, str(Tag.READ_BACK))]


def test_writing_reads_back_and_says_so(sealed, act, disc):
    with sealed.session() as session:
        done = write_medium(session, sealed.settings, act(), MEDIUM, disc, "W03")
    assert sorted(done.files) == ["R08-N02.zip", "R08-N02.zip.envelope.json", "README-ja.txt", "handover.pyz"]
    ((subject, body),) = said(sealed)
    assert (subject, body["batch"], body["place"]) == (f"medium:{MEDIUM}", "R08-N02", str(disc))
    assert body["files"] == done.files


def test_a_disc_burnt_by_another_program_is_read_back_later(sealed, act, disc):
    shutil.copytree(folder_of(sealed.settings, MEDIUM), disc, dirs_exist_ok=True)
    with sealed.session() as session:
        read_back(session, sealed.settings, act(), MEDIUM, disc, "W03")
    assert len(said(sealed)) == 1


def test_a_bad_disc_is_refused_and_nothing_is_said(sealed, act, disc):
    shutil.copytree(folder_of(sealed.settings, MEDIUM), disc, dirs_exist_ok=True)
    path = disc / "R08-N02.zip"
    data = bytearray(path.read_bytes())
    data[-300] ^= 4
    path.write_bytes(data)
    with pytest.raises(RefusalError) as refusal, sealed.session() as session:
        read_back(session, sealed.settings, act(), MEDIUM, disc, "W03")
    assert refusal.value.keys == ("medium.file-differs",)
    assert said(sealed) == []


def test_disc_and_folder_altered_alike_are_found_by_the_ledger(sealed, act, disc):
    """Whoever can write the medium folder can make both equal; the container's hash is in the ledger too."""
    folder = folder_of(sealed.settings, MEDIUM)
    data = bytearray((folder / "R08-N02.zip").read_bytes())
    data[-300] ^= 4
    (folder / "R08-N02.zip").write_bytes(data)
    shutil.copytree(folder, disc, dirs_exist_ok=True)
    with pytest.raises(RefusalError) as refusal, sealed.session() as session:
        read_back(session, sealed.settings, act(), MEDIUM, disc, "W03")
    assert refusal.value.keys == ("medium.file-differs",)


def test_a_medium_without_a_live_container_is_refused(sealed, act, disc):
    with pytest.raises(RefusedError, match=r"handover\.no-container"), sealed.session() as session:
        write_medium(session, sealed.settings, act(), "M-9", disc, "W03")
    assert list(disc.iterdir()) == []
    sealed.seal(medium="M-2026-002", label="again")
    with pytest.raises(RefusedError, match=r"handover\.no-container"), sealed.session() as session:
        write_medium(session, sealed.settings, act(), MEDIUM, disc, "W03")


@pytest.mark.parametrize("name", ["handover.pyz", "README-ja.txt", "R08-N02.zip.envelope.json"])
def test_a_program_exchanged_in_the_medium_folder_before_it_is_written_is_found(sealed, act, disc, name):
    """Bug: folder and disc were compared with each other, so a program exchanged in both went out to the vendor."""
    folder = folder_of(sealed.settings, MEDIUM)
    (folder / name).write_bytes((folder / name).read_bytes() + b"#")
    with pytest.raises(RefusalError) as refusal, sealed.session() as session:
        write_medium(session, sealed.settings, act(), MEDIUM, disc, "W03")
    assert refusal.value.keys == ("medium.file-differs",)
    assert said(sealed) == []


def test_the_folder_it_was_sealed_into_is_no_written_medium(sealed, act):
    """Bug: reading back `output/media/<medium>` itself let a disc leave that nobody had looked at."""
    with pytest.raises(RefusedError, match=r"handover\.not-a-medium"), sealed.session() as session:
        read_back(session, sealed.settings, act(), MEDIUM, folder_of(sealed.settings, MEDIUM), "W03")
    assert said(sealed) == []


def test_a_spare_is_read_back_as_the_same_files_and_never_under_another_containers_number(sealed, act, disc):
    with sealed.session() as session:
        done = write_medium(session, sealed.settings, act(), "M-1-B", disc, "W03", of=MEDIUM)
    assert (done.medium, done.batch) == ("M-1-B", "R08-N02")
    with pytest.raises(RefusedError, match=r"seal\.medium-used"), sealed.session() as session:
        read_back(session, sealed.settings, act(), MEDIUM, disc, "W03", of=MEDIUM)


def test_whoever_writes_does_not_approve(sealed, act, disc):
    with pytest.raises(RefusalError) as refusal, sealed.session() as session:
        write_medium(session, sealed.settings, act(by="W03"), MEDIUM, disc, "W03")
    assert refusal.value.keys == ("custody.own-approval",)
    assert said(sealed) == []
