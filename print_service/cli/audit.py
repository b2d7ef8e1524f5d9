"""On-site audits: at least one a fiscal year, each on paper (F-20), and the remedy of what was not kept."""

from pathlib import Path
from typing import Annotated

import typer

from handover import audit as rules
from print_service.batches.contract_letters import audit_letter
from print_service.batches.custody import audits, the_contract, witness
from print_service.batches.custody_words import AUDIT_STATES
from print_service.cli.context import AsJson, act, ledger, settings, show, show_rows
from print_service.cli.custody_desk import custody_desk, read_toml, show_paper
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.resources import data_dir

app = typer.Typer(no_args_is_help=True, help="実地調査: 年度に一回以上の記録と改善（F-20）/ on-site audits")


@app.command()
def form(path: Annotated[Path, typer.Argument(help="作るファイル / file to write")]) -> None:
    """用紙: 実地調査の記録を書く TOML の用紙を作る。"""
    if path.exists():
        raise refuse("cli.exists", str(path), path=str(path))
    write_atomically(path, (data_dir() / "audit-record.toml").read_bytes())


@app.command()
def record(file: Annotated[Path, typer.Argument(help="実地調査の記録（form で作る）/ the record")]) -> None:
    """記録: 実地調査を記録し、実地調査記録（F-20）を印刷する。不適の項目には改善の期限が要る。"""
    visit = rules.read_visit(read_toml(file))
    with custody_desk() as desk:
        event = rules.record_audit(audits(desk.session), the_contract(desk.settings), visit, at=desk.act.at)
        witness(desk.session, desk.act, event)
        number = event.subject.removeprefix("audit:")
        paper = audit_letter(desk.settings, desk.act, number, visit, desk.pool)
    show_paper(paper, audit=number)


@app.command()
def remedy(
    audit: Annotated[str, typer.Argument(help="調査番号（例 A-2026-01）/ audit")],
    seen_by: Annotated[list[str], typer.Option("--ward", help="改善を確かめた区の職員 / who saw it")],
) -> None:
    """改善: 不適だった項目が全て直ったことを確かめた記録。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        witness(
            session,
            who,
            rules.remedy(audits(session), the_contract(config), audit=audit, seen_by=seen_by, at=who.at),
        )


@app.command("list")
def list_audits(as_json: AsJson = False) -> None:
    """一覧: 実地調査と改善の状態。"""
    with ledger(settings()) as session:
        rows = list(audits(session).values())
    if as_json:
        show({"audits": rows}, as_json=True)
        return
    show_rows(
        "実地調査",
        ("番号", "実施日", "不適", "状態", "改善の期限"),
        [(one.id, one.held_on, one.findings, AUDIT_STATES[one.state], one.remedy_by or "") for one in rows],
    )
