"""The contract before work: what the vendor reported, what of it has lapsed or lapses soon, and its acceptance (F-01)."""

import sys
from datetime import datetime

import typer

from handover import audit
from handover.clocks import ClockKind
from handover.days import day_of as japans_day
from handover.duties import accept_contract, limits, work_faults
from print_service.act import JST
from print_service.batches.contract_letters import staff_letter
from print_service.batches.custody import audits, current, the_contract
from print_service.batches.custody_words import CLOCKS, LIMITS
from print_service.cli.context import AsJson, console, ledger, settings, show, show_rows
from print_service.cli.custody_desk import Supervisor, custody_desk, show_paper

app = typer.Typer(no_args_is_help=True, help="契約: 従事者・作業場所届、認証、研修、再委託なし / contract and staff")


@app.command()
def check(as_json: AsJson = False) -> None:
    """点検: 作業の前に、切れているものともうすぐ切れるものを全て挙げる。作業を始められなければ終了コード 1。"""
    config = settings()
    today = japans_day(datetime.now(JST))
    contract = the_contract(config)
    with ledger(config) as session:
        faults = list(work_faults(current(session), contract, today))
        visits = audit.clocks(audits(session).values(), contract, today)
    warn = config.handover.warn_days
    rows = [
        {
            "kind": LIMITS[limit.kind],
            "id": limit.id,
            "last_day": limit.last_day,
            "lapsed": limit.lapsed(today),
            "soon": limit.lapses_within(today, warn),
        }
        for limit in limits(contract)
    ]
    rows += [
        {
            "kind": CLOCKS[clock.kind],
            "id": clock.id,
            "last_day": japans_day(clock.until),
            "lapsed": japans_day(clock.until) < today,
            "soon": 0 <= (japans_day(clock.until) - today).days <= warn,
        }
        for clock in visits
        if clock.kind is ClockKind.AUDIT
    ]
    if as_json:
        told = [{"key": fault.key, "sentence": fault.sentence} for fault in faults]
        show({"ok": not faults, "faults": told, "limits": rows}, as_json=True)
    else:
        states = [(row, "切れ" if row["lapsed"] else f"{warn}日以内に切れる" if row["soon"] else "") for row in rows]
        show_rows(
            f"契約 {contract.number}（再委託なし、{contract.no_reentrustment.on} 申告）",
            ("種類", "対象", "期限", "状態"),
            [(row["kind"], row["id"], row["last_day"] or "記録なし", state) for row, state in states],
        )
        for fault in faults:
            console.print(f"{fault.sentence} [{fault.key}]", style="red", markup=False, soft_wrap=True)
    if faults:
        sys.exit(1)


@app.command()
def accept(by: Supervisor) -> None:
    """受理: contract.toml のとおりの届を受理し、従事者・作業場所届（F-01）を印刷する。変更のたびに受理し直す。"""
    with custody_desk() as desk:
        desk.carry_out(accept_contract, accepted_by=by, at=desk.act.at)
        paper = staff_letter(desk.settings, desk.act, by, desk.pool)
    show_paper(paper)
