"""Any paper of custody once more from the journal, byte for byte as it was first printed.

A paper's facts are those of custody at the journal entry it was printed for, its day that entry's day; names and addresses come
from contract.toml and ward.toml, so a paper is equal as long as these are. What only the paper says (a certificate's rows, an incident
report's texts) is kept beside it and must have the hash the journal took down.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from handover import audit, canonical_json, custody, incident
from handover import certificate as certificates
from handover.custody_table import Tag
from handover.incident_commands import ReportTexts
from handover.journal import Entry
from handover.model import CheckKind, Custody, Event
from print_service.act import Act
from print_service.batches.contract_letters import audit_letter, staff_letter
from print_service.batches.custody import PREFIX, the_contract
from print_service.batches.custody_letters import register_letter, transfer_letter
from print_service.batches.erasure_letters import certificate_letter, spoilage_letter
from print_service.batches.export_letter import export_letter
from print_service.batches.incident_letter import incident_letter
from print_service.batches.paper import keep
from print_service.findings import Finding, RefusedError, refuse
from print_service.ledger.journal import entries
from print_service.settings import Settings


@dataclass(frozen=True)
class _Files:
    """What a paper is printed from: the journal's entries of custody, in order."""

    session: Session
    settings: Settings
    act: Act
    pool: Executor
    told: Sequence[Entry]
    kept_in: Path

    def about(self, number: str, *tags: str) -> list[tuple[int, Entry]]:
        """The entries of these tags on one thing, each with its place."""
        return [
            (place, entry)
            for place, entry in enumerate(self.told)
            if entry.tag in tags and entry.subject.partition(":")[2] == number
        ]

    def at(self, place: int) -> Custody:
        """Custody after the entry at this place."""
        return custody.fold(self.told[: place + 1])

    def kept(self, name: str, sha256: str) -> bytes:
        """A file kept beside its paper; refuses one that is gone or is not what the journal took down."""
        path = self.kept_in / name
        data = path.read_bytes() if path.is_file() else b""
        if canonical_json.sha256_hex(data) != sha256:
            raise refuse("handover.form-file", str(path), path=str(path))
        return data


def print_again(session: Session, settings: Settings, act: Act, form: str, number: str, pool: Executor) -> list[Path]:
    """The papers of a form on one thing (`F-07`, a transfer's or slip's number; see FORMS), in the order they were first printed.

    F-08 is a register and is printed as it stands now. Refuses (`handover.form-unknown`) a form or number the journal does not know,
    and (`handover.form-differs`) to write over a paper that says something else: names may have changed since.
    """
    letters = settings.output / "letters"
    told = list(entries(session, PREFIX))
    with tempfile.TemporaryDirectory(prefix="again-", dir=settings.output) as scratch:
        aside = settings.model_copy(update={"output": Path(scratch)})
        files = _Files(session, settings if form == "F-08" else aside, act, pool, told, letters)
        papers = FORMS[form](files, number) if form in FORMS else []
        if not papers:
            raise refuse("handover.form-unknown", number, form=form, number=number)
        content = {path.name: path.read_bytes() for path in papers}
    differs = [] if form == "F-08" else [name for name in content if _is_other(letters / name, content[name])]
    if differs:
        raise RefusedError(Finding("handover.form-differs", name, {"name": name}) for name in differs)
    return [keep(settings, name, data) for name, data in content.items()]


def _is_other(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() != content


def _act(entry: Entry) -> Act:
    return Act(entry.actor, entry.at, entry.where, entry.why)


def _staff(files: _Files, number: str) -> list[Path]:
    accepted = files.about(number, Tag.CONTRACT_ACCEPTED)[-1:]
    for _, entry in accepted:
        if the_contract(files.settings).digest() != entry.body["sha256"]:
            raise refuse("handover.form-contract", number, day=_act(entry).day.isoformat())
    return [staff_letter(files.settings, _act(entry), entry.body["accepted_by"], files.pool) for _, entry in accepted]


def _export(files: _Files, number: str) -> list[Path]:
    read = files.about(number, Tag.READ_BACK)[-1:]
    later = [one for one in files.about(number, Tag.SECRET_DELIVERED) if read and one[0] > read[0][0]]
    return [export_letter(files.session, files.settings, number, files.pool, entry.seq) for _, entry in (*read, *later)]


def _transfers(direction: str) -> Callable[[_Files, str], list[Path]]:
    """Slip and receipts of a transfer, or of all media on one slip: each from custody after the last entry that belongs to it."""

    def papers(files: _Files, number: str) -> list[Path]:
        before, moments = Custody(), dict[tuple[Any, ...], tuple[Custody, str, Entry]]()
        for entry in files.told:
            now = custody.apply(before, entry.tag, entry.subject, entry.body)
            for name, one in now.transfers.items():
                if number not in (one.id, one.slip) or one.direction != direction:
                    continue
                if name not in before.transfers and one.expected_at is not None:
                    moments[one.slip,] = (now, name, entry)
                if one.receipt and not (name in before.transfers and before.transfers[name].receipt):
                    moments[one.slip, one.receipt.at, one.receipt.by] = (now, name, entry)
            before = now
        return [
            transfer_letter(files.settings, _act(entry), now, now.transfers[name], files.pool)
            for now, name, entry in moments.values()
        ]

    return papers


def _register(files: _Files, number: str) -> list[Path]:
    now = custody.fold(files.told)
    return [register_letter(files.settings, files.act, now, number, files.pool)] if now.media_of(number) else []


def _spoilage(files: _Files, number: str) -> list[Path]:
    papers = []
    for place, entry in files.about(number, Tag.SPOILED, Tag.DISPOSED):
        disposal = Event(entry.tag, entry.subject, entry.body) if entry.tag == Tag.DISPOSED else None
        heap = files.at(place).spoilage[number]
        papers.append(spoilage_letter(files.settings, _act(entry), heap, disposal, files.pool))
    return papers


def _certificate(files: _Files, number: str) -> list[Path]:
    papers = []
    for place, entry in files.about(number, Tag.CERTIFIED):
        body = entry.body
        found = certificates.parse(files.kept(f"{number}.json", body["sha256"]))
        who, checked = body["accepted_by"], CheckKind(body["checked"])
        now = files.at(place)
        papers.append(certificate_letter(files.settings, _act(entry), found, now, files.pool, who, checked))
    return papers


def _incident(files: _Files, number: str) -> list[Path]:
    papers = []
    for place, entry in files.about(number, incident.Tag.REPORTED):
        one = incident.fold(files.told[: place + 1])[number]
        kind, body = incident.ReportKind(entry.body["kind"]), entry.body
        nth = sum(given is kind for given, _ in one.reports)
        texts = ReportTexts(**canonical_json.load(files.kept(f"{number}-{kind.value}-{nth}.json", body["sha256"])))
        papers.append(incident_letter(files.settings, _act(entry), one, texts, kind, body["approved_by"], files.pool))
    return papers


def _audit(files: _Files, number: str) -> list[Path]:
    return [
        audit_letter(files.settings, _act(entry), number, _visit(entry.body), files.pool)
        for _, entry in files.about(number, audit.Tag.RECORDED)
    ]


def _visit(body: Mapping[str, Any]) -> audit.Visit:
    return audit.Visit(
        held_on=date.fromisoformat(body["held_on"]),
        kind=audit.AuditKind(body["kind"]),
        place=body["place"],
        auditors=tuple(body["auditors"]),
        attended_by=tuple(body["attended_by"]),
        points={
            point: audit.Seen(body["points"][point.value]["kept"], body["points"][point.value]["note"])
            for point in audit.Point
        },
        remedy_by=date.fromisoformat(body["remedy_by"]) if body["remedy_by"] else None,
    )


FORMS: Mapping[str, Callable[[_Files, str], list[Path]]] = {
    "F-01": _staff,
    "F-06": _export,
    "F-07": _transfers("out"),
    "F-08": _register,
    "F-15": _transfers("back"),
    "F-16": _spoilage,
    "F-17": _certificate,
    "F-18": _incident,
    "F-20": _audit,
}
