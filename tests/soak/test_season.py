"""`make soak`: a season's steps 1 to 6 hold no more than the design allows in any process, however many pieces there are."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.soak

SEASON = Path(__file__).parents[2] / "benchmarks" / "season.py"
MOST_MIB = 1024


def seasons(folder, *payers):
    rows = folder / "seasons.json"
    # Files of 250 pieces, so that the smaller season fills every worker's queue as the larger does.
    subprocess.run(
        [sys.executable, str(SEASON), "--payers", *map(str, payers), "--chunk", "250", "--json", str(rows)], check=True
    )
    return json.loads(rows.read_text(encoding="utf-8"))


def largest(season, whose):
    return max(step[whose] for step in season["steps"])


def test_memory_is_flat_and_below_a_gibibyte(tmp_path):
    small, large = seasons(tmp_path, 1_000, 3_000)
    assert large["pieces"] > 2.5 * small["pieces"]
    for whose in ("mib", "worker_mib"):
        assert largest(large, whose) < MOST_MIB
        assert largest(large, whose) < 1.25 * largest(small, whose)
    # Statements grow with blocks, not with pieces.
    assert sum(step["statements"] for step in large["steps"]) < large["pieces"]
