"""A small sealed container, made anew for each test from seeded entropy, and the ward's key."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from handover import container, envelope, keys, passphrase
from handover.manifest import Terms

JST = timezone(timedelta(hours=9))
NOW = datetime(2026, 6, 5, 10, 0, tzinfo=JST)


def seeded(seed):
    """A source of bytes fixed by its seed: SHA-256 in counter mode."""
    state = {"at": 0}

    def draw(size):
        data = b""
        while len(data) < size:
            data += hashlib.sha256(f"{seed}/{state['at']}".encode()).digest()
            state["at"] += 1
        return data[:size]

    return draw


@dataclass(frozen=True)
class Batch:
    """One sealed batch and everything needed to seal, open or forge it."""

    folder: Path
    path: Path
    secret: str
    key: keys.SigningKey
    files: dict
    terms: Terms

    def resign(self, key=None, **changes):
        """Write a new, correctly signed envelope over whatever the container is now."""
        data = self.path.read_bytes()
        old = envelope.parse(envelope.beside(self.path).read_bytes())
        fresh = replace(old, size=len(data), sha256=hashlib.sha256(data).hexdigest(), **changes)
        envelope.beside(self.path).write_bytes(envelope.sign(fresh, key or self.key).to_bytes())

    def residue(self):
        """What lies in the folder besides the container, its envelope and the sources."""
        known = {self.path.name, envelope.beside(self.path).name, "sources"}
        return sorted(path.name for path in self.folder.iterdir() if path.name not in known)


def make_batch(folder, *, name="R08-N01", medium="M-0001", seed="one", key_seed="ward", files=None, **terms):
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    content = files or {"allocation.csv": b"piece\n1\n2\n", "R08-N01-0001.pdf": b"%PDF-1.7 " + bytes(range(256)) * 20}
    for file, data in content.items():
        (sources / file).parent.mkdir(parents=True, exist_ok=True)
        (sources / file).write_bytes(data)
    paths = {file: sources / file for file in content}
    facts = {"copies_allowed": 1, "pieces": 2, "sheets": 7, "pages": {}, **terms}
    batch_terms = Terms(batch=name, medium=medium, created_at=NOW, valid_until=date(2026, 7, 31), **facts)
    secret = passphrase.generate(seeded(f"secret-{seed}"))
    key = keys.create(seeded(f"key-{key_seed}"))
    path = folder / f"{name}.zip"
    container.seal(paths, batch_terms, secret, key, path, entropy=seeded(f"salt-{seed}"))
    return Batch(folder, path, secret, key, paths, batch_terms)
