"""A year's tax split into instalments 期別: the fractions below 1,000 yen all go to the first.

Source: 地方税法20条の4の2第6項 (unless the ward's ordinance says otherwise).
"""

from print_service.findings import refuse

_UNIT = 1000  # yen


def split(annual: int, parts: int = 4) -> tuple[int, ...]:
    """Yen of each instalment that has a slip, first to last: 123,400 → 33,400 and three of 30,000.

    A tax too small to give each instalment 1,000 yen is one instalment; no tax is none. Refuses
    `slips.annual-negative`; `parts` below 1 is a ValueError.
    """
    if parts < 1:
        raise ValueError(f"a tax is split into at least one instalment, not {parts}")
    if annual < 0:
        raise refuse("slips.annual-negative", annual=annual)
    later = annual // parts // _UNIT * _UNIT
    first = annual - later * (parts - 1)
    if later:
        return (first, *(later,) * (parts - 1))
    return (first,) if first else ()
