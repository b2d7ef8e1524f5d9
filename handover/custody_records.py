"""How the journal's events change what custody keeps beside media and copies: readings back, passphrases, vendor's reports.

Called by `custody.fold` alone; each takes the custody, the event's subject without its kind, and the event's body.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from handover.manifest import instant
from handover.model import Custody
from handover.records import ReadBack, SecretDelivery, SecretRoute, VendorReport
from handover.rules import RefusalError


def read_back(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    """A medium was read back: the latest reading counts."""
    found = ReadBack(
        medium=name,
        batch=body["batch"],
        container=body["container"],
        container_sha256=body["container_sha256"],
        size=body["size"],
        place=body["place"],
        written=body["written"] is True,
        approved_by=body["approved_by"],
        at=instant(body["at"]),
    )
    return replace(custody, read_backs={**custody.read_backs, name: found})


def secret_delivered(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    """A passphrase letter reached the vendor."""
    found = SecretDelivery(
        medium=name,
        route=SecretRoute(body["route"]),
        given_by=body["given_by"],
        received_by=body["received_by"],
        delivered_at=instant(body["delivered_at"]),
    )
    return replace(custody, secrets={**custody.secrets, name: found})


def reported(custody: Custody, name: str, body: Mapping[str, Any]) -> Custody:
    """The vendor's report of a container was taken."""
    if name in custody.reports:
        raise RefusalError("report.known", report=name)
    found = VendorReport(
        id=name,
        batch=body["batch"],
        medium=body["medium"],
        container_sha256=body["container_sha256"],
        sha256=body["sha256"],
        spoiled=body["spoiled"],
        blanks=body["blanks"],
    )
    return replace(custody, reports={**custody.reports, name: found})
