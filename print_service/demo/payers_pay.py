"""Who pays in the demonstration, and where: a seeded choice of slips and channels, the same for the same seed.

Of the payments in stores most are confirmed later, some stay provisional, a few are revoked (速報取消): these still owe. The rest is paid at
banks and with telephones by whatever mark the slip bears. In each season one payer pays twice, in a store and by Pay-easy, so that the
work list is not empty. Direct debits are tried on the due date; one in ten fails.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.collection.model import Kind
from print_service.demo import bank_payments as bank
from print_service.demo.bank_payments import Debit, Posting
from print_service.demo.payments import LAYOUT, Visit, write_payment_file
from print_service.ledger.states import PieceState
from print_service.ledger.tables import Assessment, Instalment, Piece, PieceAssessment, Slip

_BARCODE_CHANNELS = ("cvs", "cvs", "cvs", "mobile-register")
_FAILED_PERCENT = 10
_SERIALS = 100_000


@dataclass(frozen=True)
class Season:
    """Payments of one set of files: slips of these jobs, paid between two days; the share of slips that are paid, in percent; the due dates
    on which accounts were debited; the first day of which the files tell (the last is the last on which somebody pays).
    """

    batches: tuple[str, ...]
    first: date
    last: date
    whole_year: int
    instalment: int
    told_from: date
    debit_days: tuple[date, ...] = ()

    @property
    def days(self) -> int:
        """Days on which somebody may pay."""
        return (self.last - self.first).days + 1

    @property
    def files(self) -> Mapping[str, str]:
        """Names of the season's files, in the order of loading, and the layout of each."""
        channels = {
            "cvs": LAYOUT,
            "pay-easy": "pay-easy-payments",
            "mobile-register": "mobile-register-payments",
            "mobile-transfers": "mobile-register-transfers",
            "el-qr": "el-qr-payments",
            "bank-counter": "bank-counter-payments",
        }
        files = {f"{channel}-{self.last:%Y%m%d}.dat": layout for channel, layout in channels.items()}
        return files | {f"direct-debit-{day:%Y%m%d}.dat": "direct-debit-results" for day in self.debit_days}


@dataclass
class Drawn:
    """Visits to stores, and postings by channel."""

    visits: list[Visit] = field(default_factory=list)
    postings: dict[str, list[Posting]] = field(default_factory=dict)

    def of(self, channel: str) -> Sequence[Posting]:
        """Postings of a channel in the order drawn."""
        return self.postings.get(channel, [])


def write_file(session: Session, season: Season, seed: int, path: Path, tax_code: Mapping[str, str]) -> int:
    """Write one of the season's files by its name; the number of records."""
    if path.name.startswith("direct-debit"):
        day = next(day for day in season.debit_days if f"{day:%Y%m%d}" in path.name)
        return bank.write_direct_debits(path, _debits(session, day, seed, tax_code), debit_day=day)
    drawn = draw(session, season, seed)
    kind = path.name[: -len("-20260619.dat")]
    if kind == "cvs":
        first, last = season.told_from, season.last
        return write_payment_file(path, drawn.visits, seed=seed, covered_to=last, covered_from=first)
    if kind == "mobile-transfers":
        return bank.write_mobile_transfers(path, drawn.of("mobile-register"), covered_to=season.last)
    write = {
        "pay-easy": bank.write_pay_easy,
        "mobile-register": bank.write_mobile,
        "el-qr": bank.write_el_qr,
        "bank-counter": bank.write_bank_counter,
    }[kind]
    return write(path, drawn.of(kind), seed=seed, covered_to=season.last, covered_from=season.told_from)


def write_latecomer(session: Session, batch: str, seed: int, path: Path, first: date, last: date) -> int:
    """Write the Pay-easy file of the days in which a batch of reminders was printed: one of its payers paid by the notice's slip.

    The number of records: none where the batch has one letter only, so that somebody is written to.
    """
    pieces = session.scalars(select(Piece).where(Piece.job_id == batch).order_by(Piece.number)).all()
    postings: list[Posting] = []
    if len(pieces) > 1:
        covers = select(PieceAssessment).where(PieceAssessment.piece_id == pieces[len(pieces) // 2].id)
        for cover in session.scalars(covers.order_by(PieceAssessment.id)):
            mine = (Slip.assessment_id == cover.assessment_id, Slip.period == cover.period, Slip.issue == 0)
            slip = session.scalars(select(Slip).where(*mine)).one()
            serial = int(f"{last:%y%m%d}") * _SERIALS + len(postings) + 1
            piece = session.get_one(Piece, slip.piece_id)
            postings.append(_posting(slip, piece, first, serial, random.Random(f"{seed}/late")))  # noqa: S311
    return bank.write_pay_easy(path, postings, seed=seed, covered_to=last, covered_from=first)


def draw(session: Session, season: Season, seed: int) -> Drawn:
    """Draw the slips that are paid in a season: a whole year's or a first instalment's, never both of one notice."""
    dice = random.Random(f"{seed}/{season.first}")  # noqa: S311
    drawn = Drawn()
    for slip, piece in _paid_slips(session, season, dice):
        fate, day = dice.randrange(100), season.first + timedelta(dice.randrange(season.days))
        channel = _channel(slip, dice)
        first = int(f"{season.last:%y%m%d}") * _SERIALS
        posting = _posting(slip, piece, day, first + len(drawn.of(channel)) + 1, dice)
        if channel != "cvs":
            drawn.postings.setdefault(channel, []).append(posting)
            continue
        assert slip.cvs_digits is not None
        visit = Visit(slip.cvs_digits, slip.amount, day, _outcome(fate))
        if not drawn.visits:
            # This payer pays once more on the season's last day, from the telephone.
            again = _posting(slip, piece, season.last, first + _SERIALS - 1, dice)
            drawn.postings.setdefault("pay-easy", []).append(again)
        drawn.visits.append(visit)
    return drawn


def _paid_slips(session: Session, season: Season, dice: random.Random) -> Iterator[tuple[Slip, Piece]]:
    found = session.execute(
        select(Slip, Piece)
        .join(Piece, Piece.id == Slip.piece_id)
        .where(Piece.job_id.in_(season.batches), Piece.state == PieceState.POSTED)
        .order_by(Slip.assessment_id, Slip.period, Slip.id)
    ).all()
    batches: dict[str, list[int]] = {}
    for slip, piece in found:
        batches.setdefault(piece.job_id, []).append(slip.assessment_id)
    # However the dice fall, each batch's first and last do not pay: every run of the year has somebody to write to.
    never = {one for mine in batches.values() for one in (mine[0], mine[-1])}
    whole: set[int] = set()
    for slip, piece in found:
        share = season.whole_year if slip.period == 0 else season.instalment
        roll = dice.randrange(100)
        if slip.period > 1 or slip.assessment_id in whole | never or roll >= share:
            continue
        if slip.period == 0:
            whole.add(slip.assessment_id)
        yield slip, piece


def _channel(slip: Slip, dice: random.Random) -> str:
    """A road that the slip's marks open."""
    roads: list[str] = [
        *(_BARCODE_CHANNELS if slip.cvs_digits else ()),
        "pay-easy",
        "bank-counter",
        *(("el-qr",) if slip.el_qr else ()),
    ]
    return str(dice.choice(roads))


def _posting(slip: Slip, piece: Piece, day: date, serial: int, dice: random.Random) -> Posting:
    ocr = piece.documents[slip.position].get("marks", {}).get("ocr")
    return Posting(
        agency=slip.agency,
        number=slip.number,
        confirmation=slip.confirmation,
        category=slip.category,
        cvs_digits=slip.cvs_digits,
        el_qr=slip.el_qr,
        ocr=(ocr[0], ocr[1]) if ocr else None,
        amount=slip.amount,
        collected_on=day,
        serial=serial,
        instrument=dice.choice(("bank", "card")),
    )


def _debits(session: Session, day: date, seed: int, tax_code: Mapping[str, str]) -> Iterator[Debit]:
    dice = random.Random(f"{seed}/debit/{day}")  # noqa: S311
    by_account = (Assessment.method == "account") & Assessment.superseded.is_(False)
    found = session.execute(
        select(Assessment, Instalment)
        .join(Instalment, Instalment.assessment_id == Assessment.id)
        .where(by_account, Instalment.due == day)
        .order_by(Assessment.tax_item, Assessment.notice_no)
    )
    for bill, part in found:
        result = "failed-short" if dice.randrange(100) < _FAILED_PERCENT else "confirmed"
        yield Debit(bill.levy_year, tax_code[bill.tax_item], bill.notice_no, part.number, part.amount, result)


def _outcome(roll: int) -> Kind:
    if roll < 5:
        return "cancelled"
    return "provisional" if roll < 25 else "confirmed"
