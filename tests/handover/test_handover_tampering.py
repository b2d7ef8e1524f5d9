"""The museum: every way a container can be wrong, each refused under its own key, with nothing left on disk.

Artefacts are made in the tests from a good container. `resign` writes a correct envelope of the ward's own key over the forged
container, so that the later checks are reached: what they refuse, they refuse without the signature's help.
"""

import io
import shutil
import struct
import subprocess
import tarfile
from dataclasses import replace
from datetime import date, timedelta

import pytest
import pyzipper
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sealed_batch import make_batch

from handover import container, envelope, keys, manifest, zipshape
from handover.rules import RefusalError

# A busy machine is no fault of the code: no test here is judged by the clock.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused(batch, now, secret=None, **expected):
    """Both ways of reading refuse, and nothing is left; the keys."""
    before = sorted(path.name for path in batch.folder.iterdir())
    with pytest.raises(RefusalError) as by_verify:
        container.verify(batch.path, secret or batch.secret, now=now, **expected)
    with pytest.raises(RefusalError) as by_open:
        container.open_container(batch.path, secret or batch.secret, batch.folder / "out", now=now, **expected)
    assert by_verify.value.keys == by_open.value.keys
    assert sorted(path.name for path in batch.folder.iterdir()) == before
    assert str(by_open.value)
    return by_verify.value.keys


def payload_of(batch):
    with pyzipper.AESZipFile(batch.path) as archive:
        return archive.read("payload.tar", pwd=batch.secret.encode())


def put_zip(batch, entries, *, comment=b"", compression=pyzipper.ZIP_STORED, nbits=256, mode="w", secret=None):
    """Write entries (name → bytes, encrypted) with plain pyzipper, and sign the result as the ward would."""
    with pyzipper.AESZipFile(batch.path, mode, compression=compression, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword((secret or batch.secret).encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=nbits)
        for name, data in entries:
            archive.writestr(name, data)
        archive.comment = comment
    batch.resign()


def put_tar(batch, members, *, manifest_bytes=None, tail=b""):
    """Seal a tar of these (TarInfo, bytes) behind the manifest, with the real passphrase, correctly signed."""
    first = manifest_bytes if manifest_bytes is not None else manifest_of(batch).to_bytes()
    data = aeszip_header("manifest.json", first)
    for info, body in members:
        data += info.tobuf(format=tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512)
    put_zip(batch, [("payload.tar", data + bytes(1024) + tail)])


def aeszip_header(name, body):
    return plain(name, body)[0].tobuf(format=tarfile.GNU_FORMAT) + body + bytes(-len(body) % 512)


def manifest_of(batch):
    return container.verify(batch.path, batch.secret, now=batch.terms.created_at).manifest


def plain(name, body, **changes):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = len(body), 0o600, 0
    for field, value in changes.items():
        setattr(info, field, value)
    return info, body


def push_directory(data, directory, by):
    """Have the end records, found in `data`, say that the directory and they themselves lie this much further back."""
    record, locator = data.rindex(b"PK\x06\x06"), data.rindex(b"PK\x06\x07")
    struct.pack_into("<Q", data, record + 48, directory + by)
    struct.pack_into("<Q", data, locator + 8, struct.unpack_from("<Q", data, locator + 8)[0] + by)


def good_members(batch):
    return [plain(name, batch.files[name].read_bytes()) for name in sorted(batch.files)]


# the container as a whole


@pytest.mark.parametrize("place", [0, 5, 40, 200, 5000, -1, -100])
def test_a_flipped_byte(batch, now, place):
    data = bytearray(batch.path.read_bytes())
    data[place] ^= 0x01
    batch.path.write_bytes(data)
    assert refused(batch, now) == ("container.hash-differs",)


def test_a_truncated_container(batch, now):
    batch.path.write_bytes(batch.path.read_bytes()[:-10])
    assert refused(batch, now) == ("container.size-differs", "container.hash-differs")


def test_appended_bytes(batch, now):
    batch.path.write_bytes(batch.path.read_bytes() + b"\x00")
    assert refused(batch, now) == ("container.size-differs", "container.hash-differs")


def test_an_empty_container(batch, now):
    batch.path.write_bytes(b"")
    assert refused(batch, now)[0] == "container.size-differs"
    batch.resign()
    assert refused(batch, now) == ("zip.not-a-zip",)


def test_random_bytes_signed_as_a_container(batch, now, seeded):
    batch.path.write_bytes(seeded("noise")(5000))
    batch.resign()
    assert refused(batch, now) == ("zip.not-a-zip",)


# the envelope


def test_no_envelope(batch, now):
    envelope.beside(batch.path).unlink()
    assert refused(batch, now) == ("envelope.missing",)


def test_a_broken_signature(batch, now):
    path = envelope.beside(batch.path)
    found = envelope.parse(path.read_bytes())
    path.write_bytes(replace(found, signature="00" * 64).to_bytes())
    assert refused(batch, now) == ("envelope.signature",)


@pytest.mark.parametrize(
    "change",
    [{"batch": "R08-N02"}, {"medium": "M-0002"}, {"valid_until": date(2030, 1, 1)}, {"size": 1}, {"sha256": "0" * 64}],
)
def test_an_envelope_edited_without_the_key(batch, now, change):
    path = envelope.beside(batch.path)
    path.write_bytes(replace(envelope.parse(path.read_bytes()), **change).to_bytes())
    assert refused(batch, now) == ("envelope.signature",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"not json",
        b"\xff\xfe",
        b"[" * 30000,
        b'{"a":1.5}\n',
        b'{"a":"\\ud800"}\n',
        b"null\n",
        bytes(100000),
    ],
)
def test_an_envelope_that_is_no_envelope(batch, now, content):
    envelope.beside(batch.path).write_bytes(content)
    assert refused(batch, now) == ("envelope.unreadable",)


def test_an_envelope_spelled_otherwise(batch, now):
    path = envelope.beside(batch.path)
    path.write_bytes(path.read_bytes().replace(b'":"', b'": "'))
    assert refused(batch, now) == ("envelope.unreadable",)


def test_envelopes_of_two_batches_swapped(batch, make, now):
    other = make("other", name="R08-N02", seed="two")
    one, two = envelope.beside(batch.path), envelope.beside(other.path)
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    assert refused(batch, now) == ("envelope.other-container",)
    assert refused(other, now, secret=other.secret) == ("envelope.other-container",)


def test_container_of_another_batch_under_this_one_s_name(batch, make, now):
    other = make("other", name="R08-N02", seed="two")
    shutil.copy(other.path, batch.path)
    assert "container.hash-differs" in refused(batch, now)
    assert "container.hash-differs" in refused(batch, now, secret=other.secret)


def test_a_container_given_another_name(batch, now):
    moved = batch.path.with_name("copy.zip")
    envelope.beside(batch.path).rename(envelope.beside(moved))
    batch.path.rename(moved)
    assert refused(replace(batch, path=moved), now) == ("envelope.other-container",)


def test_an_envelope_signed_anew_with_another_key(batch, now, seeded):
    batch.resign(keys.create(seeded("somebody")))
    assert refused(batch, now) == ("manifest.other-key",)


def test_container_and_envelope_both_made_by_somebody_with_another_key(make, now):
    forged, ward = make("forged", key_seed="somebody"), make("ward")
    container.verify(forged.path, forged.secret, now=now)  # sound in itself: only the known fingerprint tells
    known = keys.fingerprint(ward.key.public_key())
    assert refused(forged, now, fingerprint=known) == ("envelope.other-key",)


def test_replayed_for_another_medium(batch, now):
    assert refused(batch, now, medium="M-0002") == ("envelope.other-medium",)


def test_an_envelope_of_the_ward_s_key_that_names_another_batch_medium_or_date(batch, now):
    batch.resign(batch="R08-N09", medium="M-0009", valid_until=date(2027, 1, 1))
    assert refused(batch, now) == ("manifest.other-batch", "manifest.other-medium", "manifest.other-validity")


def test_expired(batch, now):
    assert refused(batch, now + timedelta(days=60)) == ("container.expired",)


# the passphrase


def test_a_wrong_passphrase(batch, make, now):
    other = make("other", seed="two").secret
    assert refused(batch, now, secret=other) == ("container.passphrase",)


def test_a_wrong_passphrase_that_passes_the_two_byte_check(batch, now):
    # One wrong passphrase in 65,536 passes; this one was searched for against this container's salt.
    lucky = "NWX9N-JK397-V4RWP-J8XNE-T8FXM-6KCEK"
    with pyzipper.AESZipFile(batch.path) as archive, archive.open("payload.tar", pwd=lucky.encode()) as stream:
        assert stream.read(16)  # the library alone hands out unverified bytes
    assert refused(batch, now, secret=lucky) == ("container.altered",)


def test_a_mistyped_passphrase_never_reaches_the_container(batch, now):
    typed = ("3" if batch.secret[0] != "3" else "4") + batch.secret[1:]
    assert refused(batch, now, secret=typed) == ("passphrase.typing-error",)


# the zip


def test_an_entry_renamed(batch, now):
    data = batch.path.read_bytes().replace(b"payload.tar", b"payl0ad.tar")
    batch.path.write_bytes(data)
    batch.resign()
    assert refused(batch, now) == ("zip.entry-name",)


@pytest.mark.parametrize("which", [0, 1])
def test_an_entry_renamed_in_one_of_its_two_headers(batch, now, which):
    parts = batch.path.read_bytes().split(b"payload.tar")
    names = [b"payload.tar", b"payload.tar"]
    names[which] = b"payl0ad.tar"
    batch.path.write_bytes(parts[0] + names[0] + parts[1] + names[1] + parts[2])
    batch.resign()
    assert refused(batch, now)[0] in ("zip.entry-name", "zip.inconsistent")


def test_a_second_entry_added_in_clear(batch, now):
    assert shutil.which("7z"), "7z is needed: apt-get install 7zip"
    (batch.folder / "sources/extra.txt").write_text("plain")
    command = ["7z", "a", "-tzip", batch.path, batch.folder / "sources/extra.txt"]
    subprocess.run(command, check=True, capture_output=True)
    batch.resign()
    assert refused(batch, now) == ("zip.entry-added",)


def test_the_entry_deleted(batch, now):
    subprocess.run(["7z", "d", "-tzip", batch.path, "payload.tar"], check=True, capture_output=True)
    batch.resign()
    assert refused(batch, now) == ("zip.entry-missing",)


def test_an_unencrypted_zip(batch, now):
    import zipfile

    payload = payload_of(batch)
    with zipfile.ZipFile(batch.path, "w") as archive:
        archive.writestr("payload.tar", payload)
    batch.resign()
    assert refused(batch, now) == ("zip.not-encrypted",)


def test_a_weaker_cipher(batch, now):
    put_zip(batch, [("payload.tar", payload_of(batch))], nbits=128)
    assert refused(batch, now) == ("zip.not-aes256",)


def test_ae_1_with_its_telling_checksum(batch, now):
    payload = payload_of(batch)
    with pyzipper.AESZipFile(batch.path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(batch.secret.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256, force_wz_aes_version=1)
        archive.writestr("payload.tar", payload)
    batch.resign()
    assert refused(batch, now) == ("zip.not-aes256", "zip.inconsistent")


def test_the_same_entry_written_by_another_tool(batch, now):
    assert shutil.which("bsdtar"), "bsdtar is needed: apt-get install libarchive-tools"
    (batch.folder / "sources/payload.tar").write_bytes(payload_of(batch))
    command = ["bsdtar", "--format=zip", "--options", "zip:encryption=aes256,zip:compression=store"]
    command += ["--passphrase", batch.secret, "-cf", batch.path, "-C", batch.folder / "sources", "payload.tar"]
    subprocess.run(command, check=True, capture_output=True)
    batch.resign()
    assert refused(batch, now)[0].startswith("zip.")


def test_a_compressed_entry(batch, now):
    put_zip(batch, [("payload.tar", payload_of(batch))], compression=pyzipper.ZIP_DEFLATED)
    assert refused(batch, now) == ("zip.not-stored",)


def test_a_comment(batch, now):
    put_zip(batch, [("payload.tar", payload_of(batch))], comment=b"hello")
    assert refused(batch, now) == ("zip.comment",)


def test_bytes_appended_and_signed(batch, now):
    batch.path.write_bytes(batch.path.read_bytes() + b"more")
    batch.resign()
    assert refused(batch, now) == ("zip.appended",)


def test_bytes_prepended_and_signed(batch, now):
    batch.path.write_bytes(b"MZ" * 50 + batch.path.read_bytes())
    batch.resign()
    assert refused(batch, now) == ("zip.prepended",)


def test_bytes_prepended_with_every_offset_corrected(batch, now):
    data = bytearray(batch.path.read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, directory + 42, 100)
    push_directory(data, directory, 100)
    batch.path.write_bytes(b"MZ" * 50 + data)
    batch.resign()
    subprocess.run(["7z", "t", f"-p{batch.secret}", batch.path], check=True, capture_output=True)  # others accept it
    assert refused(batch, now) == ("zip.prepended",)


def test_bytes_hidden_between_the_entry_and_the_directory(batch, now):
    data = batch.path.read_bytes()
    at = data.rindex(b"PK\x01\x02")
    end = bytearray(data[at:])
    push_directory(end, at, 8)
    batch.path.write_bytes(data[:at] + b"hidden!!" + end)
    batch.resign()
    assert refused(batch, now) == ("zip.inconsistent",)


def test_a_flipped_ciphertext_byte_signed_by_the_ward_is_caught_by_the_authentication_code(batch, now):
    data = bytearray(batch.path.read_bytes())
    data[len(data) // 2] ^= 0x80
    batch.path.write_bytes(data)
    batch.resign()
    assert refused(batch, now) == ("container.altered",)


def test_a_flipped_name_byte_inside_is_blamed_on_the_alteration_not_on_what_it_looks_like(batch, now):
    data = bytearray(batch.path.read_bytes())
    data[data.index(b"\x01\x99\x07\x00") + 11 + 18 + 600] ^= 0xFF  # the first member's header, under the cipher
    batch.path.write_bytes(data)
    batch.resign()
    assert refused(batch, now) == ("container.altered",)


# the tar, made with the real passphrase and signed with the real key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("../evil.sh", "tar.name-climbs"),
        ("a/../../evil.sh", "tar.name-climbs"),
        ("..\\evil.sh", "tar.name-climbs"),
        ("/etc/cron.d/evil", "tar.name-absolute"),
        ("C:evil.exe", "tar.name-absolute"),
        ("\\\\server\\share", "tar.name-absolute"),
        ("NUL.txt", "tar.name-unsafe"),
        ("a//b", "tar.name-unsafe"),
        ("./a", "tar.name-unsafe"),
        ("名前.pdf", "tar.name-unsafe"),
        ("extra.pdf", "tar.member-extra"),
    ],
)
def test_a_member_that_does_not_belong(batch, now, name, key):
    put_tar(batch, [*good_members(batch), plain(name, b"evil")])
    assert refused(batch, now) == (key,)
    assert not list(batch.folder.parent.rglob("evil*"))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_a_member_that_is_no_file(batch, now, kind):
    info, _ = plain("allocation.csv", b"", type=kind, linkname="/etc/passwd")
    put_tar(batch, [(info, b""), *good_members(batch)])
    assert refused(batch, now) == ("tar.member-kind",)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_extension_headers_that_rename_what_follows(batch, now, form):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=form) as tar:
        for name, body in [("manifest.json", manifest_of(batch).to_bytes()), ("x" * 120, b"")]:
            info, data = plain(name, body)
            tar.addfile(info, io.BytesIO(data))
    put_zip(batch, [("payload.tar", raw.getvalue())])
    assert "tar.member-kind" in refused(batch, now)


def test_a_missing_member(batch, now):
    put_tar(batch, good_members(batch)[:1])
    assert refused(batch, now) == ("tar.member-missing",)


def test_a_renamed_member_is_one_extra_and_one_missing(batch, now):
    members = good_members(batch)
    members[0][0].name = "other.pdf"
    put_tar(batch, members)
    assert refused(batch, now) == ("tar.member-extra", "tar.member-missing")


def test_a_member_twice(batch, now):
    members = good_members(batch)
    put_tar(batch, [*members, members[0]])
    assert refused(batch, now) == ("tar.member-twice",)


def test_a_second_manifest(batch, now):
    put_tar(batch, [*good_members(batch), plain("manifest.json", b"{}")])
    assert refused(batch, now) == ("tar.member-twice",)


def test_changed_content_and_changed_size_are_both_named(batch, now):
    one, two = good_members(batch)
    body = bytes(len(one[1]))
    put_tar(batch, [(one[0], body), plain(two[0].name, b"longer than it was, surely")])
    assert refused(batch, now) == ("manifest.hash-differs", "manifest.size-differs")


def test_a_foreign_header(batch, now):
    one, two = good_members(batch)
    one[0].mode = 0o4755
    put_tar(batch, [one, two])
    assert refused(batch, now) == ("tar.header-foreign",)


def test_bytes_after_the_end_of_the_tar(batch, now):
    put_tar(batch, good_members(batch), tail=b"hidden")
    assert refused(batch, now) == ("tar.appended",)


def test_a_tar_that_ends_too_soon(batch, now):
    put_zip(batch, [("payload.tar", payload_of(batch)[:-700])])
    assert refused(batch, now) == ("tar.broken",)


def test_no_manifest(batch, now):
    whole = payload_of(batch)
    skip = 512 + -(-len(manifest_of(batch).to_bytes()) // 512) * 512
    put_zip(batch, [("payload.tar", whole[skip:])])
    assert refused(batch, now) == ("manifest.missing",)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\x00" * 600, b'{"format":"print-service-manifest/1"}\n'])
def test_a_manifest_that_is_none(batch, now, content):
    put_tar(batch, good_members(batch), manifest_bytes=content)
    assert refused(batch, now) == ("manifest.unreadable",)


def test_a_manifest_that_names_places_outside(batch, now):
    sound = manifest_of(batch)
    files = (replace(sound.files[0], name="../up"), *sound.files[1:])
    put_tar(batch, good_members(batch), manifest_bytes=replace(sound, files=files).to_bytes())
    assert refused(batch, now) == ("manifest.unreadable",)


def test_a_size_that_lies(batch, now):
    info, body = plain("allocation.csv", b"x")
    info.size = 10**12
    put_tar(batch, [(info, body)])
    keys_found = refused(batch, now)
    assert keys_found[-1] == "tar.broken"


# anything at all


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return make_batch(tmp_path_factory.mktemp("fuzz") / "medium", files={"a.csv": b"1\n"})


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    edits=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=1, max_size=3), sign=st.booleans()
)
def test_no_edit_of_the_container_ends_in_anything_but_a_refusal_or_the_same_content(shared, edits, sign):
    """Signed by the ward or not, an edited container is refused, or (dates of the zip's records) opens to the same bytes."""
    kept, note = shared.path.read_bytes(), envelope.beside(shared.path).read_bytes()
    data = bytearray(kept)
    for place, mask in edits:
        data[place % len(data)] ^= mask
    try:
        shared.path.write_bytes(data)
        if sign:
            shared.resign()
        try:
            opened = container.verify(shared.path, shared.secret, now=shared.terms.created_at)
        except RefusalError as error:
            assert error.key.partition(".")[0] in ("zip", "container")
        else:
            assert sign or bytes(data) == kept
            assert opened.manifest.files[0].name == "a.csv"
    finally:
        shared.path.write_bytes(kept)
        envelope.beside(shared.path).write_bytes(note)


@calm
@given(st.binary(max_size=300))
def test_any_bytes_as_a_zip_are_refused(data):
    with pytest.raises(RefusalError):
        zipshape.check_shape(io.BytesIO(data + b"PK\x05\x06" + bytes(18)))
    with pytest.raises(RefusalError):
        zipshape.check_shape(io.BytesIO(data))


@calm
@given(st.binary(max_size=300))
def test_any_bytes_as_manifest_or_envelope_are_refused(data):
    for parse in (manifest.parse, envelope.parse):
        with pytest.raises(RefusalError):
            parse(data)


# the ten of the hand-over's requirements, side by side: each has a key of its own


def _flipped(batch, make):
    data = bytearray(batch.path.read_bytes())
    data[len(data) // 2] ^= 0x80
    batch.path.write_bytes(data)
    batch.resign()


def _renamed(batch, make):
    batch.path.write_bytes(batch.path.read_bytes().replace(b"payload.tar", b"payl0ad.tar"))
    batch.resign()


def _swapped(batch, make):
    first, second = good_members(batch)
    put_tar(batch, [plain(first[0].name, second[1]), plain(second[0].name, first[1])])


def _deleted(batch, make):
    subprocess.run(["7z", "d", "-tzip", batch.path, "payload.tar"], check=True, capture_output=True)
    batch.resign()


def _added_in_clear(batch, make):
    (batch.folder / "sources/extra.txt").write_text("plain")
    command = ["7z", "a", "-tzip", batch.path, batch.folder / "sources/extra.txt"]
    subprocess.run(command, check=True, capture_output=True)
    batch.resign()


def _truncated(batch, make):
    batch.path.write_bytes(batch.path.read_bytes()[:-1])


def _signature_of_another_batch(batch, make):
    other = envelope.parse(envelope.beside(make("other", name="R08-N02", seed="two").path).read_bytes())
    path = envelope.beside(batch.path)
    path.write_bytes(replace(envelope.parse(path.read_bytes()), signature=other.signature).to_bytes())


def _envelope_of_another_batch(batch, make):
    other = make("other", name="R08-N02", seed="two")
    shutil.copy(envelope.beside(other.path), envelope.beside(batch.path))


MUSEUM = {
    "byte flipped": (_flipped, {}, "container.altered"),
    "entry renamed": (_renamed, {}, "zip.entry-name"),
    "files swapped": (_swapped, {}, "manifest.size-differs"),
    "entry deleted": (_deleted, {}, "zip.entry-missing"),
    "entry added in clear": (_added_in_clear, {}, "zip.entry-added"),
    "truncated": (_truncated, {}, "container.size-differs"),
    "signature of another batch": (_signature_of_another_batch, {}, "envelope.signature"),
    "envelope of another batch": (_envelope_of_another_batch, {}, "envelope.other-container"),
    "expired": (None, {"later": 60}, "container.expired"),
    "replayed for another medium": (None, {"medium": "M-0002"}, "envelope.other-medium"),
}


@pytest.mark.parametrize("name", MUSEUM)
def test_the_museum(batch, make, now, name):
    tamper, how, key = MUSEUM[name]
    if tamper:
        tamper(batch, make)
    later = now + timedelta(days=how.get("later", 0))
    expected = {"medium": how["medium"]} if "medium" in how else {}
    assert refused(batch, later, **expected)[0] == key


def test_each_piece_of_the_museum_has_a_key_of_its_own():
    assert len({key for _, _, key in MUSEUM.values()}) == len(MUSEUM)


def test_two_files_of_one_size_exchanged_inside_are_found(make, now):
    """The passphrase and the ward's key are both in the forger's hands: only the manifest's hashes are left to tell."""
    batch = make("twins", files={"a.pdf": b"one", "b.pdf": b"two"})
    put_tar(batch, [plain("a.pdf", b"two"), plain("b.pdf", b"one")])
    assert refused(batch, now) == ("manifest.hash-differs", "manifest.hash-differs")


def test_a_directory_of_the_zip_swollen_to_eat_memory_is_refused_unread(batch, now):
    data = bytearray(batch.path.read_bytes())
    record = data.rindex(b"PK\x06\x06")
    directory = struct.unpack_from("<Q", data, record + 48)[0]
    struct.pack_into("<QQ", data, record + 40, directory + (record - directory), 0)
    batch.path.write_bytes(data)
    batch.resign()
    assert refused(batch, now) == ("zip.inconsistent",)
