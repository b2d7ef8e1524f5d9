"""One press for the whole session: its fonts are opened once."""

import pytest

from print_service.press.weasy import WeasyPress
from print_service.resources import templates_dir


@pytest.fixture(scope="session")
def fonts_cache(tmp_path_factory):
    return tmp_path_factory.getbasetemp().parent / "press-fonts"


@pytest.fixture(scope="session")
def press(fonts_cache):
    return WeasyPress(templates_dir(), fonts_cache)
