"""`print-service demo`: one synthetic ward, one year, all twelve steps, and the report of what came of it."""

import json
import shutil
from pathlib import Path

from print_service import vault
from print_service.demo.report import Report, report
from print_service.demo.stage import Stage, Watch
from print_service.demo.ward import build_ward
from print_service.demo.year import play
from print_service.files import write_atomically
from print_service.findings import refuse
from print_service.ledger.database import connect, migrate
from print_service.notices.compose import warm
from print_service.pool import process_pool
from print_service.resources import data_dir
from print_service.settings import load_settings, template

VALID_DAYS = 3650
"""So that the demonstration's containers can be opened on whatever day it is looked at."""


def run_demo(out: Path, payers: int, seed: int, watch: Watch) -> Report:
    """Play the year into `out`; started again after an interruption it ends in the same bytes. Refuses a folder of other content."""
    out = out.resolve()
    _prepare(out, payers, seed)
    _sweep(out)
    settings = load_settings(out / "ward.toml")
    engine = connect(settings.ledger_url)
    try:
        migrate(engine)
        with process_pool(settings.workers) as pool:
            warm(pool, settings)
            stage = Stage(out, settings, engine, pool, watch, payers, seed)
            vault.create(settings, stage.entropy("vault"))
            play(stage)
            result = report(stage)
    finally:
        engine.dispose()
    write_atomically(out / "report.json", (json.dumps(result.to_json(), ensure_ascii=False, indent=2) + "\n").encode())
    return result


def _sweep(out: Path) -> None:
    """Remove what a killed run was just writing: files under their temporary names and the scratch folder of a seal."""
    for path in out.rglob(".*"):
        if path.is_file():
            path.unlink()
    for scratch in (out / "output").glob("seal-*"):
        shutil.rmtree(scratch)


def _prepare(out: Path, payers: int, seed: int) -> None:
    """Lay the ward's files into an empty folder, or find that they are this very demonstration's."""
    stamp = f"payers = {payers}\nseed = {seed}\n"
    marker = out / "demo.toml"
    if marker.is_file():
        if marker.read_text(encoding="utf-8") != stamp:
            raise refuse("cli.out-not-empty", str(out), path=str(out))
        return
    begun = out / "demo.begun"
    if out.exists() and any(out.iterdir()) and not (begun.is_file() and begun.read_text(encoding="utf-8") == stamp):
        raise refuse("cli.out-not-empty", str(out), path=str(out))
    out.mkdir(parents=True, exist_ok=True)
    write_atomically(begun, stamp.encode())
    (out / "host").mkdir(exist_ok=True)
    (out / "payments").mkdir(exist_ok=True)
    build_ward(payers, seed, out / "host")
    settings = template().replace("valid_days = 30 ", f"valid_days = {VALID_DAYS} ")
    write_atomically(out / "ward.toml", settings.encode())
    write_atomically(out / "contract.toml", (data_dir() / "contract.toml").read_bytes())
    write_atomically(marker, stamp.encode())
    begun.unlink()
