"""What an assessment must satisfy before a letter may be made of it: sums, rounding, the split into instalments, one
payer one name.

Rounding: 地方税法 20条の4の2 (tax base below 1,000 yen and tax below 100 yen are cut). Split: `split`. How rounding treats ward, metropolitan and forest tax together is not
published [U]: each of ward and metropolitan tax is taken as (所得割 − 税額控除) cut below 100 yen + 均等割.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from print_service.assessments.model import Assessment, Payer
from print_service.assessments.split import LAW, SplitRule, split_annual
from print_service.findings import Finding

_BASE_UNIT = 1_000
_TAX_UNIT = 100
_POSTCODE_DIGITS = 7
_SHOWN_DIGITS = 3
_PART_TITLES = {"ward": "特別区民税", "metropolis": "都民税"}


def check_assessment(assessment: Assessment, where: str, rule: SplitRule = LAW) -> Iterator[Finding]:
    """Every fault of one assessment by itself. `where` is file:line; the field's name is put behind it."""
    annual, amounts = assessment.annual, tuple(part.amount for part in assessment.instalments)
    if annual <= 0:
        yield Finding("intake.amount-not-positive", f"{where}:annual", {"amount": annual})
        return
    if annual % _TAX_UNIT:
        yield Finding("intake.tax-rounding", f"{where}:annual", {"field": "年税額", "amount": annual})
    if sum(amounts) != annual:
        values = {"found": sum(amounts), "annual": annual}
        yield Finding("intake.instalments-sum", f"{where}:instalment_1", values)
    elif assessment.tax_item == "resident-tax" and amounts != split_annual(annual, rule):
        values_ = {"expected": _row(split_annual(annual, rule)), "found": _row(amounts)}
        yield Finding("intake.instalment-split", f"{where}:instalment_1", values_)
    yield from _check_account(assessment, where)
    if assessment.tax_item == "resident-tax":
        yield from _check_levy(assessment.facts, annual, where)


def _row(amounts: tuple[int, ...]) -> str:
    return "・".join(f"{amount:,}" for amount in amounts)


def _check_account(assessment: Assessment, where: str) -> Iterator[Finding]:
    account = assessment.account
    if assessment.method == "account":
        if account is None or not (account.bank and account.branch and account.number_masked):
            yield Finding("intake.account-missing", f"{where}:bank")
        elif sum(character.isdigit() for character in account.number_masked) > _SHOWN_DIGITS:
            yield Finding("intake.account-not-masked", f"{where}:number_masked")
    elif account is not None:
        yield Finding("intake.account-surplus", f"{where}:bank")


def _check_levy(facts: Mapping[str, Any], annual: int, where: str) -> Iterator[Finding]:
    levy = facts["levy"]
    for part, title in _PART_TITLES.items():
        one = levy[part]
        expected = max(0, one["income_levy"] - one["credits"]) // _TAX_UNIT * _TAX_UNIT + one["per_capita"]
        if one["total"] != expected:
            values: dict[str, str | int] = {"part": title, "found": one["total"], "expected": expected}
            yield Finding("intake.levy-total", f"{where}:{part}_total", values)
        if one["total"] % _TAX_UNIT:
            yield Finding(
                "intake.tax-rounding", f"{where}:{part}_total", {"field": f"{title} 年税額", "amount": one["total"]}
            )
    parts = levy["ward"]["total"] + levy["metropolis"]["total"] + levy["forest"]
    if parts != annual:
        yield Finding("intake.levy-parts", f"{where}:annual", {"found": parts, "annual": annual})
    for group, total, title in (
        ("income", "total_income", "所得"),
        ("deductions", "total_deductions", "所得控除"),
    ):
        found = sum(line["amount"] for line in facts[group])
        if found != facts[total]:
            yield Finding(
                "intake.lines-sum", f"{where}:{total}", {"field": title, "found": found, "stated": facts[total]}
            )
    if facts["taxable"] % _BASE_UNIT:
        yield Finding("intake.base-rounding", f"{where}:taxable", {"amount": facts["taxable"]})


def check_payer(payer: Payer, where: str) -> Iterator[Finding]:
    """Every fault of one payer by itself."""
    code = payer.addressee.postcode
    if len(code) != _POSTCODE_DIGITS or not (code.isascii() and code.isdigit()) or not int(code):
        yield Finding("intake.postcode", f"{where}:postcode", {"found": code if code.isascii() else "?"})


class Across:
    """What no single record can show: a notice number used twice, one payer with two names, two levy years in one
    file.

    Of each payer only one short string is kept, so that a ward's whole file can be held against itself.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._notices: dict[str, int] = {}
        self._payers: dict[str, str] = {}
        self._year: int | None = None

    @property
    def payers(self) -> int:
        """How many payers were seen."""
        return len(self._payers)

    def expect_year(self, levy_year: int) -> None:
        """The levy year that the header states."""
        self._year = levy_year

    def is_new(self, payer: Payer) -> bool:
        """Whether no record before had this payer; asked before `check`."""
        return payer.key not in self._payers

    def check(self, line: int, payer: Payer, assessment: Assessment) -> Iterator[Finding]:
        """Compare one record with those before it."""
        where = f"{self._name}:{line}"
        first = self._notices.setdefault(assessment.notice_no, line)
        if first != line:
            values: dict[str, str | int] = {"notice_no": assessment.notice_no, "first": first}
            yield Finding("intake.notice-no-repeated", f"{where}:notice_no", values)
        if self._year is None:
            self._year = assessment.levy_year
        if assessment.levy_year != self._year:
            years = {"found": assessment.levy_year, "expected": self._year}
            yield Finding("intake.levy-year-differs", f"{where}:levy_year", years)
        shown = _SEPARATOR.join((str(line), *_compared(payer)))
        known = self._payers.setdefault(payer.key, shown)
        if known is not shown:
            begun, *parts = known.split(_SEPARATOR)
            for (field, title), one, other in zip(_COMPARED.items(), parts, _compared(payer), strict=True):
                if one != other:
                    values = {"payer_key": payer.key, "first": int(begun), "field": title}
                    yield Finding("intake.payer-differs", f"{where}:{field}", values)


_COMPARED = {
    "postcode": "郵便番号",
    "address": "住所",
    "building": "方書",
    "name": "氏名",
    "kana": "氏名カナ",
    "honorific": "敬称",
    "protected": "支援措置区分",
    "deceased": "死亡区分",
    "returned": "返戻区分",
}
_SEPARATOR = "\x00"  # no text field may hold it


def _compared(payer: Payer) -> tuple[str, ...]:
    who = payer.addressee
    marks = (str(payer.protected), str(payer.deceased), str(payer.returned))
    return who.postcode, who.address, who.building, who.name, who.kana, who.honorific, *marks
