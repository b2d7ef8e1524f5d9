"""The strings of a page as they stand on it: which font, which codes, which text, where; from the content streams themselves.

A small reader of the operators that move, set and show text (ISO 32000-1, 9.4) and of forms drawn with `Do`; paths and pictures
are stepped over, for the raster has them. Text is the marked content's ActualText where there is one, else the font's
ToUnicode: what every extractor would return, with variation selectors and private characters kept, which pdfium's drops.
Forms shared by many pages are read once.
"""

import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from pikepdf import Array, Name, Object, Stream

from print_service.proof.boxes import POINTS_TO_MM, inherited, read_boxes
from print_service.proof.pdf_fonts import PdfFont, read_font
from print_service.proof.pdf_tokens import NameOperand, operations

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 20  # forms within forms
_FARTHEST_MM = 1e6
_SIMPLE_WIDTH = 500.0  # of a font that is named as a fault anyway


class UnreadableError(Exception):
    """The page's content cannot be followed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One shown string: font object, codes, and its text with the code each piece of text belongs to.

    `matrix` takes text space (em/1000 across, em/1000 up) to millimetres from the top left of the paper as cut; `starts` are the places of the
    glyphs along the run, with the end of the last. `span` is the ActualText of the marked content it stands in, None outside of
    any: the first string of a span bears the whole as its text, the others none. `mode` is the text rendering mode, 0 for letters that
    are filled.
    """

    font: int
    codes: tuple[int, ...]
    text: str
    starts: tuple[float, ...]
    matrix: Matrix
    span: str | None = None
    mode: int = 0

    def place(self, along: float, up: float = 0.0) -> tuple[float, float]:
        """Millimetres from the paper's top left of a point `along` the baseline and `up` from it, in text space."""
        a, b, c, d, e, f = self.matrix
        return a * along + c * up + e, b * along + d * up + f


Ground = tuple[int, Matrix]
"""A form drawn by a page: its object number and where it stands."""


@dataclass(frozen=True, slots=True)
class PageStrings:
    """What a page shows: its own strings, the forms it draws, and all strings, those of the forms among them, in the order of its content."""

    runs: tuple[Run, ...]
    own: tuple[Run, ...]
    grounds: tuple[Ground, ...]


@dataclass(slots=True)
class _State:
    ctm: Matrix
    font: int = 0
    size: float = 0.0
    spacing: float = 0.0
    words: float = 0.0
    stretch: float = 1.0
    leading: float = 0.0
    rise: float = 0.0
    mode: int = 0


def multiply(m: Matrix, n: Matrix) -> Matrix:
    """m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


@dataclass
class Reader:
    """Reads the pages of one open file; fonts and shared forms are kept by their object number."""

    fonts: dict[int, PdfFont] = field(default_factory=dict)
    _fonts_of: dict[int, dict[bytes, int]] = field(default_factory=dict)
    _forms: dict[Ground, tuple[Run, ...]] = field(default_factory=dict)
    _unnumbered: int = 0

    def page(self, page: Object) -> PageStrings:
        """What the page shows. Raises UnreadableError for forms drawn in forms without end and for places no paper has."""
        trim, s = read_boxes(page).trim, POINTS_TO_MM
        ctm = (s, 0.0, 0.0, -s, -trim.left * s, trim.top * s)
        contents = page.get("/Contents")
        if contents is None:
            return PageStrings((), (), ())
        streams = contents.as_list() if isinstance(contents, Array) else [contents]
        data = b"\n".join(stream.read_bytes() for stream in streams)
        read = _Interpreter(self, inherited(page, "/Resources"), ctm, 0).read(data)
        for run in read.own:
            _require_paper(run)
        return read

    def form(self, stream: Object, resources: Object | None, ctm: Matrix, depth: int) -> Ground | None:
        """The key under which the strings of a form drawn under `ctm` are kept; None for a picture."""
        if stream.get("/Subtype") != Name.Form:
            return None
        if depth > _DEEPEST:
            raise UnreadableError("forms drawn in forms without end")
        matrix = stream.get("/Matrix")
        if matrix is not None:
            a, b, c, d, e, f = (float(value) for value in matrix.as_list())
            ctm = multiply((a, b, c, d, e, f), ctm)
        key = (stream.objgen[0], ctm)
        if key not in self._forms:
            own = stream.get("/Resources", resources)
            runs = _Interpreter(self, own, ctm, depth).read(stream.read_bytes()).runs
            for run in runs:
                _require_paper(run)
            self._forms[key] = runs
        return key

    def strings_of(self, ground: Ground) -> tuple[Run, ...]:
        """The strings of a form that was drawn, those of forms within it among them."""
        return self._forms[ground]

    def fonts_of(self, resources: Object | None) -> Mapping[bytes, int]:
        """Resource name → key of the font in `fonts`."""
        table = resources.get("/Font") if resources is not None else None
        if table is None:
            return {}
        number = table.objgen[0]
        if number and number in self._fonts_of:
            return self._fonts_of[number]
        named = {str(name)[1:].encode(): self._font(font) for name, font in table.items()}
        if number:
            self._fonts_of[number] = named
        return named

    def _font(self, font: Object) -> int:
        number = font.objgen[0]
        if not number:
            self._unnumbered -= 1
            number = self._unnumbered
        if number not in self.fonts:
            self.fonts[number] = read_font(font)
        return number


class _Interpreter:
    """One content stream under its resources."""

    def __init__(self, reader: Reader, resources: Object | None, ctm: Matrix, depth: int) -> None:
        self._reader = reader
        self._resources = resources
        self._depth = depth
        self._fonts = reader.fonts_of(resources)
        self._state = _State(ctm)
        self._stack: list[_State] = []
        self._line = self._text = _IDENTITY
        self._actual: list[str | None] = []
        self._spans: list[str | None] = []
        self._out: list[Run] = []
        self._own: list[Run] = []
        self._grounds: list[Ground] = []

    def read(self, data: bytes) -> PageStrings:
        """Follow the operators to their end."""
        for word, operands in operations(data):
            action = _ACTIONS.get(word)
            if action is not None:
                try:
                    action(self, *operands)
                except (TypeError, ValueError):
                    # An operator with operands that are not its own does nothing, as in a viewer.
                    continue
        return PageStrings(tuple(self._out), tuple(self._own), tuple(self._grounds))

    def save(self, *_: object) -> None:
        s = self._state
        copied = _State(s.ctm, s.font, s.size, s.spacing, s.words, s.stretch, s.leading, s.rise, s.mode)
        self._stack.append(copied)

    def restore(self, *_: object) -> None:
        if self._stack:
            self._state = self._stack.pop()

    def concatenate(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self._state.ctm = multiply((a, b, c, d, e, f), self._state.ctm)

    def begin_text(self, *_: object) -> None:
        self._line = self._text = _IDENTITY

    def set_font(self, name: bytes, size: float) -> None:
        self._state.font, self._state.size = self._fonts.get(bytes(name), 0), size

    def set_spacing(self, value: float) -> None:
        self._state.spacing = value

    def set_words(self, value: float) -> None:
        self._state.words = value

    def set_stretch(self, value: float) -> None:
        self._state.stretch = value / 100

    def set_leading(self, value: float) -> None:
        self._state.leading = value

    def set_rise(self, value: float) -> None:
        self._state.rise = value

    def set_mode(self, value: float) -> None:
        self._state.mode = int(value)

    def move(self, x: float, y: float) -> None:
        self._line = self._text = multiply((1, 0, 0, 1, x, y), self._line)

    def move_leading(self, x: float, y: float) -> None:
        self._state.leading = -y
        self.move(x, y)

    def set_matrix(self, a: float, b: float, c: float, d: float, e: float, f: float) -> None:
        self._line = self._text = (a, b, c, d, e, f)

    def next_line(self, *_: object) -> None:
        self.move(0, -self._state.leading)

    def show(self, text: bytes) -> None:
        self.show_all([text])

    def show_next(self, text: bytes) -> None:
        self.next_line()
        self.show_all([text])

    def show_spaced(self, words: float, spacing: float, text: bytes) -> None:
        self._state.words, self._state.spacing = words, spacing
        self.show_next(text)

    def show_all(self, parts: list[Any]) -> None:
        state = self._state
        font = self._reader.fonts.get(state.font)
        per_em = 1000 / state.size if state.size else 0.0
        spacing = state.spacing * per_em
        codes: list[int] = []
        starts: list[float] = []
        along = 0.0
        for part in parts:
            if not isinstance(part, bytes):
                along -= part
                continue
            shown = _codes(part, font)
            codes += shown
            if font is None or not font.composite:
                steps = [_SIMPLE_WIDTH + spacing + (state.words * per_em if code == 32 else 0) for code in shown]
            else:
                steps = [width + spacing for width in font.widths_of(shown)]
            places = list(accumulate(steps, initial=along))
            along = places.pop()
            starts += places
        em = state.size / 1000
        base = multiply((em * state.stretch, 0, 0, em, 0, state.rise), self._text)
        if codes:
            actual = self._actual[-1] if self._actual else None
            text = actual if actual is not None else _text(codes, font)
            starts.append(along - spacing)
            matrix = multiply(base, state.ctm)
            run = Run(state.font, tuple(codes), text, tuple(starts), matrix, self._span(), state.mode)
            self._out.append(run)
            self._own.append(run)
            if actual:
                # The span's text belongs to its first string; what follows in it adds none.
                self._actual[-1] = ""
        self._text = multiply((1, 0, 0, 1, along * em * state.stretch, 0), self._text)

    def _span(self) -> str | None:
        return self._spans[-1] if self._spans else None

    def begin_marked(self, *operands: Any) -> None:
        actual, span = self._actual[-1] if self._actual else None, self._span()
        properties = operands[1] if len(operands) > 1 else None
        if isinstance(properties, NameOperand) and self._resources is not None:
            given = self._property_list(properties)
            properties = (
                {b"ActualText": bytes(given.ActualText)} if given is not None and "/ActualText" in given else {}
            )
        if isinstance(properties, dict) and b"ActualText" in properties:
            actual = span = _text_string(properties[b"ActualText"])
        self._actual.append(actual)
        self._spans.append(span)

    def _property_list(self, name: bytes) -> Object | None:
        lists = self._resources.get("/Properties") if self._resources is not None else None
        return None if lists is None else lists.get("/" + name.decode())

    def end_marked(self, *_: object) -> None:
        if self._actual:
            self._actual.pop()
            self._spans.pop()

    def draw(self, name: bytes) -> None:
        forms = self._resources.get("/XObject") if self._resources is not None else None
        stream = forms.get("/" + name.decode()) if forms is not None else None
        if isinstance(stream, Stream):
            ground = self._reader.form(stream, self._resources, self._state.ctm, self._depth + 1)
            if ground is not None:
                self._grounds.append(ground)
                self._out.extend(self._reader.strings_of(ground))


_ACTIONS: Mapping[bytes, Callable[..., None]] = {
    b"q": _Interpreter.save,
    b"Q": _Interpreter.restore,
    b"cm": _Interpreter.concatenate,
    b"BT": _Interpreter.begin_text,
    b"Tf": _Interpreter.set_font,
    b"Tc": _Interpreter.set_spacing,
    b"Tw": _Interpreter.set_words,
    b"Tz": _Interpreter.set_stretch,
    b"TL": _Interpreter.set_leading,
    b"Ts": _Interpreter.set_rise,
    b"Tr": _Interpreter.set_mode,
    b"Td": _Interpreter.move,
    b"TD": _Interpreter.move_leading,
    b"Tm": _Interpreter.set_matrix,
    b"T*": _Interpreter.next_line,
    b"Tj": _Interpreter.show,
    b"TJ": _Interpreter.show_all,
    b"'": _Interpreter.show_next,
    b'"': _Interpreter.show_spaced,
    b"BDC": _Interpreter.begin_marked,
    b"BMC": _Interpreter.begin_marked,
    b"EMC": _Interpreter.end_marked,
    b"Do": _Interpreter.draw,
}


def _require_paper(run: Run) -> None:
    """UnreadableError for a string that stands kilometres away or at no place at all."""
    places = (*run.place(run.starts[0]), *run.place(run.starts[-1]))
    if not all(abs(place) < _FARTHEST_MM for place in places):
        raise UnreadableError("a string at a place no paper has")


def _codes(string: bytes, font: PdfFont | None) -> Sequence[int]:
    if font is not None and font.composite:
        return struct.unpack(f">{len(string) // 2}H", string[: len(string) // 2 * 2])
    return string


def _text(codes: Sequence[int], font: PdfFont | None) -> str:
    if font is None or (not font.composite and not font.texts):
        return bytes(code for code in codes if code < 256).decode("latin-1")
    text_of = font.texts.get
    return "".join([text_of(code, "") for code in codes])


def _text_string(data: bytes) -> str:
    """A text string (ISO 32000-1, 7.9.2): UTF-16 with its mark, UTF-8 with its mark, else Latin."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", "replace")
    return data.decode("latin-1")
