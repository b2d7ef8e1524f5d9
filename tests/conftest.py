"""A fresh synthetic ward for any test: settings, secrets, migrated ledger, host files; and its year played without printing.

`ward` is made by copying a session's template folder (ward.toml holds relative paths). What `Ward` does, it does by the real use
cases; only the pages of `compose_blank` are blank sheets instead of WeasyPrint's, so that the ledger moves on in milliseconds.
"""

import hashlib
import io
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import hypothesis
import pytest
from pikepdf import Pdf
from sqlalchemy import Engine, insert, select

from print_service import vault
from print_service.act import JST, Act
from print_service.assessments.load import Loaded, load_assessments
from print_service.batches.freeze import Frozen, JobOrder, freeze_notices
from print_service.batches.seal import SealedBatch, seal_job
from print_service.collection.freshness import told_days
from print_service.collection.load import load_payments
from print_service.collection.payable import pending
from print_service.collection.send import send_keys
from print_service.demo.entropy import seeded
from print_service.demo.payments import Visit, write_payment_file
from print_service.demo.ward import WardPlan, build_ward
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write
from print_service.inspection import sign as inspection
from print_service.ledger.collection_tables import CoveredDay
from print_service.ledger.database import connect, migrate, transaction
from print_service.ledger.tables import Base, Instalment, PageFile, Piece, SourceFile
from print_service.mailing.post import planned, post
from print_service.notices.compose import ChunkResult, Composed, store_pages
from print_service.proof.job import store_proof
from print_service.proof.model import Evidence
from print_service.resources import data_dir
from print_service.settings import Settings, load_settings, template
from print_service.slips.issue import Numbered, number_job

# A property holds or not; how long an example took on a busy machine is no part of it.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

VEHICLE, RESIDENT = "R08-N01", "R08-N02"
A_VEHICLE = {
    "payer_key": "0000012345",
    "levy_year": 2026,
    "postcode": "1600022",
    "address": "東京都新宿区新宿一丁目1-1",
    "building": "",
    "name": "髙﨑　太郎",
    "kana": "ﾀｶｻｷ ﾀﾛｳ",
    "honorific": "様",
    "protected": "no",
    "deceased": "no",
    "returned": "no",
    "method": "slip",
    "bank": "",
    "branch": "",
    "number_masked": "",
    "plate": "見本 580 あ 12-34",
    "vehicle_kind": "軽自動車 四輪 乗用 自家用",
    "annual": 10_800,
}
MAKER, SUPERVISOR = "W01", "W03"
FIRST_TOLD = date(2026, 5, 1)  # before any letter leaves


def act(when: str = "2026-04-17 10:00", by: str = MAKER) -> Act:
    """Somebody's act at a moment of Japan time."""
    return Act(by, datetime.fromisoformat(when).replace(tzinfo=JST))


@dataclass(frozen=True)
class Ward:
    """One ward in its folder. Every method is one committed transaction and gives what the use case gives."""

    out: Path
    settings: Settings
    engine: Engine
    plan: WardPlan

    @property
    def resident_file(self) -> Path:
        return self.out / "host" / "resident-tax-host.dat"

    @property
    def vehicle_file(self) -> Path:
        return self.out / "host" / "vehicle-tax-host.csv"

    def session(self):
        """A transaction on the ledger."""
        return transaction(self.engine)

    def load(self, path: Path | None = None, layout: str | None = None, supersedes: str | None = None) -> Loaded:
        """Step 1 for one host file (default: resident tax)."""
        path = path or self.resident_file
        layout = layout or ("resident-tax-host" if path.suffix == ".dat" else "vehicle-tax-host")
        with self.session() as session:
            return load_assessments(session, act(), path, layout, supersedes)

    def write_vehicles(self, name: str, *rows: dict) -> Path:
        """A vehicle tax host file of one vehicle for each mapping of what differs from `A_VEHICLE`."""
        path = self.out / "host" / name
        numbered = [{"notice_no": f"26029{number:05d}", **row} for number, row in enumerate(rows, start=1)]
        write(path, load_layout("vehicle-tax-host"), [{**A_VEHICLE, **row} for row in numbered])
        return path

    def snapshot(self) -> dict[str, list]:
        """Every row of every table, the journal among them."""
        return snapshot(self.engine)

    def load_all(self) -> None:
        """Both host files."""
        self.load(self.resident_file)
        self.load(self.vehicle_file)

    def freeze(self, batch: str = RESIDENT, tax_item: str = "resident-tax", issued_on: date | None = None) -> Frozen:
        """Step 2 of a notice job."""
        issued_on = issued_on or (date(2026, 5, 8) if tax_item == "vehicle-tax" else date(2026, 6, 5))
        with self.session() as session:
            order = JobOrder(batch, "notice", (tax_item,), 2026, issued_on)
            return freeze_notices(session, self.settings, act(), order)

    def number(self, batch: str = RESIDENT) -> Numbered:
        """Step 3."""
        with self.session() as session:
            return number_job(session, self.settings, act("2026-04-17 11:00"), batch)

    def noticed(self, batch: str = RESIDENT, tax_item: str = "resident-tax") -> Numbered:
        """Steps 2 and 3."""
        self.freeze(batch, tax_item)
        return self.number(batch)

    def compose_blank(self, batch: str = RESIDENT) -> Composed:
        """Step 4 with blank sheets of the right number in one file `<batch>-0001.pdf`, entered by `store_pages`."""
        with self.session() as session:
            pages = [
                (piece.number, piece.pages)
                for piece in session.scalars(select(Piece).where(Piece.job_id == batch).order_by(Piece.number))
                if piece.state != "held"
            ]
        firsts = accumulate((count for _, count in pages), initial=0)
        index = tuple((number, first, count) for (number, count), first in zip(pages, firsts, strict=False))
        name, count = f"{batch}-0001.pdf", sum(count for _, count in pages)
        pdf = blank_pdf(count)
        result = ChunkResult("", name, hashlib.sha256(pdf).hexdigest(), len(pdf), count, index, ())
        with self.session() as session:
            composed = store_pages(session, act("2026-04-17 13:00"), batch, [result])
        folder = self.settings.output / batch / "pages"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(pdf)
        return composed

    def prove_blank(self, batch: str = RESIDENT) -> None:
        """Step 5 entered with evidence of no marks: blank sheets have none."""
        with self.session() as session:
            files = session.scalars(select(PageFile).where(PageFile.job_id == batch)).all()
            evidences = [Evidence(file.name, file.sha256, file.pages, 600, "none", {}, 0, ()) for file in files]
            store_proof(session, act("2026-04-17 14:00"), batch, evidences)

    def seal(self, batch: str = RESIDENT, medium: str = "M-2026-001", label: str = "seal") -> SealedBatch:
        """Step 6 with seeded entropy."""
        with self.session() as session:
            when = act("2026-04-17 15:00")
            return seal_job(session, self.settings, when, batch, medium, seeded(1, f"{label} {batch}"))

    def sealed(self, batch: str = RESIDENT, medium: str = "M-2026-001") -> SealedBatch:
        """Steps 4 to 6 of a numbered job, on blank sheets."""
        self.compose_blank(batch)
        self.prove_blank(batch)
        return self.seal(batch, medium)

    def inspect_only(self, batch: str) -> None:
        """Step 8: every sample found good, signed by another than the maker."""
        with self.session() as session:
            plan = inspection.plan_inspection(session, self.settings, act(), batch).plan
            for sample in plan["samples"]:
                inspection.record_result(session, batch, sample["piece"], ok=True, note="")
            inspection.sign(session, act(by=SUPERVISOR), batch)

    def inspect_and_post(self, batch: str, posted_on: date) -> None:
        """Steps 8 and 9."""
        self.inspect_only(batch)
        self.post(batch, posted_on)

    def send_keys(self, on: date) -> None:
        """Tell every centre what it does not know yet."""
        with self.session() as session:
            for destination in self.settings.sending.destinations:
                if any(pending(session, self.settings, destination, on)):
                    send_keys(session, self.settings, act(f"{on} 11:30"), destination)

    def fresh(self, covered_to: date, *without: str) -> None:
        """Every payment channel but those has told of every day up to one: direct rows, as empty files would leave them."""
        with self.session() as session:
            dues = select(Instalment.due).where(Instalment.due <= covered_to).distinct()
            every = [FIRST_TOLD + timedelta(days=number) for number in range((covered_to - FIRST_TOLD).days + 1)]
            told = {"direct-debit": sorted(session.scalars(dues))}
            for channel in self.settings.collection.lag_business_days:
                days = sorted(set(told.get(channel, every)) - told_days(session, channel))
                if channel in without or not days:
                    continue
                sha256 = hashlib.sha256(f"{channel} {days[-1]}".encode()).hexdigest()
                names = {"layout": "-", "name": f"{channel}-{days[-1]}", "scope": channel, "kind": "payments"}
                row = SourceFile(sha256=sha256, records=0, total=0, covered_to=days[-1], loaded_at=act().at, **names)
                session.add(row)
                session.flush()
                rows = [{"channel": channel, "day": day, "source_file_id": row.id} for day in days]
                session.execute(insert(CoveredDay), rows)

    def post(self, batch: str, posted_on: date) -> None:
        """Step 9 by the planned counts, the keys sent on the day before."""
        self.send_keys(posted_on - timedelta(days=1))
        with self.session() as session:
            counts = {row.postal_class: row.pieces for row in planned(session, batch)}
            post(session, self.settings, act(f"{posted_on} 19:00", SUPERVISOR), batch, posted_on, counts)

    def post_blank(self, batch: str, posted_on: date, medium: str = "M-2026-001") -> None:
        """Steps 4 to 9 of a numbered job, on blank sheets."""
        self.sealed(batch, medium)
        self.inspect_and_post(batch, posted_on)

    def pay(self, name: str, visits: Iterable[Visit], covered_to: date) -> None:
        """Step 11: a convenience-store file of these visits that tells of every day up to one, written and loaded."""
        folder = self.out / "payments"
        folder.mkdir(exist_ok=True)
        write_payment_file(folder / name, list(visits), seed=1, covered_to=covered_to, covered_from=FIRST_TOLD)
        with self.session() as session:
            when = act(f"{covered_to + timedelta(days=1)} 09:00")
            load_payments(session, self.settings, when, folder / name, "cvs-payments-a")


def snapshot(engine: Engine) -> dict[str, list]:
    """Every row of every table of a ledger, in the order of its primary key."""
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(table).order_by(*table.primary_key)).all()
            for table in Base.metadata.sorted_tables
        }


def blank_pdf(pages: int) -> bytes:
    """A PDF of so many blank A4 pages."""
    pdf = Pdf.new()
    for _ in range(pages):
        pdf.add_blank_page(page_size=(595.276, 841.89))
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def prepare_ward(folder: Path, seed: int = 1) -> WardPlan:
    """Lay a ward of twenty payers into an empty folder: host files, settings, contract, secrets, empty ledger."""
    plan = build_ward(20, seed, folder / "host").plan
    # `handover open` judges by the machine's clock, so containers stay open for ten years.
    (folder / "ward.toml").write_text(template().replace("valid_days = 30 ", "valid_days = 3650 "), encoding="utf-8")
    shutil.copyfile(data_dir() / "contract.toml", folder / "contract.toml")
    settings = load_settings(folder / "ward.toml")
    vault.create(settings, seeded(seed, "vault"))
    engine = connect(settings.ledger_url)
    migrate(engine)
    engine.dispose()
    settings.output.mkdir()
    return plan


@pytest.fixture(scope="session")
def ward_template(tmp_path_factory):
    """(folder, plan) of a prepared ward that nobody works in."""
    folder = tmp_path_factory.mktemp("ward-template")
    return folder, prepare_ward(folder)


@contextmanager
def copied_ward(folder: Path, plan: WardPlan, out: Path) -> Iterator[Ward]:
    """A ward in `out` that is a copy of the one in `folder`."""
    shutil.copytree(folder, out)
    settings = load_settings(out / "ward.toml")
    engine = connect(settings.ledger_url)
    try:
        yield Ward(out, settings, engine, plan)
    finally:
        engine.dispose()


@pytest.fixture(name="copied_ward", scope="session")
def copied_ward_fixture():
    """`copied_ward(folder, plan, out)` as a context: a ward that starts where the one in `folder` stands."""
    return copied_ward


@pytest.fixture
def ward(tmp_path, ward_template):
    """A fresh prepared ward of twenty payers; nothing is loaded yet."""
    with copied_ward(*ward_template, tmp_path / "ward") as fresh:
        yield fresh


@pytest.fixture
def loaded_ward(ward):
    """A fresh ward with both host files taken in."""
    ward.load_all()
    return ward


@pytest.fixture(name="act", scope="session")
def act_fixture():
    """`act("2026-06-05 10:00", by="W01")`: an Act in Japan time."""
    return act
