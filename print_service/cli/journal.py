"""The journal by hand: show, verify, export."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from handover import journal, keys
from print_service import vault
from print_service.cli.context import AsJson, act, ledger, settings, show, show_refusal, show_rows
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.ledger import journal as kept
from print_service.ledger.journal import entries

app = typer.Typer(no_args_is_help=True, help="記録（表示・検証・書出し）/ the hash-chained journal")


@app.command("show")
def show_journal(
    subject: Annotated[str | None, typer.Option(help="対象（処理番号・媒体番号・複製番号）/ subject")] = None,
    as_json: AsJson = False,
) -> None:
    """記録を表示する。"""
    with ledger(settings()) as session:
        rows = [entry for entry in entries(session) if subject is None or _is_about(entry.subject, subject)]
    if as_json:
        show({"entries": [vars(entry) for entry in rows]}, as_json=True)
    else:
        columns = ("番号", "日時", "人", "場所", "出来事", "対象", "理由", "内容")
        show_rows(
            "記録",
            columns,
            [
                (e.seq, f"{e.at:%Y-%m-%d %H:%M}", e.actor, e.where, e.tag, e.subject, e.why, _in_words(e.body))
                for e in rows
            ],
        )


def _is_about(entry: str, subject: str) -> bool:
    """`R08-N01` finds `R08-N01`, its pieces `R08-N01/12` and `batch:R08-N01`; `M-2026-001` finds `medium:M-2026-001`."""
    return entry == subject or subject in re.split("[:/]", entry)


def _in_words(body: Mapping[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)


@app.command()
def verify(
    against: Annotated[
        list[Path] | None,
        typer.Option(help="前に書き出した署名付きの控え（何度でも）/ a signed head kept elsewhere, any number"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """記録の鎖を最初から計算し直す。書換え・差込み・欠落・並べ替え・末尾の切取り・バックアップからの復元を見分ける。"""
    config = settings()
    own = keys.fingerprint(vault.signing_key(config).public_key())
    heads = [journal.read_head(path.read_bytes(), own) for path in against or ()]
    with ledger(config) as session:
        report = kept.verify(session, *heads)
    result = {
        "ok": report.ok,
        "entries": report.count,
        "head": report.last.hash if report.last else None,
        "faults": [{"key": fault.key, "sentence": fault.sentence} for fault in report.faults],
    }
    show(result, as_json=as_json, title="記録の検証")
    if not report.ok:
        show_refusal(f"{fault.sentence} [{fault.key}]" for fault in report.faults)
        raise refuse("cli.journal-broken")


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="書き出すファイル（JSON Lines）/ file to write")],
    head: Annotated[Path | None, typer.Option(help="署名付きの控えも書き出す / also write a signed head")] = None,
) -> None:
    """記録を書き出す。`python -m handover journal-verify` がどこでも検証できる。壊れた記録には署名しない。"""
    config = settings()
    with ledger(config) as session:
        report = kept.verify(session)
        if head is not None and not report.ok:
            show_refusal(f"{fault.sentence} [{fault.key}]" for fault in report.faults)
            raise refuse("cli.journal-broken")
        rows = list(entries(session))
    write_atomically(path, b"".join(journal.canonical(entry) for entry in rows))
    if head is not None and rows:
        write_atomically(head, journal.sign_head(journal.head_of(rows[-1], act().at), vault.signing_key(config)))
