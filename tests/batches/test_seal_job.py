"""Step 6 seal: only what was proved goes into a container, the vendor can open it, and the passphrase stays nowhere."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace

import pyrage
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from handover import passphrase
from print_service.findings import RefusedError
from print_service.inspection.sign import valid_signature
from print_service.ledger.journal import entries
from print_service.ledger.states import live_container
from print_service.ledger.tables import Container, Job, Piece
from print_service.notices.compose import hold_piece


def keys(refusal):
    return [finding.key for finding in refusal.value.findings]


@pytest.fixture
def proved(loaded_ward):
    """A ward whose resident tax job is proved, on blank sheets."""
    loaded_ward.noticed()
    loaded_ward.compose_blank()
    loaded_ward.prove_blank()
    return loaded_ward


def vendor(*arguments, secret, cwd):
    """The vendor's command in a process of its own, as it is delivered."""
    environment = {**os.environ, "HANDOVER_PASSPHRASE": secret, "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "handover", *map(str, arguments)]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, check=False)


def test_the_vendor_opens_the_container_and_finds_the_pages_the_control_file_and_the_manifest(proved, tmp_path):
    sealed = proved.seal()
    out = tmp_path / "opened"
    done = vendor("open", sealed.container, "--out", out, "--json", secret=sealed.passphrase, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == ["R08-N02-0001.pdf", "allocation.csv", "manifest.json"]
    ours = proved.settings.output / "R08-N02" / "pages" / "R08-N02-0001.pdf"
    assert (out / "R08-N02-0001.pdf").read_bytes() == ours.read_bytes()
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert (manifest["batch"], manifest["medium"]) == ("R08-N02", "M-2026-001")
    pages = {row["name"]: row.get("pages") for row in manifest["files"]}
    assert pages["R08-N02-0001.pdf"] == len(PdfReader(ours).pages)
    rows = list(csv.DictReader(io.StringIO((out / "allocation.csv").read_bytes().decode(), newline="")))
    assert manifest["pieces"] == len(rows) == json.loads(done.stdout)["pieces"]
    assert manifest["sheets"] == sum(int(row["sheets_total"]) for row in rows)


def test_a_wrong_passphrase_opens_nothing(proved, tmp_path):
    sealed = proved.seal()
    other = passphrase.generate(lambda size: bytes(range(size)))
    assert other != sealed.passphrase
    done = vendor("open", sealed.container, "--out", tmp_path / "opened", secret=other, cwd=tmp_path)
    assert done.returncode == 1
    assert "container.passphrase" in done.stderr or "container.altered" in done.stderr
    assert not (tmp_path / "opened").exists()


def test_the_ledger_knows_the_container_by_hash_and_size(proved):
    sealed = proved.seal()
    content = sealed.container.read_bytes()
    assert (sealed.sha256, sealed.size) == (hashlib.sha256(content).hexdigest(), len(content))
    with proved.session() as session:
        row = live_container(session, "R08-N02")
        assert (row.sha256, row.size, row.medium) == (sealed.sha256, sealed.size, "M-2026-001")
        _, salt, _ = row.verifier.split("$")
        assert passphrase.verifier(sealed.passphrase, bytes.fromhex(salt)) == row.verifier
        assert session.get_one(Job, "R08-N02").state == "sealed"


def test_the_passphrase_is_nowhere_in_the_ledger_nor_beside_the_container(proved):
    sealed = proved.seal()
    proved.engine.dispose()
    spellings = {sealed.passphrase, sealed.passphrase.replace("-", "")}
    places = [path for path in proved.out.glob("ledger.sqlite*") if path.is_file()]
    places += [path for path in proved.settings.output.rglob("*") if path.is_file()]
    assert sealed.container in places
    for path in places:
        content = path.read_bytes()
        for spelling in spellings:
            assert spelling.encode() not in content, path
            assert spelling.encode("utf-16-le") not in content, path


def test_no_unsealed_page_or_name_lies_in_the_media_folder(proved):
    sealed = proved.seal()
    names = {path.name for path in sealed.container.parent.iterdir()}
    assert names == {"R08-N02.zip", "R08-N02.zip.envelope.json", "handover.pyz", "README-ja.txt"}
    assert not any(proved.settings.output.glob("seal-*"))
    for path in sealed.container.parent.iterdir():
        content = path.read_bytes()
        assert b"%PDF" not in content
        assert b"allocation.csv" not in content


@pytest.mark.parametrize("change", ["altered", "removed"])
def test_pages_changed_after_the_proof_are_refused(proved, change):
    page = proved.settings.output / "R08-N02" / "pages" / "R08-N02-0001.pdf"
    if change == "altered":
        page.write_bytes(page.read_bytes().replace(b"%%EOF", b"%%EoF"))
    else:
        page.unlink()
    before = proved.snapshot()
    with pytest.raises(RefusedError) as refusal:
        proved.seal()
    assert keys(refusal) == ["seal.page-file-changed"]
    assert proved.snapshot() == before
    assert not (proved.settings.output / "media").exists()


def test_a_job_that_was_not_proved_is_not_sealed(loaded_ward):
    loaded_ward.noticed()
    loaded_ward.compose_blank()
    with pytest.raises(RefusedError) as refusal:
        loaded_ward.seal()
    assert keys(refusal) == ["job.wrong-state"]


def test_sealing_again_voids_the_first_container_and_the_signature_over_it(proved):
    first = proved.seal()
    with proved.session() as session:
        container = live_container(session, "R08-N02")
    proved.inspect_only("R08-N02")
    with proved.session() as session:
        assert valid_signature(session, "R08-N02").container_sha256 == first.sha256
    second = proved.seal(medium="M-2026-002", label="again")
    assert second.passphrase != first.passphrase
    with proved.session() as session:
        assert session.get_one(Container, container.id).voided
        assert live_container(session, "R08-N02").sha256 == second.sha256
        assert valid_signature(session, "R08-N02") is None
        assert session.get_one(Job, "R08-N02").state == "sealed"


def test_a_medium_number_is_never_used_again_and_its_container_stays(proved):
    """Bug: sealing anew onto the same medium overwrote the container before the ledger refused."""
    first = proved.seal()
    content = first.container.read_bytes()
    before = proved.snapshot()
    with pytest.raises(RefusedError) as refusal:
        proved.seal(label="again")
    assert keys(refusal) == ["seal.medium-used"]
    assert first.container.read_bytes() == content
    assert proved.snapshot() == before


def test_the_vendor_s_program_lies_beside_it_and_opens_it_with_python_alone(proved, tmp_path):
    sealed = proved.seal()
    tool = sealed.container.with_name("handover.pyz")
    assert hashlib.sha256(tool.read_bytes()).hexdigest() == sealed.tool_sha256
    command = [sys.executable, "-I", "-S", tool, "open", sealed.container, "--out", tmp_path / "opened"]
    done = subprocess.run(
        list(map(str, command)), input=sealed.passphrase, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "opened/allocation.csv").is_file()
    with proved.session() as session:
        (entry,) = entries(session, "job:container:sealed")
    assert (entry.body["tool"], entry.body["opens_with"]) == (sealed.tool_sha256, "passphrase")


def test_a_vendor_with_an_age_key_needs_no_passphrase_and_nobody_is_shown_one(proved, tmp_path):
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "vendor.key").write_text(f"{identity}\n")
    recipient = str(identity.to_public())
    handover = proved.settings.handover.model_copy(update={"age_recipient": recipient})
    by_key = replace(proved, settings=proved.settings.model_copy(update={"handover": handover}))
    sealed = by_key.seal()
    assert (sealed.passphrase, sealed.recipient) == ("", recipient)
    with proved.session() as session:
        assert live_container(session, "R08-N02").verifier == f"age${recipient}"
    out = tmp_path / "opened"
    refused = vendor("open", sealed.container, "--out", out, secret="", cwd=tmp_path)
    assert (refused.returncode, "age.needs-identity" in refused.stderr) == (1, True)
    done = vendor("open", sealed.container, "--out", out, "--identity", "vendor.key", secret="", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (out / "allocation.csv").is_file()


def test_the_same_entropy_gives_the_same_container(proved):
    first = proved.seal()
    second = proved.seal(medium="M-2026-002")
    assert second.passphrase == first.passphrase
    assert second.sha256 != first.sha256  # the medium's number is sealed in
    with proved.session() as session:
        assert len(session.scalars(select(Container)).all()) == 2


def test_held_pieces_are_not_counted_among_the_sealed(loaded_ward, act):
    loaded_ward.noticed()
    with loaded_ward.session() as session:
        hold_piece(session, act(), "R08-N02", 3, "clerk", "job.held-by-hand", {"reason": "確認中"})
        total = len(session.scalars(select(Piece.id)).all())
    sealed = loaded_ward.sealed()
    with loaded_ward.session() as session:
        (entry,) = entries(session, "job:container:sealed")
    assert entry.body["pieces"] == total - 1
    assert entry.body["sha256"] == sealed.sha256
