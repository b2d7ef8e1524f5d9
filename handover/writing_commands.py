"""Before a medium leaves: it was read back from where it was written, a spare holds the very same container, and the passphrase
went by another road.

The same manner as `custody_commands`: all faults at once, or the event to record. Form F-06 暗号化・書出記録; a supervisor lets
data be written (four eyes), special terms (特記事項) 6.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from handover.contract import Contract, Role, Side
from handover.custody_checks import known, not_read_back, zone_faults
from handover.custody_commands import register
from handover.custody_table import Tag
from handover.days import day_of
from handover.duties import duty_faults
from handover.model import Custody, Event, Medium, MediumState
from handover.records import SecretRoute
from handover.rules import Fault, refuse_if


def read_back(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    batch: str,
    container: str,
    container_sha256: str,
    size: int,
    files: Mapping[str, str],
    place: str,
    written: bool,
    approved_by: str,
    by: str,
    at: datetime,
) -> Event:
    """A written medium was read again from its place and found equal to what was sealed (`files`: name → SHA-256).

    Refuses an approval by nobody's supervisor or by the very person who wrote and read it (`by`), and a number that another
    container bears already.
    """
    item = custody.media.get(medium)

    def faults() -> Iterator[Fault]:
        yield from zone_faults(at)
        if item is not None and item.container_sha256 != container_sha256:
            yield Fault("custody.other-container", {"medium": medium})
        yield from duty_faults(
            contract, [approved_by], on=day_of(at), side=Side.WARD, role=Role.SUPERVISOR, duty="書出しの承認"
        )
        if approved_by == by:
            yield Fault("custody.own-approval", {"person": by})

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "batch": batch,
        "container": container,
        "container_sha256": container_sha256,
        "size": size,
        "files": dict(files),
        "place": place,
        "written": written,
        "approved_by": approved_by,
    }
    return Event(Tag.READ_BACK, f"medium:{medium}", body)


def register_spare(custody: Custody, *, medium: str, of: str, serial: str, kind: str, at: datetime) -> Event:
    """A second medium (副) that holds the very container of a registered one, under the same deadlines.

    Both must have been read back, each from where it was written, with the same container's hash.
    """
    first = known(custody, of)
    refuse_if([*not_read_back(custody, of, first.container_sha256), *_spare_faults(custody, medium, first)])
    return register(
        custody,
        medium=medium,
        batch=first.batch,
        serial=serial,
        kind=kind,
        part="副",
        container_sha256=first.container_sha256,
        copies_allowed=first.copies_allowed,
        return_by=first.return_by,
        erase_by=first.erase_by,
        at=at,
    )


def deliver_secret(
    custody: Custody,
    contract: Contract,
    *,
    medium: str,
    route: SecretRoute,
    given_by: str,
    received_by: str,
    delivered_at: datetime,
    at: datetime,
) -> Event:
    """The passphrase letter of a medium reached the vendor; refused where a carrier of that medium had it in hand as well."""
    item = custody.media.get(medium)
    carriers = {one for way in custody.transfers_of(medium) for one in way.carriers if way.direction == "out"}

    def faults() -> Iterator[Fault]:
        yield from zone_faults(delivered_at)
        yield from zone_faults(at)
        if delivered_at.tzinfo is not None and at.tzinfo is not None and delivered_at > at:
            yield Fault("custody.secret-dates", {"medium": medium})
        if medium in custody.secrets:
            yield Fault("custody.secret-delivered", {"medium": medium})
        if item is not None and item.state is MediumState.CLOSED:
            yield Fault("custody.batch-closed", {"batch": item.batch, "medium": medium})
        on = day_of(delivered_at)
        yield from duty_faults(contract, [given_by], on=on, side=Side.WARD, duty="パスフレーズの送付")
        yield from duty_faults(contract, [received_by], on=on, side=Side.VENDOR, duty="パスフレーズの受領")
        if both := sorted({given_by, received_by} & carriers):
            yield Fault("custody.secret-with-medium", {"medium": medium, "people": " ".join(both)})

    refuse_if(faults())
    body = {
        "at": at.isoformat(),
        "route": route.value,
        "given_by": given_by,
        "received_by": received_by,
        "delivered_at": delivered_at.isoformat(),
    }
    return Event(Tag.SECRET_DELIVERED, f"passphrase:{medium}", body)


def _spare_faults(custody: Custody, medium: str, first: Medium) -> Iterator[Fault]:
    if medium not in custody.read_backs:
        yield Fault("custody.spare-not-read-back", {"medium": medium, "first": first.id})
    elif custody.read_backs[medium].container_sha256 != first.container_sha256:
        yield Fault("custody.spare-differs", {"medium": medium, "first": first.id})
