"""The records of custody on paper, each with its form number and page n of m: the vendor's report (F-01), the hand-over slip with its
receipt (F-07) and the way back (F-15), the register of copies (F-08), spoiled sheets (F-16), the certificate of erasure (F-17), the
audit (F-20). The incident report (F-18) is `incident_letter`.

Every fact comes from the journal or from what was just recorded in it; names from the contract. They lie in `<output>/letters`.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import date, datetime
from pathlib import Path
from typing import Any

from handover.audit import Visit
from handover.certificate import ErasedCopy, ErasureCertificate
from handover.contract import Contract, Person
from handover.custody_checks import columns
from handover.duties import limits
from handover.model import CheckKind, Custody, Disposal, Event, Spoilage, SpoilageState, Transfer
from handover.rules import RefusalError
from print_service.act import JST, Act
from print_service.batches.custody import the_contract
from print_service.batches.custody_words import (
    ACCREDITATIONS,
    COPY_KINDS,
    DISPOSALS,
    ROLES,
    SIDES,
    VERIFICATIONS,
)
from print_service.eras import wareki
from print_service.files import write_atomically
from print_service.notices.compose import issuer_fields
from print_service.notices.letters import print_letter_parts
from print_service.press.forms import load_form
from print_service.settings import Settings

_DIRECTIONS = {"out": "引渡し", "back": "返却"}


def transfer_letter(settings: Settings, act: Act, custody: Custody, transfer: Transfer, pool: Executor) -> Path:
    """媒体授受票 (F-07) or 媒体返却書 (F-15) with its receipt: lines to write on before it, its facts after it.

    A row for every medium on the same slip; on a receipt, for those taken in at the same moment.
    """
    contract = the_contract(settings)
    receipt = transfer.receipt
    together = [one for one in custody.carried_with(transfer) if _taken(one) == _taken(transfer) or receipt is None]
    unsealed = transfer.expected_at is None
    whole = all(one.receipt is not None and one.receipt.seal_intact for one in together)
    seal = "none" if unsealed else "whole" if whole else "broken"
    fields = {
        "slip_no": transfer.slip if len(together) > 1 else transfer.id,
        "direction": transfer.direction,
        "issued_on": act.day.isoformat(),
        "issuer": issuer_fields(settings),
        "vendor": _vendor(contract),
        "contract_no": contract.number,
        "purpose": f"通知書等の印刷（処理 {'・'.join(dict.fromkeys(one.batch for one in together))}）",
        "place": transfer.place,
        "given_by": _names(contract, transfer.given_by),
        "carriers": _names(contract, transfer.carriers),
        "left_at": "" if unsealed else _iso(transfer.left_at),
        "expected_at": _iso(transfer.expected_at) if transfer.expected_at else "",
        "receipt": None
        if receipt is None
        else {"at": _iso(receipt.at), "place": receipt.place, "by": _names(contract, receipt.by), "seal": seal},
        "remaining": _remaining(custody, transfer) if transfer.direction == "back" else "",
    }
    rows = [_carried(custody, one, alone=len(together) == 1) for one in together]
    most = load_form("transfer_slip", act.day).texts["rows_per_page"]
    name = f"{fields['slip_no']}{'-receipt' if receipt else ''}.pdf"
    return print_numbered(
        settings, act, "transfer_slip", name, [fields | {"media": part} for part in _split(rows, most)], pool
    )


def _taken(one: Transfer) -> tuple[datetime, tuple[str, ...]] | None:
    return (one.receipt.at, one.receipt.by) if one.receipt else None


def _carried(custody: Custody, one: Transfer, *, alone: bool) -> dict[str, str]:
    """A medium's row; a broken seal is named there when others stand beside it."""
    medium = custody.media[one.medium]
    broken = one.receipt is not None and not one.receipt.seal_intact and not alone
    return {
        "medium_no": medium.id,
        "kind": f"{medium.part} {medium.kind}",
        "serial": medium.serial,
        "seal_no": f"{one.seal_no or '－'}{'（異常）' if broken else ''}",
        "case_no": one.case_no or "－",
        "batch": medium.batch,
        "container": f"{medium.batch}.zip",
        "sha256": medium.container_sha256,
    }


def certificate_letter(
    settings: Settings,
    act: Act,
    certificate: ErasureCertificate,
    custody: Custody,
    pool: Executor,
    accepted_by: str,
    checked: CheckKind = CheckKind.DOCUMENT,
) -> Path:
    """消去証明書 (F-17), a row for every copy, as many parts as its rows need."""
    contract = the_contract(settings)
    media = [medium for batch in certificate.batches for medium in custody.media_of(batch)]
    copies = [copy for batch in certificate.batches for copy in custody.copies_of(batch)]
    containers = {medium.container_sha256: f"{medium.batch}.zip" for medium in media}
    fields = {
        "certificate_no": certificate.number,
        "issued_on": certificate.issued_on.isoformat(),
        "batch": "・".join(certificate.batches),
        "medium_no": "・".join(medium.id for medium in media),
        "contract_no": certificate.contract,
        "issuer": issuer_fields(settings),
        "vendor": {
            "name": certificate.issuer,
            "address": contract.address,
            "representative": name_of(contract, certificate.responsible),
        },
        "containers": [{"name": name, "sha256": sha256} for sha256, name in containers.items()],
        "counts": {"known": len(copies), "certified": sum(bool(copy.certificate) for copy in copies)},
        "deadline": max(medium.erase_by for medium in media).isoformat(),
        "check": {"kind": checked.value, "by": name_of(contract, accepted_by), "at": _iso(act.at)},
    }
    keep(settings, f"{certificate.number}.json", certificate.to_bytes())
    rows = [_erased(row, contract) for row in certificate.rows]
    form = load_form("erasure_certificate", act.day)
    most = form.texts["rows_per_page"]
    parts = [fields | {"rows": part} for part in _split(rows, most, lambda row: _lines(row["host"], row["path"]))]
    return print_numbered(settings, act, "erasure_certificate", f"{certificate.number}.pdf", parts, pool)


def staff_letter(settings: Settings, act: Act, accepted_by: str, pool: Executor) -> Path:
    """従事者・作業場所届 (F-01) as it was accepted."""
    contract = the_contract(settings)
    ends = {(limit.kind.value, limit.id): limit.last_day for limit in limits(contract)}
    fields = {
        "contract_no": contract.number,
        "issued_on": act.day.isoformat(),
        "issuer": issuer_fields(settings),
        "vendor": _vendor(contract),
        "period": f"{wareki(contract.valid_from)}から{wareki(contract.valid_to)}まで",
        "workplace": contract.workplace,
        "responsible": name_of(contract, contract.responsible),
        "training_months": contract.training_months,
        "declared_on": contract.no_reentrustment.on.isoformat(),
        "declared_by": name_of(contract, contract.no_reentrustment.by),
        "accreditations": [
            [ACCREDITATIONS[one.kind], one.number, f"{wareki(one.valid_to)}まで"] for one in contract.accreditations
        ],
        "accepted": f"{wareki(act.day)}　{name_of(contract, accepted_by)}",
    }
    people = [_listed(person, ends.get(("training", person.id))) for _, person in sorted(contract.people.items())]
    form = load_form("staff_report", act.day)
    parts = [fields | {"people": part} for part in _split(people, form.texts["rows_per_page"])]
    return print_numbered(settings, act, "staff_report", f"F-01-{act.day.isoformat()}.pdf", parts, pool)


def register_letter(settings: Settings, act: Act, custody: Custody, batch: str, pool: Executor) -> Path:
    """保管・出納簿（複製台帳） (F-08): every way of the batch's media, and every copy ever made of them."""
    if not custody.media_of(batch):
        raise RefusalError("custody.batch-unknown", batch=batch)
    contract = the_contract(settings)
    copies = custody.copies_of(batch)
    certified = sum(bool(copy.certificate) for copy in copies)
    transfers = [one for one in custody.transfers.values() if one.batch == batch]
    movements = [_movement(one, contract) for one in transfers]
    rows = [
        [
            copy.id,
            COPY_KINDS[copy.kind],
            copy.host,
            copy.path,
            _moment(copy.first_written),
            name_of(contract, copy.by),
            copy.certificate,
        ]
        for copy in copies
    ]
    fields = {
        "batch": batch,
        "issued_on": act.day.isoformat(),
        "contract_no": contract.number,
        "vendor": _vendor(contract),
        "workplace": contract.workplace,
        "counts": f"全{len(copies)}件（証明済 {certified}件、未証明 {len(copies) - certified}件）",
    }
    texts = load_form("copy_register", act.day).texts
    above = _split(movements, texts["movements_per_page"])
    below = _split(rows, texts["rows_per_page"], lambda row: _lines(row[2], row[3]))
    parts = [
        fields
        | {
            "movements": above[number] if number < len(above) else [],
            "copies": below[number] if number < len(below) else [],
        }
        for number in range(max(len(above), len(below)))
    ]
    return print_numbered(settings, act, "copy_register", f"{batch}-F-08.pdf", parts, pool)


def spoilage_letter(settings: Settings, act: Act, heap: Spoilage, disposal: Event | None, pool: Executor) -> Path:
    """損紙・予備 処分書 (F-16): none, kept until a day, or disposed of before a witness."""
    contract = the_contract(settings)
    stage = "disposed" if disposal else "kept" if heap.state is SpoilageState.KEPT else "none"
    facts: dict[str, Any] = dict(disposal.body) if disposal else {}
    fields = {
        "spoilage_no": heap.id,
        "issued_on": act.day.isoformat(),
        "issuer": issuer_fields(settings),
        "vendor": _vendor(contract),
        "ward_line": issuer_fields(settings)["office"],
        "contract_no": contract.number,
        "batch": heap.batch,
        "stage": stage,
        "sheets": f"{heap.sheets:,}枚",
        "blanks": f"{heap.blanks:,}枚",
        "reported_at": _iso(heap.since),
        "reporter": name_of(contract, heap.reported_by),
        "kept_at": heap.place or "－",
        "dispose_by": heap.dispose_by.isoformat(),
        "method": DISPOSALS[Disposal(facts["method"])] if facts else "",
        "disposed_on": facts.get("disposed_on", ""),
        "place": facts.get("place", ""),
        "executor": name_of(contract, facts["executor"]) if facts else "",
        "witness": name_of(contract, facts["witness"]) if facts else "",
        "certificate_no": (facts.get("certificate") or "なし"),
    }
    name = f"{heap.id}{'-disposed' if disposal else ''}.pdf"
    return print_numbered(settings, act, "spoilage", name, [fields], pool)


def audit_letter(settings: Settings, act: Act, number: str, visit: Visit, pool: Executor) -> Path:
    """実地調査記録 (F-20)."""
    contract = the_contract(settings)
    texts = load_form("audit", act.day).texts
    bad = any(not seen.kept for seen in visit.points.values())
    points = [
        [str(row), texts["points"][point.value], texts["kept"] if seen.kept else texts["not_kept"], seen.note]
        for row, (point, seen) in enumerate(visit.points.items(), start=1)
    ]
    fields = {
        "audit_no": number,
        "issued_on": act.day.isoformat(),
        "contract_no": contract.number,
        "vendor": _vendor(contract),
        "held_on": visit.held_on.isoformat(),
        "kind": visit.kind.value,
        "place": visit.place,
        "auditors": "　".join(_names(contract, visit.auditors)),
        "attended_by": "　".join(_names(contract, visit.attended_by)),
        "points": points,
        "result": "findings" if bad else "kept",
        "remedy_by": wareki(visit.remedy_by) if bad and visit.remedy_by else texts["none"],
    }
    return print_numbered(settings, act, "audit", f"{number}.pdf", [fields], pool)


def print_parts(
    settings: Settings, act: Act, form: str, name: str, parts: Sequence[dict[str, Any]], pool: Executor
) -> Path:
    """Print a form's parts into the folder of letters, which only its owner may read."""
    return keep(settings, name, print_letter_parts(settings, pool, form, act.day, parts))


def keep(settings: Settings, name: str, content: bytes) -> Path:
    """Put a file into the folder of letters, for its owner's eyes only."""
    folder = settings.output / "letters"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_atomically(folder / name, content, 0o600)
    return folder / name


def moment(at: datetime) -> str:
    """A moment as letters write it, in Japan's time."""
    local = at.astimezone(JST)
    return f"{wareki(local.date())} {local:%H:%M}"


def print_numbered(
    settings: Settings, act: Act, form: str, name: str, parts: Sequence[dict[str, Any]], pool: Executor
) -> Path:
    """Print a form's parts, each told which it is of how many."""
    numbered = [part | {"part": {"number": number, "of": len(parts)}} for number, part in enumerate(parts, start=1)]
    return print_parts(settings, act, form, name, numbered, pool)


def _split(rows: Sequence[Any], most: int, weight: Callable[[Any], int] = lambda _: 1) -> list[list[Any]]:
    """Rows by pages of at most so much weight; no rows are one empty page."""
    pages: list[list[Any]] = [[]]
    used = 0
    for row in rows:
        if used + weight(row) > most:
            pages.append([])
            used = 0
        pages[-1].append(row)
        used += weight(row)
    return pages


def _lines(host: str, path: str) -> int:
    """How many ordinary rows a copy's row takes: a long machine or path wraps."""
    return 2 if columns(host) > 20 or columns(path) > 52 else 1


def _remaining(custody: Custody, transfer: Transfer) -> str:
    """The copies made of a medium, in few words: which machines, how many, and how many are still to be certified."""
    copies = [copy for copy in custody.copies_of(transfer.batch) if copy.medium == transfer.medium]
    if not copies:
        return "なし"
    waiting = sum(not copy.certificate for copy in copies)
    told = [f"{copy.host}（{'消去証明済' if copy.certificate else '消去証明待ち'}）" for copy in copies[:4]]
    more = f"、ほか{len(copies) - 4}件" if len(copies) > 4 else ""
    return f"全{len(copies)}件（うち消去証明待ち{waiting}件）　{'、'.join(told)}{more}　内訳は様式 F-08"


def _movement(one: Transfer, contract: Contract) -> list[str]:
    seal = (
        "－"
        if one.expected_at is None
        else "運搬中"
        if one.receipt is None
        else "正常"
        if one.receipt.seal_intact
        else "異常"
    )
    arrived = f"着 {_moment(one.receipt.at)}" if one.receipt else "着 －"
    left = "出 －" if one.expected_at is None else f"出 {_moment(one.left_at)}"
    givers = "・".join(_names(contract, one.given_by)) or contract.vendor
    takers = "・".join(_names(contract, one.receipt.by)) if one.receipt else "－"
    carriers = "・".join(_names(contract, one.carriers))
    return [one.id, _DIRECTIONS[one.direction], f"{left} {arrived}", f"{givers} → {takers}", carriers, seal]


def _erased(row: ErasedCopy, contract: Contract) -> dict[str, str]:
    return {
        "copy_id": row.copy_id,
        "kind": COPY_KINDS[row.kind],
        "host": row.host,
        "path": row.path,
        "first_written": _iso(row.first_written),
        "erased_at": _iso(row.erased_at),
        "method": row.method,
        "level": str(row.level),
        "tool": f"{row.tool} {row.tool_version}",
        "verification": VERIFICATIONS[row.verification],
        "executor": name_of(contract, row.executor),
        "witness": name_of(contract, row.witness),
        "evidence": row.evidence_sha256[:16],
    }


def _listed(person: Person, trained_until: date | None) -> list[str]:
    until = wareki(person.valid_to) if person.valid_to else "定めなし"
    training = "－"
    if person.trained_on is not None:
        training = f"{wareki(person.trained_on)}受講" + (f"、{wareki(trained_until)}まで" if trained_until else "")
    roles = "・".join(ROLES[role] for role in sorted(person.roles))
    return [person.id, person.name, SIDES[person.side], roles, f"{wareki(person.valid_from)}から{until}", training]


def _vendor(contract: Contract) -> dict[str, str]:
    return {
        "name": contract.vendor,
        "address": contract.address,
        "representative": f"取扱責任者 {name_of(contract, contract.responsible)}",
    }


def name_of(contract: Contract, person: str) -> str:
    """A person's name; who reported a copy may also be an office, which is its own name."""
    return contract.people[person].name if person in contract.people else person


def _names(contract: Contract, people: Sequence[str]) -> list[str]:
    return [name_of(contract, person) for person in people]


def _iso(at: datetime) -> str:
    return at.astimezone(JST).isoformat()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(JST):%Y-%m-%d %H:%M}"
