"""Checks that several custody commands share: is the thing known, may it happen now, are fields and times sound."""

from collections.abc import Iterator
from datetime import datetime
from unicodedata import east_asian_width

from handover.custody_table import TABLE
from handover.model import Custody, Medium, MediumEvent, MediumState
from handover.rules import Fault, RefusalError

_LONGEST = {
    "host": 40, "path": 120, "place": 44, "serial": 30, "kind": 20, "seal_no": 20, "case_no": 20, "reported_by": 40,
    "holder": 40, "step": 40, "discovered_by": 40, "pieces": 40,
}  # fmt: skip
"""Half-width characters of the free texts of this room that the forms hold."""


def known(custody: Custody, medium: str) -> Medium:
    """The medium of this number; refuses one never registered."""
    if medium not in custody.media:
        raise RefusalError("custody.medium-unknown", medium=medium)
    return custody.media[medium]


def table_faults(medium: Medium, event: MediumEvent) -> Iterator[Fault]:
    """Why the table does not allow the event now."""
    outcome = TABLE[medium.state][event]
    if not isinstance(outcome, MediumState):
        yield Fault(outcome, {"medium": medium.id, "batch": medium.batch})


def step_faults(medium: Medium, event: MediumEvent, at: datetime) -> Iterator[Fault]:
    """Why the event may not happen to the medium at this moment."""
    yield from table_faults(medium, event)
    if at.tzinfo is None:
        yield Fault("time.no-zone")
    elif at < medium.since:
        yield Fault("custody.time-reversed", {"medium": medium.id})


def not_read_back(custody: Custody, medium: str, container_sha256: str) -> Iterator[Fault]:
    """Why a medium may not leave: it was never read back, or another container was found on it."""
    found = custody.read_backs.get(medium)
    if found is None or found.container_sha256 != container_sha256:
        yield Fault("custody.not-read-back", {"medium": medium})


def report_faults(custody: Custody, batch: str) -> Iterator[Fault]:
    """Spoiled sheets that the vendor's reports name in another number than was recorded and followed to their end."""
    latest = {one.container_sha256: one for one in custody.reports.values() if one.batch == batch}
    reported, known = sum(one.spoiled for one in latest.values()), sum(one.sheets for one in custody.spoilage_of(batch))
    if latest and reported != known:
        yield Fault("custody.spoilage-differs", {"batch": batch, "reported": reported, "known": known})


def zone_faults(at: datetime) -> Iterator[Fault]:
    """A moment without its zone is no moment."""
    if at.tzinfo is None:
        yield Fault("time.no-zone")


def blank_faults(**texts: str) -> Iterator[Fault]:
    """Fields that are empty, or longer than the forms have room for."""
    for name, text in texts.items():
        if not text.strip():
            yield Fault("custody.field-empty", {"field": name})
    yield from long_faults(**texts)


def long_faults(**texts: str) -> Iterator[Fault]:
    """Fields longer than the forms have room for: a paper that cannot be printed must not stop a medium at the door."""
    for name, text in texts.items():
        longest = _LONGEST.get(name)
        if longest is not None and columns(text) > longest:
            yield Fault("custody.field-long", {"field": name, "longest": longest, "wide": longest // 2})


def columns(text: str) -> int:
    """How wide a text is in half-width characters."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
