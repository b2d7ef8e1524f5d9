"""Step 1 intake 取込, the pure half: a host file → payers and assessments, or every fault of it at once.

The layout decides where a value stands; the names of its fields are the contract with this module. Faults of the
format and of the contents are reported together, because the host's operator corrects and re-runs once.
"""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal

from print_service.assessments.gaiji import load_gaiji
from print_service.assessments.model import (
    Account,
    Addressee,
    Assessment,
    AssessmentFile,
    Instalment,
    Payer,
    Totals,
)
from print_service.assessments.rules import Across, check_assessment, check_payer
from print_service.assessments.split import LAW, SplitRule
from print_service.findings import refuse
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, load_layout
from print_service.flatfile.read import Record, scan

_PAYER_FIELDS = (
    "payer_key",
    "postcode",
    "address",
    "building",
    "name",
    "kana",
    "honorific",
    "protected",
    "deceased",
    "returned",
)
_COMMON_FIELDS = ("notice_no", "levy_year", "annual", "method", "bank", "branch", "number_masked")
_LEVY_FIELDS = ("income_levy", "credits", "per_capita", "total")
_LEVY_NAMES = tuple(
    (part, tuple((field, f"{part}_{field}") for field in _LEVY_FIELDS)) for part in ("ward", "metropolis")
)
_INSTALMENTS = tuple(f"instalment_{number}" for number in range(1, 5))
_FIELDS = {
    "resident-tax": (
        *("total_income", "total_deductions", "taxable", "forest", *_INSTALMENTS),
        *(f"{part}_{field}" for part in ("ward", "metropolis") for field in _LEVY_FIELDS),
    ),
    "vehicle-tax": ("plate", "vehicle_kind"),
}
_YES = "yes"


def read_assessments(
    path: Path, layout_name: str, layouts: Path | None = None, rule: SplitRule = LAW
) -> AssessmentFile:
    """The assessments of a host file in the layout of that name (from `layouts`, default our own), split by `rule`.

    Raises RefusedError with every fault of the file, each at file:line:field.
    """
    layout = load_layout(layout_name, layouts)
    make = _maker(layout)
    faults = Faults()
    flat = scan(path, layout, faults, load_gaiji(layout.gaiji).to_unicode)
    across = Across(path.name)
    assessments: list[Assessment] = []
    if flat.header is not None and flat.header.get("levy_year") is not None:
        across.expect_year(flat.header.number("levy_year"))
    for record in flat.records:
        where = f"{path.name}:{record.line}"
        payer, assessment = _payer(record), make(record)
        for check in (check_payer(payer, where), check_assessment(assessment, where, rule)):
            for finding in check:
                faults.add_finding(finding)
        for finding in across.check(record.line, payer, assessment):
            faults.add_finding(finding)
        assessments.append(assessment)
    faults.refuse_if_any(path.name)
    created_on = flat.header.get("created_on") if flat.header else None
    return AssessmentFile(
        sha256=flat.sha256,
        layout=layout.name,
        size=flat.size,
        municipality=flat.header.text("municipality") if flat.header else None,
        created_on=created_on if isinstance(created_on, date) else None,
        payers=across.payers,
        assessments=tuple(assessments),
        totals=Totals(len(assessments), sum(assessment.annual for assessment in assessments)),
        warnings=faults.warnings,
    )


def _maker(layout: Layout) -> Callable[[Record], Assessment]:
    fields = _FIELDS.get(layout.subject)
    if fields is None:
        raise refuse("intake.layout-subject", layout.name, subject=layout.subject)
    missing = {*_PAYER_FIELDS, *_COMMON_FIELDS, *fields} - set(layout.data.names)
    if missing:
        raise refuse("intake.layout-fields", layout.name, fields="・".join(sorted(missing)))
    if layout.subject == "vehicle-tax":
        return _vehicle_tax
    groups = {
        group: tuple((field.name, field.title) for field in layout.data.fields if field.group == group)
        for group in ("income", "deductions")
    }
    return lambda record: _resident_tax(record, groups)


def _payer(record: Record) -> Payer:
    text = record.text
    addressee = Addressee(
        postcode=text("postcode"),
        address=text("address"),
        building=text("building"),
        name=text("name"),
        kana=text("kana"),
        honorific=text("honorific"),
    )
    return Payer(
        text("payer_key"),
        addressee,
        protected=text("protected") == _YES,
        deceased=text("deceased") == _YES,
        returned=text("returned") == _YES,
    )


def _account(record: Record) -> Account | None:
    bank, branch, number = record.text("bank"), record.text("branch"), record.text("number_masked")
    return Account(bank, branch, number) if bank or branch or number else None


def _method(record: Record) -> Literal["slip", "account"]:
    return "account" if record.text("method") == "account" else "slip"


def _vehicle_tax(record: Record) -> Assessment:
    return Assessment(
        tax_item="vehicle-tax",
        levy_year=record.number("levy_year"),
        notice_no=record.text("notice_no"),
        payer_key=record.text("payer_key"),
        method=_method(record),
        account=_account(record),
        annual=record.number("annual"),
        instalments=(Instalment(1, record.number("annual")),),
        facts={"plate": record.text("plate"), "kind": record.text("vehicle_kind")},
    )


def _resident_tax(record: Record, groups: dict[str, tuple[tuple[str, str], ...]]) -> Assessment:
    row: dict[str, Any] = record.as_dict()
    amounts = [row[name] for name in _INSTALMENTS]
    while len(amounts) > 1 and not amounts[-1]:
        amounts.pop()
    lines = {
        group: [{"label": title, "amount": row[name]} for name, title in fields if row[name]]
        for group, fields in groups.items()
    }
    levy = {part: {field: row[name] for field, name in names} for part, names in _LEVY_NAMES}
    return Assessment(
        tax_item="resident-tax",
        levy_year=row["levy_year"],
        notice_no=row["notice_no"],
        payer_key=row["payer_key"],
        method=_method(record),
        account=_account(record),
        annual=row["annual"],
        instalments=tuple(Instalment(i, amount) for i, amount in enumerate(amounts, start=1)),
        facts={
            **lines,
            "total_income": row["total_income"],
            "total_deductions": row["total_deductions"],
            "taxable": row["taxable"],
            "levy": {**levy, "forest": row["forest"]},
        },
    )
