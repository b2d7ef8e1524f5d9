"""Step 1 intake 取込: a checked host file enters the ledger, whole or not at all.

The same file again is recognised by its hash and changes nothing. A changed file must name the file it supersedes, and may do
so only while no notice has been made from the older one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.assessments.model import Assessment, AssessmentFile, Payer
from print_service.assessments.read import read_assessments
from print_service.assessments.split import LAW, split_rule
from print_service.calendar import Calendar, calendar, due_dates, ward_calendar
from print_service.findings import refuse
from print_service.ledger import tables
from print_service.ledger.journal import Tag, record
from print_service.settings import Settings

_BLOCK = 1000


@dataclass(frozen=True)
class Loaded:
    """What a load did: counts of the file and, when it was already there, that nothing changed."""

    source_file_id: int
    sha256: str
    payers: int
    assessments: int
    total: int
    already: bool


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
    file = read_assessments(path, layout, rule=rule)
    known = session.scalar(select(tables.SourceFile).where(tables.SourceFile.sha256 == file.sha256))
    if known is not None and known.superseded_by is not None:
        raise refuse("intake.superseded-before", path.name, name=known.name)
    if known is not None:
        return Loaded(known.id, file.sha256, len(file.payers), known.records, known.total, already=True)
    scope = _scope(file)
    older = _superseded_file(session, scope, supersedes, path)
    source = tables.SourceFile(
        sha256=file.sha256,
        kind="assessments",
        layout=layout,
        name=path.name,
        scope=scope,
        records=len(file.assessments),
        total=sum(assessment.annual for assessment in file.assessments),
        loaded_at=act.at,
    )
    session.add(source)
    session.flush()
    if older is not None:
        _retire(session, older, source)
    for payer in file.payers:
        session.merge(_payer_row(payer, source.id, session.get(tables.Payer, payer.key)))
    session.flush()
    for block in _blocks(file.assessments):
        _insert(session, block, source.id, book)
    body = {"sha256": file.sha256, "scope": scope, "records": source.records, "total": source.total}
    record(session, Tag.FILE_LOADED, act, f"file-{source.id}", body | ({"supersedes": older.sha256} if older else {}))
    return Loaded(source.id, file.sha256, len(file.payers), source.records, source.total, already=False)


def _scope(file: AssessmentFile) -> str:
    first = file.assessments[0]
    return f"{first.tax_item}-{first.levy_year}"


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


def _payer_row(payer: Payer, source_id: int, known: tables.Payer | None) -> tables.Payer:
    who = payer.addressee
    # A mark that holds letters back stays: the file of another tax, or a host that has not heard of it yet, must not lift it.
    return tables.Payer(
        key=payer.key,
        postcode=who.postcode,
        address=who.address,
        building=who.building,
        name=who.name,
        kana=who.kana,
        honorific=who.honorific,
        protected=payer.protected or (known is not None and known.protected),
        deceased=payer.deceased or (known is not None and known.deceased),
        returned=payer.returned or (known is not None and known.returned),
        source_file_id=source_id,
    )


def _blocks(assessments: tuple[Assessment, ...]) -> Iterator[tuple[Assessment, ...]]:
    for start in range(0, len(assessments), _BLOCK):
        yield assessments[start : start + _BLOCK]


def _insert(session: Session, block: tuple[Assessment, ...], source_id: int, book: Calendar) -> None:
    stored = session.scalars(
        insert(tables.Assessment).returning(tables.Assessment.id, sort_by_parameter_order=True),
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
            }
            for a in block
        ],
    ).all()
    dues = {(a.tax_item, a.levy_year): due_dates(a.tax_item, a.levy_year, book) for a in block}
    session.execute(
        insert(tables.Instalment),
        [
            {
                "assessment_id": key,
                "number": part.number,
                "due": dues[a.tax_item, a.levy_year][part.number - 1],
                "amount": part.amount,
            }
            for key, a in zip(stored, block, strict=True)
            for part in a.instalments
        ],
    )
