"""Settings of one ward: `ward.toml` → `Settings`, typed and frozen after load.

Whatever the public sources leave to the ward (numbers it is assigned, day counts of its ordinance) is a setting here with a
clearly synthetic default; docs/open-questions.md says what the ward must supply. `print-service init` writes a file to edit.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from print_service.findings import Finding, RefusedError
from print_service.resources import data_dir

Digits3 = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
Digits5 = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Digits6 = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Ward(_Table):
    """Who issues the notices; printed as given."""

    prefecture: str = Field(description="Prefecture 都道府県 of the ward")
    name: str = Field(description="Name of the ward")
    mayor_title: str = Field(description="Title under which the mayor issues notices")
    mayor_name: str = Field(description="Name of the mayor")
    office: str = Field(description="Section that answers questions")
    postcode: str = Field(description="Post code of the office, as printed")
    address: str = Field(description="Address of the office, as printed")
    phone: str = Field(description="Telephone of the office, as printed")
    hours: str = Field(description="Opening hours, as printed")
    local_postcodes: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{3,7}$")], ...] = Field(
        description="Leading digits of the ward's own post codes (区内特別郵便)"
    )


class Slips(_Table):
    """Numbers of the payment slips."""

    agency: Digits5 = Field(description="Pay-easy 収納機関番号")
    issuer: Digits6 = Field(description="請求書発行企業コード of the GS1-128")
    company: Digits5 = Field(description="収納企業コード, first five digits of the free area")
    category: Mapping[str, Digits3] = Field(description="納付区分 (税目・料金番号) by tax item")
    tax_code: Mapping[str, Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]] = Field(
        description="Tax code inside 納付番号 by tax item"
    )
    handling_days: int = Field(ge=0, description="Days after the due date until which shops and phones take the slip")


class ElQr(_Table):
    """eL-QR (地方税統一QRコード); numbers are assigned by 地方税共同機構."""

    enabled: bool = Field(description="Whether slips carry an eL-QR and its number")
    organisation: Digits5 = Field(description="共通納税機関コード")
    office: Digits3 = Field(description="税務事務所コード")


class Ocr(_Table):
    """OCR行: the two lines of the standard slip (標準帳票) that a bank's machine reads."""

    enabled: bool = Field(description="Whether slips carry the two OCR lines")
    accounting: Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")] = Field(
        description="会計 in the upper line (01: general account)"
    )
    account_item: Mapping[str, Digits6] = Field(description="科目ID in the lower line by tax item")


class Dunning(_Table):
    """Reminders and final demands (督促・催告)."""

    reminder_after_days: int = Field(ge=1, description="督促状 is issued this many days after the due date")
    pay_within_days: int = Field(ge=1, description="Designated limit on a reminder, days after its issue")
    expected_lag_days: int = Field(ge=0, description="Days by which a payment channel may lag behind the run")


class Handover(_Table):
    """Containers and media (封緘・授受)."""

    valid_days: int = Field(ge=1, description="Days for which a container may be opened")
    return_days: int = Field(
        ge=1, description="Days after hand-over by which the medium is back and every copy is erased"
    )
    copies_allowed: int = Field(ge=0, description="Copies the vendor may hold at once")


class PressRoom(_Table):
    """How pages are made."""

    chunk_pieces: int = Field(ge=1, le=5000, description="Pieces in one PDF file")
    workers: int = Field(ge=0, description="Processes; 0 = one per core")
    bar_reduction: int = Field(
        ge=0, le=2, description="Dots (1/600 inch) taken off every bar for a printer whose ink spreads"
    )


class Inspection(_Table):
    """Sampling before mailing (区の検査)."""

    sample_per_stratum: int = Field(ge=1, description="Random pieces taken from each stratum")


class Settings(_Table):
    """Everything a ward decides. `home` is the folder of ward.toml; relative paths start there."""

    home: Path = Field(description="Folder of ward.toml; set by the program, not in the file")
    ledger_url: str = Field(
        description="SQLAlchemy URL of the ledger: sqlite:/// (relative to ward.toml) or postgresql+psycopg://"
    )
    output: Path = Field(description="Folder of jobs, media and letters, relative to ward.toml")
    ward: Ward
    slips: Slips
    el_qr: ElQr
    ocr: Ocr
    dunning: Dunning
    handover: Handover
    press: PressRoom
    inspection: Inspection

    @property
    def workers(self) -> int:
        """Processes to use, resolved."""
        return self.press.workers or len(os.sched_getaffinity(0))

    @property
    def cache(self) -> Path:
        """Folder for what can be made again (font links)."""
        base = os.environ.get("XDG_CACHE_HOME")
        return (Path(base) if base else Path.home() / ".cache") / "print-service"


def template() -> str:
    """Text of the commented ward.toml that `init` writes and the demo uses."""
    return (data_dir() / "ward.toml").read_text(encoding="utf-8")


def load_settings(path: Path) -> Settings:
    """Read ward.toml. Every fault at once: keys `settings.*`."""
    if not path.is_file():
        raise RefusedError([Finding("settings.missing", str(path))])
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusedError([Finding("settings.unreadable", str(path), {"reason": str(error)})]) from error
    home = path.resolve().parent
    output = Path(str(table.pop("output", "output")))
    url = str(table.pop("ledger_url", "sqlite:///ledger.sqlite"))
    table |= {"home": home, "output": home / output, "ledger_url": _resolve(url, home)}
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise RefusedError([_finding(path, fault) for fault in error.errors()]) from error


def _resolve(url: str, home: Path) -> str:
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str(home / url.removeprefix(prefix))
    return url


_REASONS = {
    "missing": "項目がありません",
    "extra_forbidden": "知らない項目です。名前を確かめてください",
    "string_type": "文字列ではありません",
    "string_pattern_mismatch": "書式 {pattern} に合いません",
    "int_type": "整数ではありません",
    "int_parsing": "整数ではありません",
    "bool_type": "true または false ではありません",
    "bool_parsing": "true または false ではありません",
    "greater_than_equal": "{ge} 以上にしてください",
    "less_than_equal": "{le} 以下にしてください",
}
"""Japanese for the faults pydantic finds in such a file, by its own type; a rarer one keeps pydantic's words."""


def _finding(path: Path, fault: Mapping[str, Any]) -> Finding:
    field = ".".join(str(part) for part in fault["loc"])
    ours = _REASONS.get(str(fault["type"]))
    reason = ours.format_map(fault.get("ctx", {})) if ours else str(fault["msg"])
    return Finding("settings.invalid", f"{path}:{field}", {"field": field, "reason": reason})
