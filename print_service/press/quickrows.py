"""The quick way to fill a slot: rows of plain characters that fit at the slot's first size, which is nearly all there are.

Step 4 (compose), under `press.settext`, which sets whatever this leaves. A row is looked up by its text, so that what recurs from page
to page is set once; a row answers None where it has a character that is not plain, is too wide, or has spaces to spare in a slot
that collapses them.
"""

from collections.abc import Sequence

from print_service.press.fontuse import FontUse
from print_service.press.slots import Slot

# What WeasyPrint's rounding may add to a text that fits: half a CSS pixel, as for letters laid out whole.
SLACK = 375
# Texts that a batch repeats are among the first; those that are each payer's own are not worth a place.
REMEMBERED = 64

# Halves of the room that is left which stand before the text.
SIDEWAYS = {"left": 0, "center": 1, "right": 2}


class QuickRow(dict[str, bytes | None]):
    """One row of a slot at its first size and `baseline` (mpt from the page's foot), all in one font.

    The first row of a slot sets the font for those below it; `colour` is set before and black after it where it is another one.
    """

    def __init__(self, slot: Slot, use: FontUse, baseline: int, *, first: bool) -> None:
        super().__init__()
        self._known, self._collapse = use.known, slot.collapse
        self._size, self._upem = slot.steps[0].size, use.upem
        self._x, self._width, self._sideways = slot.x, slot.width, SIDEWAYS[slot.align]
        self._least_room = 0 if slot.wrap else -SLACK
        self._font = b"/%b %d Tf" % (use.id, self._size) if first else b""
        before, self._after = _colours(slot)
        self._head = b"%b%b1 0 0 1 " % (before, self._font + b" " if first else b"")
        self._tail = b" %d Tm " % baseline
        self._left = b"%b%d%b" % (self._head, self._x, self._tail)

    def __missing__(self, text: str) -> bytes | None:
        if not text:
            return self._font
        found = self._known[text]
        if found is None or (self._collapse and " " in text and _has_spare_spaces(text)):
            return None
        room = self._width - found[0] * self._size // self._upem
        if room < self._least_room:
            return None
        if self._sideways:
            x = self._x + room * self._sideways // 2
            shown = b"%b%d%b%b%b" % (self._head, x, self._tail, found[1], self._after)
        else:
            shown = self._left + found[1] + self._after
        if len(self) < REMEMBERED:
            self[text] = shown
        return shown


class MixedRow(dict[tuple[str, ...], bytes | None]):
    """One row of a slot whose texts are each in a font of their own; as `QuickRow`, but a tuple of texts."""

    def __init__(self, slot: Slot, uses: Sequence[FontUse], baseline: int) -> None:
        super().__init__()
        self._slot, self._uses, self._size = slot, uses, slot.steps[0].size
        self._collapse = slot.collapse
        self._sideways = SIDEWAYS[slot.align]
        self._least_room = 0 if slot.wrap else -SLACK
        before, self._after = _colours(slot)
        self._head, self._tail = before + b"1 0 0 1 ", b" %d Tm" % baseline
        self._fonts = [b" /%b %d Tf " % (use.id, self._size) for use in uses]

    def __missing__(self, texts: tuple[str, ...]) -> bytes | None:
        size, room = self._size, self._slot.width
        shown: list[bytes] = []
        for text, use, font in zip(texts, self._uses, self._fonts, strict=True):
            if text:
                found = use.known[text]
                if found is None or (self._collapse and " " in text and _has_spare_spaces(text)):
                    return None
                room -= found[0] * size // use.upem
                shown += font, found[1]
        if room < self._least_room:
            return None
        x = self._slot.x + room * self._sideways // 2
        line = b"%b%d%b%b%b" % (self._head, x, self._tail, b"".join(shown), self._after) if shown else b""
        if len(self) < REMEMBERED:
            self[texts] = line
        return line


def _has_spare_spaces(text: str) -> bool:
    """Whether a text begins or ends with a space or has two together."""
    return "  " in text or text[:1] == " " or text[-1:] == " "


def _colours(slot: Slot) -> tuple[bytes, bytes]:
    return (b"", b"") if slot.color == "0 g" else (slot.color.encode() + b" ", b" 0 g")
