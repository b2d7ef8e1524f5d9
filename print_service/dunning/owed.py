"""What one instalment still owes on a day: principal, and late charge whether the principal is paid or not.

The late charge runs until the day the principal is paid in full and then stands still; money received beyond the principal, or told apart as
late charge by the file, pays it.
Sources: 地方税法326条, 463条の24 (charged to the day of payment), 20条の4の2 (nothing below 1,000 yen).
"""

from dataclasses import dataclass
from datetime import date

from print_service.collection.match import Balance
from print_service.dunning.late_charge import late_charge


@dataclass(frozen=True)
class Owed:
    """Yen of principal and of late charge; `settled_on` is the day the principal was paid in full."""

    unpaid: int
    late_charge: int
    settled_on: date | None


def owed(balance: Balance, as_of: date) -> Owed:
    """What is owed on `as_of`. Refuses `dunning.rate-unknown` for a year without rates."""
    instalment = balance.instalment
    parts, beyond = _parts(balance)
    settled = max((day for day, _ in parts), default=instalment.due) if not balance.unpaid else None
    until = min(settled, as_of) if settled else as_of
    counted = [(day, amount) for day, amount in parts if day <= until]
    charge = late_charge(instalment.amount, instalment.due, until, counted).amount if until > instalment.due else 0
    return Owed(balance.unpaid, max(charge - beyond - balance.late_charge_paid, 0), settled)


def _parts(balance: Balance) -> tuple[list[tuple[date, int]], int]:
    """Payments in order as they reduced the debt, and the yen that came beyond it."""
    left, parts, beyond = balance.instalment.amount, [], 0
    for payment in sorted(balance.payments, key=lambda one: one.collected_on):
        counted = min(payment.amount, left)
        if counted:
            parts.append((payment.collected_on, counted))
        left -= counted
        beyond += payment.amount - counted
    return parts, beyond
