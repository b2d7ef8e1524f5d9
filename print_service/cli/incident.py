"""The incident register: open at once, judge what is known, contain, take the vendor's report, report (F-18), close."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from handover import incident_commands
from handover.incident import Cause, Ground, IncidentKind, ReportKind, duty
from print_service.batches.custody import incidents, report_rules, the_contract, witness
from print_service.batches.custody_words import GROUNDS, INCIDENT_KINDS, INCIDENT_STATES
from print_service.batches.incident_letter import incident_letter
from print_service.cli.context import AsJson, act, day_of, ledger, moment_of, settings, show, show_rows
from print_service.cli.custody_desk import Supervisor, custody_desk, read_toml, show_paper
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.resources import data_dir

app = typer.Typer(no_args_is_help=True, help="事故: 登録、判断、拡大防止、速報・確報（F-18）/ incidents")

Number = Annotated[str, typer.Argument(help="事故番号（例 I-2026-001）/ incident")]
_METAVAR = "'YYYY-MM-DD HH:MM'"


@app.command("open")
def open_incident(
    kind: Annotated[IncidentKind, typer.Option(help="種別 / what may have become of the data")],
    step: Annotated[str, typer.Option(help="工程（例 handover）/ step of the work")],
    discovered_by: Annotated[str, typer.Option(help="発見した人の番号又は部署 / who discovered it")],
    discovered_at: Annotated[datetime, typer.Option(parser=moment_of, metavar=_METAVAR, help="発見日時 / when")],
    known_at: Annotated[
        datetime,
        typer.Option(parser=moment_of, metavar=_METAVAR, help="区が知った日時（受託者なら第一報）/ first notice"),
    ],
    batch: Annotated[str, typer.Option(help="処理番号 / batch")] = "",
    medium: Annotated[str, typer.Option(help="媒体番号 / medium")] = "",
    pieces: Annotated[str, typer.Option(help="通の範囲（例 120-180）/ pieces")] = "",
    by_vendor: Annotated[bool, typer.Option("--by-vendor", help="受託者で起きた / in the vendor's hands")] = False,
) -> None:
    """登録: 事故又はそのおそれをすぐ登録する。期限は区が知った日時から数える。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        event = incident_commands.open_incident(
            incidents(session),
            the_contract(config),
            kind=kind,
            batch=batch,
            medium=medium,
            step=step,
            pieces=pieces,
            discovered_by=discovered_by,
            discovered_at=discovered_at,
            known_at=known_at,
            by_vendor=by_vendor,
            entered_by=who.by,
            at=who.at,
        )
        witness(session, who, event)
    show({"incident": event.subject.removeprefix("incident:")}, as_json=False)


@app.command()
def assess(
    incident: Number,
    by: Supervisor,
    persons: Annotated[int | None, typer.Option(help="本人の数（不明なら書かない）/ persons, if known")] = None,
    ground: Annotated[list[Ground] | None, typer.Option("--ground", help="報告の事由 / ground to report")] = None,
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="高度な暗号化があり鍵・パスフレーズは安全 / encrypted, secret safe")
    ] = False,
    cause: Annotated[Cause, typer.Option(help="原因の区分 / class of the cause")] = Cause.UNKNOWN,
    recovered: Annotated[int, typer.Option(help="回収した通数 / pieces recovered")] = 0,
    recovered_of: Annotated[int, typer.Option(help="回収すべき通数 / of how many")] = 0,
) -> None:
    """判断: 分かっていることを監督者が判断する。本人の数（100人超）と事由で、速報・確報の期限が決まる。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        event = incident_commands.assess(
            incidents(session),
            the_contract(config),
            incident=incident,
            persons=persons,
            grounds=ground or [],
            encrypted=encrypted,
            cause=cause,
            recovered=recovered,
            recovered_of=recovered_of,
            judged_by=by,
            at=who.at,
        )
        witness(session, who, event)


@app.command()
def contain(
    incident: Number,
    contained_at: Annotated[datetime, typer.Option(parser=moment_of, metavar=_METAVAR, help="拡大防止の完了 / when")],
    post_stop_at: Annotated[
        datetime | None, typer.Option(parser=moment_of, metavar=_METAVAR, help="郵便局への停止依頼 / post office asked")
    ] = None,
) -> None:
    """拡大防止: それ以上広がらなくした日時と、郵便局に差止めを頼んだ日時を記録する。"""
    with ledger(settings()) as session:
        who = act()
        event = incident_commands.contain(
            incidents(session), incident=incident, contained_at=contained_at, post_stop_at=post_stop_at, at=who.at
        )
        witness(session, who, event)


@app.command("vendor-report")
def vendor_report(
    incident: Number,
    reported_at: Annotated[datetime, typer.Option(parser=moment_of, metavar=_METAVAR, help="受けた日時 / when")],
) -> None:
    """受託者の報告: 受託者の書面の報告を受けた日時を記録する。"""
    with ledger(settings()) as session:
        who = act()
        event = incident_commands.vendor_reported(
            incidents(session), incident=incident, reported_at=reported_at, at=who.at
        )
        witness(session, who, event)


@app.command()
def texts(path: Annotated[Path, typer.Argument(help="作るファイル / file to write")]) -> None:
    """用紙: 報告の九つの事項を書く TOML の用紙を作る。"""
    if path.exists():
        raise refuse("cli.exists", str(path), path=str(path))
    write_atomically(path, (data_dir() / "incident-report.toml").read_bytes())


@app.command()
def report(
    incident: Number,
    kind: Annotated[ReportKind, typer.Option(help="速報か確報 / provisional or confirmed")],
    file: Annotated[Path, typer.Option("--texts", help="九つの事項の TOML（texts で作る）/ the nine items")],
    by: Supervisor,
) -> None:
    """報告: 速報又は確報を記録し、事故報告書（F-18）を印刷する。"""
    found = incident_commands.read_texts(read_toml(file))
    with custody_desk() as desk:
        event = incident_commands.report(
            incidents(desk.session),
            the_contract(desk.settings),
            found,
            incident=incident,
            kind=kind,
            approved_by=by,
            at=desk.act.at,
        )
        witness(desk.session, desk.act, event)
        one = incidents(desk.session)[incident]
        paper = incident_letter(desk.settings, desk.act, one, found, kind, by, desk.pool)
    show_paper(paper)


@app.command()
def close(incident: Number, by: Supervisor) -> None:
    """終結: 拡大防止、受託者の報告、要る速報・確報が全て済んだときだけ閉じる。"""
    config = settings()
    with ledger(config) as session:
        who = act()
        register = incidents(session)
        known = register[incident].known_at if incident in register else who.at
        event = incident_commands.close(
            register,
            the_contract(config),
            report_rules(config, day_of(f"{known:%Y-%m-%d}")),
            incident=incident,
            closed_by=by,
            at=who.at,
        )
        witness(session, who, event)


@app.command("list")
def list_incidents(as_json: AsJson = False) -> None:
    """一覧: 事故と、速報・確報の期限。"""
    config = settings()
    rows = []
    with ledger(config) as session:
        for one in incidents(session).values():
            owed = duty(one, report_rules(config, day_of(f"{one.known_at:%Y-%m-%d}")))
            rows.append(
                {
                    "incident": one.id,
                    "kind": INCIDENT_KINDS[one.kind],
                    "batch": one.batch,
                    "state": INCIDENT_STATES[one.state],
                    "persons": one.persons,
                    "grounds": [GROUNDS[ground] for ground in owed.grounds] if owed else [],
                    "provisional_by": owed.provisional_by if owed else None,
                    "confirmed_by": owed.confirmed_by if owed else None,
                }
            )
    if as_json:
        show({"incidents": rows}, as_json=True)
        return
    show_rows(
        "事故",
        ("番号", "種別", "処理", "状態", "本人の数", "速報期限", "確報期限"),
        [
            (
                row["incident"],
                row["kind"],
                row["batch"],
                row["state"],
                "不明" if row["persons"] is None else row["persons"],
                row["provisional_by"] or "報告不要",
                row["confirmed_by"] or "報告不要",
            )
            for row in rows
        ],
    )
