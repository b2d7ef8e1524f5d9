"""Who gets no letter, by hand: set an exclusion with its reason and last day, lift it on a ground the law allows, see them all."""

from datetime import date
from typing import Annotated, Any

import typer

from print_service.batches.exclusions import HOST, exclude, exclusions, grounds, lift, lift_mark, policies
from print_service.cli.context import AsJson, act, day_of, ledger, settings, show, show_rows
from print_service.ledger.dunning_tables import Exclusion

app = typer.Typer(no_args_is_help=True, help="発送の除外（設定・解除・一覧）/ who gets no letter")

Reason = Annotated[str, typer.Option(help="理由（文書番号など）/ why")]
Kind = Annotated[str, typer.Argument(help="種類 / kind, e.g. deferral, dispute, protected")]
Payer = Annotated[str, typer.Argument(help="宛名番号 / payer key")]
Ground = Annotated[str, typer.Option(help="解除の事由 / ground, e.g. ended, correction")]


@app.command()
def add(
    payer: Payer,
    kind: Kind,
    reason: Reason,
    until: Annotated[
        date | None, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="期限（最後の日）/ last day")
    ] = None,
    notice_no: Annotated[str | None, typer.Option(help="その通知書だけ / only this assessment")] = None,
    period: Annotated[int | None, typer.Option(help="その期別だけ / only this instalment")] = None,
    as_json: AsJson = False,
) -> None:
    """除外を設定する。設定は一人でできる（発送を止める側のため）。"""
    with ledger(settings()) as session:
        row = exclude(session, act(), payer, kind, reason, until=until, notice_no=notice_no, period=period)
        result = _facts(row)
    show(result, as_json=as_json, title="除外")


@app.command("lift")
def lift_one(
    ground: Ground,
    reason: Reason,
    number: Annotated[int, typer.Argument(help="除外番号 / exclusion number")],
    as_json: AsJson = False,
) -> None:
    """除外を解除する。支援措置・死亡は、一人が申し出、別の一人が同じ命令で解除する。"""
    with ledger(settings()) as session:
        result = _facts(lift(session, act(), number, ground, reason))
    show(result, as_json=as_json, title="除外の解除")


@app.command("lift-mark")
def lift_a_mark(payer: Payer, kind: Kind, ground: Ground, reason: Reason, as_json: AsJson = False) -> None:
    """課税ファイルや返戻で付いた印（protected・deceased・returned）を解除する。新しい課税ファイルで再び付くことがある。"""
    with ledger(settings()) as session:
        result = _facts(lift_mark(session, act(), payer, kind, ground, reason))
    show(result, as_json=as_json, title="印の解除")


@app.command("list")
def list_all(
    payer: Annotated[str | None, typer.Option(help="宛名番号 / payer key")] = None, as_json: AsJson = False
) -> None:
    """除外の一覧。解除済み・期限切れも残る。"""
    with ledger(settings()) as session:
        rows = [_facts(row) for row in exclusions(session, payer)]
    if as_json:
        show({"exclusions": rows}, as_json=True)
        return
    columns = ("番号", "宛名番号", "種類", "通知書", "期", "期限", "設定", "解除", "理由")
    lines = [
        (
            row["number"],
            row["payer_key"],
            policies()[row["kind"]].title,
            row["assessment"] or "",
            row["period"] or "",
            row["until"] or "",
            row["set_by"],
            _ended(row),
            row["reason"],
        )
        for row in rows
    ]
    show_rows("発送の除外", columns, lines)


def _ended(row: dict[str, Any]) -> str:
    if row["lifted_by"]:
        return f"{row['lifted_by']}（{grounds()[row['lift_ground']]}）"
    return f"{row['lift_asked_by']} が申出" if row["lift_asked_by"] else ""


def _facts(row: Exclusion) -> dict[str, Any]:
    return {
        "number": row.id,
        "payer_key": row.payer_key,
        "kind": row.kind,
        "from_host": row.origin == HOST,
        "assessment": row.assessment_id,
        "period": row.period,
        "reason": row.lift_reason if row.origin == HOST else row.reason,
        "until": row.until,
        "set_by": row.set_by,
        "lift_ground": row.lift_ground,
        "lift_asked_by": row.lift_asked_by,
        "lifted_by": row.lifted_by,
    }
