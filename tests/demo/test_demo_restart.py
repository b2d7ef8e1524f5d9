"""Same seed, same bytes: in another folder, after being killed at any moment; another seed, other bytes."""

import time
from fnmatch import fnmatch
from pathlib import Path

import pytest
from demo_runs import PAYERS, alive, finish, interrupt, left, start

pytestmark = pytest.mark.xdist_group("demo")


def test_killed_and_run_again_ends_in_the_same_bytes_in_another_folder(demo, killed):
    whole, again = left(demo[0]), left(killed[0])
    assert sorted(again) == sorted(whole), killed[1]
    assert [name for name in whole if whole[name] != again[name]] == [], killed[1]


def test_what_a_killed_run_was_just_writing_is_swept_away(demo):
    out = demo[0]
    before = left(out)
    (out / "output/R08-N01/pages/.R08-N01-0001.pdf.x7Q2").write_bytes(b"half a page")
    (out / "output/seal-x7Q2").mkdir()
    (out / "output/seal-x7Q2/allocation.csv").write_text("half a list", encoding="utf-8")
    finish(out)
    assert left(out) == before


def test_the_bytes_compared_are_all_there_is(demo):
    # Host files, payment files, five batches of pages with their evidence, containers with envelopes, letters.
    names = set(left(demo[0]))
    assert {"host/vehicle-tax-host.csv", "payments/cvs-20260619.dat", "output/R08-N01/evidence.jsonl"} <= names
    assert {"output/media/M-2026-001/R08-N01.zip", "output/letters/E-R08-N01.pdf", "report.json"} <= names


def test_a_finished_demonstration_run_again_changes_nothing(demo):
    out, report = demo
    before = left(out)
    assert finish(out) == report
    assert left(out) == before


def test_workers_end_with_their_parent_and_another_seed_gives_other_bytes(demo, tmp_path):
    out = tmp_path / "two"
    group = interrupt(out, 8, 1.0, whole_group=False, seed=2)
    until = time.monotonic() + 30
    while alive(group) and time.monotonic() < until:
        time.sleep(0.1)
    assert alive(group) == []
    report = finish(out, seed=2)
    ours, theirs = left(demo[0]), left(out)
    same = {name for name in ours if ours[name] == theirs.get(name)}
    assert [name for name in same if not _nothing_was_drawn_for(name, ours[name])] == []
    of_payers = [name for name in ours if name.startswith("host/") or "/pages/" in name or name.endswith(".zip")]
    assert len(of_payers) > 10
    assert same.isdisjoint(of_payers)
    assert report["journal_head"] != demo[1]["journal_head"]


# What is the same under every seed, and why: nothing in it depends on a payer or on a drawn secret.
NOT_DRAWN = {
    "output/media/*/handover.pyz": "the vendor's own program",
    "output/letters/F-01-*.pdf": "the vendor's report of its staff, made before any payer is known",
    "output/letters/E-R08-*.json": "certificates of erasure name copies by number; their PDFs bear the container's hash",
}


def _nothing_was_drawn_for(name, content):
    """A payment file without a payment (kinds of data records: 2, and MPN DTL of Pay-easy) differs from seed to seed no more than these."""
    if name.startswith("payments/"):
        return not any(line.startswith((b"2", b"MPN DTL")) for line in content.splitlines())
    return any(fnmatch(name, pattern) for pattern in NOT_DRAWN)


@pytest.mark.parametrize("content", ["a file", "another seed"])
def test_a_folder_of_other_content_is_refused_and_left_alone(tmp_path, content):
    out = tmp_path / "out"
    out.mkdir()
    if content == "a file":
        (out / "letter.txt").write_text("mine", encoding="utf-8")
    else:
        (out / "demo.toml").write_text(f"payers = {PAYERS}\nseed = 2\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in Path(out).iterdir()}
    process = start(out)
    _, told = process.communicate()
    assert process.returncode == 1
    assert "[cli.out-not-empty]" in told
    assert {path: path.read_bytes() for path in Path(out).iterdir()} == before
