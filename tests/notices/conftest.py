"""One small vehicle tax job printed by the real press, once for the session: five owners in three chunks of two."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from print_service.notices.compose import print_pages, store_pages
from print_service.pool import process_pool

NO_GLYPH = "見\ue0bb　一郎"
# Post codes put them into this order; a name that no font has stands second and, alone in its chunk, last.
OWNERS = ("見本　一郎", NO_GLYPH, "渡邉\U000e010f　健一", "𠮷田　花子", NO_GLYPH)
JOB = "R08-N01"


@dataclass(frozen=True)
class Printed:
    """A printed, stored job: folder of the ward, what `print_pages` gave, what `store_pages` gave."""

    folder: Path
    results: tuple
    composed: object


@pytest.fixture(scope="session")
def pool(tmp_path_factory):
    """One worker process, as in production; `XDG_CACHE_HOME` keeps its fonts out of the home folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp().parent / "xdg-cache"))
        with process_pool(1) as executor:
            yield executor


@pytest.fixture(scope="session")
def numbered_folder(tmp_path_factory, ward_template, copied_ward):
    """A ward with the five owners' job numbered, nothing printed."""
    folder = tmp_path_factory.mktemp("numbered") / "ward"
    folder.parent.mkdir(exist_ok=True)
    with copied_ward(*ward_template, folder) as ward:
        toml = folder / "ward.toml"
        toml.write_text(toml.read_text(encoding="utf-8").replace("chunk_pieces = 12", "chunk_pieces = 2"), "utf-8")
        rows = [
            {"payer_key": f"{n:010d}", "name": name, "postcode": f"160{n:04d}"}
            for n, name in enumerate(OWNERS, start=1)
        ]
        ward.load(ward.write_vehicles("owners.csv", *rows))
        ward.noticed(JOB, "vehicle-tax")
    return folder


@pytest.fixture(scope="session")
def printed(numbered_folder, tmp_path_factory, ward_template, copied_ward, pool, act):
    folder = tmp_path_factory.mktemp("printed") / "ward"
    with copied_ward(numbered_folder, ward_template[1], folder) as ward:
        results = print_pages(ward.engine, ward.settings, JOB, pool)
        with ward.session() as session:
            composed = store_pages(session, act("2026-04-17 13:00"), JOB, results)
    return Printed(folder, tuple(results), composed)


@pytest.fixture
def numbered_ward(numbered_folder, ward_template, copied_ward, tmp_path):
    with copied_ward(numbered_folder, ward_template[1], tmp_path / "numbered") as ward:
        yield ward


@pytest.fixture
def printed_ward(printed, ward_template, copied_ward, tmp_path):
    """A copy of the printed ward to spoil."""
    with copied_ward(printed.folder, ward_template[1], tmp_path / "ward") as ward:
        yield ward
