"""Who gets no letter, and why: people's decisions with reason and last day, and the marks that host files bring.

Read by step 2 (freeze), by dunning, and again before posting (pull list). What a reason stops, and how it may end, is dated data with
its law in `data/exclusions.toml`. A mark that holds letters back is never lifted by a file; a person lifts it, on a ground that the
law allows, and where a mistake would put somebody in danger a second person has to agree.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.dunning_tables import Exclusion
from print_service.ledger.journal import Tag, record
from print_service.ledger.tables import Assessment, Instalment, Payer
from print_service.resources import data_dir

HAND, HOST = "hand", "host"
RULES: Mapping[str, str] = {
    "protected": "freeze.protected-address",
    "deceased": "freeze.deceased",
    "returned": "freeze.returned-mail",
    "deferral": "freeze.deferral",
    "dispute": "freeze.dispute",
    "instalment-agreement": "freeze.instalment-agreement",
    "bankruptcy": "freeze.bankruptcy",
}
"""The rule that a letter kept back is told by, the gravest first: it is named where several apply."""
MARKS = ("protected", "deceased", "returned")
"""What host files and returned mail mark on a payer."""


@dataclass(frozen=True)
class Policy:
    """What one kind of exclusion stops and how it may end; `grounds` are keys of the table of grounds."""

    key: str
    title: str
    letters: tuple[str, ...]
    whole_payer: bool
    needs_until: bool
    grounds: tuple[str, ...]
    second_person: bool
    source: str


@cache
def _table() -> dict[str, Any]:
    with (data_dir() / "exclusions.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def policies() -> Mapping[str, Policy]:
    """Every kind of exclusion by key."""
    found = {row["key"]: _policy(row) for row in _table()["kind"]}
    if found.keys() != RULES.keys():
        raise ValueError("data/exclusions.toml and RULES name different kinds")
    return found


def _policy(row: Mapping[str, Any]) -> Policy:
    return Policy(
        key=row["key"],
        title=row["title"],
        letters=tuple(row["letters"]),
        whole_payer=row["whole_payer"],
        needs_until=row["needs_until"],
        grounds=tuple(row["grounds"]),
        second_person=row["second_person"],
        source=row["source"],
    )


def grounds() -> Mapping[str, str]:
    """Titles of the grounds for lifting."""
    table: Mapping[str, str] = _table()["grounds"]
    return table


@dataclass(frozen=True)
class Standing:
    """The exclusions that stand on one day for one kind of letter, to be asked payer by payer."""

    payers: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[tuple[int, int | None], str] = field(default_factory=dict)

    def rule(self, payer_key: str, assessment_id: int | None = None, period: int | None = None) -> str | None:
        """The rule that keeps the letter back, or None. Without an assessment, only what holds for the payer as a whole."""
        kinds = [self.payers.get(payer_key)]
        if assessment_id is not None:
            kinds += [self.parts.get((assessment_id, None)), self.parts.get((assessment_id, period))]
        return _gravest([kind for kind in kinds if kind])


def standing(session: Session, letter: str, on: date) -> Standing:
    """What stands on that day against a letter of that kind: `notice`, `reminder` or `final-demand`."""
    stops = {key for key, policy in policies().items() if letter in policy.letters}
    payers: dict[str, list[str]] = {}
    parts: dict[tuple[int, int | None], list[str]] = {}
    for payer in session.scalars(select(Payer).where(or_(*(_marked(mark) for mark in MARKS)))):
        payers.setdefault(payer.key, []).extend(mark for mark in MARKS if mark in stops and getattr(payer, mark))
    for row in session.scalars(select(Exclusion).where(*_in_force(on), Exclusion.kind.in_(stops))):
        if row.assessment_id is None:
            payers.setdefault(row.payer_key, []).append(row.kind)
        else:
            parts.setdefault((row.assessment_id, row.period), []).append(row.kind)
    return Standing(
        {key: _first(kinds) for key, kinds in payers.items() if kinds},
        {key: _first(kinds) for key, kinds in parts.items()},
    )


def exclude(
    session: Session,
    act: Act,
    payer_key: str,
    kind: str,
    reason: str,
    *,
    until: date | None = None,
    notice_no: str | None = None,
    period: int | None = None,
) -> Exclusion:
    """Keep letters from a payer, or from one assessment or instalment, until and on a last day. All faults at once."""
    assessment = _assessment(session, payer_key, notice_no)
    findings = [
        *_wrong_place(session, payer_key, notice_no, period, assessment),
        *_wrong_terms(act, payer_key, kind, reason, until),
        *_too_narrow(payer_key, kind, notice_no, period),
    ]
    if findings:
        raise RefusedError(findings)
    row = Exclusion(
        origin=HAND,
        payer_key=payer_key,
        assessment_id=assessment.id if assessment else None,
        period=period,
        kind=kind,
        reason=reason,
        since=act.day,
        until=until,
        set_by=act.by,
        set_at=act.at,
    )
    session.add(row)
    session.flush()
    body = {"kind": kind, "until": until.isoformat() if until else None}
    record(session, Tag.EXCLUSION_SET, act, f"exclusion-{row.id}", body)
    return row


def lift(session: Session, act: Act, exclusion_id: int, ground: str, reason: str) -> Exclusion:
    """End an exclusion. Where its kind takes a second person, the first call asks and another person's call lifts it."""
    row = session.get(Exclusion, exclusion_id)
    if row is None:
        raise refuse("ledger.not-found", str(exclusion_id), kind="除外", id=str(exclusion_id))
    if row.lifted_at is not None:
        raise refuse("exclusion.lifted-before", str(exclusion_id), by=row.lifted_by or "")
    return _lift(session, act, row, ground, reason)


def lift_mark(session: Session, act: Act, payer_key: str, kind: str, ground: str, reason: str) -> Exclusion:
    """End a mark that a host file or returned mail set on a payer. A newer host file that marks again holds again."""
    payer = _payer(session, payer_key)
    if kind not in MARKS or not getattr(payer, kind):
        raise refuse("exclusion.no-mark", payer_key, kind=kind)
    mine = (Exclusion.origin == HOST, Exclusion.payer_key == payer_key, Exclusion.kind == kind)
    row = session.scalar(select(Exclusion).where(*mine, Exclusion.lifted_at.is_(None)))
    if row is None:
        row = Exclusion(
            origin=HOST,
            payer_key=payer_key,
            kind=kind,
            reason="",
            since=act.day,
            set_by=HOST,
            set_at=act.at,
        )
    return _lift(session, act, row, ground, reason)


def _lift(session: Session, act: Act, row: Exclusion, ground: str, reason: str) -> Exclusion:
    policy = policies()[row.kind]
    where = row.payer_key
    if ground not in policy.grounds:
        allowed = "・".join(f"{key}（{grounds()[key]}）" for key in policy.grounds)
        raise refuse("exclusion.ground", where, title=policy.title, ground=ground, allowed=allowed)
    if not reason.strip():
        raise refuse("exclusion.no-reason", where)
    if policy.second_person and row.lift_asked_by == act.by:
        raise refuse("exclusion.same-person", where, by=act.by, title=policy.title)
    if policy.second_person and (row.lift_asked_by is None or row.lift_ground != ground):
        row.lift_ground, row.lift_reason, row.lift_asked_by, row.lift_asked_at = ground, reason, act.by, act.at
        session.add(row)
        session.flush()
        record(session, Tag.EXCLUSION_LIFT_ASKED, act, f"exclusion-{row.id}", {"kind": row.kind, "ground": ground})
        return row
    row.lift_ground, row.lift_reason = ground, row.lift_reason or reason
    row.lifted_by, row.lifted_at = act.by, act.at
    session.add(row)
    if row.origin == HOST:
        setattr(_payer(session, row.payer_key), row.kind, False)
    session.flush()
    record(session, Tag.EXCLUSION_LIFTED, act, f"exclusion-{row.id}", {"kind": row.kind, "ground": ground})
    return row


def exclusions(session: Session, payer_key: str | None = None) -> Sequence[Exclusion]:
    """Every exclusion in the order of setting, lifted and expired ones too; of one payer, or of all."""
    found = select(Exclusion).order_by(Exclusion.id)
    return session.scalars(found.where(Exclusion.payer_key == payer_key) if payer_key else found).all()


def _wrong_place(
    session: Session, payer_key: str, notice_no: str | None, period: int | None, assessment: Assessment | None
) -> Iterator[Finding]:
    if session.get(Payer, payer_key) is None:
        yield Finding("ledger.not-found", payer_key, {"kind": "納税義務者", "id": payer_key})
    if notice_no is not None and assessment is None:
        yield Finding("ledger.not-found", notice_no, {"kind": "通知書番号", "id": notice_no})
    if period is not None and not (assessment and _has_period(session, assessment.id, period)):
        yield Finding("exclusion.period", payer_key, {"period": period})


def _wrong_terms(act: Act, payer_key: str, kind: str, reason: str, until: date | None) -> Iterator[Finding]:
    policy = policies().get(kind)
    if policy is None:
        yield Finding("exclusion.unknown-kind", kind, {"kind": kind, "kinds": "・".join(policies())})
    elif policy.needs_until and until is None:
        yield Finding("exclusion.needs-until", payer_key, {"title": policy.title})
    if not reason.strip():
        yield Finding("exclusion.no-reason", payer_key)
    if until is not None and until < act.day:
        yield Finding("exclusion.until-past", payer_key, {"until": until.isoformat()})


def _too_narrow(payer_key: str, kind: str, notice_no: str | None, period: int | None) -> Iterator[Finding]:
    policy = policies().get(kind)
    if policy is not None and policy.whole_payer and (notice_no is not None or period is not None):
        yield Finding("exclusion.whole-payer", payer_key, {"title": policy.title})


def _has_period(session: Session, assessment_id: int, period: int) -> bool:
    mine = (Instalment.assessment_id == assessment_id, Instalment.number == period)
    return session.scalar(select(Instalment.id).where(*mine)) is not None


def _assessment(session: Session, payer_key: str, notice_no: str | None) -> Assessment | None:
    mine = (Assessment.payer_key == payer_key, Assessment.notice_no == notice_no, Assessment.superseded.is_(False))
    return session.scalars(select(Assessment).where(*mine).order_by(Assessment.levy_year.desc())).first()


def _payer(session: Session, payer_key: str) -> Payer:
    payer = session.get(Payer, payer_key)
    if payer is None:
        raise refuse("ledger.not-found", payer_key, kind="納税義務者", id=payer_key)
    return payer


def _in_force(on: date) -> Sequence[ColumnElement[bool]]:
    return (
        Exclusion.origin == HAND,
        Exclusion.lifted_at.is_(None),
        or_(Exclusion.until.is_(None), Exclusion.until >= on),
    )


def _marked(mark: str) -> ColumnElement[bool]:
    column: ColumnElement[bool] = getattr(Payer, mark)
    return column.is_(True)


def _first(kinds: Sequence[str]) -> str:
    return min(kinds, key=list(RULES).index)


def _gravest(kinds: Sequence[str]) -> str | None:
    return RULES[_first(kinds)] if kinds else None
