"""Settings of one ward: `ward.toml` → `Settings`, typed and frozen after load.

Whatever the public sources leave to the ward (numbers it is assigned, day counts of its ordinance) is a setting here with a
clearly synthetic default; docs/open-questions.md says what the ward must supply. `print-service init` writes a file to edit.
"""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, ValidationError

from print_service.findings import Finding, RefusedError
from print_service.resources import data_dir

Digits3 = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
Digits5 = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
Digits6 = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Delivery = Annotated[
    str, StringConstraints(pattern=r"^(business-days|every-day|due-dates|weekly-(mon|tue|wed|thu|fri))$")
]


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

    def issuer(self) -> dict[str, str]:
        """The issuer block 発行者 of every form, under the names that forms use."""
        table = {key: str(value) for key, value in self.model_dump(exclude={"local_postcodes"}).items()}
        table["ward"] = table.pop("name")
        return table


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


class Instalments(_Table):
    """Split of the annual tax (期割), where the ordinance differs from 地方税法20条の4の2第6項."""

    unit: Literal[100, 1000] = Field(description="Yen below this in each instalment go to one of them")
    remainder: Literal["first", "last"] = Field(description="The instalment that takes them")
    single_up_to: int = Field(
        ge=0, description="Annual tax in yen up to which there is one instalment only; 0: by the split"
    )


class Sending(_Table):
    """What is sent ahead of the letters (調定データ): payable keys to the centres."""

    destinations: tuple[str, ...] = Field(description="Centres that must know a key before its letter leaves")
    payable_after_days: int = Field(ge=0, description="Business days from sending a file until its keys can be paid")
    days_in_mail: int = Field(ge=0, description="Days from posting until the first letter can be in a payer's hands")
    before_posting: Literal["refuse", "warn"] = Field(
        description="What happens when letters are to be posted whose keys cannot be paid in time"
    )


class Collection(_Table):
    """Payment channels and their files (収納)."""

    lag_business_days: Mapping[str, NonNegativeInt] = Field(
        description="The ward's payment channels, and by how many business days the files of each may lag"
    )
    delivery: Mapping[str, Delivery] = Field(
        default={},
        description="Days of which a channel's files must tell, where they are not those of payment-channels.toml",
    )
    since: Mapping[str, date] = Field(
        default={}, description="First day of which a channel tells that the ward added after its first letters left"
    )
    remove_input: bool = Field(description="Whether a payment file is removed from its folder once it is loaded")


class Dunning(_Table):
    """Reminders and final demands (督促・催告)."""

    reminder_after_days: int = Field(ge=1, description="督促状 is issued this many days after the due date")
    pay_within_days: int = Field(ge=1, description="Designated limit on a reminder, days after its issue")
    demand_after_days: int = Field(ge=0, description="Days after a reminder's limit before a 催告書 may follow")
    demand_again_after_days: int = Field(ge=0, description="Days before the same instalment is demanded again")
    demand_least: int = Field(ge=0, description="Least sum in yen, late charge included, for which a 催告書 is sent")
    late_charge_alone: bool = Field(
        description="Whether a 催告書 also asks for the late charge of tax that was paid late but in full"
    )


class Handover(_Table):
    """Containers and media (封緘・授受)."""

    valid_days: int = Field(ge=1, description="Days for which a container may be opened")
    return_days: int = Field(
        ge=1, description="Days after hand-over by which the medium is back and every copy is erased"
    )
    copies_allowed: int = Field(ge=0, description="Copies the vendor may hold at once")
    age_recipient: str = Field(
        default="",
        pattern="^(age1[02-9ac-hj-np-z]{58})?$",
        description="The vendor's age public key; containers then open with its private key and no letter is printed",
    )
    warn_days: int = Field(ge=0, description="Days before a deadline or a lapse from which it is warned of")
    vendor_report_days: int = Field(ge=0, description="Days within which the vendor reports an incident in writing")


class GaijiFile(_Table):
    """A font file with the ward's own characters (外字). One table a file; none unless the ward has such files."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,18}[a-z0-9])?$")] = Field(
        description="Our name for the file"
    )
    file: Path = Field(description="The file, relative to ward.toml")
    face: int = Field(default=0, ge=0, description="Face within a collection (.ttc)")
    family: Annotated[str, StringConstraints(pattern=r'^[^"\\]+$')] = Field(
        description="Family name inside the file; no other font may have it"
    )
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] = Field(description="SHA-256 of the file")
    ranges: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9A-F]{4,6}-[0-9A-F]{4,6}$")], ...] = Field(
        min_length=1, description="Private-use code points it is asked for, like E000-E757 or F0000-FFFFD"
    )


class PressRoom(_Table):
    """How pages are made."""

    chunk_pieces: int = Field(ge=1, le=5000, description="Pieces in one PDF file")
    workers: int = Field(ge=0, description="Processes; 0 = one per core")
    bar_reduction: int = Field(
        ge=0, le=2, description="Dots (1/600 inch) taken off every bar for a printer whose ink spreads"
    )
    mixed_design: bool = Field(
        description="Whether a name takes a character its font lacks from a font of another design; if not, the piece is held"
    )
    aj1_as_moji_joho: bool = Field(
        description="Whether an Adobe-Japan1 variant is drawn by the Moji_Joho variant of the same shape where that is known"
    )
    gaiji: tuple[GaijiFile, ...] = Field(default=(), description="Font files with the ward's own characters")


class ProofRoom(_Table):
    """What the printer and the folding machine ask of a page, judged when the pages are read back."""

    margin_mm: Decimal = Field(ge=0, le=20, description="Strip along every edge that the printer cannot print, mm")
    fold_clear_mm: Decimal = Field(
        ge=0, le=20, description="How far marks stay from folds and from lines to tear along, mm"
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
    calendar: Path = Field(
        description="The ward's own days and due dates, relative to ward.toml; the file need not be there"
    )
    ward: Ward
    slips: Slips
    el_qr: ElQr
    ocr: Ocr
    instalments: Instalments
    sending: Sending
    collection: Collection
    dunning: Dunning
    handover: Handover
    press: PressRoom
    proof: ProofRoom
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
    own_days = Path(str(table.pop("calendar", "calendar.toml")))
    url = str(table.pop("ledger_url", "sqlite:///ledger.sqlite"))
    table |= {
        "home": home,
        "output": home / output,
        "calendar": home / own_days,
        "ledger_url": _resolve(url, home),
    }
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
    "literal_error": "{expected} のいずれかにしてください",
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
