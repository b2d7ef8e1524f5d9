"""A ward whose vehicle notices are sealed and have passed inspection, made once a session and copied for each test."""

from dataclasses import dataclass
from datetime import date

import pytest

from print_service.mailing.post import planned, post
from print_service.mailing.returned import mark_returned

BATCH, MEDIUM = "R08-N01", "M-1"
POSTED_ON = date(2026, 5, 8)


@dataclass(frozen=True)
class Mailroom:
    """The ward at the point of posting, and what the mail room does."""

    ward: object
    act: object

    def counts(self) -> dict[str, int]:
        """差出票: planned pieces by class."""
        with self.ward.session() as session:
            return {row.postal_class: row.pieces for row in planned(session, BATCH)}

    def post(self, counts: dict[str, int] | None = None):
        with self.ward.session() as session:
            counts = self.counts_in(session) if counts is None else counts
            return post(session, self.ward.settings, self.act("2026-05-08 19:00", "W03"), BATCH, POSTED_ON, counts)

    def returned(self, number: int, reason: str = "あて所に尋ねあたりません", batch: str = BATCH) -> None:
        with self.ward.session() as session:
            mark_returned(session, self.act("2026-05-15 11:00"), batch, number, reason)

    def counts_in(self, session) -> dict[str, int]:
        return {row.postal_class: row.pieces for row in planned(session, BATCH)}


@pytest.fixture(scope="session")
def passed_folder(tmp_path_factory, ward_template, copied_ward):
    folder = tmp_path_factory.mktemp("passed") / "ward"
    with copied_ward(*ward_template, folder) as ward:
        ward.load_all()
        ward.noticed(BATCH, "vehicle-tax")
        ward.sealed(BATCH, MEDIUM)
        ward.inspect_only(BATCH)
        ward.send_keys(date(2026, 5, 7))
    return folder


@pytest.fixture
def mailroom(passed_folder, ward_template, copied_ward, tmp_path, act):
    with copied_ward(passed_folder, ward_template[1], tmp_path / "ward") as ward:
        yield Mailroom(ward, act)
