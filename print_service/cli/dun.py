"""Step 12 by hand: who would be dunned, and the run."""

from datetime import date
from typing import Annotated

import typer

from print_service.cli.context import AsJson, Batch, act, day_of, ledger, require_tax_items, settings, show, show_rows
from print_service.collection.match import Balance
from print_service.dunning.plan import reminder_candidates
from print_service.dunning.run import run_final_demands, run_reminders
from print_service.slips.issue import number_job

app = typer.Typer(no_args_is_help=True, help="督促・催告（計画・実行）/ reminders and final demands")

AsOf = Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="基準日 / as of")]
TaxItems = Annotated[
    list[str] | None,
    typer.Option("--tax-item", help="督促の税目（省略時は全て。催告は常に全税目）/ tax item of reminders"),
]
ALL = ("resident-tax", "vehicle-tax")


@app.command()
def plan(as_of: AsOf, tax_item: TaxItems = None, as_json: AsJson = False) -> None:
    """督促の対象と、除いた方とその理由を見る（何も作らない）。"""
    config = settings()
    with ledger(config) as session:
        found = reminder_candidates(session, config, require_tax_items(tax_item or ALL, as_of), as_of)
        rows = [_row(balance, "") for balance in found.chosen]
        rows += [_row(balance, key) for balance, key in found.excluded]
    if as_json:
        show({"data_as_of": found.data_as_of, "rows": rows}, as_json=True)
    else:
        columns = ("宛名番号", "通知書番号", "期", "納期限", "未納額", "除外")
        show_rows(f"督促の対象（収納 {found.data_as_of} まで反映）", columns, [tuple(row.values()) for row in rows])


@app.command()
def run(
    batch: Batch,
    as_of: AsOf,
    tax_item: TaxItems = None,
    final_demand: Annotated[bool, typer.Option("--final-demand", help="催告書を作る / final demands")] = False,
    as_json: AsJson = False,
) -> None:
    """督促状（または催告書）の処理を作る。この後は印字・読み戻し・封緘と進む。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        if final_demand:
            made = run_final_demands(session, config, who, batch, as_of)
        else:
            made = run_reminders(session, config, who, batch, require_tax_items(tax_item or ALL, as_of), as_of)
        number_job(session, config, who, batch)
    show(made, as_json=as_json, title=f"督促・催告 {batch}")


def _row(balance: Balance, exclusion: str) -> dict[str, object]:
    return {
        "payer_key": balance.assessment.payer_key,
        "notice_no": balance.assessment.notice_no,
        "period": balance.instalment.number,
        "due": balance.instalment.due,
        "unpaid": balance.unpaid,
        "excluded": exclusion,
    }
