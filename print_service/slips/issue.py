"""Step 3 number 採番: every slip that a piece asks for gets its Pay-easy key, convenience-store digits and eL-QR payload.

What a document's machine-readable marks say is written into its `marks` here, once: step 4 draws from there, step 5 compares
with it, and neither works it out again.

Numbers are a pure function of the ward's settings, its secret and the slip (`slips.number`); the ledger's constraints make sure
that none is given twice, the issue counter that a slip made again gets a new key.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session, defer

from print_service.act import Act
from print_service.channels import offer
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, require
from print_service.ledger.tables import Assessment, Piece, Slip
from print_service.notices.documents import SlipRequest
from print_service.notices.documents import slip as slip_document
from print_service.notices.marks import address_digits
from print_service.press.forms import load_form
from print_service.press.model import Form
from print_service.settings import Settings
from print_service.slips.number import NumberingRule, SlipOrder, number_slip, numbering_rule
from print_service.vault import confirmation_secret

_BLOCK = 500
# By table, not by class: many rows go to the driver in one call.
_SLIPS = insert(Slip.__table__)  # type: ignore[arg-type]  # declared as FromClause
_NUMBERED = update(Piece.__table__).where(Piece.id == bindparam("which"))  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Numbering:
    """What all slips of a job have in common."""

    rule: NumberingRule
    secret: bytes
    day: date
    forms: dict[str, Form] = field(default_factory=dict)

    def form(self, form_id: str) -> Form:
        """The form as valid on the day of issue, looked up once."""
        if form_id not in self.forms:
            self.forms[form_id] = load_form(form_id, self.day)
        return self.forms[form_id]


@dataclass(frozen=True)
class Numbered:
    """Totals of a numbering."""

    pieces: int
    sheets: int
    slips: int
    without_bar_code: int


def number_job(session: Session, settings: Settings, act: Act, batch: str) -> Numbered:
    """Number the slips of a frozen job and count its sheets."""
    job = get_job(session, batch)
    require(job, JobState.FROZEN)
    numbering = _Numbering(numbering_rule(settings), confirmation_secret(settings), job.issued_on)
    totals = Counter[str]()
    last = session.scalar(select(func.max(Piece.number)).where(Piece.job_id == batch)) or 0
    for first in range(1, last + 1, _BLOCK):
        mine = (Piece.job_id == batch, Piece.number.between(first, first + _BLOCK - 1))
        found = session.execute(select(Piece.id, Piece.documents).where(*mine).order_by(Piece.number)).all()
        _number_block(session, numbering, [(row.id, row.documents) for row in found], totals)
    numbered = Numbered(totals["pieces"], totals["sheets"], totals["slips"], totals["without"])
    job.state = JobState.NUMBERED
    record(session, Tag.JOB_NUMBERED, act, batch, asdict(numbered))
    return numbered


def _number_block(
    session: Session, numbering: _Numbering, pieces: Sequence[tuple[int, list[Any]]], totals: Counter[str]
) -> None:
    """Number some pieces (id, documents) and store them in three statements."""
    wanted = {doc["request"]["assessment_id"] for _, documents in pieces for doc in documents if "request" in doc}
    assessments = _assessments(session, wanted)
    issued = _issued(session, wanted)
    slips: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    for piece_id, documents in pieces:
        done: list[Any] = []
        sheets = pages = 0
        for position, document in enumerate(documents):
            form = numbering.form(document["form"])
            whole = document
            if "request" in document:
                request = SlipRequest(**document["request"])
                assessment = assessments[request.assessment_id]
                again = issued[request.assessment_id, request.period]
                issued[request.assessment_id, request.period] += 1
                slip, whole = _numbered(numbering, assessment, request, again, document)
                slips.append({"piece_id": piece_id, "position": position, **slip})
                totals["slips"] += 1
                totals["without"] += slip["cvs_digits"] is None
            if "customer" in form.zones:
                whole = _with_marks(whole, customer=address_digits(document["fields"]["addressee"]))
            sheets, pages = sheets + form.paper.sheets, pages + form.paper.pages
            done.append(whole)
        changed.append({"which": piece_id, "documents": done, "sheets": sheets, "pages": pages})
        totals["pieces"] += 1
        totals["sheets"] += sheets
    if slips:
        session.connection().execute(_SLIPS, slips)
    if changed:
        session.connection().execute(_NUMBERED, changed)


def _assessments(session: Session, ids: set[int]) -> dict[int, Assessment]:
    found = select(Assessment).where(Assessment.id.in_(ids)).options(defer(Assessment.facts), defer(Assessment.account))
    return {assessment.id: assessment for assessment in session.scalars(found)}


def _issued(session: Session, ids: set[int]) -> Counter[tuple[int, int]]:
    """How often each instalment of these assessments had a slip before."""
    found = (
        select(Slip.assessment_id, Slip.period, func.count())
        .where(Slip.assessment_id.in_(ids))
        .group_by(Slip.assessment_id, Slip.period)
    )
    return Counter({(assessment, period): count for assessment, period, count in session.execute(found)})


def _numbered(
    numbering: _Numbering, assessment: Assessment, request: SlipRequest, again: int, document: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The slip's row, but for its place, and its document."""
    rule = numbering.rule
    offered = offer(assessment.tax_item, numbering.day, request.amount, () if rule.el_qr else ("el-qr",))
    facts = number_slip(rule, numbering.secret, _order(assessment, request, again, offered.marks))
    row = {
        "assessment_id": assessment.id,
        "period": request.period,
        "issue": again,
        "amount": request.amount,
        "due": facts.order.due,
        "pay_by": facts.order.pay_by,
        "agency": facts.key.agency,
        "number": facts.key.number,
        "confirmation": facts.key.confirmation,
        "category": facts.key.category,
        "cvs_digits": facts.cvs_digits,
        "cvs_refusal": facts.cvs_refusal,
        "el_qr": facts.el_qr,
        "state": "issued",
    }
    done = slip_document(Slip(**row), assessment, request, numbering.day, offered)
    done = _with_marks(done, ocr=list(facts.ocr_lines) if facts.ocr_lines else None)
    return row, {**done, "fields": {**document["fields"], **done["fields"]}}


def _with_marks(document: dict[str, Any], **marks: object) -> dict[str, Any]:
    return {**document, "marks": {**document.get("marks", {}), **marks}}


def _order(assessment: Assessment, request: SlipRequest, again: int, marks: tuple[str, ...]) -> SlipOrder:
    return SlipOrder(
        tax_item=assessment.tax_item,
        levy_year=assessment.levy_year,
        notice_no=assessment.notice_no,
        period=request.period,
        amount=request.amount,
        due=date.fromisoformat(request.due),
        pay_by=date.fromisoformat(request.pay_by),
        reissue=again,
        marks=marks,
    )
