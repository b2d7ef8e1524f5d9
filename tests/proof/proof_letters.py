"""Letters with customer bars and OCR lines, drawn without any code of ours: zint makes the bars, the PDF's text the lines."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import pikepdf
import zint
from proof_fonts import GOTHIC, OCR_B, embed, shown
from proof_pages import HEIGHT, MM, WIDTH, ZONES, Drawn, Page, piece_mark, piece_text, write

from print_service.proof import ExpectedMark, ExpectedPage

BARS = (Decimal("22.0"), Decimal("20.0"), Decimal("85.0"), Decimal("8.0"))
LINES = (Decimal("100.0"), Decimal("60.0"), Decimal("118.0"), Decimal("10.4"))


def customer(text: str) -> np.ndarray:
    """Customer bars by zint: three rows (above, timing, below) of 133 half pitches."""
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.JAPANPOST
    symbol.encode(text)
    data, stride = symbol.encoded_data.tobytes(), symbol.encoded_data.shape[1]
    return np.array([[data[row * stride + x // 8] >> x % 8 & 1 for x in range(symbol.width)] for row in range(3)]) == 1


def drawn(cells: np.ndarray, *, size: float = 10, dx: float = 0, dy: float = 0) -> Drawn:
    """The bars at so many points, 2 mm of blank before them."""
    return Drawn(cells, float(BARS[0]) + 2 + dx, float(BARS[1]) + 2 + dy, 0.06 * size, 0.12 * size)


def address(piece: int) -> str:
    """Post code and address digits of a piece; the manual's page 6 has those of the first."""
    return f"15400{22 + piece:02d}3-16-4-205"


def with_check_digits(body: str) -> str:
    """An OCR line from its body, positions counted from 1 in the finished line as the rule is told."""

    def weighted(line, first, cycle):
        total, place = 0, 0
        for position, digit in enumerate(line, start=1):
            if position < first:
                continue
            if (position - first) % 2 == 0:
                total, place = total + int(digit) * cycle[place % 8], place + 1
            else:
                total += int(digit)
        return total

    second = weighted(f"00{body}", 3, (9, 8, 7, 6, 5, 4, 3, 2)) % 10
    first = weighted(f"0{second}{body}", 2, (2, 3, 4, 5, 6, 7, 8, 9)) % 11 % 10
    return f"{first}{second}{body}"


def lines(piece: int, amount: int = 48_200) -> tuple[str, str]:
    """Upper and lower line of a slip."""
    upper = f"00000000000{amount:011d}213199001008101"
    lower = f"100010181{piece:020d}1234560000000"
    return with_check_digits(upper), with_check_digits(lower)


@dataclass(frozen=True)
class Setting:
    """How OCR lines stand: ink (0 black), font (`B` OCR-B, `L` OCR-B whose text is a lie, `G` BIZ UDGothic), tops of the lines."""

    ink: float = 0
    font: str = "B"
    tops: tuple[float, ...] = (0, 5.2)


def line_operators(texts: tuple[str, ...], setting: Setting) -> str:
    out = []
    for text, top in zip(texts, setting.tops, strict=False):
        x, y = float(LINES[0]) * MM, (float(HEIGHT) - float(LINES[1]) - top - 3.9) * MM
        glyphs = shown(GOTHIC if setting.font == "G" else OCR_B, text)
        out.append(f"{setting.ink} g BT /F{setting.font} 9.96 Tf {x:.3f} {y:.3f} Td {glyphs} Tj ET")
    return "\n".join(out)


@dataclass(frozen=True)
class Letter:
    """What one letter prints; `bars` None and `texts` empty leave them out."""

    piece: int
    bars: Drawn | None
    texts: tuple[str, ...]
    setting: Setting = field(default=Setting())


def letter(piece: int) -> Letter:
    """A letter without fault."""
    return Letter(piece, drawn(customer(address(piece))), lines(piece))


def expected(piece: int) -> ExpectedPage:
    """What the ledger says of a piece's letter, as the page of its number."""
    marks = (
        ExpectedMark("piece", ZONES["piece"], piece_text(piece)),
        ExpectedMark("customer", BARS, address(piece)),
        ExpectedMark("ocr", LINES, " ".join(lines(piece))),
    )
    return ExpectedPage(piece, piece - 1, WIDTH, HEIGHT, marks)


def write_letters(path: Path, letters: list[Letter]) -> Path:
    """The letters as a file, one page each."""
    pages = [
        Page(
            [piece_mark(piece_text(each.piece)), *([each.bars] if each.bars else [])],
            extra=line_operators(each.texts, each.setting),
        )
        for each in letters
    ]
    write(path, pages)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        fonts = {"FB": embed(pdf, OCR_B, "0123456789"), "FL": embed(pdf, OCR_B, "0123456789", {"4": "9"})}
        if any(each.setting.font == "G" for each in letters):
            fonts["FG"] = embed(pdf, GOTHIC, "0123456789")
        for page in pdf.pages:
            for name, font in fonts.items():
                page.obj.Resources.Font[f"/{name}"] = font
        pdf.save(path, deterministic_id=True)
    return path
