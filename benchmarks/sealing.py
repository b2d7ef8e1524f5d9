"""Sealing against raw pyzipper writing the same bytes, in one run: `python benchmarks/sealing.py [--large]`.

The rival writes one STORED AES-256 entry in the same blocks and does nothing else: it hashes no source, signs nothing
and reads nothing back. Ours does all of that, and is given no hash beforehand. Rounds alternate, so that a disturbed
minute disturbs both; the ratio is that of the best rounds. `--large` seals and opens a sparse file of 5 GiB in a
process of its own and prints the peak of its memory (VmHWM of Linux) against the limit of 64 MiB.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pyzipper

from handover import container, keys, passphrase
from handover.manifest import Terms

MEBIBYTE = 1 << 20
SIZE = 256
LARGE = 5 * 1024
LIMIT = 64
ROUNDS = 4
NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)
TERMS = Terms("R08-N01", "M-2026-001", NOW, date(2026, 7, 31), 1, 1, 1)


def raw_pyzipper(source: Path, target: Path, secret: str) -> None:
    """The rival: one entry, stored, AES-256, in blocks of a mebibyte, seen onto the disk like ours."""
    with target.open("wb") as file:
        with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(secret.encode())
            with archive.open("payload.pdf", "w", force_zip64=True) as entry, source.open("rb") as data:
                while block := data.read(MEBIBYTE):
                    entry.write(block)
        file.flush()
        os.fsync(file.fileno())


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(folder: Path) -> None:
    payload = folder / "payload.pdf"
    with payload.open("wb") as file:
        for _ in range(SIZE):
            file.write(os.urandom(MEBIBYTE))
    secret, key = passphrase.generate(), keys.create()
    ours, theirs = folder / "ours.zip", folder / "theirs.zip"
    works: dict[str, Callable[[], object]] = {
        f"pyzipper {pyzipper.__version__}, STORED, raw": lambda: raw_pyzipper(payload, theirs, secret),
        "handover.seal: hash, encrypt, sign, read back": lambda: container.seal(
            {"payload.pdf": payload}, TERMS, secret, key, ours
        ),
        "handover.verify: hash, decrypt, compare": lambda: container.verify(ours, secret, now=NOW),
    }
    best = dict.fromkeys(works, float("inf"))
    for _ in range(ROUNDS):
        for name, work in works.items():
            best[name] = min(best[name], seconds(work))
    rival = next(iter(best.values()))
    print(f"{SIZE} MiB of random bytes, best of {ROUNDS} rounds")
    for name, took in best.items():
        print(f"  {name:<48} {SIZE / took:7.0f} MiB/s  {rival / took:5.2f} x pyzipper")


def large(folder: Path) -> None:
    """In a process of its own: nothing but the room under measurement has been imported."""
    payload, out = folder / "payload.pdf", folder / "ours.zip"
    with payload.open("wb") as file:
        file.truncate(LARGE * MEBIBYTE)
    secret = passphrase.generate()
    before = peak()
    sealing = seconds(lambda: container.seal({"payload.pdf": payload}, TERMS, secret, keys.create(), out))
    after = peak()
    checking = seconds(lambda: container.verify(out, secret, now=NOW))
    print(f"{LARGE} MiB, sparse")
    print(f"  seal {LARGE / sealing:.0f} MiB/s, peak {after:.1f} MiB (before: {before:.1f}; limit {LIMIT})")
    print(f"  verify {LARGE / checking:.0f} MiB/s, peak {peak():.1f} MiB")
    seven = subprocess.run(["7z", "t", f"-p{secret}", str(out)], capture_output=True, check=False)
    print(f"  7-Zip finds it {'sound' if seven.returncode == 0 else 'BROKEN'}")
    if peak() > LIMIT:
        sys.exit(f"memory above {LIMIT} MiB")


def peak() -> float:
    """Mebibytes this process has held at most; unlike ru_maxrss it does not begin with its parent's."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--large", action="store_true", help="also 5 GiB, with its peak of memory")
    parser.add_argument("--in-here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        if args.in_here:
            large(Path(folder))
            return
        ratio(Path(folder))
    if args.large:
        where = ["--folder", str(args.folder)] if args.folder else []
        subprocess.run([sys.executable, __file__, "--in-here", *where], check=True)


if __name__ == "__main__":
    main()
