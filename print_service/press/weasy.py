"""`WeasyPress`: whole pages by WeasyPrint, a PDF for each piece. For letters, and as the slot press's oracle.

Step 4 (compose). A batch goes through `press.slot`; what is printed one at a time (letters, slips of the hand-over, certificates)
is laid out here in full, with tables and flowing text that no slot could hold. A form folder holds `form.html` (what a record
fills) and may hold `ground.html` (rules, labels and wording, the same on every copy), painted under it; marks are painted last.
Facts about WeasyPrint 70: its `document.py` (`Document.copy` joins pages of several documents).
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from print_service.press.errors import PressError
from print_service.press.fonts import load_fonts
from print_service.press.layers import LayeredPage
from print_service.press.layout import LayoutEngine, warnings_are_errors
from print_service.press.marks import MarkSetter, missing_marks, wrong_fields
from print_service.press.markup import parse_markup
from print_service.press.model import Filling, Form, PrintedPiece
from print_service.press.setting import TextSetter


class WeasyPress:
    """A press on WeasyPrint. `templates` holds `notices/`, `letters/`, `shared/`; `fonts_cache` may be shared by processes."""

    def __init__(self, templates: Path, fonts_cache: Path, fonts: Path | None = None) -> None:
        self._engine = LayoutEngine(templates, fonts_cache, fonts)
        self._templates = templates
        self._setter = TextSetter(templates, load_fonts(fonts))

    def print_piece(self, fillings: Sequence[Filling]) -> PrintedPiece:
        """All pages of one piece. Raises MissingGlyphError or PressError."""
        for filling in fillings:
            if faults := [*wrong_fields(filling), *missing_marks(filling)]:
                raise PressError(faults)
        with warnings_are_errors(", ".join(dict.fromkeys(filling.form.id for filling in fillings))):
            documents, pages = [], []
            for filling in fillings:
                document, layered = self._fill(filling)
                documents.append(document)
                pages += layered
            pdf: bytes = documents[0].copy(pages).write_pdf()
        return PrintedPiece(pdf, len(pages))

    def _fill(self, filling: Filling) -> tuple[Any, list[LayeredPage]]:
        form = filling.form
        layers = [self._lay_out(form, "form.html", dict(filling.fields))]
        if (form.folder / "ground.html").is_file():
            layers.insert(0, self._lay_out(form, "ground.html", {}))
        pages = zip(*(document.pages for document in layers), strict=True)
        return layers[-1], [LayeredPage(*page) for page in zip(pages, _mark_operators(filling), strict=True)]

    def _lay_out(self, form: Form, file: str, values: dict[str, object]) -> Any:
        template = (form.folder / file).relative_to(self._templates).as_posix()
        body = self._setter.render(template, form.id, form=form, texts=form.texts, **values)
        return self._engine.lay_out(form, parse_markup(form, template, body))


def _mark_operators(filling: Filling) -> list[bytes]:
    pages: list[list[bytes]] = [[] for _ in range(filling.form.paper.pages)]
    for name, ink in sorted(filling.marks.items()):
        setter = MarkSetter(filling.form, name, upwards=False)
        pages[setter.page - 1].append(setter(ink))
    return [b"\n".join(operators) for operators in pages]
