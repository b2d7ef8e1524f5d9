"""The incident report on paper (事故報告書, F-18), provisional or confirmed: the facts of the register, the duty to report that follows
from them, and the nine items in the ward's words.
"""

from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

from handover import canonical_json
from handover.contract import Contract
from handover.incident import Duty, Incident, ReportKind, ReportRules, duty, vendor_duty
from handover.incident_commands import ReportTexts
from print_service.act import Act
from print_service.batches.custody import report_rules, the_contract
from print_service.batches.custody_words import CAUSES, GROUNDS, INCIDENT_KINDS
from print_service.batches.paper import keep, moment, print_parts
from print_service.eras import wareki
from print_service.settings import Settings

Pair = list[str]


def incident_letter(
    settings: Settings,
    act: Act,
    incident: Incident,
    texts: ReportTexts,
    kind: ReportKind,
    approved_by: str,
    pool: Executor,
) -> Path:
    """事故報告書 (F-18) of a kind; numbered within its kind, so that a later report does not overwrite an earlier one."""
    contract = the_contract(settings)
    rules = report_rules(settings, Act("", incident.known_at).day)
    nth = sum(given is kind for given, _ in incident.reports)
    fields = {
        "incident_no": incident.id,
        "kind": kind.value,
        "issued_on": act.day.isoformat(),
        "issuer": settings.ward.issuer(),
        "facts": _facts(incident, contract, nth),
        "duties": _duties(incident, rules, duty(incident, rules)),
        "items": [text or "（調査中）" for text in vars(texts).values()],
        "approver": contract.people[approved_by].name,
        "vendor": contract.vendor if incident.by_vendor else "（該当なし）",
    }
    name = f"{incident.id}-{kind.value}-{nth}"
    keep(settings, f"{name}.json", canonical_json.dump(vars(texts)))
    return print_parts(settings, act, "incident", f"{name}.pdf", [fields], pool)


def _facts(one: Incident, contract: Contract, nth: int) -> list[list[Pair]]:
    finder = contract.people[one.discovered_by].name if one.discovered_by in contract.people else one.discovered_by
    persons = "調査中" if one.persons is None else f"{one.persons:,}人"
    return [
        [["種別", INCIDENT_KINDS[one.kind]], ["報告の回", f"第{nth}回"]],
        [["処理番号", one.batch or "－"], ["媒体番号", one.medium or "－"]],
        [["工程", one.step], ["通の範囲", one.pieces or "－"]],
        [["発見日時", moment(one.discovered_at)], ["発見者", finder]],
        [["区が知った日時", moment(one.known_at)], ["生じた所", "受託者" if one.by_vendor else "区"]],
        [
            ["受託者の第一報", moment(one.known_at) if one.by_vendor else "－"],
            ["受託者の書面報告", _when(one.vendor_reported_at, needed=one.by_vendor)],
        ],
        [["本人の数", persons], ["高度な暗号化", "あり（鍵・パスフレーズは安全）" if one.encrypted else "なし"]],
        [["拡大防止の完了", _when(one.contained_at)], ["郵便局への停止依頼", _when(one.post_stop_at, needed=False)]],
        [["回収", f"{one.recovered:,}／{one.recovered_of:,}通"], ["原因の区分", CAUSES[one.cause]]],
    ]


def _duties(one: Incident, rules: ReportRules, owed: Duty | None) -> list[list[Pair]]:
    vendor = "－"
    if one.by_vendor:
        needed = vendor_duty(one, rules)
        vendor = "対象だが、区への通知により免除" if needed else f"対象外（民間は{rules.vendor_persons_over:,}人超）"
    if owed is None:
        return [
            [
                [
                    "報告の要否",
                    f"不要（{rules.persons_over:,}人以下で、他の事由もない）"
                    if not one.encrypted
                    else "不要（高度な暗号化）",
                ]
            ],
            [["受託者の報告義務", vendor]],
        ]
    grounds = [GROUNDS[ground] for ground in owed.grounds]
    if owed.persons:
        unknown = "（人数不明）" if one.persons is None else ""
        grounds.append(f"{rules.persons_over:,}人を超える{unknown}")
    last = dict(one.reports)
    return [
        [["報告の要否", "必要"], ["事由", "・".join(grounds)]],
        [
            ["速報の期限", f"{wareki(owed.provisional_from)}から{wareki(owed.provisional_by)}"],
            ["速報", _when(last.get(ReportKind.PROVISIONAL))],
        ],
        [["確報の期限", wareki(owed.confirmed_by)], ["確報", _when(last.get(ReportKind.CONFIRMED))]],
        [["受託者の報告義務", vendor]],
    ]


def _when(at: datetime | None, *, needed: bool = True) -> str:
    if at is None:
        return "未了" if needed else "－"
    return moment(at)
