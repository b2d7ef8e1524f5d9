"""What the receipts of one bill come to: which payments count for which slip, and what does not fit.

A pure function of the receipts and the bill, whatever order files were loaded in; `recompute` relies on that. A slip pays its
instalment once, up to its amount: what came beyond it (a second payment, another channel, the whole year's slip besides an
instalment's) pays nothing else until a person settles it (過誤納, 地方税法17条).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from print_service.collection.model import NOTHING_OF_OURS, Bill, Oddity, Outcome, Receipted, Standing
from print_service.collection.standing import standing, subject_of

WHOLE_YEAR = 0
_ISSUED = "issued"
_DIFFERS = {
    "category": "collection.wrong-category",
    "confirmation": "collection.wrong-confirmation",
    "bar-code": "collection.wrong-bar-code",
}


def weigh(receipts: Sequence[Receipted], bill: Bill = NOTHING_OF_OURS) -> Outcome:
    """Payments in order of time, each with what of it counts, and every oddity once."""
    payments, oddities = standing(receipts)
    if bill.assessment_id is None:
        oddities += [_about("collection.unknown-slip", paid) for paid in payments]
        return Outcome(tuple(payments), _once(oddities))
    if payments:
        shares_of: dict[int, list[tuple[int, Standing]]] = defaultdict(list)
        for (slip_id, period), mine in _by_slip(payments):
            due = bill.slips[slip_id].amount if slip_id is not None else _by_debit(bill, period)
            _count(mine, due)
            oddities += _against_slip(mine, due)
            if slip_id is not None and bill.slips[slip_id].state != _ISSUED:
                oddities += [_about("collection.revoked-slip", paid) for paid in mine]
            for number, share in _shares(bill, period, sum(paid.counted for paid in mine)):
                shares_of[number].append((share, mine[-1]))
        oddities += _across_slips(bill, shares_of)
        oddities += _single(bill, payments)
    return Outcome(tuple(payments), _once(oddities))


def _by_slip(payments: Sequence[Standing]) -> Iterable[tuple[tuple[int | None, int], list[Standing]]]:
    """Payments by slip; by instalment alone for direct debits, which need no slip."""
    groups: dict[tuple[int | None, int], list[Standing]] = {}
    for paid in payments:
        groups.setdefault((paid.first.slip_id, paid.first.period or WHOLE_YEAR), []).append(paid)
    return groups.items()


def _by_debit(bill: Bill, period: int) -> int:
    return sum(bill.instalments.values()) if period == WHOLE_YEAR else bill.instalments.get(period, 0)


def _count(payments: Sequence[Standing], due: int) -> None:
    counted = 0
    for paid in payments:
        paid.counted_from = counted
        paid.counted = max(min(paid.principal, due - counted), 0)
        counted += paid.counted


def _against_slip(payments: Sequence[Standing], due: int) -> Iterator[Oddity]:
    told = sum(paid.principal for paid in payments)
    last = payments[-1]
    about = {"paid": told, "due": due}
    if told < due:
        yield _of_slip("collection.underpaid", last, due - told, len(payments), about)
    elif told > due and len(payments) == 1:
        yield _of_slip("collection.overpaid", last, told - due, 1, about)
    elif told > due:
        yield _of_slip("collection.double-slip", last, told - due, len(payments), about | {"times": len(payments)})


def _shares(bill: Bill, period: int, counted: int) -> Iterator[tuple[int, int]]:
    """(instalment, yen) that a slip pays; the whole year's slip pays the instalments in their order."""
    if period != WHOLE_YEAR or not bill.instalments:
        yield period, counted
        return
    for number, amount in sorted(bill.instalments.items()):
        share = min(counted, amount)
        if share:
            yield number, share
        counted -= share


def _across_slips(bill: Bill, shares_of: dict[int, list[tuple[int, Standing]]]) -> Iterator[Oddity]:
    for number, shares in sorted(shares_of.items()):
        due = bill.instalments.get(number, 0)
        paid = sum(share for share, _ in shares)
        if paid > due and not bill.withdrawn:
            # Shares lie in no order of their own; the payment that came last is the one too many.
            last = max((one for _, one in shares), key=lambda one: (one.first.collected_on, one.first.channel))
            subject = f"assessment/{bill.assessment_id}/{number}/{paid}"
            values: dict[str, str | int] = {"period": number, "paid": paid, "due": due, "times": len(shares)}
            yield Oddity("collection.double-instalment", subject, last.first, paid - due, values)


def _single(bill: Bill, payments: Sequence[Standing]) -> Iterator[Oddity]:
    for paid in payments:
        if paid.first.differs:
            yield _about(_DIFFERS[paid.first.differs], paid)
        if paid.first.remark:
            yield _about("collection.channel-remark", paid, remark=paid.first.remark)
        if bill.withdrawn:
            yield _about("collection.withdrawn-assessment", paid)


def _of_slip(key: str, shown: Standing, amount: int, times: int, values: dict[str, int]) -> Oddity:
    first = shown.first
    subject = f"slip/{first.slip_id}" if first.slip_id else f"{first.channel}/{first.reference}"
    return Oddity(key, f"{subject}/{times}/{values['paid']}", first, amount, dict(values))


def _about(key: str, paid: Standing, **values: str | int) -> Oddity:
    return Oddity(key, subject_of(paid.first, paid.occurrence), paid.first, paid.first.amount, values)


def _once(oddities: Iterable[Oddity]) -> tuple[Oddity, ...]:
    return tuple({(one.key, one.subject): one for one in oddities}.values())
