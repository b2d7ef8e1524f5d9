"""Small forms for the press's tests, written into a folder of their own."""

from datetime import date
from pathlib import Path

from print_service.press.forms import _load, load_form
from print_service.press.model import Form

TOML = """
id = "{form}"
title = "カード"
[paper]
width_mm = "100.0"
height_mm = "{height}"
pages = {pages}
duplex = false
[[version]]
valid_from = 2024-04-01
source = "test"
fields = {fields}
[version.texts]
greeting = "拝啓"
[version.texts.kinds]
slip = "納付書"
account = "口座振替"
"""
CSS = "body { margin: 0 } .page { position: relative } .page + .page { break-before: page } "
CSS += ".b { position: absolute; font: 10pt/1.2 'BIZ UDGothic'; white-space: pre } .w { white-space: normal; overflow-wrap: anywhere }"


def make_form(root: Path, body: str, fields: list[str], css: str = "", pages: int = 1, height: str = "60.0") -> Form:
    """A form `card` of these fields below `root`."""
    folder = root / "notices" / "card"
    folder.mkdir(parents=True, exist_ok=True)
    (root / "shared").mkdir(exist_ok=True)
    listed = "[" + ", ".join(f'"{field}"' for field in fields) + "]"
    toml = TOML.format(form="card", pages=pages, height=height, fields=listed)
    for name, text in (("form.toml", toml), ("form.html", body), ("form.css", CSS + css)):
        (folder / name).write_text(text, encoding="utf-8")
    _load.cache_clear()
    return load_form("card", date(2026, 1, 1), root)


def box(content: str, style: str = "left:5mm;top:5mm;width:60mm;height:5mm", css: str = "b", **attributes: str) -> str:
    """One absolutely placed box."""
    extra = "".join(f' data-{name}="{value}"' for name, value in attributes.items())
    return f'<div class="{css}"{extra} style="{style}">{content}</div>'


def page(*boxes: str) -> str:
    """A page with these boxes."""
    return f'<div class="page">{"".join(boxes)}</div>'
