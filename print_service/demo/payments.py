"""The synthetic collection agency: writes the convenience-store file for slips that somebody took to a store.

Feeds step 11 (collect) of the demo, in the layout `cvs-payments-a`. Every visit is reported 速報; then it is
confirmed 確報, stays provisional, or is revoked 速報取消. Hour, store and chain are drawn by seed; who pays and how
it goes on is the caller's choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from random import Random

from print_service.collection.freshness import expected_days
from print_service.collection.model import Kind
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write_groups

LAYOUT = "cvs-payments-a"
_CHAINS = ("0001", "0002", "0003")
_CONFIRMED_AFTER = timedelta(days=5)
_TRANSFERRED_AFTER = timedelta(days=10)
_AMOUNT = slice(37, 43)


@dataclass(frozen=True)
class Visit:
    """A slip at a store: the 44 digits of its bar code, its amount in yen, the day, and the last record that tells of
    it.
    """

    digits44: str
    amount: int
    collected_on: date
    outcome: Kind


def write_payment_file(
    path: Path,
    visits: Sequence[Visit],
    *,
    seed: int,
    covered_to: date,
    covered_from: date | None = None,
    agency: str = "99999",
    company: str = "00000",
) -> int:
    """Write the visits in variant A and return the number of records; `covered_to` is the last header's date.

    With `covered_from` the file has a group for each opening day from it on, the empty ones too: so it tells of all of them.
    Deterministic by `visits` and `seed`. Raises ValueError when an amount is not the one in the digits, or a visit is
    later than `covered_to`.
    """
    rng = Random(seed)  # noqa: S311 - a synthetic ward, no secret
    rows: list[dict[str, Value]] = []
    for visit in visits:
        if visit.collected_on > covered_to or visit.digits44[_AMOUNT] != f"{visit.amount:06d}":
            raise ValueError(f"visit {len(rows)}: a day after {covered_to}, or an amount that is not in the digits")
        row = _provisional(rng, visit)
        rows.append(row)
        if visit.outcome == "confirmed":
            day = min(visit.collected_on + _CONFIRMED_AFTER, covered_to)
            transfer = visit.collected_on + _TRANSFERRED_AFTER
            rows.append(row | {"data_kind": "confirmed", "data_date": day, "transfer_date": transfer})
        elif visit.outcome == "cancelled":
            rows.append(row | {"data_kind": "cancelled"})
    header: dict[str, Value] = {"agency": agency, "company": company, "company_name": "ﾐﾎﾝｸ"}
    groups = _by_day(rows, covered_from or covered_to, covered_to)
    write_groups(path, load_layout(LAYOUT), [({**header, "created_on": day}, mine) for day, mine in groups.items()])
    return len(rows)


def _by_day(rows: Sequence[dict[str, Value]], first: date, last: date) -> Mapping[date, Sequence[dict[str, Value]]]:
    """Rows by the opening day whose file tells of them: that of the data, or the next."""
    groups: dict[date, list[dict[str, Value]]] = {day: [] for day in expected_days("business-days", first, last)}
    groups.setdefault(last, [])
    for row in rows:
        told = row["data_date"]
        assert isinstance(told, date)
        groups[next(day for day in groups if day >= told)].append(row)
    return groups


def _provisional(rng: Random, visit: Visit) -> dict[str, Value]:
    digits = visit.digits44
    return {
        "data_kind": "provisional",
        "collected_on": visit.collected_on,
        "collected_at": time(rng.randint(7, 22), rng.randrange(60)),
        "agency": digits[3:8],
        "company": digits[8:13],
        "free_key": digits[13:29],
        "reissue": digits[29],
        "pay_by": digits[30:36],
        "stamp": digits[36],
        "amount": visit.amount,
        "check_digit": digits[43],
        "store": f"{rng.randrange(1, 10**7):07d}",
        "data_date": visit.collected_on,
        "transfer_date": None,
        "accounting_date": None,
        "chain": rng.choice(_CHAINS),
    }
