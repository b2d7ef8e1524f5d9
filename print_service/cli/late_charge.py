"""The late charge 延滞金 of one instalment by hand; needs no ledger."""

import re
from datetime import date
from typing import Annotated

import typer

from print_service.cli.context import AsJson, console, day_of, show, show_rows
from print_service.dunning.late_charge import LateCharge, charge_rules
from print_service.dunning.late_charge import late_charge as charge
from print_service.findings import Finding, RefusedError

_PART = re.compile(r"(?P<day>[^:]+):(?P<amount>[0-9]{1,11})")


def late_charge(
    principal: Annotated[int, typer.Option(min=0, help="税額（円）/ principal in yen")],
    due: Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="納期限 / due date")],
    paid: Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="納付の日 / day of payment")],
    paid_part: Annotated[
        list[str] | None,
        typer.Option(metavar="YYYY-MM-DD:YEN", help="それまでの一部納付 / a part paid before, e.g. 2026-08-15:50000"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """延滞金: 一つの期別の延滞金と、その計算の内訳。"""
    result = charge(principal, due, paid, _parts(paid_part or []))
    if as_json:
        show({"amount": result.amount, "segments": result.segments}, as_json=True)
        return
    rows = [
        (s.start, s.end, s.days, f"{s.rate_tenths // 10}.{s.rate_tenths % 10}", f"{s.base:,}", f"{s.yen:,}")
        for s in result.segments
    ]
    show_rows(f"延滞金 {result.amount:,} 円", ("から", "まで", "日数", "年％", "計算の基礎", "円"), rows)
    console.print(_why(result, late=paid > due), markup=False, soft_wrap=True)


def _why(result: LateCharge, *, late: bool) -> str:
    """How the rows come to the amount."""
    rules, total = charge_rules(), sum(segment.yen for segment in result.segments)
    if not late:
        return "納期限までの納付のため、延滞金はかかりません。"
    if not result.segments:
        return f"計算の基礎となる税額が {rules.base_least:,}円未満のため、延滞金はかかりません。"
    if total < rules.charge_least:
        return f"計 {total:,}円は {rules.charge_least:,}円未満のため、延滞金はかかりません。"
    return f"計 {total:,}円から {rules.charge_unit}円未満を切り捨てます。"


def _parts(items: list[str]) -> list[tuple[date, int]]:
    wrong = [Finding("cli.bad-part", "", {"text": item}) for item in items if not _PART.fullmatch(item)]
    if wrong:
        raise RefusedError(wrong)
    return [(day_of(day), int(amount)) for day, _, amount in (item.partition(":") for item in items)]
