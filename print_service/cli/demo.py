"""`print-service demo`: the year with progress bars, then the table and the paths worth opening."""

import time
from collections import defaultdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from print_service.cli.context import AsJson, console, errors, show
from print_service.demo.report import Report
from print_service.demo.run import run_demo
from print_service.findings import catalogue


def demo(
    out: Annotated[Path, typer.Option(help="書き出すフォルダー / folder to write")] = Path("demo"),
    payers: Annotated[int, typer.Option(min=20, help="納税義務者の数 / payers")] = 300,
    seed: Annotated[int, typer.Option(help="同じ数なら同じ結果 / same seed, same bytes")] = 1,
    as_json: AsJson = False,
) -> None:
    """実演: 架空の見本区の一年を、取込から督促・催告まで十二工程すべて実行する。"""
    started = time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors) as progress:
        tasks: dict[str, TaskID] = {}

        def watch(title: str, done: int, total: int) -> None:
            if title not in tasks:
                tasks[title] = progress.add_task(title, total=total)
            progress.update(tasks[title], completed=done, total=total)

        result = run_demo(out, payers, seed, watch)
    if as_json:
        show(result.to_json(), as_json=True)
        return
    _table(result)
    console.print(f"所要 {time.monotonic() - started:.0f} 秒　報告書 {out.resolve() / 'report.json'}", soft_wrap=True)
    console.print("\n開いてご覧ください:")
    for path in result.open_these:
        console.print(f"  {path}", soft_wrap=True)


def _table(result: Report) -> None:
    view = Table(title=f"見本区 令和8年度（納税義務者 {result.payers} 人、seed {result.seed}）", show_header=False)
    view.add_column()
    view.add_column(overflow="fold")
    view.add_row("調定 assessments", f"{result.assessments:,}")
    view.add_row("保留 held back", f"{result.held_back:,}")
    for key, count in result.held_back_reasons.items():
        view.add_row("", f"{count:,}  {key}  {_short(key)}")
    view.add_row("通 pieces", f"{result.pieces:,}")
    view.add_row("用紙 sheets", f"{result.sheets:,}（{result.pages:,} ページ）")
    view.add_row("納付書 slips", f"{result.slips:,}")
    view.add_row("読み戻し marks decoded / expected", f"{result.marks_decoded:,} / {result.marks_expected:,}")
    view.add_row("容器 containers", f"{len(result.containers)}")
    view.add_row("持出媒体 media out", f"{result.media_out}（返却・消去証明済 {result.media_returned}）")
    view.add_row("消去証明された複製 copies certified", f"{result.copies_certified}")
    view.add_row("納付済の期別 paid", f"{result.paid:,}")
    view.add_row("督促状 reminders", f"{result.reminders:,}（うち納付済の方 {result.reminded_though_paid}）")
    view.add_row("催告書 final demands", f"{result.final_demands:,}")
    view.add_row("記録 journal", f"{result.journal_entries} 件、先頭 {result.journal_head[:16]}…")
    console.print(view)


def _short(key: str) -> str:
    return catalogue()[key].sentence.partition("（")[0].partition("。")[0].format_map(defaultdict(lambda: "…"))
