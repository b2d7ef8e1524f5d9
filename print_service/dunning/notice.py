"""What a reminder says of the late charge 延滞金: the rates of its year and the day on which the higher one begins."""

from datetime import date

from print_service.dunning.late_charge import charge_rules, first_month_end
from print_service.findings import refuse


def charge_notice(due: date, on: date) -> dict[str, str]:
    """Rates in percent as printed, and the last day of the first month. Refuses `dunning.rate-unknown`."""
    rate = charge_rules().rates.get(on.year)
    if rate is None:
        raise refuse("dunning.rate-unknown", str(on.year), year=on.year)
    return {
        "rate_first": f"{rate.first // 10}.{rate.first % 10}",
        "rate_after": f"{rate.after // 10}.{rate.after % 10}",
        "boundary": first_month_end(due).isoformat(),
    }
