"""From records to money that stands: repeats are taken out, provisional and confirmed records paired, cancellations applied.

Pure, and blind to the order in which files were loaded. Records of different files that agree in the channel's record key (and always
in reference, amount and late charge) are one record told twice; how often it was told within one file is how often it happened
(occurrence counter), and of several files the one that tells it most often is right. So a file sent again adds nothing, and one slip
paid twice in one store in one minute counts twice. Where the channel numbers its payments, one number is one payment.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, time
from operator import attrgetter

from print_service.collection.channels import Channel, channels
from print_service.collection.model import Oddity, Receipted, Standing

_MIDNIGHT = time()


class _Told:
    """One record after repeats were taken out: the earliest day any file gave it, the latest transfer day."""

    __slots__ = ("data_date", "first", "funds_on", "occurrence")

    def __init__(self, first: Receipted, occurrence: int) -> None:
        self.first = first
        self.occurrence = occurrence
        self.data_date = first.data_date
        self.funds_on = first.funds_on

    def also(self, other: Receipted) -> None:
        self.data_date = min(self.data_date, other.data_date)
        if other.funds_on is not None:
            self.funds_on = max(self.funds_on or other.funds_on, other.funds_on)
        self.first = min(self.first, other, key=_content)


def _content(receipt: Receipted) -> tuple[object, ...]:
    """An order of equal records by what they say, not by when they were loaded."""
    return (
        receipt.data_date,
        receipt.funds_on or date.max,
        receipt.collected_on,
        receipt.collected_at or _MIDNIGHT,
        receipt.store,
        receipt.serial,
        receipt.remark,
    )


def chronological(receipt: Receipted) -> tuple[object, ...]:
    """An order of payments: by day and hour, then by anything that tells them apart."""
    at = receipt.collected_at or _MIDNIGHT
    money = (receipt.amount, receipt.late_charge)
    return (receipt.collected_on, at, receipt.channel, receipt.store, receipt.serial, money, receipt.reference)


def standing(receipts: Sequence[Receipted]) -> tuple[list[Standing], list[Oddity]]:
    """What stands of the receipts of one bill, in order of time, and what does not fit among the records themselves."""
    payments: list[Standing] = []
    oddities: list[Oddity] = []
    by_channel: dict[tuple[str, str], list[_Told]] = defaultdict(list)
    for told in _distinct(receipts, oddities):
        by_channel[told.first.channel, told.first.reference].append(told)
    for (key, _), mine in by_channel.items():
        channel = channels()[key]
        visits: dict[tuple[object, ...], dict[str, list[_Told]]] = defaultdict(lambda: defaultdict(list))
        visit_of = attrgetter(*channel.visit)
        for told in mine:
            visits[visit_of(told.first)][told.first.kind].append(told)
        for visit in visits.values():
            payments += _visit(channel, visit, oddities)
    payments.sort(key=lambda paid: (chronological(paid.first), paid.occurrence))
    return payments, oddities


def _distinct(receipts: Sequence[Receipted], oddities: list[Oddity]) -> Iterator[_Told]:
    groups: dict[tuple[object, ...], dict[int, list[Receipted]]] = {}
    for receipt in receipts:
        key_of = attrgetter(*channels()[receipt.channel].record_key)
        key = (receipt.channel, receipt.reference, receipt.amount, receipt.late_charge, key_of(receipt))
        groups.setdefault(key, {}).setdefault(receipt.file, []).append(receipt)
    for by_file in groups.values():
        told: list[_Told] = []
        numbered = channels()[next(iter(by_file.values()))[0].channel].numbered
        for mine in by_file.values():
            for number, receipt in enumerate(sorted(mine, key=_content)):
                same = 0 if numbered else number
                if same < len(told):
                    told[same].also(receipt)
                else:
                    told.append(_Told(receipt, same + 1))
        if numbered and (times := max(map(len, by_file.values()))) > 1:
            oddities.append(_oddity("collection.repeated-serial", told[0], times=times))
        if len(by_file) > 1:
            _doubtful_repeat(by_file.values(), oddities)
        yield from told


def _doubtful_repeat(by_file: Iterable[Sequence[Receipted]], oddities: list[Oddity]) -> None:
    """Equal records of different days' data, in a channel that numbers nothing: sent again, or paid again? Counted once, and shown."""
    first = min((receipt for mine in by_file for receipt in mine), key=_content)
    days = [{receipt.data_date for receipt in mine} for mine in by_file]
    if channels()[first.channel].provisional and not set.intersection(*days):
        oddities.append(_oddity("collection.repeated-other-day", _Told(first, 1), days=len(set.union(*days))))


def _visit(channel: Channel, kinds: dict[str, list[_Told]], oddities: list[Oddity]) -> Iterator[Standing]:
    """The payments of one visit to a store or of one posting."""
    oddities += [_oddity("collection.correction", told) for told in kinds["correction"]]
    provisional, confirmed, cancelled = (
        sorted(kinds[kind], key=_by_time) for kind in ("provisional", "confirmed", "cancelled")
    )
    if channel.final:
        pairs = _pair(confirmed, provisional)
        _revoke(provisional, cancelled)
    else:
        _revoke(confirmed, cancelled)
        pairs = _pair(confirmed, provisional)
        _revoke(provisional, cancelled)
    for told in cancelled:
        after = channel.final and confirmed
        key = "collection.cancelled-after-confirmed" if after else "collection.cancelled-without-payment"
        oddities.append(_oddity(key, told))
    transfers = sorted(kinds["transferred"], key=_by_time)
    for sure, early in [*pairs, *((None, early) for early in provisional)]:
        shown = sure or early
        assert shown is not None, "a pair has at least one half"
        if channel.provisional and sure and early is None:
            oddities.append(_oddity("collection.confirmed-without-provisional", sure))
        transfer = transfers.pop(0) if transfers else None
        funds = [one.funds_on for one in (sure, early, transfer) if one and one.funds_on]
        yield Standing(
            first=shown.first,
            occurrence=shown.occurrence,
            provisional_on=early.data_date if early else None,
            confirmed_on=sure.data_date if sure else None,
            funds_on=max(funds, default=None),
        )
    oddities += [_oddity("collection.transfer-without-payment", told) for told in transfers]


def _by_time(told: _Told) -> tuple[object, ...]:
    return (chronological(told.first), told.occurrence)


def _place(told: _Told) -> tuple[object, ...]:
    return (told.first.collected_at, told.first.store, told.first.amount)


def _pair(sure: Sequence[_Told], early: list[_Told]) -> list[tuple[_Told | None, _Told | None]]:
    """Confirmed records with their provisional ones, which are taken out of `early`: same hour and store first, then any of the visit."""
    pairs: dict[int, _Told] = {}
    for same in (True, False):
        for number, told in enumerate(sure):
            if number not in pairs and (found := _take(early, told, same_place=same)) is not None:
                pairs[number] = found
    return [(told, pairs.get(number)) for number, told in enumerate(sure)]


def _revoke(payments: list[_Told], cancelled: list[_Told]) -> None:
    """Take out of both lists what cancels each other."""
    for same in (True, False):
        for told in list(cancelled):
            if _take(payments, told, same_place=same) is not None:
                cancelled.remove(told)


def _take(early: list[_Told], like: _Told, *, same_place: bool) -> _Told | None:
    for number, told in enumerate(early):
        if not same_place or _place(told) == _place(like):
            return early.pop(number)
    return None


def _oddity(key: str, told: _Told, **values: str | int) -> Oddity:
    return Oddity(key, subject_of(told.first, told.occurrence), told.first, told.first.amount, values)


def subject_of(receipt: Receipted, occurrence: int) -> str:
    """The words by which a record is known again in the work list."""
    at = receipt.collected_at.isoformat("minutes") if receipt.collected_at else ""
    when = f"{receipt.collected_on:%Y%m%d}{at}"
    where = f"{receipt.store}/{receipt.serial}/{receipt.amount}/{receipt.late_charge}/{occurrence}"
    return f"{receipt.channel}/{receipt.reference}/{when}/{where}"
