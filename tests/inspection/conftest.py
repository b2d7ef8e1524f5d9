"""A ward whose two notice batches are sealed on blank sheets, made once a session and copied for each test."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from print_service.inspection.plan import Sample, sample
from print_service.inspection.sign import plan_inspection, record_result, sign
from print_service.ledger.tables import Container, Piece

VEHICLE, RESIDENT = "R08-N01", "R08-N02"


@dataclass(frozen=True)
class Sealed:
    """The ward with both batches sealed, and what an inspector does with one of them."""

    ward: object
    act: object

    def numbers(self, batch: str = VEHICLE) -> dict[str, int]:
        """Payer key → piece number."""
        with self.ward.session() as session:
            pieces = session.scalars(select(Piece).where(Piece.job_id == batch)).all()
            return {piece.payer_key: piece.number for piece in pieces}

    def sample(self, sha256: str, per_stratum: int = 3, batch: str = VEHICLE) -> list[Sample]:
        with self.ward.session() as session:
            return list(sample(session, batch, sha256, per_stratum))

    def container(self, batch: str = VEHICLE) -> Container:
        with self.ward.session() as session:
            live = (Container.job_id == batch, Container.voided.is_(False))
            return session.scalars(select(Container).where(*live)).one()

    def plan(self, batch: str = VEHICLE) -> list[int]:
        """Open an inspection; gives the numbers to open."""
        with self.ward.session() as session:
            inspection = plan_inspection(session, self.ward.settings, self.act(), batch)
            return [row["piece"] for row in inspection.plan["samples"]]

    def look(self, *numbers: int, ok: bool = True, note: str = "", batch: str = VEHICLE) -> None:
        """Record what was seen in these pieces."""
        with self.ward.session() as session:
            for number in numbers:
                record_result(session, batch, number, ok=ok, note=note)

    def sign(self, by: str = "W03", batch: str = VEHICLE):
        with self.ward.session() as session:
            return sign(session, self.act(by=by), batch)


@pytest.fixture(scope="session")
def sealed_folder(tmp_path_factory, ward_template, copied_ward):
    folder = tmp_path_factory.mktemp("sealed") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        for batch, tax_item, medium in ((VEHICLE, "vehicle-tax", "M-1"), (RESIDENT, "resident-tax", "M-2")):
            ward.noticed(batch, tax_item)
            ward.sealed(batch, medium)
    return folder


@pytest.fixture
def sealed(sealed_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(sealed_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Sealed(ward, act)
