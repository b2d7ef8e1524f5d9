"""Reading forms: `templates/{notices,letters}/<form>/form.toml` → the version that was valid on a day.

A re-issue must look as on its day, so wording and fields stand in dated versions and the caller names the day. All faults of
a form.toml are reported at once. The form's hash covers its folder and the shared templates: with the data and the fonts it
fixes every byte of the page.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.press.model import Form, Paper, Zone
from print_service.press.sources import source_digest, source_text
from print_service.resources import templates_dir

KINDS = ("notices", "letters")
ZONE_KINDS = frozenset({"piece", "gs1-128", "el-qr", "customer", "ocr"})
AREA_KINDS = frozenset({"window", "fold", "stamp"})
_LENGTHS = ("x_mm", "y_mm", "width_mm", "height_mm")


def load_form(form_id: str, on: date, root: Path | None = None) -> Form:
    """The version of a form valid on a day. Raises PressError with every fault of its form.toml."""
    return _load(form_id, on, root or templates_dir())


def form_ids(root: Path | None = None) -> list[str]:
    """Every form below the templates folder."""
    root = root or templates_dir()
    return sorted(path.parent.name for kind in KINDS for path in (root / kind).glob("*/form.toml"))


@lru_cache(maxsize=256)
def _load(form_id: str, on: date, root: Path) -> Form:
    folder = next((root / kind / form_id for kind in KINDS if (root / kind / form_id / "form.toml").is_file()), None)
    if folder is None:
        raise press_error("press.form-unknown", form=form_id, root=str(root))
    path = folder / "form.toml"
    try:
        table = tomllib.loads(source_text(path))
    except (OSError, ValueError) as error:
        raise press_error("press.form-toml", str(path), reason=str(error)) from error
    return _Reader(path, table).form(form_id, on)


class _Reader:
    """Reads one form.toml and gathers what is wrong with it."""

    def __init__(self, path: Path, table: Mapping[str, Any]) -> None:
        self._path = path
        self._table = table
        self._faults: list[Finding] = []

    def form(self, form_id: str, on: date) -> Form:
        if self._text(self._table, "id") not in ("", form_id):
            self._fault("press.form-value", key="id", value=str(self._table["id"]), expected=f"フォルダ名 {form_id}")
        title = self._text(self._table, "title")
        paper = self._paper()
        zones = self._zones("zones", ZONE_KINDS, paper)
        areas = self._zones("areas", AREA_KINDS, paper)
        versions = [self._version(index, row) for index, row in enumerate(self._version_rows())]
        self._check_overlaps(versions)
        if self._faults:
            raise PressError(self._faults)
        for valid_from, valid_to, fields, texts in versions:
            if valid_from <= on and (valid_to is None or on <= valid_to):
                folder = self._path.parent
                digest = source_digest((folder.parent.parent / "shared", folder))
                return Form(form_id, title, paper, zones, areas, texts, fields, valid_from, folder, digest)
        raise press_error("press.form-version-none", str(self._path), form=form_id, day=on.isoformat())

    def _fault(self, rule: str, **values: str | int) -> None:
        self._faults.append(Finding(rule, str(self._path), values))

    def _missing(self, key: str) -> None:
        self._fault("press.form-key-missing", key=key)

    def _wrong(self, key: str, value: object, expected: str) -> None:
        self._fault("press.form-value", key=key, value=repr(value), expected=expected)

    def _text(self, table: Mapping[str, Any], key: str) -> str:
        value = table.get(key)
        if value is None:
            self._missing(key)
            return ""
        if not isinstance(value, str):
            self._wrong(key, value, "文字列")
            return ""
        return value

    def _length(self, table: Mapping[str, Any], key: str, name: str) -> Decimal:
        value = table.get(key)
        if value is None:
            self._missing(name)
            return Decimal(0)
        try:
            length = Decimal(value) if isinstance(value, str) else None
        except InvalidOperation:
            length = None
        if length is None or not length.is_finite() or length < 0:
            self._wrong(name, value, 'ミリメートルの文字列（例 "12.5"）')
            return Decimal(0)
        return length

    def _paper(self) -> Paper:
        row = self._table.get("paper")
        if not isinstance(row, dict):
            self._missing("paper")
            return Paper(Decimal(0), Decimal(0), 1, duplex=False)
        pages, duplex = row.get("pages"), row.get("duplex")
        if not isinstance(pages, int) or isinstance(pages, bool) or pages < 1:
            self._wrong("paper.pages", pages, "1以上の整数")
            pages = 1
        if not isinstance(duplex, bool):
            self._wrong("paper.duplex", duplex, "true または false")
            duplex = False
        width = self._length(row, "width_mm", "paper.width_mm")
        height = self._length(row, "height_mm", "paper.height_mm")
        bleed = self._length(row, "bleed_mm", "paper.bleed_mm") if "bleed_mm" in row else Decimal(0)
        return Paper(width, height, pages, duplex, bleed)

    def _zones(self, section: str, kinds: frozenset[str], paper: Paper) -> dict[str, Zone]:
        zones = {}
        for name, row in self._rows(section).items():
            key = f"{section}.{name}"
            if not isinstance(row, dict):
                self._wrong(key, row, f"[{key}] の表")
                continue
            kind, page = row.get("kind"), row.get("page")
            if not isinstance(kind, str) or kind not in kinds:
                self._wrong(f"{key}.kind", kind, " / ".join(sorted(kinds)))
            if not isinstance(page, int) or not 1 <= page <= paper.pages:
                self._wrong(f"{key}.page", page, f"1〜{paper.pages} の整数")
            x, y, width, height = (self._length(row, length, f"{key}.{length}") for length in _LENGTHS)
            if x + width > paper.width_mm or y + height > paper.height_mm:
                self._fault("press.form-zone-outside", zone=key, paper=f"{paper.width_mm}×{paper.height_mm} mm")
            zones[name] = Zone(name, str(kind), page if isinstance(page, int) else 1, x, y, width, height)
        return zones

    def _rows(self, section: str) -> Mapping[str, Any]:
        rows = self._table.get(section, {})
        if isinstance(rows, dict):
            return rows
        self._wrong(section, rows, f"[{section}.名前] の表")
        return {}

    def _version_rows(self) -> list[Mapping[str, Any]]:
        rows = self._table.get("version", [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return rows
        value = "[version]" if isinstance(rows, dict) else repr(rows)
        self._fault("press.form-value", key="version", value=value, expected="[[version]]（かぎ括弧は二つずつ）の表")
        return []

    def _version(self, index: int, row: Mapping[str, Any]) -> tuple[date, date | None, tuple[str, ...], dict[str, Any]]:
        key = f"version[{index}]"
        valid_from, valid_to = row.get("valid_from"), row.get("valid_to")
        if type(valid_from) is not date:
            self._wrong(f"{key}.valid_from", valid_from, "日付")
            valid_from = date.max
        if valid_to is not None and (type(valid_to) is not date or valid_to < valid_from):
            self._wrong(f"{key}.valid_to", valid_to, "valid_from 以後の日付")
            valid_to = None
        if not isinstance(row.get("source"), str):
            self._missing(f"{key}.source")
        fields = row.get("fields")
        if not isinstance(fields, list) or not all(isinstance(field, str) for field in fields):
            self._wrong(f"{key}.fields", fields, "項目名の一覧")
            fields = []
        texts = row.get("texts")
        if not isinstance(texts, dict):
            self._missing(f"{key}.texts")
            texts = {}
        return valid_from, valid_to, tuple(fields), texts

    def _check_overlaps(self, versions: list[tuple[date, date | None, tuple[str, ...], dict[str, Any]]]) -> None:
        if "version" not in self._table:
            self._missing("version")
        ordered = sorted(versions, key=lambda version: version[0])
        for earlier, later in pairwise(ordered):
            if earlier[1] is None or earlier[1] >= later[0]:
                self._fault("press.form-versions-overlap", day=later[0].isoformat())
