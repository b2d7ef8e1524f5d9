"""WeasyPrint as a rival of `press.py`: HTML and CSS of the same templates.

Each filling is laid out as a document; the pages of all are put into one file (`Document.copy`), which embeds each font once: a third
quicker than a file a filling. Marks are PNG pictures in the markup: a tenth quicker than paths of SVG. The style sheet of a form is
parsed once.
"""

import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from PIL import Image
from press_marks import DOT, picture
from press_page import Forms, Job, Part, Record
from press_records import Said

from print_service.press.layout import first_sizes
from print_service.press.model import Form, Zone

# Ground, filling and marks of a page lie upon each other.
LAYERS = ".page { position: absolute; left: 0; top: 0 } .all { position: relative; break-after: page } .all:last-child { break-after: auto }"


class WeasyPrint:
    """One file of all records, a document a filling."""

    name = "WeasyPrint, documents joined"

    def __init__(self, forms: Forms, _: Job, __: Path) -> None:
        import weasyprint  # noqa: PLC0415 (after the press has set the fonts)

        self._weasyprint, self._forms = weasyprint, forms
        self._fonts = forms.engine._font_config
        self._known: dict[str, tuple[list[Any], list[str]]] = {}

    def draw(self, records: Sequence[Record]) -> list[bytes]:
        documents = [self._document(part) for record in records for part in record.parts]
        pages = [page for document in documents for page in document.pages]
        return [documents[0].copy(pages).write_pdf()]

    def _document(self, part: Part) -> Any:
        css, grounds = self._form(part.form)
        height = f"height:{part.form.paper.height_mm}mm"
        sheets = "".join(
            f'<div class="all" style="{height}">{ground}{filled}{self._marks(part, page)}</div>'
            for page, (ground, filled) in enumerate(
                zip(grounds, self._pages(part.form, "form.html", part.fields), strict=True), start=1
            )
        )
        source = f'<html lang="ja"><head><title>{part.form.title}</title></head><body>{sheets}</body></html>'
        return self._weasyprint.HTML(string=source).render(stylesheets=css, font_config=self._fonts)

    def _form(self, form: Form) -> tuple[list[Any], list[str]]:
        """The style and the ground of each page."""
        if form.id not in self._known:
            layers = self._weasyprint.CSS(string=LAYERS, font_config=self._fonts)
            css = [*self._forms.engine._stylesheets_of(form), layers]
            self._known[form.id] = css, self._pages(form, "ground.html", {})
        return self._known[form.id]

    def _pages(self, form: Form, file: str, values: Mapping[str, Any]) -> list[str]:
        root = self._forms.tree(form, self._forms.body(form, file, values))
        first_sizes(root)  # every record here keeps to the first of a box's type sizes
        return [ET.tostring(page, encoding="unicode", method="html") for page in root[1]]

    def _marks(self, part: Part, page: int) -> str:
        zones = part.form.zones
        return "".join(_image(zones[name], said) for name, said in part.marks.items() if zones[name].page == page)


def _image(zone: Zone, said: Said) -> str:
    found, file = picture(zone, said), io.BytesIO()
    Image.fromarray(~found.modules).save(file, "PNG")
    place = f"position:absolute;left:{found.x * DOT:.3f}pt;top:{found.y * DOT:.3f}pt"
    size = f"width:{found.width * DOT:.3f}pt;height:{found.height * DOT:.3f}pt"
    source = f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
    return f'<img style="{place};{size};image-rendering:pixelated" src="{source}"/>'
