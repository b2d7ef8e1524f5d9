"""Where everything stands: init, doctor, status."""

import ctypes.util
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from handover import clocks
from handover.clocks import Clock
from handover.contract import load as load_contract
from handover.rules import RefusalError
from print_service import vault
from print_service.act import JST
from print_service.batches.custody import current, running_clocks
from print_service.batches.custody_words import CLOCKS
from print_service.cli.context import AsJson, console, database, ledger, settings, show, show_rows
from print_service.cli.words import JOB_KINDS, JOB_STATES, MEDIUM_STATES
from print_service.files import write_atomically
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.database import connect, migrate
from print_service.ledger.tables import Container, Hold, Job, Piece
from print_service.notices.ward_fonts import ward_fonts
from print_service.press.fonts import check_fonts
from print_service.press.forms import form_ids
from print_service.press.gaiji import check_gaiji
from print_service.resources import data_dir
from print_service.settings import Settings, load_settings, template


def init(
    folder: Annotated[Path, typer.Argument(help="作成するフォルダー / folder")] = Path(),
    migrate_only: Annotated[
        bool, typer.Option("--migrate", help="既存の台帳を新しい版にする / migrate the ledger")
    ] = False,
) -> None:
    """初期設定: ward.toml、契約の名簿、鍵、空の台帳を作る。"""
    ward = folder / "ward.toml"
    if not migrate_only:
        there = [path for path in (ward, folder / "contract.toml") if path.exists()]
        if there:
            raise RefusedError(Finding("cli.exists", str(path), {"path": str(path)}) for path in there)
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(ward, template().encode())
        write_atomically(folder / "contract.toml", (data_dir() / "contract.toml").read_bytes())
    config = load_settings(ward)
    vault.create(config)
    engine = connect(config.ledger_url)
    migrate(engine)
    engine.dispose()
    console.print(f"{ward} を編集してください。番号は全て架空です。")


def doctor(as_json: AsJson = False) -> None:
    """点検: 書体（sha256）、ライブラリー、設定、台帳に足りないものを言う。足りなければ終了コード 1。"""
    findings = [*_libraries(), *check_fonts(), *_settings()]
    if as_json:
        rows = [{"key": f.key, "where": f.where, "sentence": f.sentence} for f in findings]
        show({"ok": not findings, "findings": rows}, as_json=True)
    elif findings:
        for finding in findings:
            console.print(str(finding), markup=False, soft_wrap=True)
    else:
        console.print(f"異常なし（様式 {len(form_ids())} 種、書体と設定を確認しました）")
    if findings:
        sys.exit(1)


def _libraries() -> Iterator[Finding]:
    for name, package in (
        ("harfbuzz-subset", "libharfbuzz-subset0"),
        ("pango-1.0", "libpango-1.0-0"),
        ("pangoft2-1.0", "libpangoft2-1.0-0"),
        ("fontconfig", "fontconfig"),
    ):
        if ctypes.util.find_library(name) is None:
            yield Finding("doctor.library-missing", package, {"name": name, "package": package})


def _settings() -> Iterator[Finding]:
    try:
        config = settings()
    except RefusedError as error:
        yield from error.findings
        return
    yield from check_gaiji(ward_fonts(config))
    for check in (_confirmation, _signing_key, _ledger, _contract):
        try:
            check(config)
        except RefusedError as error:
            yield from error.findings


def _confirmation(config: Settings) -> None:
    vault.confirmation_secret(config)


def _signing_key(config: Settings) -> None:
    try:
        vault.signing_key(config)
    except RefusalError as error:
        raise refuse("doctor.signing-key", str(vault.folder(config)), reason=str(error)) from error


def _ledger(config: Settings) -> None:
    try:
        with database(config):
            pass
    except DBAPIError as error:
        raise refuse("ledger.unusable", reason=str(error.orig)) from error


def _contract(config: Settings) -> None:
    path = config.home / "contract.toml"
    try:
        load_contract(path)
    except RefusalError as error:
        raise RefusedError(
            Finding("doctor.contract", str(path), {"reason": fault.sentence}) for fault in error.faults
        ) from error


def status(
    as_json: AsJson = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="期限を過ぎたものだけを挙げる / only what is overdue")
    ] = False,
) -> None:
    """状況: 処理、容器、媒体がどこにあるか、期限はいつか。--overdue で期限切れがあれば終了コード 1。"""
    config, now = settings(), datetime.now(JST)
    with ledger(config) as session:
        running = running_clocks(session, config, now)
        late = clocks.overdue(running, now)
        if overdue:
            _show_clocks("期限を過ぎたもの", late, late, as_json=as_json)
            if late:
                sys.exit(1)
            return
        pieces = dict(session.execute(select(Piece.job_id, func.count()).group_by(Piece.job_id)).all())
        # A piece has a row for every reason; the first column is counted.
        held = Counter(session.scalars(select(Hold.job_id, Hold.payer_key, Hold.piece_no).distinct()))
        jobs: list[dict[str, Any]] = [
            {
                "batch": job.id,
                "kind": job.kind,
                "state": job.state,
                "issued_on": job.issued_on,
                "pieces": pieces.get(job.id, 0),
                "held": held[job.id],
            }
            for job in session.scalars(select(Job).order_by(Job.created_at, Job.id))
        ]
        containers = [
            {"batch": row.job_id, "medium": row.medium, "sha256": row.sha256, "size": row.size, "voided": row.voided}
            for row in session.scalars(select(Container).order_by(Container.id))
        ]
        media: list[dict[str, Any]] = [
            {
                "medium": item.id,
                "batch": item.batch,
                "state": item.state.value,
                "place": item.place,
                "until": item.return_by,
            }
            for item in current(session).media.values()
        ]
    near = [*late, *clocks.due_within(running, now, config.handover.warn_days)]
    if as_json:
        told = {"jobs": jobs, "containers": containers, "media": media, "deadlines": _told(near, late)}
        show(told, as_json=True)
        return
    show_rows(
        "処理",
        ("処理番号", "種別", "状態", "発付日", "通", "保留"),
        [
            (j["batch"], JOB_KINDS[j["kind"]], JOB_STATES[j["state"]], j["issued_on"], j["pieces"], j["held"])
            for j in jobs
        ],
    )
    show_rows(
        "容器",
        ("処理番号", "媒体", "sha256", "バイト", "無効"),
        [
            (c["batch"], c["medium"], str(c["sha256"])[:16], f"{c['size']:,}", "無効" if c["voided"] else "")
            for c in containers
        ],
    )
    show_rows(
        "媒体",
        ("媒体", "処理番号", "状態", "場所", "返却期限"),
        [(m["medium"], m["batch"], MEDIUM_STATES[m["state"]], m["place"], m["until"]) for m in media],
    )
    _show_clocks(f"期限（{config.handover.warn_days}日以内と、過ぎたもの）", near, late, as_json=False)


def _told(found: Sequence[Clock], late: Sequence[Clock]) -> list[dict[str, Any]]:
    return [
        {
            "kind": clock.kind.value,
            "id": clock.id,
            "batch": clock.batch,
            "holder": clock.holder,
            "until": clock.until,
            "overdue": clock in late,
        }
        for clock in found
    ]


def _show_clocks(title: str, found: Sequence[Clock], late: Sequence[Clock], *, as_json: bool) -> None:
    if as_json:
        show({"overdue": _told(found, late)}, as_json=True)
        return
    show_rows(
        title,
        ("種別", "番号", "処理番号", "保持者・担当", "期限", ""),
        [
            (CLOCKS[c.kind], c.id, c.batch, c.holder, f"{c.until:%Y-%m-%d %H:%M}", "過ぎています" if c in late else "")
            for c in found
        ],
    )
