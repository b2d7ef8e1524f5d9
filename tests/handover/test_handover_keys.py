import pytest

from handover import keys
from handover.rules import RefusalError

# RFC 8032 §7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_signs_as_the_rfc_says():
    key = keys.create(lambda size: SEED)
    assert keys.public_hex(key.public_key()) == PUBLIC
    assert key.sign(b"\x72") == SIGNATURE
    assert keys.signed_by(keys.public_from_hex(PUBLIC), SIGNATURE, b"\x72")
    assert not keys.signed_by(keys.public_from_hex(PUBLIC), SIGNATURE, b"\x73")


def test_saved_for_its_owner_alone_and_read_back(tmp_path):
    path = tmp_path / "ward.pem"
    key = keys.create(lambda size: SEED)
    keys.save(key, path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.load(path).private_bytes_raw() == SEED


def test_never_written_over(tmp_path):
    path = tmp_path / "ward.pem"
    path.write_bytes(b"precious")
    with pytest.raises(RefusalError) as caught:
        keys.save(keys.create(), path)
    assert caught.value.key == "key.exists"
    assert path.read_bytes() == b"precious"


def test_a_key_others_can_read_is_refused(tmp_path):
    path = tmp_path / "ward.pem"
    keys.save(keys.create(), path)
    path.chmod(0o640)
    with pytest.raises(RefusalError) as caught:
        keys.load(path)
    assert caught.value.key == "key.open-to-others"


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff" * 300, b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_rubbish_is_refused(tmp_path, content):
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    for load in (keys.load, keys.load_public):
        with pytest.raises(RefusalError) as caught:
            load(path)
        assert caught.value.key == "key.unreadable"
    with pytest.raises(RefusalError) as caught:
        keys.load(tmp_path / "absent.pem")
    assert caught.value.key == "file.missing"


def test_a_key_of_another_kind_is_refused(tmp_path):
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    other, path = X25519PrivateKey.generate(), tmp_path / "x.pem"
    path.write_bytes(other.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()))
    path.chmod(0o600)
    with pytest.raises(RefusalError) as caught:
        keys.load(path)
    assert caught.value.key == "key.not-ed25519"


def test_the_fingerprint_is_sha256_and_read_in_groups(tmp_path):
    import subprocess

    found = keys.fingerprint(keys.public_from_hex(PUBLIC))
    raw = tmp_path / "raw"
    raw.write_bytes(bytes.fromhex(PUBLIC))
    assert subprocess.run(["sha256sum", raw], capture_output=True, check=True, text=True).stdout.startswith(found)
    assert keys.parse_fingerprint(keys.readable(found).upper()) == found
    assert len(keys.readable(found).split()) == 16
    with pytest.raises(RefusalError):
        keys.parse_fingerprint(found[:-1])


def test_the_public_half_travels_as_pem(tmp_path):
    key = keys.create(lambda size: SEED)
    keys.save_public(key.public_key(), tmp_path / "ward.pub.pem")
    assert keys.public_hex(keys.load_public(tmp_path / "ward.pub.pem")) == PUBLIC
