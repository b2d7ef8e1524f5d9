"""One demonstration of twenty payers for all tests of this folder, and one that was killed three times on the way."""

import random

import pytest
from demo_runs import finish, interrupt, left


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """(folder, report) of an uninterrupted demonstration, seed 1."""
    out = tmp_path_factory.mktemp("demo") / "here"
    return out, finish(out)


@pytest.fixture(scope="session")
def killed(tmp_path_factory, demo):
    """(folder, moments) of a demonstration killed with all its workers at three random moments and then played to its end."""
    out = tmp_path_factory.mktemp("killed") / "elsewhere"
    files = len(left(demo[0]))
    dice = random.Random()
    moments = sorted((dice.randrange(files), round(dice.random(), 2)) for _ in range(3))
    for count, delay in moments:
        interrupt(out, count, delay, whole_group=True)
    finish(out)
    return out, moments
