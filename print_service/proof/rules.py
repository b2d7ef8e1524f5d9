"""What makes a mark wrong: each check compares one decoded symbol with the ledger and answers with keyed findings.

Check digits and the piece mark's form are computed in this room again, from their public definitions, so that an error in
the code that drew them is seen and not repeated. Payment slip check digit: mod 10, weights 3 and 1 from the right, over 43
digits with AI 91.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from print_service.findings import Finding
from print_service.proof import piece_mark
from print_service.proof.blackness import Colour
from print_service.proof.decode import CUSTOMER, Symbol
from print_service.proof.model import ExpectedMark, SlipFacts, zone_text
from print_service.proof.ocr_lines import LENGTHS, check_digits_hold
from print_service.proof.owners import Owners
from print_service.proof.place import Place
from print_service.proof.quiet import Shortage


def slip_check_holds(digits: str) -> bool:
    """Whether 44 digits end in their mod-10 check digit."""
    if len(digits) != 44 or not (digits.isascii() and digits.isdecimal()):
        return False
    weighted = sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(reversed(digits)))
    return weighted % 10 == 0


def check_symbol(place: Place, mark: ExpectedMark, symbol: Symbol, owners: Owners) -> tuple[Finding, ...]:
    """Every way in which the decoded symbol is not the expected one; empty when it is."""
    values = {"kind": mark.kind, "expected": mark.text, "found": symbol.text, "zone": zone_text(mark.zone)}
    if mark.kind == "piece":
        return tuple(_check_piece(place, mark, symbol))
    found = []
    if mark.kind == "gs1-128" and symbol.symbology != "]C1":
        found.append(place.finding("proof.not-gs1", **values, symbology=symbol.symbology))
    if mark.kind == "gs1-128" and not slip_check_holds(symbol.text):
        found.append(place.finding("proof.check-digit", **values))
    if mark.kind == CUSTOMER and not symbol.check_holds:
        found.append(place.finding("proof.customer-check", **values))
    return (*found, *_compare(place, mark, symbol.text, owners))


def check_lines(
    place: Place, mark: ExpectedMark, printed: Sequence[str], text: Sequence[str], owners: Owners
) -> tuple[Finding, ...]:
    """Every way in which the OCR lines on the paper, or those in the PDF's text, are not the expected ones."""
    zone = zone_text(mark.zone)
    values = {"kind": mark.kind, "expected": mark.text, "found": " ".join(printed), "zone": zone}
    found = []
    if tuple(len(line) for line in printed) != LENGTHS:
        found.append(place.finding("proof.ocr-lengths", **values))
    found += [
        place.finding("proof.ocr-check-digits", kind=mark.kind, expected=wanted, found=line, zone=zone)
        for wanted, line in zip(mark.text.split(), printed, strict=False)
        if not check_digits_hold(line)
    ]
    if tuple(text) != tuple(printed):
        found.append(place.finding("proof.ocr-text", **values, text=" ".join(text)))
    return (*found, *_compare(place, mark, " ".join(printed), owners))


def _compare(place: Place, mark: ExpectedMark, read: str, owners: Owners) -> tuple[Finding, ...]:
    if read == mark.text:
        return ()
    values = {"kind": mark.kind, "expected": mark.text, "found": read, "zone": zone_text(mark.zone)}
    owner = owners.of_mark(mark.kind, read)
    if owner is None:
        return (place.finding("proof.mark-differs", **values),)
    return (place.finding("proof.foreign-mark", **values, owner=owner[0], owner_page=owner[1] + 1),)


def _check_piece(place: Place, mark: ExpectedMark, symbol: Symbol) -> list[Finding]:
    values = {"kind": mark.kind, "expected": mark.text, "found": symbol.text, "zone": zone_text(mark.zone)}
    read, wanted = piece_mark.parse(symbol.text), piece_mark.parse(mark.text)
    if read is None:
        return [place.finding("proof.piece-mark-form", **values)]
    if not read.check_holds:
        return [place.finding("proof.piece-mark-check", **values)]
    if wanted is not None and read.batch != wanted.batch:
        return [place.finding("proof.foreign-batch", **values)]
    if read.piece != place.piece:
        return [place.finding("proof.foreign-piece", **values, owner=read.piece)]
    if symbol.text != mark.text:
        return [place.finding("proof.sheet-order", **values)]
    return []


def check_ground(place: Place, mark: ExpectedMark, short: tuple[Shortage, ...]) -> tuple[Finding, ...]:
    """Findings for too little quiet zone or too low bars; lengths go out as mm with one decimal."""
    found = []
    for each in short:
        values = {
            "kind": mark.kind,
            "expected": _mm(each.needed),
            "found": _mm(each.measured),
            "zone": zone_text(mark.zone),
        }
        if each.what == "height":
            found.append(place.finding("proof.bar-height", **values))
        else:
            found.append(place.finding("proof.quiet-zone", **values, side=each.what))
    return tuple(found)


def check_colour(place: Place, mark: ExpectedMark, colour: Colour | None) -> tuple[Finding, ...]:
    """A finding for ink of a mark that is not black, with its red, green and blue; none for None."""
    if colour is None:
        return ()
    found = ", ".join(map(str, colour))
    return (place.finding("proof.mark-not-black", kind=mark.kind, found=found, zone=zone_text(mark.zone)),)


def check_modules(place: Place, mark: ExpectedMark, wrong: int, of: int) -> tuple[Finding, ...]:
    """A finding for modules of a matrix symbol that are not those of its text."""
    if not wrong:
        return ()
    values = {"kind": mark.kind, "expected": mark.text, "zone": zone_text(mark.zone)}
    return (place.finding("proof.mark-damaged", **values, number=wrong, of=of),)


def _mm(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def check_slip(place: Place, mark: ExpectedMark, read: str, slip: SlipFacts) -> Iterator[Finding]:
    """Amount and dates that a slip's mark says, against the amount and dates the slip prints: whatever the ledger's own digits say."""
    values = {"kind": mark.kind, "zone": zone_text(mark.zone)}
    amount = _amount(mark.kind, read)
    if amount is not None and amount != slip.amount:
        yield place.finding("proof.slip-amount", **values, expected=slip.amount, found=amount)
    if mark.kind != "gs1-128" or read[30:36] == "999999":
        return
    last = _last_day(read[30:36])
    if last is None or last < slip.due:
        found = last.isoformat() if last is not None else read[30:36]
        yield place.finding("proof.date-before-due", **values, expected=slip.due.isoformat(), found=found)
    elif last != slip.pay_by:
        yield place.finding("proof.slip-date", **values, expected=slip.pay_by.isoformat(), found=last.isoformat())


def _amount(kind: str, read: str) -> int | None:
    """Yen that a mark names: six digits of the bars, tag 54 of the eL-QR, places 14-24 of the upper OCR line."""
    digits = ""
    if kind == "gs1-128":
        digits = read[37:43]
    elif kind == "ocr":
        digits = read[13:24]
    elif kind == "el-qr":
        digits = _tags(read).get("54", "")
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _tags(payload: str) -> dict[str, str]:
    """Two digits of tag, two of length, the value (EMV QR Code Specification 3.2)."""
    found, at = {}, 0
    while at + 4 <= len(payload) and payload[at : at + 4].isdecimal():
        length = int(payload[at + 2 : at + 4])
        found[payload[at : at + 2]] = payload[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def _last_day(digits: str) -> date | None:
    try:
        return date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None
