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
    assert desk("intake", "host/vehicle-tax-host.csv", "--layout", "vehicle-tax-host").code == 0
    job = ("job", "create", "R08-N01", "--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
    assert desk(*job).code == 0
    return desk
