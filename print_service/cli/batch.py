"""Steps 1 to 6 by hand: intake, job, compose, prove, seal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn
from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from print_service.assessments.load import load_assessments
from print_service.batches.export_letter import export_letter
from print_service.batches.freeze import JobOrder, freeze_notices
from print_service.batches.letters import passphrase_letter
from print_service.batches.read_back import ReadBack, write_medium
from print_service.batches.read_back import read_back as read_back_medium
from print_service.batches.seal import seal_job
from print_service.cli.context import (
    AsJson,
    Batch,
    act,
    console,
    database,
    day_of,
    errors,
    ledger,
    plain,
    require_tax_items,
    settings,
    show,
    show_rows,
)
from print_service.cli.words import JOB_KINDS, JOB_STATES, PIECE_STATES, STEPS
from print_service.files import write_atomically
from print_service.findings import Finding, refuse
from print_service.ledger.database import transaction
from print_service.ledger.states import get_job
from print_service.ledger.tables import Hold, Job, PageFile, Piece
from print_service.notices.compose import hold_piece, print_pages, store_pages
from print_service.notices.cut_out import cut_piece
from print_service.pool import process_pool
from print_service.proof.job import draw_findings, read_back, store_proof
from print_service.settings import Settings
from print_service.slips.issue import number_job

job_app = typer.Typer(no_args_is_help=True, help="処理（抽出・採番・保留）/ jobs: create, list, show, hold")

Approver = Annotated[
    str,
    typer.Option("--approved-by", help="書出しを認めた監督者（操作者でない人）/ supervisor who approves the export"),
]
Day = Annotated[date, typer.Option(parser=day_of, metavar="YYYY-MM-DD", help="発付日 / day of issue")]


def intake(
    path: Annotated[Path, typer.Argument(help="ホストからの課税ファイル / host file")],
    layout: Annotated[str, typer.Option(help="ファイル定義 / layout, e.g. resident-tax-host")],
    supersedes: Annotated[
        str | None, typer.Option(help="置き換える前のファイルのハッシュ（先頭でよい）/ hash of the file this replaces")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """取込: 課税ファイルを検査し、全件取り込むか、一件も取り込まない。"""
    config = settings()
    with ledger(config) as session:
        loaded = load_assessments(session, act(), path, layout, supersedes, config)
    warnings = [{"key": one.key, "where": one.where, "sentence": one.sentence} for one in loaded.warnings]
    if as_json:
        show(plain(loaded) | {"warnings": warnings}, as_json=True)
        return
    show(plain(loaded) | {"warnings": len(warnings)}, as_json=False, title="取込")
    for warning in loaded.warnings:
        console.print(str(warning), markup=False, soft_wrap=True)


@job_app.command("create")
def create(
    batch: Batch,
    tax_item: Annotated[str, typer.Option(help="税目 / resident-tax or vehicle-tax")],
    levy_year: Annotated[int, typer.Option(help="課税年度（西暦）/ levy year")],
    issued_on: Day,
    as_json: AsJson = False,
) -> None:
    """抽出と採番: 調定から通を作り、郵便順に番号を付け、納付書に番号を付ける。"""
    config = settings()
    order = JobOrder(batch, "notice", require_tax_items((tax_item,), issued_on), levy_year, issued_on)
    with ledger(config) as session:
        who = act()
        frozen = freeze_notices(session, config, who, order)
        numbered = number_job(session, config, who, batch)
    show({"frozen": frozen, "numbered": numbered}, as_json=as_json, title=f"処理 {batch}")


@job_app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """処理の一覧。"""
    with ledger(settings()) as session:
        rows: list[dict[str, Any]] = [
            {"batch": job.id, "kind": job.kind, "state": job.state, "issued_on": job.issued_on, "maker": job.maker}
            for job in session.scalars(select(Job).order_by(Job.created_at, Job.id))
        ]
    if as_json:
        show({"jobs": rows}, as_json=True)
    else:
        show_rows(
            "処理",
            ("処理番号", "種別", "状態", "発付日", "作成者"),
            [(r["batch"], JOB_KINDS[r["kind"]], JOB_STATES[r["state"]], r["issued_on"], r["maker"]) for r in rows],
        )


@job_app.command("show")
def show_job(batch: Batch, as_json: AsJson = False) -> None:
    """処理の内容と、保留にした通とその理由。"""
    with ledger(settings()) as session:
        job = get_job(session, batch)
        states = session.execute(select(Piece.state, func.count()).where(Piece.job_id == batch).group_by(Piece.state))
        holds = [
            {
                "payer_key": hold.payer_key,
                "piece": hold.piece_no,
                "step": hold.step,
                "key": hold.key,
                "sentence": Finding(hold.key, "", hold.values).sentence,
            }
            for hold in session.scalars(select(Hold).where(Hold.job_id == batch).order_by(Hold.id))
        ]
        result: dict[str, Any] = {"batch": batch, "state": job.state, "pieces": dict(list(states)), "held": holds}
    if as_json:
        show(result, as_json=True)
        return
    counts = {PIECE_STATES[state]: count for state, count in result["pieces"].items()}
    show({"state": JOB_STATES[result["state"]], "pieces": counts}, as_json=False, title=f"処理 {batch}")
    rows = [(h["payer_key"], h["piece"] or "", STEPS[str(h["step"])], h["sentence"], h["key"]) for h in holds]
    show_rows("保留", ("宛名番号", "通番", "工程", "理由", "キー"), rows)


@job_app.command("hold")
def hold(
    batch: Batch,
    piece: Annotated[int, typer.Argument(help="通番 / piece number")],
    reason: Annotated[str, typer.Option(help="保留の理由 / why")],
) -> None:
    """印字前の一通を名指しで保留にする。"""
    with ledger(settings()) as session:
        hold_piece(session, act(), batch, piece, "job", "job.held-by-hand", {"reason": reason})


@job_app.command("cut")
def cut_out(
    batch: Batch,
    piece: Annotated[int, typer.Argument(help="通番 / piece number")],
    out: Annotated[Path, typer.Option("--out", help="書き出すPDF / where to write the PDF")],
) -> None:
    """印字済みの一通だけを、その通の文字だけが入ったPDFとして切り出す（記録が残る）。"""
    config = settings()
    with ledger(config) as session:
        pdf = cut_piece(session, config, act(), batch, piece)
        write_atomically(out, pdf)
    show({"piece": f"{batch}/{piece}", "file": str(out), "size": len(pdf)}, as_json=False, title="切り出し")


@contextmanager
def _bar(title: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
        yield progress, progress.add_task(title, total=total)


def compose(batch: Batch, as_json: AsJson = False) -> None:
    """印字: 全通を PDF にする。印字できない文字を含む通は名指しで保留にする。"""
    config, who = settings(), act()
    with database(config) as engine, process_pool(config.workers) as pool:
        total = _count(engine, select(func.count()).where(Piece.job_id == batch))
        with _bar("Step 4 compose 印字", total) as (bar, task):
            results = print_pages(engine, config, batch, pool, lambda count: bar.advance(task, count))
        with transaction(engine) as session:
            done = store_pages(session, who, batch, results)
    show(done, as_json=as_json, title=f"印字 {batch}")


def prove(
    batch: Batch,
    pictures: Annotated[
        bool, typer.Option("--pictures", help="指摘のあるページを赤枠付きの画像にする / red frames around what offends")
    ] = False,
    second: Annotated[
        bool, typer.Option("--second", help="抜き取りで別の読取ソフトでも確かめる / a second decoder confirms a sample")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """読み戻し: 完成した PDF から全ての印・文字・字形を読み、台帳及び登録した書体と一致するか確かめる。"""
    config, who = settings(), act()
    with database(config) as engine, process_pool(config.workers) as pool:
        total = _count(engine, select(func.sum(PageFile.pages)).where(PageFile.job_id == batch))
        with _bar("Step 5 prove 読み戻し", total) as (bar, task):
            evidences = read_back(engine, config, batch, pool, lambda count: bar.advance(task, count), second=second)
        if pictures:
            for picture in draw_findings(config, batch, evidences):
                errors.print(str(picture), highlight=False)
        with transaction(engine) as session:
            proved = store_proof(session, who, batch, evidences)
    show(proved, as_json=as_json, title=f"読み戻し {batch}")


def _count(engine: Engine, statement: Select[Any]) -> int:
    with transaction(engine) as session:
        return int(session.scalar(statement) or 0)


def seal(
    batch: Batch,
    medium: Annotated[str, typer.Option(help="媒体番号 / medium, e.g. M-2026-001")],
    to: Annotated[
        Path | None,
        typer.Option(help="媒体の場所（空のもの）。書いて、読み戻す / mounted medium to write and read back"),
    ] = None,
    approved_by: Approver = "",
    as_json: AsJson = False,
) -> None:
    """封緘: 暗号化した容器を作り、パスフレーズを別の手紙に印刷する（画面には出さない）。受託者の鍵で開く容器に手紙はない。

    --to の媒体には、書いて読み戻し、暗号化・書出記録（F-06）を印刷する。読み戻していない媒体は渡せない（read-back）。
    """
    if to is not None and not approved_by:
        raise refuse("cli.missing", name="--approved-by")
    config, who = settings(), act()
    with ledger(config) as session, process_pool(1) as pool:
        sealed = seal_job(session, config, who, batch, medium)
        letter = passphrase_letter(config, who, batch, sealed, medium, pool) if sealed.passphrase else None
    result: dict[str, object] = {"container": str(sealed.container), "sha256": sealed.sha256, "size": sealed.size}
    result |= {
        "tool_sha256": sealed.tool_sha256,
        "letter": str(letter) if letter else "",
        "recipient": sealed.recipient,
    }
    try:
        if to is not None:
            # A transaction of its own: the container stays sealed though this disc be bad, and another can be written.
            result |= _record_of(config, lambda session: write_medium(session, config, act(), medium, to, approved_by))
    finally:
        show(result, as_json=as_json, title=f"封緘 {batch}")


def _record_of(config: Settings, read: Callable[[Session], ReadBack]) -> dict[str, object]:
    """What was read back, and its F-06."""
    with process_pool(1) as pool, ledger(config) as session:
        done = read(session)
        return {"read_back": done.files, "record": str(export_letter(session, config, done.medium, pool))}


def read_back_written(
    medium: Annotated[str, typer.Argument(help="媒体番号 / medium, e.g. M-2026-001")],
    place: Annotated[Path, typer.Argument(help="書いた媒体の場所 / where the written medium is mounted")],
    approved_by: Approver,
    write: Annotated[
        bool, typer.Option("--write", help="先に、この空の媒体に書く / write this empty medium first")
    ] = False,
    of: Annotated[str, typer.Option("--of", help="副を読み戻すとき、正の媒体番号 / the first medium, of a spare")] = "",
    as_json: AsJson = False,
) -> None:
    """媒体の読戻し: 書いた媒体をそこから読み直し、封緘したものと一字一句同じか確かめて記録し、暗号化・書出記録（F-06）を印刷する。"""
    config, who = settings(), act()

    def read(session: Session) -> ReadBack:
        if write:
            return write_medium(session, config, who, medium, place, approved_by, of)
        return read_back_medium(session, config, who, medium, place, approved_by, of=of)

    result = {"medium": medium, **_record_of(config, read)}
    show(result, as_json=as_json, title=f"媒体の読戻し {medium}")
