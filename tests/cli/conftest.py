"""Desks to work at: a prepared ward of twenty payers, and one whose vehicle tax is frozen."""

import shutil

import pytest
from cli_desk import Desk


@pytest.fixture
def desk(tmp_path, ward_template):
    """A prepared ward; nothing is loaded yet."""
    folder = tmp_path / "desk"
    shutil.copytree(ward_template[0], folder)
    return Desk(folder)


@pytest.fixture
def loaded(desk):
    """The same with the vehicle tax file taken in and frozen as R08-N01."""
    return freeze(desk)


@pytest.fixture(scope="module")
def settled(tmp_path_factory, ward_template):
    """Such a ward for many commands that are refused: none of them may change it."""
    folder = tmp_path_factory.mktemp("settled") / "desk"
    shutil.copytree(ward_template[0], folder)
    return freeze(Desk(folder))


def freeze(desk):
    """Steps 1 to 3 of the vehicle tax."""
    assert desk("intake", "host/vehicle-tax-host.csv", "--layout", "vehicle-tax-host").code == 0
    job = ("job", "create", "R08-N01", "--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
    assert desk(*job).code == 0
    return desk
