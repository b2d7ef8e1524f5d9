"""Letters and certificates that are one document, not a batch: printed by the same press, in a worker that has the fonts."""

from collections.abc import Mapping
from concurrent.futures import Executor
from datetime import date
from pathlib import Path
from typing import Any

from print_service.notices.compose import press
from print_service.press.forms import load_form
from print_service.press.model import Filling
from print_service.settings import Settings


def print_letter(settings: Settings, pool: Executor, form_id: str, on: date, fields: Mapping[str, Any]) -> bytes:
    """The PDF of one letter form (`templates/letters/<form_id>`) as valid on a day."""
    return pool.submit(_print, form_id, on, dict(fields), settings.cache).result()


def _print(form_id: str, on: date, fields: dict[str, Any], cache_dir: Path) -> bytes:
    return press(cache_dir).print_piece([Filling(load_form(form_id, on), fields, {})]).pdf
