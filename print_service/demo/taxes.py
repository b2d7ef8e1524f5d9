"""Plausible amounts for the synthetic ward: one payer's resident tax from income down to instalments, one vehicle's
tax.

Resident tax: 所得割 6 % ward and 4 % metropolis (地方税法 314条の3, 35条), 調整控除 of its least amount, 均等割 3,000
+ 1,000 and 森林環境税 1,000 (平成31年法律第3号). Vehicle tax: standard rates of 地方税法 463条の15 and the age
surcharge. Believable, not exact: the deductions are drawn, not derived.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from print_service.assessments.split import split_annual
from print_service.flatfile.fields import Value

Row = Mapping[str, Value]

_INCOMES = ("salary", "pension", "business", "real_estate", "dividend", "other")
_DEDUCTIONS = ("social", "mutual_aid", "life", "earthquake", "medical", "spouse", "dependants", "personal", "basic")
_BASIC = 430_000
_VEHICLES = (
    ("原動機付自転車 第一種 50cc以下", 2_000, 24),
    ("原動機付自転車 第二種 乙 90cc以下", 2_000, 4),
    ("原動機付自転車 第二種 甲 125cc以下", 2_400, 12),
    ("軽自動車 二輪 250cc以下", 3_600, 10),
    ("軽自動車 四輪 乗用 自家用", 10_800, 20),
    ("軽自動車 四輪 乗用 自家用", 7_200, 8),
    ("軽自動車 四輪 乗用 自家用", 12_900, 6),
    ("軽自動車 四輪 貨物 自家用", 5_000, 6),
    ("軽自動車 四輪 貨物 自家用", 6_000, 2),
    ("二輪の小型自動車", 6_000, 8),
)
_KANA = "あいうえかきくけこさすせそたちつてとなにぬねのはひふほまみむめもやゆよらりるろ"


@dataclass(frozen=True)
class Vehicle:
    """A vehicle: its plate 標識番号, its class and its annual tax in yen."""

    plate: str
    kind: str
    annual: int


def vehicle(rng: Random) -> Vehicle:
    """One vehicle by the shares of the table above."""
    kind, annual, _ = rng.choices(_VEHICLES, [weight for _, _, weight in _VEHICLES])[0]
    left, right, kana = rng.randint(10, 99), rng.randint(10, 99), rng.choice(_KANA)
    if kind.startswith("原動機付"):
        plate = f"見本区 {kana} {left}{right}"
    elif "四輪" in kind:
        plate = f"見本 {rng.choice(('580', '581', '583', '480'))} {kana} {left}-{right}"
    else:
        plate = f"{'1' if '250cc' in kind else ''}見本 {kana} {left}-{right}"
    return Vehicle(plate, kind, annual)


def resident_tax(rng: Random) -> Row:
    """Amount fields of one resident tax record, drawn."""
    salary, pension, business = 0, 0, 0
    match rng.randrange(10):
        case 0 | 1:
            pension = rng.randrange(300_000, 2_600_000, 1_000)
        case 2 | 3 | 4:
            business = rng.randrange(900_000, 7_500_000, 1_000)
        case _:
            salary = rng.randrange(700_000, 6_500_000, 1_000)
    income = {"salary": salary, "pension": pension, "business": business}
    if not rng.randrange(12):
        income["real_estate"] = rng.randrange(120_000, 1_800_000, 1_000)
    if not rng.randrange(25):
        income["dividend"] = rng.randrange(10_000, 200_000, 1_000)
    return _computed(income, _deductions(rng, sum(income.values())))


def heavy_tax() -> Row:
    """Amounts of a payer whose instalments exceed 300,000 yen, the limit of a convenience-store slip."""
    return _computed({"business": 26_800_000}, {"social": 1_036_000, "life": 70_000, "basic": _BASIC})


def light_tax() -> Row:
    """Amounts of a payer with 均等割 only, halved by reduction 減免 (synthetic): 3,000 yen, too small for a second
    instalment.
    """
    return _computed({"pension": 120_000}, {"basic": _BASIC}, reduced=True)


def _deductions(rng: Random, income: int) -> dict[str, int]:
    found = {"social": income * rng.randint(9, 15) // 100 // 100 * 100, "basic": _BASIC}
    if rng.randrange(3):
        found["life"] = rng.randrange(6_000, 70_000, 1_000)
    if not rng.randrange(5):
        found["earthquake"] = rng.randrange(2_000, 25_000, 500)
    if not rng.randrange(8):
        found["medical"] = rng.randrange(10_000, 240_000, 1_000)
    if not rng.randrange(5):
        found["spouse"] = 330_000
    if not rng.randrange(6):
        found["dependants"] = 330_000 * rng.randint(1, 2)
    if not rng.randrange(15):
        found["personal"] = 260_000
    return found


def _computed(income: Mapping[str, int], deductions: Mapping[str, int], *, reduced: bool = False) -> Row:
    total_income, total_deductions = sum(income.values()), sum(deductions.values())
    taxable = max(0, total_income - total_deductions) // 1_000 * 1_000
    row: dict[str, Value] = {f"income_{name}": income.get(name, 0) for name in _INCOMES}
    row |= {f"deduction_{name}": deductions.get(name, 0) for name in _DEDUCTIONS}
    row |= {"total_income": total_income, "total_deductions": total_deductions, "taxable": taxable}
    annual = forest = 1_000
    for part, tenths, credit, per_capita in (("ward", 6, 1_500, 3_000), ("metropolis", 4, 1_000, 1_000)):
        income_levy = taxable * tenths // 100
        credits_ = min(credit, income_levy)
        flat = per_capita // 2 if reduced else per_capita
        total = (income_levy - credits_) // 100 * 100 + flat
        row |= {f"{part}_income_levy": income_levy, f"{part}_credits": credits_}
        row |= {f"{part}_per_capita": flat, f"{part}_total": total}
        annual += total
    parts = (*split_annual(annual), 0, 0, 0)[:4]
    row |= {f"instalment_{number}": amount for number, amount in enumerate(parts, start=1)}
    return row | {"forest": forest, "annual": annual}
