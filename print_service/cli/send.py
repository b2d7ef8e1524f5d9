"""Payable keys to the centres by hand: what they must be told, the next file, and what was sent."""

from collections import Counter
from typing import Annotated, Any

import typer

from print_service.cli.context import AsJson, act, ledger, settings, show, show_rows
from print_service.collection.payable import destinations, pending
from print_service.collection.send import send_keys, sent_files

app = typer.Typer(
    no_args_is_help=True, help="調定データの送付（納付番号の登録・変更・取消）/ payable keys to the centres"
)


@app.command("file")
def send_file(
    destination: Annotated[str, typer.Argument(help="送り先 / pay-easy-centre or mobile-register")],
    as_json: AsJson = False,
) -> None:
    """次のファイルを書き、送ったことを記録する。納付書は納付開始日から納付できる。"""
    config = settings()
    with ledger(config) as session:
        sent = send_keys(session, config, act(), destination)
    show(sent, as_json=as_json, title=destinations()[destination].title)


@app.command("pending")
def show_pending(as_json: AsJson = False) -> None:
    """まだ送っていない登録・変更・取消の件数。"""
    config = settings()
    with ledger(config) as session:
        today = act().day
        counts = {
            key: dict(Counter(row.operation for row in pending(session, config, key, today)))
            for key in config.sending.destinations
        }
    if as_json:
        show({"pending": counts}, as_json=True)
        return
    rows = [
        (destinations()[key].title, *(count.get(op, 0) for op in ("insert", "change", "withdraw")))
        for key, count in counts.items()
    ]
    show_rows("送付待ち", ("送り先", "登録", "変更", "取消"), rows)


@app.command("list")
def list_sent(as_json: AsJson = False) -> None:
    """送ったファイルの一覧。"""
    with ledger(settings()) as session:
        rows: list[dict[str, Any]] = [
            {
                "destination": row.destination,
                "name": row.name,
                "records": row.records,
                "total": row.total,
                "counts": row.counts,
                "payable_from": row.payable_from,
                "sent_by": row.sent_by,
            }
            for row in sent_files(session)
        ]
    if as_json:
        show({"files": rows}, as_json=True)
        return
    lines = [(r["name"], r["records"], f"{r['total']:,}", r["payable_from"], r["sent_by"]) for r in rows]
    show_rows("送付したファイル", ("ファイル", "件数", "金額合計", "納付開始日", "送付"), lines)
