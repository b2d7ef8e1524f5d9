"""One file in the making: its fonts, its static pages, and a setter for every variant and every mark it has met.

Step 4 (compose), between the press (`press.slot`) and the writer (`press.write`). Everything a page needs that is the same on the
next page is worked out once a file; what is left for a page is to ask its record for texts and to join bytes.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from operator import getitem
from typing import Any, Protocol, TypeVar, cast

from print_service.findings import Finding, RefusedError
from print_service.press.embed import UsedGlyph
from print_service.press.errors import PressError, press_error
from print_service.press.fonts import FontFile, FontTable
from print_service.press.fontuse import FontUse
from print_service.press.glyphs import FontChain
from print_service.press.marks import MarkSetter, missing_marks, wrong_fields
from print_service.press.model import Filling, Form
from print_service.press.recipe import Rows
from print_service.press.settext import SlotSetter
from print_service.press.shaping import Shaper
from print_service.press.slots import Show, StaticPage
from print_service.press.variants import ReadyForm, ReadyVariant
from print_service.press.write import Page, Static, points

_MPT = 1000
_Answer = TypeVar("_Answer")

Fonts = dict[str, tuple[FontFile, Sequence[UsedGlyph]]]


class Source(Protocol):
    """What a file takes from its press: fonts and forms, opened once a process."""

    fonts: FontTable

    def form(self, form: Form) -> ReadyForm:
        """The form with its variants."""
        ...

    def shaper(self, font: str) -> Shaper:
        """The shaper of a font id."""
        ...

    def chain(self, name: str, own: str) -> FontChain:
        """The fonts asked for a part of a slot."""
        ...


class FileMaker:
    """Makes the pages of one file; `statics` and `fonts` are filled by `finish`, after the last page."""

    def __init__(self, press: Source) -> None:
        self.statics: dict[str, Static] = {}
        self.fonts: Fonts = {}
        self._press = press
        self._uses: dict[str, FontUse] = {}
        self._variants: dict[int, _VariantSetter] = {}
        self._marks: dict[tuple[int, str], MarkSetter] = {}
        self._static_pages: dict[int, tuple[str, Form, StaticPage]] = {}

    def pages(self, filling: Filling) -> list[Page]:
        """The pages of one form. Raises PressError."""
        ready = self._press.form(filling.form)
        if filling.fields.keys() != ready.fields:
            raise PressError(wrong_fields(filling))
        variant = _ask(lambda: ready.variant(filling.fields), filling.form)
        setter = self._variants.get(id(variant))
        if setter is None:
            setter = self._variants[id(variant)] = _VariantSetter(self, ready, variant)
        return setter.pages(filling, self._mark_operators(filling))

    def finish(self) -> None:
        """Draw the static pages with this file's codes, then list what each font shows."""
        for name, form, page in self._static_pages.values():
            content = self._static_content(form, page)
            self.statics[name] = Static(name, form.paper.width_mm, form.paper.height_mm, content)
        self.fonts.update({font: (use.file, use.glyphs()) for font, use in sorted(self._uses.items())})

    def use(self, font: str) -> FontUse:
        """This file's use of a font id."""
        if font not in self._uses:
            self._uses[font] = FontUse(self._press.fonts.files[font], self._press.shaper(font))
        return self._uses[font]

    def slot_setter(self, form: Form, variant: ReadyVariant, number: int) -> SlotSetter:
        """The setter of one slot of a form."""
        slot = variant.variant.slots[number]
        chains = [[self._press.chain(name, slot.font) for name in row] for row in variant.chains[number]]
        height = round(points(form.paper.height_mm) * _MPT)
        return SlotSetter(slot, chains, self.use, height, form.id)

    def static(self, form: Form, page: StaticPage) -> str:
        """The name of a static page; pages that are the same object are one object of the file."""
        if id(page) not in self._static_pages:
            self._static_pages[id(page)] = (f"S{len(self._static_pages)}", form, page)
        return self._static_pages[id(page)][0]

    def _mark_operators(self, filling: Filling) -> list[list[bytes]]:
        form = filling.form
        pages: list[list[bytes]] = [[] for _ in range(form.paper.pages)]
        for name, ink in filling.marks.items():
            setter = self._marks.get((id(form), name))
            if setter is None:
                setter = self._marks[id(form), name] = MarkSetter(form, name, upwards=True)
            pages[setter.page - 1].append(setter(ink))
        if missing := list(missing_marks(filling)):
            raise PressError(missing)
        return pages

    def _static_content(self, form: Form, page: StaticPage) -> bytes:
        items = [item.encode() if isinstance(item, str) else self._show(item) for item in page.items]
        return b"q .75 0 0 -.75 0 %b cm\n%b\nQ" % (f"{points(form.paper.height_mm):f}".encode(), b"\n".join(items))

    def _show(self, show: Show) -> bytes:
        use = self.use(show.font)
        glyphs = b"".join(
            b"<%04x>" % use.code(text, gid) + (b"%d" % kerning if kerning else b"")
            for text, gid, kerning in show.glyphs
        )
        return b"/%b %b Tf [%b] TJ" % (use.id, show.size.encode(), glyphs)


def _ask(question: Callable[[], _Answer], form: Form) -> _Answer:
    """What a record answers. A record that is not as the form expects it is refused, not the file it stands in."""
    try:
        return question()
    except PressError:
        raise
    except RefusedError as error:
        raise PressError(
            Finding(fault.key, fault.where or form.id, fault.values) for fault in error.findings
        ) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise press_error("press.template", form.id, form=form.id, reason=reason) from error


class _VariantSetter:
    """One variant in one file: what its pages start with, and its slots' setters."""

    def __init__(self, file: FileMaker, ready: ReadyForm, variant: ReadyVariant) -> None:
        form = ready.form
        self._paper = form.paper
        self._rows = variant.rows
        self._starts: list[bytes] = []
        self._form = form
        for number in range(form.paper.pages):
            grounds = [ready.ground[number]] if ready.ground else []
            names = [file.static(form, page) for page in (*grounds, variant.variant.pages[number]) if page.items]
            drawn = b"".join(b"/%b Do " % name.encode() for name in names)
            self._starts.append(drawn + b"q .001 0 0 .001 0 0 cm 0 g BT")
        setters = [file.slot_setter(form, variant, number) for number in range(len(variant.variant.slots))]
        self._quick: list[Mapping[Any, bytes | None]] = [row for setter in setters for row in setter.quick]
        ends = accumulate((len(setter.quick) for setter in setters), initial=0)
        self._slots = [(setter, slice(*own)) for setter, own in zip(setters, pairwise(ends), strict=True)]
        pages = [slot.page for setter, slot in zip(setters, variant.variant.slots, strict=True) for _ in setter.quick]
        edges = (bisect_right(pages, number) for number in range(form.paper.pages + 1))
        self._own = [slice(*own) for own in pairwise(edges)]

    def pages(self, filling: Filling, marks: list[list[bytes]]) -> list[Page]:
        """The pages of one record. Raises PressError with every fault of its texts."""
        rows = _ask(lambda: self._rows(filling.fields), self._form)
        quick: list[bytes | None] = list(map(getitem, self._quick, rows))
        shown = self._completed(quick, rows) if None in quick else cast("list[bytes]", quick)
        paper = self._paper
        return [
            Page(paper.width_mm, paper.height_mm, paper.bleed_mm, b"\n".join([start, *shown[own], b"ET Q", *own_marks]))
            for start, own, own_marks in zip(self._starts, self._own, marks, strict=True)
        ]

    def _completed(self, quick: list[bytes | None], rows: Rows) -> list[bytes]:
        """The same with the slots in place that have a row which is not quick, each instead of its first row."""
        shown = [row or b"" for row in quick]
        faults = list[Finding]()
        for setter, own in self._slots:
            if None in quick[own]:
                try:
                    shown[own] = [setter(rows[own]), *[b""] * (own.stop - own.start - 1)]
                except PressError as error:
                    faults += error.findings
        if faults:
            raise PressError(faults)
        return shown
