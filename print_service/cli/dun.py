"""Step 12 by hand: who would be dunned; a run planned, approved by another person, frozen; and going on although a channel is behind."""

from datetime import date
from typing import Annotated, Any

import typer

from print_service.batches.freshness import channel_rows, missing_words, override
from print_service.cli.context import (
    AsJson,
    Batch,
    act,
    console,
    day_of,
    ledger,
    require_tax_items,
    settings,
    show,
    show_rows,
)
from print_service.cli.words import JOB_KINDS
from print_service.collection.match import Balance
from print_service.dunning.cover import cover_sheet, rule_title
from print_service.dunning.owed import owed
from print_service.dunning.plan import FINAL_DEMAND, REMINDER
from print_service.dunning.run import (
    STATES,
    RunOrder,
    approve_run,
    candidates,
    drop_run,
    freeze_run,
    items_of,
    plan_run,
)
from print_service.dunning.shown import RunFacts, run_facts
from print_service.pool import process_pool
from print_service.slips.issue import number_job

app = typer.Typer(no_args_is_help=True, help="督促・催告（計画・承認・実行）/ reminders and final demands")

AsOf = Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="基準日（発付日）/ as of")]
TaxItems = Annotated[
    list[str] | None,
    typer.Option("--tax-item", help="督促の税目（省略時は全て。催告は常に全税目）/ tax item of reminders"),
]
Demand = Annotated[bool, typer.Option("--final-demand", help="催告書 / final demands")]
ALL = ("resident-tax", "vehicle-tax")
_COLUMNS = ("宛名番号", "通知書番号", "期", "納期限", "未納額", "延滞金", "除外")


@app.command()
def plan(
    as_of: AsOf,
    batch: Annotated[str | None, typer.Argument(help="処理番号。省略すると見るだけで何も作らない / batch id")] = None,
    tax_item: TaxItems = None,
    final_demand: Demand = False,
    as_json: AsJson = False,
) -> None:
    """対象と、除いた方とその理由を見る。処理番号を付けると計画として残し、別の職員の承認を待つ。"""
    config = settings()
    kind = FINAL_DEMAND if final_demand else REMINDER
    order = RunOrder(batch or "", kind, require_tax_items(tax_item or ALL, as_of), as_of)
    with ledger(config) as session:
        facts = None
        if batch:
            plan_run(session, config, act(), order)
            facts = run_facts(session, config, batch)
        found = candidates(session, config, order)
        rows = [_row(balance, order, "") for balance in found.chosen]
        rows += [_row(balance, order, key) for balance, key in found.excluded]
        channels = found.gate.rows()
    if as_json:
        show({"data_as_of": found.data_as_of, "channels": channels, "rows": rows, "run": facts}, as_json=True)
        return
    _show_channels(channels)
    table = [_line(row) for row in rows]
    if table:
        show_rows(f"{JOB_KINDS[kind]}の対象と除外", _COLUMNS, table)
    total = sum(balance.unpaid for balance in found.chosen)
    payers = len({balance.assessment.payer_key for balance in found.chosen})
    counts = f"対象 {payers} 人 {len(found.chosen)} 期別 未納 {total:,} 円、除外 {len(found.excluded)} 期別"
    console.print(f"{counts}（{found.data_as_of} までの納付を反映）", markup=False, soft_wrap=True)
    if facts:
        _show_facts(facts)


@app.command("show")
def show_run(batch: Batch, as_json: AsJson = False) -> None:
    """計画の内容：件数、金額、除外、収納経路、督促の期限、差押えの期限。"""
    config = settings()
    with ledger(config) as session:
        facts = run_facts(session, config, batch)
        items = [
            {
                "payer_key": item.payer_key,
                "assessment": item.assessment_id,
                "period": item.period,
                "unpaid": item.unpaid,
                "late_charge": item.late_charge,
                "excluded": item.exclusion or item.left_out or "",
            }
            for item in items_of(session, batch)
        ]
    if as_json:
        show({"run": facts, "rows": items}, as_json=True)
        return
    _show_channels(list(facts.channels))
    _show_facts(facts)


@app.command()
def approve(batch: Batch, as_json: AsJson = False) -> None:
    """計画の承認: 作成者以外の職員が行う。"""
    config = settings()
    with ledger(config) as session:
        approve_run(session, act(), batch)
        facts = run_facts(session, config, batch)
    show({"batch": batch, "state": facts.state, "approved_by": facts.approved_by}, as_json=as_json, title="承認")


@app.command()
def run(batch: Batch, as_json: AsJson = False) -> None:
    """承認された計画から処理を作り、表紙を印刷する。金額は今の台帳で計算し直す。この後は印字・読み戻し・封緘と進む。"""
    config = settings()
    with ledger(config) as session, process_pool(1) as pool:
        who = act()
        made = freeze_run(session, config, who, batch)
        number_job(session, config, who, batch)
        sheet = cover_sheet(session, config, who, batch, pool)
    result = {
        "data_as_of": made.data_as_of,
        "chosen": made.chosen,
        "excluded": made.excluded,
        "left_out": made.left_out,
        "frozen": made.frozen,
        "cover": str(sheet),
    }
    show(result, as_json=as_json, title=f"督促・催告 {batch}")


@app.command()
def drop(batch: Batch, reason: Annotated[str, typer.Option(help="取り下げる理由 / why")]) -> None:
    """計画を取り下げる。記録は残り、処理番号は再使用しない。"""
    with ledger(settings()) as session:
        drop_run(session, act(), batch, reason)


@app.command()
def channels(as_of: AsOf, as_json: AsJson = False) -> None:
    """収納経路ごとに、どこまで取り込まれているか。遅れがあれば終了コード 1。"""
    config = settings()
    with ledger(config) as session:
        rows = channel_rows(session, config, as_of)
    if as_json:
        show({"channels": rows}, as_json=True)
    else:
        _show_channels(rows)
    if any(row["stale"] for row in rows):
        raise typer.Exit(1)


@app.command("override")
def override_channel(
    batch: Batch,
    channel: Annotated[str, typer.Argument(help="収納経路 / channel, e.g. convenience-store")],
    reason: Annotated[str, typer.Option(help="遅れを承知で進める理由 / why")] = "",
    as_json: AsJson = False,
) -> None:
    """遅れている収納経路を承知で進める: 一人が理由を付けて申し出、別の一人が同じ命令で認める。表紙に印刷される。"""
    config = settings()
    with ledger(config) as session:
        row = override(session, config, act(), batch, channel, reason)
        result = {"batch": batch, "channel": channel, "asked_by": row.asked_by, "granted_by": row.granted_by}
    show(result, as_json=as_json, title="収納の遅れの承認")


def _row(balance: Balance, order: RunOrder, exclusion: str) -> dict[str, object]:
    """A reminder asks for no late charge; a final demand may ask for nothing else."""
    charge = owed(balance, order.as_of).late_charge if order.kind == FINAL_DEMAND else 0
    return {
        "payer_key": balance.assessment.payer_key,
        "notice_no": balance.assessment.notice_no,
        "period": balance.instalment.number,
        "due": balance.instalment.due,
        "unpaid": balance.unpaid,
        "late_charge": charge,
        "excluded": exclusion,
    }


def _line(row: dict[str, object]) -> tuple[object, ...]:
    money = (f"{row['unpaid']:,}", f"{row['late_charge']:,}")
    return (row["payer_key"], row["notice_no"], row["period"], row["due"], *money, _reason(row["excluded"]))


def _reason(rule: object) -> str:
    return rule_title(str(rule)) if rule else ""


def _show_channels(rows: list[Any]) -> None:
    columns = ("収納経路", "最後のファイル", "反映日", "必要な日", "許す遅れ（営業日）", "欠けている日", "状態")
    lines = [
        (
            row["title"],
            row["last_file"] or "なし",
            row["covered_to"] or "なし",
            row["needed_to"],
            row["lag"],
            missing_words([date.fromisoformat(day) for day in row["missing"]], row["missing_files"], 3),
            _state(row),
        )
        for row in rows
    ]
    show_rows("収納の取込", columns, lines)


def _state(row: dict[str, Any]) -> str:
    if not row["stale"]:
        return "反映済"
    return f"遅れ（{row['override']['granted_by']} 承認）" if row["override"] else "遅れ"


def _show_facts(facts: RunFacts) -> None:
    rows = [
        ("状態", STATES[facts.state]),
        ("対象", f"{facts.payers} 人 {facts.instalments} 期別"),
        ("通数", f"{facts.pieces} 通（うち引抜 {facts.pulled} 通）" if facts.pieces else "未作成"),
        ("収納反映日", facts.data_as_of),
        ("未納額", f"{facts.unpaid:,} 円"),
        ("延滞金", f"{facts.late_charge:,} 円"),
        ("計画", facts.planned_by),
        ("承認", facts.approved_by or "なし"),
        ("督促の期限（20日）", facts.deadline or ""),
        ("完納されないと差押えの義務（10日）", facts.seizure_day or ""),
    ]
    show_rows(f"{JOB_KINDS[facts.kind]} {facts.batch}", ("項目", "内容"), rows)
    lines = [(rule_title(key), count, key) for key, count in facts.excluded.items()]
    show_rows("除外", ("理由", "期別", "キー"), lines)
    for warning in facts.warnings:
        console.print(str(warning), markup=False, soft_wrap=True)
