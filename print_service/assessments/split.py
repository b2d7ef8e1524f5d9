"""The split of an annual tax into instalments 期別: the law's rule and what an ordinance may say instead.

地方税法20条の4の2第6項: of an amount divided into instalments, what falls below 1,000 yen in each (or the whole of it, if that is below
1,000) is added to the first, unless an ordinance says otherwise. Ordinances differ in the unit, in the instalment that takes the
remainder, and in the amount up to which nothing is divided; these are settings of the ward. Used by intake (step 1) to judge a host
file, and by the synthetic ward.
"""

from dataclasses import dataclass
from typing import Literal

from print_service.settings import Settings

Remainder = Literal["first", "last"]


@dataclass(frozen=True)
class SplitRule:
    """Yen below `unit` go to the first or last of `parts` instalments; up to `single_up_to` yen there is one instalment only."""

    unit: int = 1_000
    remainder: Remainder = "first"
    single_up_to: int = 0
    parts: int = 4


LAW = SplitRule()
"""地方税法20条の4の2第6項 as it stands, for a tax of four instalments."""


def split_rule(settings: Settings) -> SplitRule:
    """The rule of the ward's ordinance."""
    table = settings.instalments
    return SplitRule(unit=table.unit, remainder=table.remainder, single_up_to=table.single_up_to)


def split_annual(annual: int, rule: SplitRule = LAW) -> tuple[int, ...]:
    """Instalments of an annual tax in yen, in order; they add up to it. 123,400 → 33,400 and three times 30,000; 3,900 → 3,900.

    Raises ValueError for a negative amount.
    """
    if annual < 0:
        raise ValueError("a tax is not negative")
    base = annual // rule.parts // rule.unit * rule.unit
    if not base or annual <= rule.single_up_to:
        return (annual,)
    rest = annual - base * (rule.parts - 1)
    others = (base,) * (rule.parts - 1)
    return (rest, *others) if rule.remainder == "first" else (*others, rest)
