"""Facts become the fields of a form: one function per form, plain JSON-able values only, so that a piece can be made again.

What all forms share (issuer, control line) is added at compose time; see `print_service.notices.compose`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from print_service.channels import Offer
from print_service.ledger.tables import Assessment, Instalment, Payer, Slip
from print_service.taxitems import tax_item

Document = dict[str, Any]

_T = TypeVar("_T")

VEHICLES_PER_PAGE = 6
DEMANDS_PER_PAGE = 12


def addressee(payer: Payer) -> dict[str, str]:
    """The addressee block 宛名, spelling as stored."""
    return {
        "postcode": f"{payer.postcode[:3]}-{payer.postcode[3:]}",
        "address": payer.address,
        "building": payer.building,
        "name": payer.name,
        "honorific": payer.honorific,
    }


def resident_notice(assessment: Assessment, parts: Sequence[Instalment]) -> Document:
    """税額決定・納税通知書 of one assessment."""
    fields = {
        **assessment.facts,
        "levy_year": assessment.levy_year,
        "notice_no": assessment.notice_no,
        "payer_key": assessment.payer_key,
        "method": assessment.method,
        "account": assessment.account,
        "annual": assessment.annual,
        "instalments": [{"number": p.number, "due": p.due.isoformat(), "amount": p.amount} for p in parts],
    }
    return {"form": "resident_tax", "fields": fields}


def vehicle_notices(assessments: Sequence[Assessment], due: date) -> Iterator[Document]:
    """軽自動車税納税通知書 listing every vehicle of one owner, continued on a further sheet when they are many."""
    total = sum(assessment.annual for assessment in assessments)
    chunks = _chunks(assessments, VEHICLES_PER_PAGE)
    for number, chunk in enumerate(chunks, start=1):
        fields = {
            "levy_year": chunk[0].levy_year,
            "payer_key": chunk[0].payer_key,
            "method": chunk[0].method,
            "account": chunk[0].account,
            "due": due.isoformat(),
            "vehicles": [{"notice_no": a.notice_no, "amount": a.annual, **a.facts} for a in chunk],
            "total": total,
            "part": {"number": number, "of": len(chunks)},
        }
        yield {"form": "vehicle_tax", "fields": fields}


def period_label(period: int, parts: int) -> str:
    """期別 as printed: 全期 for the whole year (and for a tax that has one instalment only), else 第n期."""
    return "全期" if period == 0 or parts == 1 else f"第{period}期"


@dataclass(frozen=True)
class SlipRequest:
    """A slip to be numbered in step 3: which instalment (0 = whole year), yen, due date and handling limit."""

    assessment_id: int
    period: int
    amount: int
    due: str
    pay_by: str
    label: str
    purpose: str


def slip_request(
    assessment: Assessment, period: int, amount: int, due: date, pay_by: date, label: str, purpose: str
) -> Document:
    """Place of a 納付書 in a piece before it has its numbers."""
    wanted = SlipRequest(assessment.id, period, amount, due.isoformat(), pay_by.isoformat(), label, purpose)
    return {"form": "payment_slip", "fields": {}, "request": asdict(wanted)}


def slip(slip: Slip, assessment: Assessment, request: SlipRequest, issued_on: date, offered: Offer) -> Document:
    """納付書 with its numbers, and the ways to pay that its marks open; the marks are drawn from `cvs` and `el_qr`."""
    fields = {
        "tax_title": tax_item(assessment.tax_item, issued_on).title,
        "levy_year": assessment.levy_year,
        "period_label": request.label,
        "notice_no": assessment.notice_no,
        "payer_key": assessment.payer_key,
        "amount": slip.amount,
        "instalment_amount": slip.amount,
        "late_charge": 0,
        "due": request.due,
        "pay_by": request.pay_by,
        "purpose": request.purpose,
        "cvs_refusal": slip.cvs_refusal,
        "ways": [way.title for way in offered.ways],
        "instead": "".join(offered.instead),
    }
    key = {"agency": slip.agency, "number": slip.number, "confirmation": slip.confirmation, "category": slip.category}
    marks = {"cvs": slip.cvs_digits, "el_qr": slip.el_qr}
    return {"form": "payment_slip", "fields": fields, "marks": marks, "key": key}


@dataclass(frozen=True)
class Demand:
    """One unpaid instalment on a final demand 催告書. Yen and dates."""

    tax_title: str
    levy_year: int
    period_label: str
    notice_no: str
    due: date
    reminded_on: date | None
    unpaid: int
    late_charge: int


def reminder(
    assessment: Assessment, part: Instalment, label: str, issued_on: date, facts: Mapping[str, Any]
) -> Document:
    """督促状 for one instalment; `facts` brings paid, unpaid, pay_by, data_as_of and charge_notice."""
    fields = {
        "tax_title": tax_item(assessment.tax_item, issued_on).title,
        "levy_year": assessment.levy_year,
        "period_label": label,
        "notice_no": assessment.notice_no,
        "payer_key": assessment.payer_key,
        "due": part.due.isoformat(),
        "amount": part.amount,
        **facts,
    }
    return {"form": "reminder", "fields": fields}


def final_demands(
    payer_key: str, demands: Sequence[Demand], as_of: date, pay_by: date, data_as_of: date
) -> Iterator[Document]:
    """催告書 listing every unpaid instalment of one payer, continued on further sheets when they are many."""
    unpaid = sum(demand.unpaid for demand in demands)
    charge = sum(demand.late_charge for demand in demands)
    chunks = _chunks(demands, DEMANDS_PER_PAGE)
    for number, chunk in enumerate(chunks, start=1):
        fields = {
            "payer_key": payer_key,
            "rows": [_demand_row(demand) for demand in chunk],
            "total_unpaid": unpaid,
            "total_late_charge": charge,
            "total": unpaid + charge,
            "charge_as_of": as_of.isoformat(),
            "pay_by": pay_by.isoformat(),
            "data_as_of": data_as_of.isoformat(),
            "part": {"number": number, "of": len(chunks)},
        }
        yield {"form": "final_demand", "fields": fields}


def _demand_row(demand: Demand) -> dict[str, Any]:
    return {
        "tax_title": demand.tax_title,
        "levy_year": demand.levy_year,
        "period_label": demand.period_label,
        "notice_no": demand.notice_no,
        "due": demand.due.isoformat(),
        "reminded_on": demand.reminded_on and demand.reminded_on.isoformat(),
        "unpaid": demand.unpaid,
        "late_charge": demand.late_charge,
    }


def _chunks(items: Sequence[_T], size: int) -> list[Sequence[_T]]:
    return [items[start : start + size] for start in range(0, len(items), size)]
