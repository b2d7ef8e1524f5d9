"""Which slip or instalment a reference names: looked up in blocks, so that a million records need a few hundred questions.

A Pay-easy key, an OCR line or an eL番号 whose 納付番号 is ours names that slip even where 納付区分 or 確認番号 differ: banks post such
money (return codes A013, HMPNA004 of a biller's server), and whoever paid must not be dunned. A bar code that bears our 納付番号 does so too,
whatever else in it is wrong: 静岡市 dunned 577 people whose slips had been printed with wrong bar codes. What differs is told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from print_service.collection.references import BAR_CODE, DEBIT, EL_QR, PAY_EASY, form_of
from print_service.ledger.tables import Assessment, Slip
from print_service.settings import Settings


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference names; `slip_id` is None for a direct debit, `differs` is `category`, `confirmation`, `bar-code` or empty."""

    slip_id: int | None
    assessment_id: int
    period: int
    differs: str = ""


def find(session: Session, settings: Settings, references: Iterable[str]) -> Mapping[str, Target]:
    """Targets of those references that are ours. A few thousand at a time."""
    forms: dict[str, list[str]] = {}
    for reference in references:
        forms.setdefault(form_of(reference), []).append(reference)
    found: dict[str, Target] = {}
    if codes := forms.get(BAR_CODE):
        columns = (Slip.cvs_digits, Slip.id, Slip.assessment_id, Slip.period)
        for digits, slip, assessment, period in session.execute(select(*columns).where(Slip.cvs_digits.in_(codes))):
            found[str(digits)] = Target(slip, assessment, period)
        found |= _by_free_area(session, settings, [code for code in codes if code not in found])
    if keys := [*forms.get(PAY_EASY, ()), *forms.get(EL_QR, ())]:
        found |= _by_number(session, settings, keys)
    if debits := forms.get(DEBIT):
        found |= _by_notice(session, settings, debits)
    return found


def _by_free_area(session: Session, settings: Settings, codes: list[str]) -> Mapping[str, Target]:
    """Bar codes of no slip of ours, by the 納付番号 in the free area behind our company's code."""
    ours = settings.slips.issuer + settings.slips.company
    numbers = {code: code[13:29] for code in codes if code[2:13] == ours}
    if not numbers:
        return {}
    columns = (Slip.number, Slip.id, Slip.assessment_id, Slip.period)
    mine = (Slip.number.in_(set(numbers.values())), Slip.agency == settings.slips.agency)
    slips: dict[str, list[Target]] = {}
    for number, slip, assessment, period in session.execute(select(*columns).where(*mine)):
        slips.setdefault(number, []).append(Target(slip, assessment, period, "bar-code"))
    return {code: slips[number][0] for code, number in numbers.items() if len(slips.get(number, ())) == 1}


def _by_number(session: Session, settings: Settings, keys: list[str]) -> Mapping[str, Target]:
    agency = settings.slips.agency
    parts = {key: key.split("-") for key in keys}
    mine = {key: words for key, words in parts.items() if words[0] == EL_QR or words[1] == agency}
    slips: dict[str, list[Any]] = {}
    columns = (Slip.number, Slip.confirmation, Slip.category, Slip.id, Slip.assessment_id, Slip.period)
    numbers = {words[-3] for words in mine.values()}
    for row in session.execute(
        select(*columns).where(Slip.number.in_(numbers), Slip.agency == agency).order_by(Slip.id)
    ):
        slips.setdefault(row.number, []).append(row)
    found: dict[str, Target] = {}
    for key, words in mine.items():
        target = _closest(slips.get(words[-3], []), words[-2], words[-1])
        if target is not None:
            found[key] = target
    return found


def _closest(slips: list[Any], confirmation: str, category: str) -> Target | None:
    """The slip with both parts right, else the only one with that number."""
    for row in slips:
        if (row.confirmation, row.category) == (confirmation, category):
            return Target(row.id, row.assessment_id, row.period)
    if len(slips) != 1:
        return None
    row = slips[0]
    differs = "confirmation" if row.confirmation != confirmation else "category"
    return Target(row.id, row.assessment_id, row.period, differs)


def _by_notice(session: Session, settings: Settings, debits: list[str]) -> Mapping[str, Target]:
    item_of = {code: item for item, code in settings.slips.tax_code.items()}
    wanted = {key: key.split("-")[1:] for key in debits}
    notices = {form for _, _, notice, _ in wanted.values() for form in (notice, notice.lstrip("0"))}
    columns = (Assessment.tax_item, Assessment.levy_year, Assessment.notice_no, Assessment.id)
    live = select(*columns).where(Assessment.notice_no.in_(notices), Assessment.superseded.is_(False))
    known = {(item, year, notice.lstrip("0")): key for item, year, notice, key in session.execute(live)}
    found: dict[str, Target] = {}
    for key, (year, code, notice, period) in wanted.items():
        assessment = known.get((item_of.get(code, ""), int(year), notice.lstrip("0")))
        if assessment is not None:
            found[key] = Target(None, assessment, int(period))
    return found
