"""Sealing against raw pyzipper writing the same files, in one run: `python benchmarks/sealing.py [--write] [--large]`.

The rival writes one STORED AES-256 entry from the same source files in the same blocks and does nothing else: it hashes no
source, signs nothing and reads nothing back. Ours does all of that. Both read and write the same folder, both see their file
onto the disk, and rounds alternate (every second one the other way round), so that a disturbed minute disturbs both; every
figure is the median of the rounds, a ratio the median of the rounds' own ratios. CPU time is that of all threads. `--large` seals and
opens a sparse file of 5 GiB in a process of its own and prints the peak of its memory (VmHWM of Linux) against the limit of
64 MiB. `--write` puts the table into results.md.
"""

import argparse
import hashlib
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import pyzipper

from handover import container, keys, passphrase
from handover.manifest import Terms

MEBIBYTE = 1 << 20
SIZE = 256
FILES = 16
LARGE = 5 * 1024
LIMIT = 64
ROUNDS = 6
NOW = datetime(2026, 6, 5, 9, tzinfo=UTC)
RESULTS = Path(__file__).with_name("results.md")
TERMS = Terms("R08-N01", "M-2026-001", NOW, date(2026, 7, 31), 1, 1, 1)


def raw_pyzipper(sources: Mapping[str, Path], target: Path, secret: str) -> None:
    """The rival: one entry, stored, AES-256, in blocks of a mebibyte, seen onto the disk like ours."""
    with target.open("wb") as file:
        with pyzipper.AESZipFile(file, "w", compression=pyzipper.ZIP_STORED, encryption=pyzipper.WZ_AES) as archive:
            archive.setpassword(secret.encode())
            with archive.open("payload.bin", "w", force_zip64=True) as entry:
                for source in sources.values():
                    with source.open("rb") as data:
                        while block := data.read(MEBIBYTE):
                            entry.write(block)
        file.flush()
        os.fsync(file.fileno())


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass
class Rounds:
    """Wall-clock and CPU seconds of every round of one contender."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def table(folder: Path) -> list[str]:
    """The rows: each contender's speed and its ratio to the rival, wall clock and CPU time."""
    sources = {f"R08-N01-{number:04d}.pdf": folder / f"{number}.pdf" for number in range(FILES)}
    for path in sources.values():
        path.write_bytes(os.urandom(SIZE // FILES * MEBIBYTE))
    known = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sources.items()}
    secret, key = passphrase.generate(), keys.create()
    ours, theirs = folder / "ours.zip", folder / "theirs.zip"
    works: dict[str, Callable[[], object]] = {
        f"pyzipper {pyzipper.__version__}, STORED, raw": lambda: raw_pyzipper(sources, theirs, secret),
        "seal: hash, encrypt, sign, read back": lambda: container.seal(sources, TERMS, secret, key, ours, known=known),
        "seal, no hash known beforehand": lambda: container.seal(sources, TERMS, secret, key, ours),
        "verify: hash, decrypt, compare": lambda: container.verify(ours, secret, now=NOW),
    }
    for work in works.values():
        work()  # once unmeasured: caches, imports, room on the disk
    rounds = {name: Rounds() for name in works}
    for number in range(ROUNDS):
        for name in list(works)[:: -1 if number % 2 else 1]:
            before = time.process_time()
            rounds[name].wall.append(seconds(works[name]))
            rounds[name].cpu.append(time.process_time() - before)
    rival = next(iter(rounds.values()))
    return [
        f"| {name} | {SIZE / median(one.wall):,.0f} | {_ratio(one.wall, rival.wall)} | {_ratio(one.cpu, rival.cpu)} |"
        for name, one in rounds.items()
    ]


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{median(one / other for one, other in zip(ours, theirs, strict=True)):.2f} ×"


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


def write(rows: Sequence[str]) -> None:
    """Put the section into results.md, instead of the one that stands there."""
    machine = f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, a {os.cpu_count()}-core {platform.machine()} machine"
    section = f"## Sealing\n\n`benchmarks/sealing.py`, {machine}. {ABOUT}\n\n" + "\n".join((*HEAD, *rows)) + "\n"
    text = RESULTS.read_text(encoding="utf-8")
    text = re.sub(r"\n*## Sealing\n.*?(?=\n## |\Z)", "", text, flags=re.DOTALL)
    RESULTS.write_text(f"{text.rstrip()}\n\n{section}", encoding="utf-8")


HEAD = ("| what | MiB/s | time of pyzipper's | CPU time of pyzipper's |", "|---|---|---|---|")
ABOUT = (
    f"{SIZE} MiB of random bytes in {FILES} files, same folder for all; median of {ROUNDS} alternating rounds, CPU time of all threads. "
    "pyzipper writes one STORED AES-256 entry and nothing else. The application knows the files' hashes from the proof; the third "
    "row does not."
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    parser.add_argument("--large", action="store_true", help="also 5 GiB, with its peak of memory")
    parser.add_argument("--in-here", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help="where to write (default: a temporary folder)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        if args.in_here:
            large(Path(folder))
            return
        rows = table(Path(folder))
    print("\n".join((*HEAD, *rows)))
    if args.write:
        write(rows)
    if args.large:
        where = ["--folder", str(args.folder)] if args.folder else []
        subprocess.run([sys.executable, __file__, "--in-here", *where], check=True)


if __name__ == "__main__":
    main()
