"""The press's fonts, linked once for a whole run."""

import pytest


@pytest.fixture(scope="session")
def fonts_cache(tmp_path_factory):
    return tmp_path_factory.getbasetemp().parent / "press-fonts"
