"""Step 3 number 採番: every slip that a piece asks for gets its Pay-easy key, convenience-store digits and eL-QR payload.

What a document's machine-readable marks say is written into its `marks` here, once: step 4 draws from there, step 5 compares
with it, and neither works it out again.

Numbers are a pure function of the ward's settings, its secret and the slip (`slips.number`); the ledger's constraints make sure
that none is given twice, the issue counter that a slip made again gets a new key.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from print_service.act import Act
from print_service.channels import offer
from print_service.ledger.database import rows
from print_service.ledger.journal import Tag, record
from print_service.ledger.states import JobState, get_job, require
from print_service.ledger.tables import Assessment, Job, Piece, Slip
from print_service.notices.documents import SlipRequest
from print_service.notices.documents import slip as slip_document
from print_service.notices.marks import address_digits
from print_service.press.forms import load_form
from print_service.settings import Settings
from print_service.slips.number import NumberingRule, SlipOrder, number_slip, numbering_rule
from print_service.vault import confirmation_secret


@dataclass(frozen=True)
class _Numbering:
    rule: NumberingRule
    secret: bytes


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
    rule = _Numbering(numbering_rule(settings), confirmation_secret(settings))
    issued: Counter[tuple[int, int]] = Counter()
    for assessment_id, period, count in session.execute(
        select(Slip.assessment_id, Slip.period, func.count()).group_by(Slip.assessment_id, Slip.period)
    ):
        issued[assessment_id, period] = count
    totals = Counter[str]()
    for piece in rows(session, select(Piece).where(Piece.job_id == batch).order_by(Piece.number)):
        _number_piece(session, job, piece, rule, issued, totals)
    numbered = Numbered(totals["pieces"], totals["sheets"], totals["slips"], totals["without"])
    job.state = JobState.NUMBERED
    record(session, Tag.JOB_NUMBERED, act, batch, asdict(numbered))
    return numbered


def _number_piece(
    session: Session, job: Job, piece: Piece, rule: _Numbering, issued: Counter[tuple[int, int]], totals: Counter[str]
) -> None:
    documents: list[Any] = []
    sheets = pages = 0
    for position, document in enumerate(piece.documents):
        done = document
        if "request" in document:
            done = _numbered(session, job, piece, rule, issued, position, document)
            totals["slips"] += 1
            totals["without"] += done["marks"]["cvs"] is None
        form = load_form(document["form"], job.issued_on)
        if "customer" in form.zones:
            done = _with_marks(done, customer=address_digits(document["fields"]["addressee"]))
        sheets, pages = sheets + form.paper.sheets, pages + form.paper.pages
        documents.append(done)
    piece.documents, piece.sheets, piece.pages = documents, sheets, pages
    totals["pieces"] += 1
    totals["sheets"] += sheets


def _numbered(
    session: Session,
    job: Job,
    piece: Piece,
    rule: _Numbering,
    issued: Counter[tuple[int, int]],
    position: int,
    document: dict[str, Any],
) -> dict[str, Any]:
    request = SlipRequest(**document["request"])
    assessment = session.get_one(Assessment, request.assessment_id)
    again = issued[request.assessment_id, request.period]
    issued[request.assessment_id, request.period] += 1
    offered = offer(assessment.tax_item, job.issued_on, request.amount, () if rule.rule.el_qr else ("el-qr",))
    facts = number_slip(rule.rule, rule.secret, _order(assessment, request, again, offered.marks))
    row = Slip(
        piece_id=piece.id,
        assessment_id=assessment.id,
        position=position,
        period=request.period,
        issue=again,
        amount=request.amount,
        due=facts.order.due,
        pay_by=facts.order.pay_by,
        agency=facts.key.agency,
        number=facts.key.number,
        confirmation=facts.key.confirmation,
        category=facts.key.category,
        cvs_digits=facts.cvs_digits,
        cvs_refusal=facts.cvs_refusal,
        el_qr=facts.el_qr,
        state="issued",
    )
    session.add(row)
    done = slip_document(row, assessment, request, job.issued_on, offered)
    done = _with_marks(done, ocr=list(facts.ocr_lines) if facts.ocr_lines else None)
    return {**done, "fields": {**document["fields"], **done["fields"]}}


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
