"""The pull list by hand, between sealing and posting: make, approve and print it, and record what the vendor pulled."""

import re
from datetime import datetime
from typing import Annotated

import typer

from print_service.cli.context import AsJson, Batch, act, ledger, moment_of, settings, show, show_rows
from print_service.findings import Finding, RefusedError
from print_service.mailing.pull import Listed, approve_pull, list_pieces, pull_lists, report_pull
from print_service.mailing.pull_paper import write_pull_list
from print_service.pool import process_pool

_PIECE = re.compile(r"[0-9]{1,7}")


def pull(
    batch: Batch,
    deadline: Annotated[
        datetime | None,
        typer.Option(
            parser=moment_of, metavar="YYYY-MM-DD HH:MM", help="引抜きの期限。省略すると一覧を見る / deadline"
        ),
    ] = None,
    piece: Annotated[list[str] | None, typer.Option(help="名指しで引き抜く通番 / piece to pull by hand")] = None,
    reason: Annotated[str, typer.Option(help="名指しの理由 / why")] = "",
    as_json: AsJson = False,
) -> None:
    """引抜リスト: 印字の後に納付された方・除外された方の通を次の版にまとめる。別の職員が job pull-approve で承認する。"""
    config = settings()
    with ledger(config) as session:
        if deadline is None:
            _show_all(batch, list(pull_lists(session, batch)), as_json=as_json)
            return
        listed = list_pieces(session, act(), batch, deadline, _by_hand(piece or [], reason))
    _show(listed, as_json=as_json)


def pull_approve(batch: Batch, as_json: AsJson = False) -> None:
    """引抜リストの承認: 作成者以外が行う。委託先に渡す PDF と CSV を書く（理由は載せない）。"""
    config = settings()
    with ledger(config) as session, process_pool(1) as pool:
        who = act()
        listed = approve_pull(session, who, batch)
        paper = write_pull_list(session, config, who, listed, pool)
    result = {
        "batch": batch,
        "revision": listed.revision,
        "pieces": len(listed.pieces),
        "files": [str(p) for p in paper],
    }
    show(result, as_json=as_json, title=f"引抜リスト {batch}")


def pull_report(
    batch: Batch,
    revision: Annotated[int, typer.Option(help="版 / revision")],
    count: Annotated[int, typer.Option(min=0, help="委託先が引き抜いた通数 / pieces pulled")],
    note: Annotated[str, typer.Option(help="備考 / note")] = "",
    as_json: AsJson = False,
) -> None:
    """引抜報告: 委託先が引き抜いた通数を記録する。リストと一致するまで差し出せない。"""
    with ledger(settings()) as session:
        listed = report_pull(session, act(), batch, revision, count, note)
    agrees = listed.pulled == len(listed.pieces)
    show(
        {"batch": batch, "revision": revision, "listed": len(listed.pieces), "pulled": listed.pulled, "ok": agrees},
        as_json=as_json,
        title=f"引抜報告 {batch}",
    )


def _by_hand(pieces: list[str], reason: str) -> dict[int, str]:
    wrong = [Finding("cli.bad-piece", "", {"text": item}) for item in pieces if not _PIECE.fullmatch(item)]
    if pieces and not reason.strip():
        wrong.append(Finding("cli.missing", "", {"name": "--reason"}))
    if wrong:
        raise RefusedError(wrong)
    return {int(item): reason for item in pieces}


def _show(listed: Listed, *, as_json: bool) -> None:
    if as_json:
        show(listed, as_json=True)
        return
    title = f"引抜リスト {listed.batch} 第{listed.revision}版（期限 {listed.deadline:%Y-%m-%d %H:%M}）"
    show_rows(title, ("通番", "理由", "キー"), [(number, sentence, key) for number, key, sentence in listed.pieces])


def _show_all(batch: str, found: list[Listed], *, as_json: bool) -> None:
    if as_json:
        show({"batch": batch, "lists": found}, as_json=True)
        return
    rows = [
        (one.revision, len(one.pieces), one.approved_by or "", "" if one.pulled is None else one.pulled)
        for one in found
    ]
    show_rows(f"引抜リスト {batch}", ("版", "通", "承認", "報告"), rows)
