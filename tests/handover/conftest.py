"""A small sealed container, made anew for each test."""

import pytest
from sealed_batch import NOW, make_batch, seeded


@pytest.fixture
def now():
    return NOW


@pytest.fixture
def batch(tmp_path):
    return make_batch(tmp_path / "medium")


@pytest.fixture
def make(tmp_path):
    """Make further batches, each in its own folder of this name."""
    return lambda folder, **how: make_batch(tmp_path / folder, **how)


@pytest.fixture(name="seeded")
def seeded_fixture():
    return seeded
