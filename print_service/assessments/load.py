"""Step 1 intake 取込: a checked host file enters the ledger, whole or not at all.

Assessments go into the database as they are read, in blocks, so that memory does not grow with the file; a file with one fault leaves
nothing behind. The same file again is recognised by its hash and changes nothing. A changed file must name the file it supersedes, and may do
so only while no notice has been made from the older one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, not_, select, update
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.assessments.model import Assessment, Payer
from print_service.assessments.read import AssessmentReader
from print_service.assessments.split import LAW, split_rule
from print_service.calendar import Calendar, calendar, due_dates, ward_calendar
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger import tables
from print_service.ledger.journal import Tag, record
from print_service.settings import Settings

_BLOCK = 1000
# By table, not by class: many rows go to the driver in one call.
_PAYERS = insert(tables.Payer.__table__)  # type: ignore[arg-type]  # declared as FromClause
_ASSESSMENTS = insert(tables.Assessment.__table__)  # type: ignore[arg-type]
_INSTALMENTS = insert(tables.Instalment.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Loaded:
    """What a load did: counts of the file, when it was already there that nothing changed, and what is odd but allowed."""

    source_file_id: int
    sha256: str
    payers: int
    assessments: int
    total: int
    already: bool
    warnings: tuple[Finding, ...]


def load_assessments(
    session: Session,
    act: Act,
    path: Path,
    layout: str,
    supersedes: str | None = None,
    settings: Settings | None = None,
) -> Loaded:
    """Read, check and store `path`. `supersedes` is the hash (or its beginning) of the file this one replaces.

    `settings` bring the ward's own calendar and split; without them the shipped ones hold.

    Raises RefusedError with every fault of the file, or `intake.supersede-*`.
    """
    rule, book = (split_rule(settings), ward_calendar(settings)) if settings else (LAW, calendar())
    reader = AssessmentReader(path, layout, rule)
    attempt = session.begin_nested()
    try:
        loaded = _load(session, act, path, reader, supersedes, book)
    except BaseException:
        attempt.rollback()
        raise
    if loaded.already:
        attempt.rollback()
    else:
        attempt.commit()
    return loaded


def _load(
    session: Session, act: Act, path: Path, reader: AssessmentReader, supersedes: str | None, book: Calendar
) -> Loaded:
    """Store while reading; what is stored is believed only at the end. From the first fault on, the file is only read."""
    entry = _Entry(session, act, path, reader.layout.name, supersedes)
    records = total = 0
    entries = iter(reader)
    while block := list(islice(entries, _BLOCK)):
        records += len(block)
        total += sum(assessment.annual for _, assessment in block)
        if not reader.faults.count and entry.opens(block[0][1]):
            _store_payers(session, [payer for payer, _ in block if payer is not None], entry.source.id)
            _insert(session, [assessment for _, assessment in block], entry.source.id, book)
    reader.finish()
    warnings = reader.faults.warnings
    known = session.scalar(select(tables.SourceFile).where(tables.SourceFile.sha256 == reader.sha256))
    if known is not None and known.superseded_by is not None and known is not entry.older:
        raise refuse("intake.superseded-before", path.name, name=known.name)
    if known is not None:
        return Loaded(
            known.id, reader.sha256, reader.payers, known.records, known.total, already=True, warnings=warnings
        )
    if entry.refusal is not None:
        raise entry.refusal
    source, older = entry.source, entry.older
    source.sha256, source.records, source.total = reader.sha256, records, total
    body = {"sha256": source.sha256, "scope": source.scope, "records": records, "total": total}
    record(session, Tag.FILE_LOADED, act, f"file-{source.id}", body | ({"supersedes": older.sha256} if older else {}))
    return Loaded(source.id, source.sha256, reader.payers, records, total, already=False, warnings=warnings)


class _Entry:
    """The file's row, made with its first assessment, when the scope is known; or why it may not enter."""

    def __init__(self, session: Session, act: Act, path: Path, layout: str, supersedes: str | None) -> None:
        self._session = session
        self._path = path
        self._supersedes = supersedes
        self._asked = False
        self.refusal: RefusedError | None = None
        self.older: tables.SourceFile | None = None
        self.source = tables.SourceFile(
            sha256="",  # known at the end
            kind="assessments",
            layout=layout,
            name=path.name,
            records=0,
            total=0,
            loaded_at=act.at,
        )

    def opens(self, first: Assessment) -> bool:
        """Whether the file may enter; the row is there then."""
        if not self._asked:
            self._asked = True
            self.source.scope = f"{first.tax_item}-{first.levy_year}"
            try:
                self.older = _superseded_file(self._session, self.source.scope, self._supersedes, self._path)
            except RefusedError as refusal:
                # Told only of a file that has no fault of its own.
                self.refusal = refusal
                return False
            self._session.add(self.source)
            self._session.flush()
            if self.older is not None:
                _retire(self._session, self.older, self.source)
        return self.refusal is None


def _superseded_file(session: Session, scope: str, supersedes: str | None, path: Path) -> tables.SourceFile | None:
    live = session.scalar(
        select(tables.SourceFile).where(
            tables.SourceFile.kind == "assessments",
            tables.SourceFile.scope == scope,
            tables.SourceFile.superseded_by.is_(None),
        )
    )
    if live is None:
        if supersedes:
            raise refuse("intake.supersede-unknown", path.name, scope=scope, sha256=supersedes)
        return None
    if not supersedes or not live.sha256.startswith(supersedes):
        raise refuse("intake.supersede-required", path.name, scope=scope, sha256=live.sha256[:12], name=live.name)
    frozen = select(tables.PieceAssessment.id).join(
        tables.Assessment, tables.Assessment.id == tables.PieceAssessment.assessment_id
    )
    if session.scalar(frozen.where(tables.Assessment.source_file_id == live.id).limit(1)) is not None:
        raise refuse("intake.supersede-after-freeze", path.name, name=live.name)
    return live


def _retire(session: Session, older: tables.SourceFile, newer: tables.SourceFile) -> None:
    older.superseded_by = newer.id
    mine = tables.Assessment.source_file_id == older.id
    session.execute(update(tables.Assessment).where(mine).values(superseded=True))


def _store_payers(session: Session, payers: Sequence[Payer], source_id: int) -> None:
    """Payers new to the ledger are inserted, those it knows described anew."""
    keys = [payer.key for payer in payers]
    known = {row.key: row for row in session.scalars(select(tables.Payer).where(tables.Payer.key.in_(keys)))}
    fresh = []
    for payer in payers:
        row = known.get(payer.key)
        values = _described(payer, source_id, row)
        if row is None:
            fresh.append({"key": payer.key, **values})
        else:
            for name, value in values.items():
                setattr(row, name, value)
    session.flush()
    if fresh:
        session.connection().execute(_PAYERS, fresh)


def _described(payer: Payer, source_id: int, known: tables.Payer | None) -> dict[str, Any]:
    who = payer.addressee
    # A mark that holds letters back stays: the file of another tax, or a host that has not heard of it yet, must not lift it.
    return {
        "postcode": who.postcode,
        "address": who.address,
        "building": who.building,
        "name": who.name,
        "kana": who.kana,
        "honorific": who.honorific,
        "protected": payer.protected or (known is not None and known.protected),
        "deceased": payer.deceased or (known is not None and known.deceased),
        "returned": payer.returned or (known is not None and known.returned),
        "source_file_id": source_id,
    }


def _insert(session: Session, block: Sequence[Assessment], source_id: int, book: Calendar) -> None:
    session.connection().execute(
        _ASSESSMENTS,
        [
            {
                "tax_item": a.tax_item,
                "levy_year": a.levy_year,
                "notice_no": a.notice_no,
                "payer_key": a.payer_key,
                "method": a.method,
                "account": a.account
                and {"bank": a.account.bank, "branch": a.account.branch, "number_masked": a.account.number_masked},
                "annual": a.annual,
                "facts": dict(a.facts),
                "source_file_id": source_id,
                "superseded": False,
            }
            for a in block
        ],
    )
    # What was just stored is live, and live notice numbers have an index.
    live = (
        not_(tables.Assessment.superseded),
        tables.Assessment.tax_item == block[0].tax_item,
        tables.Assessment.levy_year == block[0].levy_year,
        tables.Assessment.notice_no.in_([a.notice_no for a in block]),
    )
    found = session.execute(select(tables.Assessment.notice_no, tables.Assessment.id).where(*live))
    stored = {row.notice_no: row.id for row in found}
    dues = {(a.tax_item, a.levy_year): due_dates(a.tax_item, a.levy_year, book) for a in block}
    session.connection().execute(
        _INSTALMENTS,
        [
            {
                "assessment_id": stored[a.notice_no],
                "number": part.number,
                "due": dues[a.tax_item, a.levy_year][part.number - 1],
                "amount": part.amount,
            }
            for a in block
            for part in a.instalments
        ],
    )
