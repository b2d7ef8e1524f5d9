"""Step 11 by hand: load payment files, see what came and what does not fit, settle it."""

from collections.abc import Iterable
from dataclasses import astuple
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from print_service.act import JST
from print_service.batches.freshness import missing_words
from print_service.cli.context import AsJson, act, console, day_of, errors, ledger, plain, settings, show, show_rows
from print_service.collection import report as reports
from print_service.collection.empty_days import confirm_empty
from print_service.collection.freshness import freshness
from print_service.collection.load import load_payments
from print_service.collection.recompute import recompute as recompute_everything
from print_service.collection.remove import remove_input
from print_service.collection.worklist import Item, worklist
from print_service.collection.worklist import settle as settle_exception
from print_service.findings import Finding
from print_service.mailing.pull import waiting

app = typer.Typer(no_args_is_help=True, help="収納（取込・帳票・例外）/ payment files, reports, exceptions")

Csv = Annotated[
    Path | None, typer.Option("--csv", help="Excel 用 CSV（BOM 付 UTF-8）を書く / write CSV for Excel (UTF-8 with BOM)")
]
_ITEM_HEADINGS = (
    "番号",
    "状態",
    "規則",
    "内容",
    "収納経路",
    "納付書",
    "宛名番号",
    "通知書番号",
    "期",
    "収納日",
    "金額",
    "発生日",
    "経過日数",
    "処理者",
    "処理日時",
    "理由",
)


class Report(StrEnum):
    """Which report."""

    CHANNELS = "channels"
    FILES = "files"
    EXCEPTIONS = "exceptions"
    OUTSTANDING = "outstanding"
    WHEREABOUTS = "whereabouts"


_TITLES = {
    Report.CHANNELS: "経路・日別の収納",
    Report.FILES: "ファイル別の消込結果",
    Report.EXCEPTIONS: "未処理の例外",
    Report.OUTSTANDING: "期別の未納",
    Report.WHEREABOUTS: "収納した金額の行き先",
}
_MONEY = ("金額", "額", "延滞金")


@app.command()
def load(
    path: Annotated[Path, typer.Argument(help="収納ファイル / payment file")],
    layout: Annotated[str, typer.Option(help="ファイル定義 / layout")] = "cvs-payments-a",
    remove: Annotated[
        bool,
        typer.Option(
            "--remove-input",
            help="取込後にファイルを削除し記録する（媒体上のデータの消去ではない）/ unlink the file once it is loaded, and record it",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """収納ファイルを取り込み、納付書に消し込む。合わない記録は例外として残す。"""
    config = settings()
    who = act()
    with ledger(config) as session:
        collected = load_payments(session, config, who, path, layout)
    if remove or config.collection.remove_input:
        with ledger(config) as session:
            remove_input(session, who, path)
    with ledger(config) as session:
        pulls = waiting(session, who.day)
    for batch, count in pulls.items():
        errors.print(str(Finding("pull.waiting", batch, {"count": count})), markup=False, soft_wrap=True)
    show(collected, as_json=as_json, title="収納")


@app.command()
def report(
    what: Annotated[
        Report,
        typer.Argument(
            help="経路・日別、ファイル別の消込結果、未処理の例外、期別の未納、収納した金額の行き先 / by channel and day, by file, open exceptions, outstanding, where the money is"
        ),
    ],
    first: Annotated[
        date | None, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="収納日の初日 / first day")
    ] = None,
    last: Annotated[
        date | None,
        typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="収納日の末日・基準日 / last day, or as of"),
    ] = None,
    csv: Csv = None,
    as_json: AsJson = False,
) -> None:
    """帳票を見る、または Excel 用の CSV にする。"""
    with ledger(settings()) as session:
        kind: type
        rows: Iterable[Any]
        match what:
            case Report.CHANNELS:
                kind, rows = (
                    reports.ChannelDay,
                    list(reports.by_channel_and_day(session, first or date.min, last or date.max)),
                )
            case Report.FILES:
                kind, rows = reports.FileResult, list(reports.by_file(session))
            case Report.EXCEPTIONS:
                kind, rows = reports.OpenExceptions, list(reports.open_exceptions(session))
            case Report.OUTSTANDING:
                kind, rows = reports.Outstanding, reports.outstanding(session, last or date.max)
            case Report.WHEREABOUTS:
                kind, rows = reports.Whereabouts, reports.whereabouts(session, last or date.max)
    _put(_TITLES[what], reports.HEADINGS[kind], rows, csv, as_json=as_json)


@app.command()
def exceptions(
    everything: Annotated[
        bool, typer.Option("--all", help="処理済み・解消済みも含める / with settled and cleared ones")
    ] = False,
    key: Annotated[str, typer.Option(help="規則の名前で絞る / only this rule")] = "",
    csv: Csv = None,
    as_json: AsJson = False,
) -> None:
    """合わない納付の作業一覧。古いものから。"""
    with ledger(settings()) as session:
        rows = list(worklist(session, datetime.now(JST).date(), everything=everything, key=key))
    if csv is None and not as_json:
        for row in rows:
            for line in _spoken(row):
                console.print(line, markup=False, soft_wrap=True)
    else:
        _put("収納の例外", _ITEM_HEADINGS, rows, csv, as_json=as_json)


@app.command()
def settle(
    number: Annotated[int, typer.Argument(help="例外の番号 / number of the exception")],
    reason: Annotated[str, typer.Option(help="どう処理したか / what was done about it")],
) -> None:
    """例外を理由を付けて処理済みにする。何も消えない。"""
    with ledger(settings()) as session:
        settle_exception(session, act(), number, reason)


@app.command()
def fresh(
    on: Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="基準日 / as of")],
    as_json: AsJson = False,
) -> None:
    """収納経路ごとに、いつの納付まで取り込んであるかを見る。"""
    config = settings()
    with ledger(config) as session:
        rows = freshness(session, config, on)
    if as_json:
        show({"rows": rows}, as_json=True)
        return
    columns = ("収納経路", "最後のファイル", "反映日", "必要な日", "欠けている日", "状態")
    show_rows(
        f"収納の反映（{on} 現在）",
        columns,
        [
            (
                row.title,
                row.last_file or "なし",
                row.covered_to or "なし",
                row.needed_to,
                missing_words(row.missing, row.missing_files, 3),
                "遅れ" if row.stale else "可",
            )
            for row in rows
        ],
    )


@app.command()
def empty(
    channel: Annotated[str, typer.Argument(help="収納経路 / channel, e.g. convenience-store")],
    first: Annotated[date, typer.Argument(parser=day_of, metavar="YYYY-MM-DD", help="データのない日（初日）/ day")],
    reason: Annotated[str, typer.Option(help="収納機関の誰が、どう確かめたか / who confirmed it and how")],
    last: Annotated[
        date | None, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="末日（続く日のとき）/ last day")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """収納機関がデータなしと確かめた日を、理由を付けて記録する。その日は欠けている日ではなくなる。"""
    config = settings()
    with ledger(config) as session:
        days = confirm_empty(session, config, act(), channel, first, last or first, reason)
    show({"channel": channel, "days": days}, as_json=as_json, title="データなしの確認")


@app.command()
def recompute(as_json: AsJson = False) -> None:
    """全ての収納記録から納付と例外を計算し直す。取込の順によらず同じ結果になる。"""
    config = settings()
    with ledger(config) as session:
        done = recompute_everything(session, config, act())
    show(done, as_json=as_json, title="収納の再計算")


def _spoken(item: Item) -> tuple[str, str]:
    """A row of the list as two lines; the sentence is too long for a column."""
    state = f"処理済 {item.settled_by}" if item.settled_by else {"open": "未処理", "cleared": "解消"}[item.state]
    period = "" if item.period is None else f"第{item.period}期" if item.period else "全期"
    who = f"{item.notice_no} {period}" if item.notice_no else item.reference
    money = f"{item.collected_on} {item.amount:,}円"
    return (
        f"{item.id}  {item.age_days}日  {item.channel}  {who}  {money}  {state}",
        f"    {item.sentence} [{item.key}]",
    )


def _put(title: str, headings: tuple[str, ...], rows: Iterable[Any], csv: Path | None, *, as_json: bool) -> None:
    if csv is not None:
        reports.write_csv(csv, headings, rows)
    if as_json:
        show({"rows": plain(rows)}, as_json=True)
    elif csv is None:
        shown = ([_cell(*pair) for pair in zip(headings, astuple(row), strict=True)] for row in rows)
        show_rows(title, headings, shown)


def _cell(heading: str, value: object) -> object:
    if isinstance(value, int) and heading.endswith(_MONEY):
        return f"{value:,}"
    return "" if value is None else value
