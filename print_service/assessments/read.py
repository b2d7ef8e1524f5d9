"""Step 1 intake 取込, the pure half: a host file → payers and assessments, or every fault of it at once.

The layout decides where a value stands; the names of its fields are the contract with this module. Faults of the
format and of the contents are reported together, because the host's operator corrects and re-runs once.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from print_service.assessments.gaiji import load_gaiji
from print_service.assessments.model import (
    Account,
    Addressee,
    Assessment,
    Instalment,
    Payer,
)
from print_service.assessments.rules import Across, check_assessment, check_payer
from print_service.assessments.split import LAW, SplitRule
from print_service.findings import refuse
from print_service.flatfile.faults import Faults
from print_service.flatfile.layout import Layout, Role, load_layout
from print_service.flatfile.stream import Record, RecordStream

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


class AssessmentReader:
    """Iterates over a host file's assessments, each with its payer where no record before had that payer (else None).

    Faults are gathered on the way: what is iterated may still belong to a file that `finish` refuses. `sha256` is known at the end.
    """

    def __init__(self, path: Path, layout_name: str, rule: SplitRule = LAW) -> None:
        self.layout = load_layout(layout_name)
        self.faults = Faults()
        self.header: Record | None = None
        self._make = _maker(self.layout)
        self._name = path.name
        self._rule = rule
        self._across = Across(path.name)
        self._stream = RecordStream(path, self.layout, self.faults, load_gaiji(self.layout.gaiji).to_unicode)

    @property
    def sha256(self) -> str:
        """Hash of the whole file once it was iterated to its end."""
        return self._stream.sha256

    @property
    def payers(self) -> int:
        """Payers so far."""
        return self._across.payers

    def __iter__(self) -> Iterator[tuple[Payer | None, Assessment]]:
        for record in self._stream:
            if record.type.role is Role.HEADER and self.header is None:
                self.header = record
                if record.get("levy_year") is not None:
                    self._across.expect_year(record.number("levy_year"))
            elif record.type.role is Role.DATA:
                yield self._checked(record)

    def finish(self) -> None:
        """The file was iterated to its end: raises RefusedError with every fault, each at file:line:field."""
        self.faults.refuse_if_any(self._name)

    def _checked(self, record: Record) -> tuple[Payer | None, Assessment]:
        where = f"{self._name}:{record.line}"
        payer, assessment = _payer(record), self._make(record)
        is_new = self._across.is_new(payer)
        across = self._across.check(record.line, payer, assessment)
        for check in (check_payer(payer, where), check_assessment(assessment, where, self._rule), across):
            for finding in check:
                self.faults.add_finding(finding)
        return payer if is_new else None, assessment


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
