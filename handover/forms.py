"""The vendor's two papers as forms to fill in: plain TOML, written blank with what is known, read back into facts.

Nobody writes canonical JSON by hand. `handover report --form` and `handover certificate --form` write these forms;
the same commands without `--form` read them, check them and write the JSON that the ward takes. Evidence of an
erasure is named by its file, and hashed here. Format: TOML 1.0; a moment without a zone is Japan's time.
"""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from pathlib import Path
from typing import Any

from handover import canonical_json, disk
from handover import certificate as certificates
from handover import report as reports
from handover.certificate import ErasureCertificate, Level, Verification
from handover.envelope import Envelope
from handover.manifest import Manifest
from handover.model import Copy, CopyKind
from handover.reasons import of_toml
from handover.report import PrintReport
from handover.rules import Fault, RefusalError, refuse_if

_JAPAN = timezone(timedelta(hours=9))
_LARGEST = 4 * 1024 * 1024

_REPORT = """\
# 印刷作業の報告（処理 {batch}、媒体 {medium}）
# 「=」の右を直して保存し、次を行うと、区に出すファイルができます。文字は ' と ' の間に書きます。
#     py handover.pyz report {container} この用紙の名前
# 容器の中の予定: {plan}

batch = '{batch}'
medium = '{medium}'
container_sha256 = '{sha256}'

printed_on = 2000-01-01            # 印刷を終えた日
pieces = 0                         # 印刷した通数
not_printed = []                   # 印刷しなかった通の通番（例: [12, 305]）
sheets = 0                         # 印刷した枚数（損紙を除く）
spoiled = 0                        # 損紙の枚数（個人データが印刷されたもの）
blanks = 0                         # 使わなかった予備の枚数（個人データのないもの）
reported_by = ''                   # 報告する人の従事者番号（氏名は書かない）
reported_at = 2000-01-01T17:00:00  # 報告する日時
note = ''                          # 区に伝えること

# 容器を開いた先も含め、データを書き込んだ場所を全て書きます。一か所ごとに [[copies]] から4行を写してください。
# kind は次のどれか: {kinds}
[[copies]]
kind = 'pc'
host = ''                          # 機器の名前
path = ''                          # 場所
first_written = 2000-01-01T09:00:00
"""

_CERTIFICATE = """\
# 消去証明書（様式 F-17）
# 「=」の右を直して保存し、次を行うと、区に出すファイルができます。文字は ' と ' の間に書きます。
#     py handover.pyz certificate この用紙の名前

number = ''                        # 証明書番号（英数字とハイフン、40文字まで）
contract = ''                      # 契約番号
batches = [{batches}]              # 処理番号
issued_on = 2000-01-01             # 証明書の日付
issuer = ''                        # 会社の名前
responsible = ''                   # 取扱責任者の従事者番号
clause = '特記事項11・12'          # 契約の条項
no_other_copies = false            # ここに書いたほかに複製がないことを確かめたら true に直す

# 複製一つごとに [[rows]] から下を写してください。copy_id は区が知らせた複製番号です。
# kind は次のどれか: {kinds}
# level は Clear・Purge・Destroy（NIST SP 800-88）、verification は full（全て）か sample（抜取り）です。
[[rows]]
copy_id = ''
kind = 'pc'
host = ''
path = ''
first_written = 2000-01-01T09:00:00
erased_at = 2000-01-01T17:00:00
method = ''                        # 消し方
level = 'Purge'
tool = ''                          # 使った道具
tool_version = ''
verification = 'full'
executor = ''                      # 実施者の従事者番号
witness = ''                       # 立会者の従事者番号（実施者と別の人）
evidence = ''                      # 証拠のファイル（消去ツールの記録、写真など）。この用紙から見た場所
"""


_CHOICES: Mapping[str, type[StrEnum]] = {"kind": CopyKind, "level": Level, "verification": Verification}
_MAY_BE_EMPTY = {"note"}
_WRITTEN = {
    date: "2026-06-08 のような日付",
    datetime: "2026-06-08T17:30:00 のような日時",
    int: "0以上の整数",
    bool: "true か false",
    str: "' と ' の間の文字",
    list: "[ と ] の間の並び",
}


def blank_report(envelope: Envelope, manifest: Manifest | None) -> str:
    """The form of a container's report, with what envelope and manifest say."""
    plan = (
        f"通数 {manifest.pieces}、枚数 {manifest.sheets}"
        if manifest
        else "（開いたフォルダーを --opened で示すと出ます）"
    )
    facts = {"batch": envelope.batch, "medium": envelope.medium, "container": envelope.container}
    return _REPORT.format(**facts, sha256=envelope.sha256, plan=plan, kinds=_kinds())


def blank_certificate(batches: tuple[str, ...]) -> str:
    """The form of a certificate of erasure for these batches."""
    return _CERTIFICATE.format(batches=", ".join(f"'{batch}'" for batch in batches), kinds=_kinds())


def read_report(path: Path) -> PrintReport:
    """The report a filled form says; refuses every field that is missing, unknown, wrong or left as in the blank form."""
    found = _read(path)
    blank = _fields(_REPORT)
    refuse_if([*_field_faults(found, blank, ""), *_row_faults(found, blank, "copies")])
    try:
        return reports.build(_plain(found))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RefusalError("form.value", path=path.name, detail=str(error)) from error


def read_certificate(path: Path) -> ErasureCertificate:
    """The certificate a filled form says, its evidence files hashed; refuses every field that is missing, unknown, wrong or
    left as in the blank form, an evidence file that is not there, and what the ward would refuse without knowing the copies.
    """
    found = _read(path)
    blank = _fields(_CERTIFICATE)
    refuse_if([*_field_faults(found, blank, ""), *_row_faults(found, blank, "rows")])
    rows, faults = [], []
    for row in found["rows"]:
        named = path.parent / str(row["evidence"])
        if not named.is_file():
            faults.append(Fault("form.evidence-missing", {"copy": row["copy_id"], "path": row["evidence"]}))
            continue
        hashed = {"evidence_sha256": disk.measure_from_device(named)[1]}
        rows.append({key: value for key, value in row.items() if key != "evidence"} | hashed)
    refuse_if(faults)
    facts = _plain({**found, "rows": rows, "format": certificates.FORMAT})
    try:
        built = certificates.parse(canonical_json.dump(facts))
    except RefusalError as error:
        detail = str(error.values.get("detail", error))
        raise RefusalError("form.value", path=path.name, detail=detail) from error
    certificates.check(built, [_as_told(row) for row in built.rows])
    return built


def _as_told(row: certificates.ErasedCopy) -> Copy:
    """A copy as the certificate itself tells it: the vendor has no other knowledge to check against."""
    return Copy(row.copy_id, "", "", row.kind, row.host, row.path, row.first_written, "")


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    with path.open("rb") as file:
        data = file.read(_LARGEST)
    try:
        # Windows editors put a mark of UTF-8 before the text.
        return tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RefusalError("form.unreadable", path=path.name, detail=of_toml(error)) from error


def _fields(form: str) -> dict[str, Any]:
    """The fields of a blank form: the form itself is the one list of them."""
    filled = dict.fromkeys(("batch", "medium", "container", "sha256", "plan", "kinds", "batches"), "")
    return tomllib.loads(form.format(**filled))


def _field_faults(found: Mapping[str, Any], blank: Mapping[str, Any], where: str) -> list[Fault]:
    faults = [Fault("form.field-missing", {"field": where + name}) for name in blank if name not in found]
    faults += [Fault("form.field-unknown", {"field": where + name}) for name in found if name not in blank]
    for name, value in found.items():
        if name in blank:
            faults += _value_faults(where + name, name, value, blank[name])
    return faults


def _value_faults(field: str, name: str, value: Any, like: Any) -> Iterator[Fault]:
    """What is wrong with one line of a form whose blank has `like` there."""
    # "D:\new" between other quotes would be a line end; ' takes everything as it stands.
    torn = isinstance(value, str) and name not in _MAY_BE_EMPTY and any(ord(character) < 32 for character in value)
    if type(value) is not type(like) or (type(value) is int and value < 0) or torn:
        yield Fault("form.field-kind", {"field": field, "wanted": _WRITTEN[type(like)]})
    elif name in _CHOICES and value not in set(_CHOICES[name]):
        yield Fault("form.field-choice", {"field": field, "choices": "・".join(_CHOICES[name])})
    elif _is_blank(value, like) and name not in _MAY_BE_EMPTY:
        yield Fault("form.field-blank", {"field": field})


def _is_blank(value: Any, like: Any) -> bool:
    """Whether nobody wrote there: a text of nothing, or the example's own day."""
    return not value.strip() if isinstance(value, str) else isinstance(value, date) and value == like


def _row_faults(found: Mapping[str, Any], blank: Mapping[str, Any], name: str) -> list[Fault]:
    rows = found.get(name, [])
    if not isinstance(rows, list):
        return []  # told of the field itself
    if not all(isinstance(row, dict) for row in rows):
        return [Fault("form.field-unknown", {"field": name})]
    pairs = enumerate(rows, start=1)
    return [fault for number, row in pairs for fault in _field_faults(row, blank[name][0], f"{name}[{number}].")]


def _plain(value: Any) -> Any:
    """TOML's values as those of JSON: days and moments as text, moments with Japan's zone where they name none."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=_JAPAN)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def _kinds() -> str:
    return "・".join(CopyKind)
