"""A season's payments: send the keys of its slips, load and match N records, ask what is owed, withdraw the keys that were paid.

Prints records/s and the peak memory of the process.

    benchmarks/collection.py [--records 1000000] [--keys-only] [--url postgresql+psycopg://…]

Half of the records are 速報, half the 確報 of the same payments, so N records pay N/2 slips of N/10 assessments (four instalments and the
whole year, of which four are paid). Slips and assessments are rows written directly: making them is other rooms' work. Without --url the
ledger is SQLite in a temporary folder; a database named by --url must be empty.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from barcodes.digits import modulo10
from print_service.act import Act
from print_service.collection.load import load_payments
from print_service.collection.match import balances
from print_service.collection.recompute import recompute
from print_service.collection.send import send_keys
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.ledger.database import connect, migrate, transaction
from print_service.ledger.tables import Assessment, Instalment, Job, Payer, Piece, Slip, SourceFile
from print_service.resources import data_dir
from print_service.settings import load_settings

ACT = Act("BENCH", datetime(2026, 7, 20, 9, tzinfo=UTC))
DAY = date(2026, 6, 10)
DUES = (date(2026, 6, 30), date(2026, 8, 31), date(2026, 11, 2), date(2027, 2, 1))
AMOUNT = 12_000
BLOCK = 2_000


def digits(assessment: int, period: int) -> str:
    """The 44 digits of a slip."""
    body = "91999999" + f"000000801{assessment:010d}{period}0" + "0" + "260831" + "0" + f"{AMOUNT:06d}"
    return body + str(modulo10(body))


def fill(session: Session, assessments: int) -> None:
    """Payers, assessments, instalments and slips, in blocks."""
    host = {"kind": "assessments", "layout": "-", "name": "-", "scope": "-", "records": 0, "total": 0}
    file = SourceFile(sha256="0" * 64, loaded_at=ACT.at, **host)
    session.add(file)
    session.flush()
    head = {"source_file_id": file.id}
    session.add(
        Job(
            id="R08-N01",
            kind="notice",
            tax_items=[],
            levy_year=2026,
            issued_on=DAY,
            state="posted",
            maker="-",
            created_at=ACT.at,
        )
    )
    session.flush()
    for start in range(1, assessments + 1, BLOCK):
        ids = range(start, min(start + BLOCK, assessments + 1))
        who = {"postcode": "1600022", "address": "", "building": "", "name": "", "kana": "", "honorific": ""}
        marks = {"protected": False, "deceased": False, "returned": False}
        session.execute(insert(Payer), [{"key": f"{i:010d}", **who, **marks, **head} for i in ids])
        bill = {
            "tax_item": "resident-tax",
            "levy_year": 2026,
            "method": "slip",
            "annual": 4 * AMOUNT,
            "facts": {},
            "account": None,
        }
        session.execute(
            insert(Assessment),
            [{"id": i, "notice_no": f"{i:010d}", "payer_key": f"{i:010d}", **bill, **head} for i in ids],
        )
        parts = [(i, number) for i in ids for number in (1, 2, 3, 4)]
        session.execute(
            insert(Instalment),
            [{"assessment_id": i, "number": n, "due": DUES[n - 1], "amount": AMOUNT} for i, n in parts],
        )
        piece = {
            "job_id": "R08-N01",
            "postcode": "",
            "postal_class": "",
            "documents": [],
            "sheets": 1,
            "pages": 1,
            "state": "posted",
        }
        session.execute(insert(Piece), [{"id": i, "number": i, "payer_key": f"{i:010d}", **piece} for i in ids])
        session.execute(insert(Slip), [slip(i, n) for i, n in parts] + [slip(i, 0) for i in ids])


def slip(assessment: int, period: int) -> dict[str, object]:
    return {
        "piece_id": assessment,
        "assessment_id": assessment,
        "position": period,
        "period": period,
        "issue": 0,
        "amount": AMOUNT if period else 4 * AMOUNT,
        "due": DUES[max(period - 1, 0)],
        "pay_by": date(2026, 8, 31),
        "agency": "13199",
        "number": f"0801{assessment:010d}{period}0",
        "confirmation": "000000",
        "category": "010",
        "cvs_digits": digits(assessment, period),
        "state": "issued",
    }


def records(payments: int) -> Iterator[dict[str, object]]:
    """速報 and 確報 of each payment, spread over the month."""
    for number in range(payments):
        code = digits(number // 4 + 1, number % 4 + 1)
        row = {
            "collected_on": date(2026, 6, 1 + number % 28),
            "collected_at": datetime(2026, 6, 1, 7 + number % 16, number % 60, tzinfo=UTC).time(),
            "agency": code[3:8],
            "company": code[8:13],
            "free_key": code[13:29],
            "reissue": code[29],
            "pay_by": code[30:36],
            "stamp": code[36],
            "amount": AMOUNT,
            "check_digit": code[43],
            "store": f"{number % 9973:07d}",
            "chain": f"{number % 7:04d}",
            "data_date": date(2026, 7, 1),
            "accounting_date": None,
        }
        yield row | {"data_kind": "provisional", "transfer_date": None}
        yield row | {"data_kind": "confirmed", "transfer_date": date(2026, 7, 10)}


def peak() -> int:
    """MiB that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Fill, write, load, ask, recompute."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--keys-only", action="store_true", help="only send the keys: 5 for each 8 records")
    parser.add_argument("--url", default="")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        url = wanted.url or f"sqlite:///{scratch}/ledger.sqlite"
        run(Path(scratch), wanted.records, url, keys_only=wanted.keys_only)


def run(folder: Path, count: int, url: str, *, keys_only: bool) -> None:
    (folder / "ward.toml").write_bytes((data_dir() / "ward.toml").read_bytes())
    settings = load_settings(folder / "ward.toml")
    engine = connect(url)
    migrate(engine)
    payments = count // 2
    with transaction(engine) as session:
        fill(session, payments // 4 + 1)
    print(f"{engine.dialect.name}: {2 * payments:,} records, peak before {peak()} MiB", file=sys.stderr)
    print("| what | seconds | of them this process | records/s | peak MiB |\n|---|---|---|---|---|")
    keys = 5 * (payments // 4 + 1)
    with timed("send the keys", keys), transaction(engine) as session:
        assert send_keys(session, settings, ACT, "pay-easy-centre").counts["insert"] == keys
    if keys_only:
        engine.dispose()
        return
    header = {"created_on": date(2026, 7, 17), "agency": "99999", "company": "00000", "company_name": ""}
    write(folder / "pay.dat", load_layout("cvs-payments-a"), records(payments), header=header)
    with timed("load and match", 2 * payments), transaction(engine) as session:
        done = load_payments(session, settings, ACT, folder / "pay.dat", "cvs-payments-a")
    assert (done.matched, done.exceptions) == (2 * payments, {}), done
    with timed("balances of every instalment", 2 * payments), transaction(engine) as session:
        paid = sum(balance.unpaid == 0 for balance in balances(session, date.max, date.max))
    assert paid == payments, paid
    with timed("recompute from the beginning", 2 * payments), transaction(engine) as session:
        assert recompute(session, settings, ACT).changed == 0
    with timed("withdraw the keys that were paid", keys), transaction(engine) as session:
        withdrawn = send_keys(session, settings, ACT, "pay-easy-centre").counts["withdraw"]
    assert withdrawn >= payments, withdrawn
    engine.dispose()


class timed:  # noqa: N801
    """Prints a row of the table."""

    def __init__(self, what: str, count: int) -> None:
        self.what, self.count = what, count

    def __enter__(self) -> None:
        self.start, self.busy = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        seconds = time.perf_counter() - self.start
        busy = time.process_time() - self.busy
        print(f"| {self.what} | {seconds:.1f} | {busy:.1f} | {self.count / seconds:,.0f} | {peak()} |", flush=True)


if __name__ == "__main__":
    main()
