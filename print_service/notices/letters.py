"""Letters and certificates that are one document, not a batch: printed by the same press, in a worker that has the fonts."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import date
from pathlib import Path
from typing import Any

from print_service.notices.compose import letter_press
from print_service.notices.ward_fonts import fonts_folder
from print_service.press.forms import load_form
from print_service.press.model import Filling
from print_service.settings import Settings


def print_letter(settings: Settings, pool: Executor, form_id: str, on: date, fields: Mapping[str, Any]) -> bytes:
    """The PDF of one letter form (`templates/letters/<form_id>`) as valid on a day."""
    return print_letter_parts(settings, pool, form_id, on, [fields])


def print_letter_parts(
    settings: Settings, pool: Executor, form_id: str, on: date, parts: Sequence[Mapping[str, Any]]
) -> bytes:
    """The PDF of a letter form filled several times, one part after the other: a list longer than its form holds."""
    return pool.submit(
        _print, form_id, on, [dict(fields) for fields in parts], settings.cache, fonts_folder(settings)
    ).result()


def _print(form_id: str, on: date, parts: list[dict[str, Any]], cache_dir: Path, fonts: Path) -> bytes:
    form = load_form(form_id, on)
    return letter_press(cache_dir, fonts).print_piece([Filling(form, fields, {}) for fields in parts]).pdf
