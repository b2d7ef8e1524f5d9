"""Who works for the ward and how it was looked after, on paper: the vendor's report of staff and workplace (F-01), the audit (F-20).

Every fact comes from the contract or from what was just recorded.
"""

from concurrent.futures import Executor
from datetime import date
from pathlib import Path

from handover.audit import Visit
from handover.contract import Person
from handover.duties import limits
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.custody_words import ACCREDITATIONS, ROLES, SIDES
from print_service.batches.paper import in_pages, name_of, names_of, print_numbered, vendor_of
from print_service.eras import wareki
from print_service.press.forms import load_form
from print_service.settings import Settings


def staff_letter(settings: Settings, act: Act, accepted_by: str, pool: Executor) -> Path:
    """従事者・作業場所届 (F-01) as it was accepted."""
    contract = the_contract(settings)
    ends = {(limit.kind.value, limit.id): limit.last_day for limit in limits(contract)}
    fields = {
        "contract_no": contract.number,
        "issued_on": act.day.isoformat(),
        "issuer": settings.ward.issuer(),
        "vendor": vendor_of(contract),
        "period": f"{wareki(contract.valid_from)}から{wareki(contract.valid_to)}まで",
        "workplace": contract.workplace,
        "responsible": name_of(contract, contract.responsible),
        "training_months": contract.training_months,
        "declared_on": contract.no_reentrustment.on.isoformat(),
        "declared_by": name_of(contract, contract.no_reentrustment.by),
        "accreditations": [
            [ACCREDITATIONS[one.kind], one.number, f"{wareki(one.valid_to)}まで"] for one in contract.accreditations
        ],
        "accepted": f"{wareki(act.day)}　{name_of(contract, accepted_by)}",
    }
    people = [_listed(person, ends.get(("training", person.id))) for _, person in sorted(contract.people.items())]
    form = load_form("staff_report", act.day)
    parts = [fields | {"people": part} for part in in_pages(people, form.texts["rows_per_page"])]
    return print_numbered(settings, act, "staff_report", f"F-01-{act.day.isoformat()}.pdf", parts, pool)


def audit_letter(settings: Settings, act: Act, number: str, visit: Visit, pool: Executor) -> Path:
    """実地調査記録 (F-20)."""
    contract = the_contract(settings)
    texts = load_form("audit", act.day).texts
    bad = any(not seen.kept for seen in visit.points.values())
    points = [
        [str(row), texts["points"][point.value], texts["kept"] if seen.kept else texts["not_kept"], seen.note]
        for row, (point, seen) in enumerate(visit.points.items(), start=1)
    ]
    fields = {
        "audit_no": number,
        "issued_on": act.day.isoformat(),
        "contract_no": contract.number,
        "vendor": vendor_of(contract),
        "held_on": visit.held_on.isoformat(),
        "kind": visit.kind.value,
        "place": visit.place,
        "auditors": "　".join(names_of(contract, visit.auditors)),
        "attended_by": "　".join(names_of(contract, visit.attended_by)),
        "points": points,
        "result": "findings" if bad else "kept",
        "remedy_by": wareki(visit.remedy_by) if bad and visit.remedy_by else texts["none"],
    }
    return print_numbered(settings, act, "audit", f"{number}.pdf", [fields], pool)


def _listed(person: Person, trained_until: date | None) -> list[str]:
    until = wareki(person.valid_to) if person.valid_to else "定めなし"
    training = "－"
    if person.trained_on is not None:
        training = f"{wareki(person.trained_on)}受講" + (f"、{wareki(trained_until)}まで" if trained_until else "")
    roles = "・".join(ROLES[role] for role in sorted(person.roles))
    return [person.id, person.name, SIDES[person.side], roles, f"{wareki(person.valid_from)}から{until}", training]
