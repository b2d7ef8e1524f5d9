"""Where media and copies are, on paper, each record with its form number and page n of m: the hand-over slip with its receipt (F-07), the
way back (F-15), the register of copies (F-08).

Every fact comes from the journal or from what was just recorded in it; names from the contract.
"""

from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

from handover.contract import Contract
from handover.model import Custody, Transfer
from handover.rules import RefusalError
from print_service.act import Act
from print_service.batches.custody import the_contract
from print_service.batches.custody_words import COPY_KINDS
from print_service.batches.paper import (
    in_pages,
    iso,
    name_of,
    names_of,
    print_numbered,
    rows_taken,
    short_moment,
    vendor_of,
)
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
        "issuer": settings.ward.issuer(),
        "vendor": vendor_of(contract),
        "contract_no": contract.number,
        "purpose": f"通知書等の印刷（処理 {'・'.join(dict.fromkeys(one.batch for one in together))}）",
        "place": transfer.place,
        "given_by": names_of(contract, transfer.given_by),
        "carriers": names_of(contract, transfer.carriers),
        "left_at": "" if unsealed else iso(transfer.left_at),
        "expected_at": iso(transfer.expected_at) if transfer.expected_at else "",
        "receipt": None
        if receipt is None
        else {"at": iso(receipt.at), "place": receipt.place, "by": names_of(contract, receipt.by), "seal": seal},
        "remaining": _remaining(custody, transfer) if transfer.direction == "back" else "",
    }
    rows = [_carried(custody, one, alone=len(together) == 1) for one in together]
    most = load_form("transfer_slip", act.day).texts["rows_per_page"]
    name = f"{fields['slip_no']}{'-receipt' if receipt else ''}.pdf"
    return print_numbered(
        settings, act, "transfer_slip", name, [fields | {"media": part} for part in in_pages(rows, most)], pool
    )


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
            short_moment(copy.first_written),
            name_of(contract, copy.by),
            copy.certificate,
        ]
        for copy in copies
    ]
    fields = {
        "batch": batch,
        "issued_on": act.day.isoformat(),
        "contract_no": contract.number,
        "vendor": vendor_of(contract),
        "workplace": contract.workplace,
        "counts": f"全{len(copies)}件（証明済 {certified}件、未証明 {len(copies) - certified}件）",
    }
    texts = load_form("copy_register", act.day).texts
    above = in_pages(movements, texts["movements_per_page"])
    below = in_pages(rows, texts["rows_per_page"], lambda row: rows_taken(row[2], row[3]))
    parts = [
        fields
        | {
            "movements": above[number] if number < len(above) else [],
            "copies": below[number] if number < len(below) else [],
        }
        for number in range(max(len(above), len(below)))
    ]
    return print_numbered(settings, act, "copy_register", f"{batch}-F-08.pdf", parts, pool)


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
    arrived = f"着 {short_moment(one.receipt.at)}" if one.receipt else "着 －"
    left = "出 －" if one.expected_at is None else f"出 {short_moment(one.left_at)}"
    givers = "・".join(names_of(contract, one.given_by)) or contract.vendor
    takers = "・".join(names_of(contract, one.receipt.by)) if one.receipt else "－"
    carriers = "・".join(names_of(contract, one.carriers))
    return [one.id, _DIRECTIONS[one.direction], f"{left} {arrived}", f"{givers} → {takers}", carriers, seal]
