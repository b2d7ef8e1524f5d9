"""A container for a vendor with an age key: opened with the private key, by pyrage and by Debian's `age` alike."""

import shutil
import subprocess

import pyrage
import pytest
from sealed_batch import make_batch

from handover import container, envelope, manifest, unlock
from handover.rules import RefusalError


@pytest.fixture
def vendor(tmp_path):
    """The vendor's key pair as `age-keygen` writes it: the identity file and the recipient."""
    assert shutil.which("age-keygen"), "age is needed: apt-get install age (apt-test.txt)"
    path = tmp_path / "vendor.key"
    done = subprocess.run(["age-keygen", "-o", path], capture_output=True, text=True, check=True)
    return path, done.stderr.split()[-1]


@pytest.fixture
def by_key(tmp_path, vendor):
    return make_batch(tmp_path / "by-key", recipient=vendor[1])


def test_the_vendor_opens_it_with_the_identity_file(by_key, vendor, tmp_path, now):
    cover = container.envelope_of(by_key.path)
    secret = unlock.unwrap(cover.unlock, vendor[0])
    assert secret == by_key.secret
    opened = container.open_container(by_key.path, secret, tmp_path / "out", now=now)
    assert (tmp_path / "out/allocation.csv").read_bytes() == by_key.files["allocation.csv"].read_bytes()
    assert opened.manifest.recipient == cover.unlock.recipient == vendor[1]


def test_the_age_program_of_debian_reads_what_stands_in_the_envelope(by_key, vendor):
    wrapped = container.envelope_of(by_key.path).unlock.wrapped
    done = subprocess.run(["age", "-d", "-i", vendor[0]], input=wrapped.encode(), capture_output=True, check=True)
    assert done.stdout.decode() == by_key.secret
    assert unlock._with_program(container.envelope_of(by_key.path).unlock, vendor[0]) == by_key.secret


def test_the_passphrase_stands_nowhere_in_clear(by_key):
    for path in (by_key.path, envelope.beside(by_key.path)):
        assert by_key.secret.encode() not in path.read_bytes()
        assert by_key.secret.replace("-", "").encode() not in path.read_bytes()


def test_the_container_itself_is_of_the_one_format(by_key):
    done = subprocess.run(["7z", "t", f"-p{by_key.secret}", by_key.path], capture_output=True, text=True, check=True)
    assert "Everything is Ok" in done.stdout


def test_another_key_no_key_and_a_file_without_a_key_are_each_refused(by_key, tmp_path):
    fact = container.envelope_of(by_key.path).unlock
    other = tmp_path / "other.key"
    other.write_text(f"# somebody else\n{pyrage.x25519.Identity.generate()}\n")
    (tmp_path / "empty.key").write_text("# nothing\n")
    (tmp_path / "rubbish.key").write_bytes(b"\xff\x00AGE")
    for name, key in [
        ("other.key", "age.other-identity"),
        ("absent.key", "file.missing"),
        ("empty.key", "age.identity"),
        ("rubbish.key", "age.identity"),
    ]:
        with pytest.raises(RefusalError) as caught:
            unlock.unwrap(fact, tmp_path / name)
        assert caught.value.key == key
    with pytest.raises(RefusalError) as caught:
        unlock._with_program(fact, other)
    assert caught.value.key == "age.other-identity"


def test_a_key_for_a_container_with_a_passphrase_is_refused(batch, vendor):
    with pytest.raises(RefusalError) as caught:
        unlock.unwrap(container.envelope_of(batch.path).unlock, vendor[0])
    assert caught.value.key == "age.not-used"


@pytest.mark.parametrize("recipient", ["age1qqq", "ssh-ed25519 AAAA", "age1" + "q" * 58, "AGE1" + "Q" * 58])
def test_what_is_no_age_recipient_is_refused_and_nothing_is_left(tmp_path, recipient):
    with pytest.raises(RefusalError) as caught:
        make_batch(tmp_path / "medium", recipient=recipient)
    assert caught.value.key == "age.recipient"
    assert [path.name for path in (tmp_path / "medium").iterdir()] == ["sources"]


def test_an_envelope_that_says_another_way_than_the_manifest_is_refused(by_key, make, now):
    by_key.resign(unlock=unlock.Unlock())
    with pytest.raises(RefusalError) as caught:
        container.verify(by_key.path, by_key.secret, now=now)
    assert caught.value.keys == ("manifest.other-recipient",)


@pytest.mark.parametrize(
    "change",
    [
        (b'"unlock":{"by":"passphrase"}', b'"unlock":{"by":"age"}'),
        (b'"unlock":{"by":"passphrase"}', b'"unlock":{}'),
        (b'"unlock":{"by":"passphrase"}', b'"unlock":{"by":"passphrase","more":1}'),
        (b'"unlock":{"by":"passphrase"}', b'"unlock":{"by":"age","recipient":"x","secret":"y"}'),
    ],
)
def test_an_envelope_that_does_not_say_how_it_opens_is_unreadable(batch, change):
    data = envelope.beside(batch.path).read_bytes()
    assert change[0] in data
    with pytest.raises(RefusalError) as caught:
        envelope.parse(data.replace(*change))
    assert caught.value.key == "envelope.unreadable"


def test_the_manifest_says_which(batch, by_key, now):
    for one, recipient in ((batch, ""), (by_key, by_key.terms.recipient)):
        content = container.verify(one.path, one.secret, now=now).manifest
        assert manifest.parse(content.to_bytes()).recipient == recipient
