"""The outside vendor of the demonstration, and the ward's people: who carries, loads, prints, returns and certifies."""

import hashlib
import shutil
from datetime import datetime, timedelta

from handover import copy_commands, custody_commands, spoilage_commands, writing_commands
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.duties import accept_contract
from handover.model import Copy, CopyKind, Disposal
from handover.records import SecretRoute
from print_service.batches.contract_letters import staff_letter
from print_service.batches.custody import Outing, carry_out, close_batch, current, hand_out, the_contract
from print_service.batches.custody_letters import transfer_letter
from print_service.batches.erasure_letters import certificate_letter
from print_service.batches.export_letter import export_letter
from print_service.batches.read_back import write_medium
from print_service.demo.stage import Stage

MAKER, SUPERVISOR, CLERKS = "W01", "W03", ("W01", "W02")
CARRIERS, OPERATOR, WITNESS, RESPONSIBLE = ("V01", "V02"), "V03", "V04", "V04"


def takes_the_work(stage: Stage, when: datetime) -> None:
    """Before any work: the vendor's report of its people, with the declaration that nothing is entrusted further, is accepted."""
    with stage.step("accept contract", when, SUPERVISOR) as todo:
        if todo:
            session, act = todo
            carry_out(session, stage.settings, act, accept_contract, accepted_by=SUPERVISOR, at=act.at)
            staff_letter(stage.settings, act, SUPERVISOR, stage.pool)


def goes_out(stage: Stage, medium: str, when: datetime) -> None:
    """Step 7: the sealed medium is read back, its passphrase goes ahead; then it goes to the vendor, is received and loaded into two
    machines.
    """
    with stage.step(f"read back {medium}", when - timedelta(minutes=40), MAKER) as todo:
        if todo:
            session, act = todo
            disc = stage.out / "discs" / medium
            shutil.rmtree(disc, ignore_errors=True)  # half written by a run that was killed
            disc.mkdir(parents=True)
            write_medium(session, stage.settings, act, medium, disc, SUPERVISOR)
            export_letter(session, stage.settings, medium, stage.pool)
    with stage.step(f"passphrase {medium}", when - timedelta(minutes=20), MAKER) as todo:
        if todo:
            session, act = todo
            carry_out(
                session,
                stage.settings,
                act,
                writing_commands.deliver_secret,
                medium=medium,
                route=SecretRoute.BY_HAND,
                given_by=CLERKS[1],
                received_by=RESPONSIBLE,
                delivered_at=act.at,
                at=act.at,
            )
            export_letter(session, stage.settings, medium, stage.pool)
    with stage.step(f"out {medium}", when, MAKER) as todo:
        if todo:
            session, act = todo
            outing = Outing(
                medium=medium,
                serial=f"SN-{medium}",
                kind="dvd-r",
                given_by=CLERKS,
                carriers=CARRIERS,
                seal_no=f"S-{medium[-3:]}",
                case_no="C-07",
                place="見本区役所 税務課",
                expected_at=when + timedelta(hours=2),
            )
            hand_out(session, stage.settings, act, outing)
            now = current(session)
            transfer_letter(stage.settings, act, now, now.transfers_of(medium)[-1], stage.pool)
    arrived = when + timedelta(hours=2)
    with stage.step(f"receive {medium}", arrived, CARRIERS[0]) as todo:
        if todo:
            session, act = todo
            carry_out(
                session,
                stage.settings,
                act,
                custody_commands.receive,
                medium=medium,
                received_by=(OPERATOR, RESPONSIBLE),
                seal_no=f"S-{medium[-3:]}",
                seal_intact=True,
                at=act.at,
            )
    for number, (host, path, kind) in enumerate(_MACHINES, start=1):
        with stage.step(f"load {medium} {host}", arrived + timedelta(minutes=10 * number), OPERATOR) as todo:
            if todo:
                session, act = todo
                carry_out(
                    session,
                    stage.settings,
                    act,
                    copy_commands.load,
                    medium=medium,
                    host=host,
                    path=f"{path}/{medium}",
                    kind=kind,
                    operator=OPERATOR,
                    at=act.at,
                )


_MACHINES = (("PRINT-PC-01", "D:/work", CopyKind.PC), ("RIP-02", "/spool", CopyKind.SPOOL))


def comes_back(stage: Stage, batch: str, medium: str, when: datetime) -> None:
    """Step 10: the medium returns, every copy is erased and certified, the batch closes."""
    with stage.step(f"return {medium}", when, CARRIERS[0]) as todo:
        if todo:
            session, act = todo
            carry_out(
                session,
                stage.settings,
                act,
                custody_commands.return_medium,
                medium=medium,
                serial=f"SN-{medium}",
                returned_by=CARRIERS,
                received_by=CLERKS,
                place="見本区役所 税務課",
                at=act.at,
            )
    _spoiled(stage, batch, when + timedelta(hours=1))
    certified = when + timedelta(hours=3)
    with stage.step(f"certify {batch}", certified, SUPERVISOR) as todo:
        if todo:
            session, act = todo
            certificate = _certificate(stage, batch, current(session).open_copies((batch,)), act.at)
            carry_out(
                session, stage.settings, act, copy_commands.certify, certificate, accepted_by=SUPERVISOR, at=act.at
            )
            certificate_letter(stage.settings, act, certificate, current(session), stage.pool, SUPERVISOR)
    with stage.step(f"close {batch}", certified + timedelta(minutes=5), SUPERVISOR) as todo:
        if todo:
            session, act = todo
            close_batch(session, act, batch)


def _spoiled(stage: Stage, batch: str, when: datetime) -> None:
    """Some sheets were spoiled in printing; they are counted, kept, and shredded before a witness."""
    with stage.step(f"spoil {batch}", when, OPERATOR) as todo:
        if todo:
            session, act = todo
            event = carry_out(
                session,
                stage.settings,
                act,
                spoilage_commands.report_spoilage,
                batch=batch,
                sheets=3,
                blanks=20,
                place="第一工場 施錠保管庫",
                reported_by=OPERATOR,
                at=act.at,
            )
            carry_out(
                session,
                stage.settings,
                act,
                spoilage_commands.dispose,
                spoilage=event.subject.removeprefix("spoilage:"),
                method=Disposal.SHREDDED,
                disposed_on=act.day,
                place="第一工場",
                executor=OPERATOR,
                witness=CLERKS[1],
                certificate="",
                at=act.at,
            )


def _certificate(stage: Stage, batch: str, copies: tuple[Copy, ...], when: datetime) -> ErasureCertificate:
    contract = the_contract(stage.settings)
    rows = tuple(
        ErasedCopy(
            copy_id=copy.id,
            kind=copy.kind,
            host=copy.host,
            path=copy.path,
            first_written=copy.first_written,
            erased_at=when - timedelta(hours=2),
            method="上書き消去（1回）",
            level=Level.PURGE,
            tool="見本イレーサー",
            tool_version="1.0",
            verification=Verification.FULL,
            executor=OPERATOR,
            witness=WITNESS,
            evidence_sha256=hashlib.sha256(f"synthetic log of {copy.id}".encode()).hexdigest(),
        )
        for copy in copies
    )
    return ErasureCertificate(
        number=f"E-{batch}",
        contract=contract.number,
        batches=(batch,),
        issued_on=when.date(),
        issuer=contract.vendor,
        responsible=RESPONSIBLE,
        clause="特記事項 第11・第12",
        no_other_copies=True,
        rows=rows,
    )
