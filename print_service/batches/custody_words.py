"""Japanese words of custody for letters and screens: kinds, states, methods. The journal and JSON keep the English keys."""

from collections.abc import Mapping

from handover.audit import AuditState
from handover.certificate import Verification
from handover.clocks import ClockKind
from handover.contract import AccreditationKind, Role, Side
from handover.duties import LimitKind
from handover.incident import Cause, Ground, IncidentKind, IncidentState
from handover.model import CopyKind, Disposal
from handover.records import SecretRoute

COPY_KINDS: Mapping[CopyKind, str] = {
    CopyKind.MEDIUM: "媒体",
    CopyKind.PC: "端末",
    CopyKind.SERVER: "サーバー",
    CopyKind.SPOOL: "印刷スプール",
    CopyKind.RIP_CACHE: "RIPキャッシュ",
    CopyKind.INSERTER: "封入機",
    CopyKind.BACKUP: "バックアップ",
    CopyKind.MAIL: "メール添付",
}

VERIFICATIONS: Mapping[Verification, str] = {Verification.FULL: "全件読出し", Verification.SAMPLE: "抜取り"}

SIDES: Mapping[Side, str] = {Side.WARD: "区", Side.VENDOR: "受託者"}

ROLES: Mapping[Role, str] = {Role.CARRIER: "運搬者", Role.HANDLER: "取扱者", Role.SUPERVISOR: "責任者・監督者"}

ACCREDITATIONS: Mapping[AccreditationKind, str] = {
    AccreditationKind.PRIVACY_MARK: "プライバシーマーク",
    AccreditationKind.ISMS: "ISMS（ISO/IEC 27001）",
}

LIMITS: Mapping[LimitKind, str] = {
    LimitKind.CONTRACT: "契約期間",
    LimitKind.ACCREDITATION: "認証",
    LimitKind.PERSON: "従事期間",
    LimitKind.TRAINING: "研修",
}

DISPOSALS: Mapping[Disposal, str] = {
    Disposal.DISSOLVED: "溶解",
    Disposal.BURNT: "焼却",
    Disposal.SHREDDED: "細断",
    Disposal.HANDED_IN: "区へ引渡し（枚数確認）",
}

SECRET_ROUTES: Mapping[str, str] = {
    SecretRoute.BY_HAND: "手渡し（封書）",
    SecretRoute.REGISTERED_MAIL: "簡易書留（封書）",
}

OUTSIDE: Mapping[str, str] = {"medium": "媒体", "copy": "複製", "paper": "印刷物", "spoilage": "損紙"}

CLOCKS: Mapping[ClockKind, str] = {
    ClockKind.ARRIVAL: "媒体の到着",
    ClockKind.RETURN: "媒体の返却",
    ClockKind.ERASURE: "複製の消去証明",
    ClockKind.DISPOSAL: "損紙の処分",
    ClockKind.VENDOR_REPORT: "受託者の書面報告",
    ClockKind.PROVISIONAL: "速報",
    ClockKind.CONFIRMED: "確報",
    ClockKind.AUDIT: "年度の実地調査",
    ClockKind.REMEDY: "指摘の改善",
}

INCIDENT_KINDS: Mapping[IncidentKind, str] = {
    IncidentKind.LEAK: "漏えい",
    IncidentKind.LOSS: "滅失（紛失）",
    IncidentKind.DAMAGE: "毀損",
}

GROUNDS: Mapping[Ground, str] = {
    Ground.SENSITIVE: "要配慮個人情報",
    Ground.PROPERTY: "財産的被害のおそれ",
    Ground.IMPROPER: "不正の目的のおそれ",
    Ground.ORDINANCE: "条例要配慮個人情報",
    Ground.MY_NUMBER: "個人番号",
}

CAUSES: Mapping[Cause, str] = {
    Cause.UNKNOWN: "調査中",
    Cause.HUMAN: "人の誤り",
    Cause.MACHINE: "機械の不具合",
    Cause.PROGRAM: "プログラムの誤り",
    Cause.RULE_BROKEN: "定めに反した取扱い",
    Cause.INTRUSION: "不正アクセス",
    Cause.THEFT: "盗難・持出し",
}

INCIDENT_STATES: Mapping[IncidentState, str] = {
    IncidentState.OPEN: "対応中（未報告）",
    IncidentState.PROVISIONAL: "速報済",
    IncidentState.CONFIRMED: "確報済",
    IncidentState.CLOSED: "終結",
}

AUDIT_STATES: Mapping[AuditState, str] = {
    AuditState.UNKNOWN: "未実施",
    AuditState.OPEN: "改善待ち",
    AuditState.CLEARED: "指摘なし・改善済",
}
