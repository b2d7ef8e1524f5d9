"""The record of encryption and writing on paper (暗号化・書出記録, F-06): what was sealed, where it was written, that it was read back
and found equal, who approved it, and how the passphrase went. Printed when a medium was read back, and again when its passphrase
reached the vendor; every fact is the journal's.
"""

from concurrent.futures import Executor
from pathlib import Path

from sqlalchemy.orm import Session

from handover import keys
from handover.custody import fold
from handover.custody_table import Tag
from handover.journal import Entry
from handover.manifest import instant
from handover.model import Custody
from handover.rules import RefusalError
from print_service.act import Act
from print_service.batches.custody import PREFIX, the_contract
from print_service.batches.custody_words import SECRET_ROUTES
from print_service.batches.paper import moment, name_of, print_numbered
from print_service.batches.read_back import SealedRecord, sealed_record
from print_service.ledger.journal import entries
from print_service.press.forms import load_form
from print_service.settings import Settings

Pair = list[str]


def export_letter(session: Session, settings: Settings, medium: str, pool: Executor, until: int | None = None) -> Path:
    """F-06 of a medium as the journal stood at its entry `until` (now, when not given), dated by the latest of its two events."""
    told = [entry for entry in entries(session, PREFIX) if until is None or entry.seq <= until]
    read = _last(told, Tag.READ_BACK, f"medium:{medium}")
    if read is None:
        raise RefusalError("custody.not-read-back", medium=medium)
    delivered = _last(told, Tag.SECRET_DELIVERED, f"passphrase:{medium}")
    last = max((one for one in (read, delivered) if one), key=lambda one: one.seq)
    sealed = sealed_record(session, read.body["container_sha256"])
    contract = the_contract(settings)
    act = Act(last.actor, last.at)
    fields = {
        "medium_no": medium,
        "issued_on": act.day.isoformat(),
        "issuer": settings.ward.issuer(),
        "contract_no": contract.number,
        "container": _container(
            settings, sealed, read, contract.number, load_form("export_record", act.day).texts["method"]
        ),
        "writing": _writing(settings, fold(told), read, medium),
        "files": [[name, sha256] for name, sha256 in sorted(read.body["files"].items())],
        "secret": _secret(settings, sealed, delivered, medium),
        "maker": name_of(contract, read.actor),
        "approver": name_of(contract, read.body["approved_by"]),
    }
    name = f"{medium}-F-06{'-delivered' if delivered else ''}.pdf"
    return print_numbered(settings, act, "export_record", name, [fields], pool)


def _last(told: list[Entry], tag: Tag, subject: str) -> Entry | None:
    return next((entry for entry in reversed(told) if (entry.tag, entry.subject) == (tag, subject)), None)


def _container(settings: Settings, sealed: SealedRecord, read: Entry, contract: str, method: str) -> list[list[Pair]]:
    maker = name_of(the_contract(settings), sealed.by)
    return [
        [["処理番号", sealed.batch], ["契約番号", contract]],
        [["容器", read.body["container"]], ["大きさ", f"{sealed.size:,}バイト"]],
        [["SHA-256", sealed.sha256]],
        [["方式", method]],
        [["封緘日時", moment(sealed.at)], ["封緘者・端末", _who(maker, sealed.where)]],
        [["署名鍵の指紋", keys.readable(sealed.key)]],
    ]


def _writing(settings: Settings, custody: Custody, read: Entry, medium: str) -> list[list[Pair]]:
    contract, item = the_contract(settings), custody.media.get(medium)
    kind = f"{item.part}　{item.kind}　{item.serial}" if item else "（登録前）"
    written = moment(read.at) if read.body["written"] else "他の装置で書込み（時刻の記録なし）"
    return [
        [["媒体番号", medium], ["種類・製造番号", kind]],
        [["書込み", written], ["読戻し", f"{moment(read.at)}　一致"]],
        [
            ["読戻者・端末", _who(name_of(contract, read.actor), read.where)],
            ["承認者", name_of(contract, read.body["approved_by"])],
        ],
        [["読み戻した場所", read.body["place"]]],
    ]


def _secret(settings: Settings, sealed: SealedRecord, delivered: Entry | None, medium: str) -> list[list[Pair]]:
    contract = the_contract(settings)
    if sealed.recipient:
        return [[["番号", "なし（受託者の公開鍵で開く容器）"]], [["受託者の公開鍵", sealed.recipient]]]
    if delivered is None:
        blank = "（受渡しの記録なし）"
        return [[["番号", medium], ["経路", blank]], [["渡した者", blank], ["受け取った者", blank]], [["日時", blank]]]
    body = delivered.body
    at = moment(instant(body["delivered_at"]))
    people = (name_of(contract, body["given_by"]), name_of(contract, body["received_by"]))
    return [
        [["番号", medium], ["経路", SECRET_ROUTES[body["route"]]]],
        [["渡した者", people[0]], ["受け取った者", people[1]]],
        [["日時", at]],
    ]


def _who(name: str, where: str) -> str:
    return f"{name}　{where}" if where else name
