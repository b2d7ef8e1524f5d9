"""What a reading is: which mark, whether it holds, its fields, and in Japanese what is wrong with it.

The marks' last word, for the bench a tester works at. Takes whatever a scanner read or a person copied from a slip and
never raises: what cannot be placed is `unknown`. Fields are cut even from a mark that is refused, because a tester
wants to see where it went wrong.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from barcodes import customer, cvs, elqr, payeasy, piece
from barcodes.cut import Fields, cut_customer, cut_cvs, cut_el_qr, cut_ocr, cut_piece
from barcodes.cvs import CvsBarcode
from barcodes.digits import modulo10
from barcodes.elqr import ElQr
from barcodes.geometry import Symbol
from barcodes.piece import PieceMark
from barcodes.rules import Fault, MarkError, fault
from barcodes.scan import Scan, cleaned

CVS, OCR, EL_QR, CUSTOMER, PIECE, UNKNOWN = "cvs", "ocr", "el-qr", "customer", "piece", "unknown"

_LONGEST = 4000
_GROUPED = re.compile(r"[0-9()\-\s/]+")
_FILLERS = re.compile(r"[()\-\s/]")
_END_MARK = re.compile(r"\s*X$")
_FADT = re.compile(r"[FADT]{40,90}")
_NUMBERED_BARS = re.compile(r"[1-4]{67}")
_BY_NUMBER = str.maketrans("1234", "FADT")
_ZINT_INPUT = re.compile(r"[0-9]{7}(?:|-?[0-9]*[A-Z-][0-9A-Z-]*)")
_ZINT_DUMP = re.compile(r"(?:[0-9A-F]{2}\s+){50}[0-9A-F]{2}")
_UPPER, _LOWER = 39, 44
_SYMBOLOGIES: Mapping[str, tuple[str, ...]] = {
    CVS: ("]C1",),
    EL_QR: ("]Q0", "]Q1", "]Q2"),
    PIECE: ("]d0", "]d1", "]Q0", "]Q1", "]Q2"),
}


@dataclass(frozen=True)
class Explanation:
    """A reading explained. `valid` only without findings; `fields` are strings, numbers and lists of strings.

    `body` is what the mark itself says, without what a scanner or a person put around it.
    """

    kind: str
    valid: bool
    fields: Fields
    findings: tuple[Fault, ...]
    body: str


def explain(text: str) -> Explanation:
    """Which mark a reading is and whether it holds. Any string has an answer."""
    if len(text) > _LONGEST:
        faults = [fault("explain.unknown", length=len(text))]
        return Explanation(UNKNOWN, valid=False, fields={"length": len(text)}, findings=tuple(faults), body="")
    scan = cleaned(text)
    kind, body, notes = _placed(scan)
    faults = [*scan.notes, *notes, *_symbology_faults(kind, scan.symbology)]
    if kind == UNKNOWN:
        fields: Fields = {"text": scan.text[:100], "length": len(scan.text)}
        faults.append(fault("explain.unknown", length=len(scan.text)))
    else:
        cut, check = _ROADS[kind]
        fields = cut(body)
        try:
            check(body)
        except MarkError as error:
            faults.extend(error.faults)
    if scan.symbology:
        fields = {"symbology": scan.symbology, **fields}
    return Explanation(kind, not faults, fields, tuple(faults), body)


def symbol_of(explanation: Explanation, dpi: int) -> Symbol:
    """The mark a reading is, drawn again at `dpi`.

    Raises `MarkError`: `explain.not-drawable` for a reading that does not hold or is no symbol (an OCR line), or what
    the mark's own `symbol` refuses.
    """
    body = explanation.body
    if explanation.valid and explanation.kind == CUSTOMER:
        reading = customer.parse(body)
        return customer.CustomerBarcode(reading.postcode, reading.digits).symbol(dpi)
    read = _READ.get(explanation.kind)
    if read is None or not explanation.valid:
        raise MarkError(fault("explain.not-drawable"))
    return read(body).symbol(dpi)


def _placed(scan: Scan) -> tuple[str, str, list[Fault]]:
    """Kind, the characters to check, and what was noted while deciding."""
    text = scan.text
    if text.upper().startswith("PS1:"):
        return PIECE, text, []
    bars = _bars(text)
    if bars is not None:
        return CUSTOMER, bars, []
    if _GROUPED.fullmatch(_END_MARK.sub("", text)):
        return _placed_digits(_FILLERS.sub("", _END_MARK.sub("", text)), scan.symbology)
    return UNKNOWN, text, []


def _bars(text: str) -> str | None:
    together = "".join(text.split())
    if _FADT.fullmatch(together.upper()):
        return together.upper()
    if _NUMBERED_BARS.fullmatch(together):
        return together.translate(_BY_NUMBER)
    if _ZINT_DUMP.fullmatch(text.upper()):
        return _bars_of_dump(text)
    if _ZINT_INPUT.fullmatch(text.upper()):
        try:
            return customer.CustomerBarcode(text[:7], text[7:].upper()).bars()
        except MarkError:
            return None
    return None


def _bars_of_dump(text: str) -> str:
    """Bars of zint's `--dump`: three rows of 133 modules in hexadecimal (above, middle, below), a bar every second."""
    octets = bytes.fromhex("".join(text.split()))
    above, _, below = (f"{int.from_bytes(octets[row * 17 : row * 17 + 17]):0136b}"[:133:2] for row in range(3))
    kinds = {("1", "1"): "F", ("1", "0"): "A", ("0", "1"): "D", ("0", "0"): "T"}
    return "".join(kinds[pair] for pair in zip(above, below, strict=True))


def _placed_digits(digits: str, symbology: str) -> tuple[str, str, list[Fault]]:
    length = len(digits)
    other = _halves_swapped(digits)
    if other is not None:
        return other
    if length == 42 and digits[0] in "95" and modulo10("91" + digits[:-1]) == int(digits[-1]):
        return CVS, digits, [fault("explain.no-identifier")]
    if length >= 200 or (digits.startswith("000201") and length > 60):
        kind = EL_QR
    elif symbology.startswith("]C") or _is_like_cvs(digits):
        kind = CVS
    else:
        kind = OCR if _UPPER - 2 <= length <= _LOWER + 2 or length == _UPPER + _LOWER else UNKNOWN
    return kind, digits, []


def _is_like_cvs(digits: str) -> bool:
    """Beginning with 91 at about the right length; an OCR line whose own check digits are 91 stays an OCR line."""
    if not digits.startswith("91") or not 40 <= len(digits) <= 50:
        return False
    return not (len(digits) == _LOWER and _holds(payeasy.parse_line, digits) and not _holds(cvs.parse, digits))


def _halves_swapped(digits: str) -> tuple[str, str, list[Fault]] | None:
    """Where two halves came in the wrong order, the mark they would make; else nothing."""
    length = len(digits)
    if length == _UPPER + _LOWER and _holds(payeasy.parse_line, digits[:_LOWER], digits[_LOWER:]):
        return OCR, digits[_LOWER:] + digits[:_LOWER], [fault("explain.halves-swapped")]
    if length == 44 and _holds(cvs.parse, digits[22:] + digits[:22]) and not _holds(cvs.parse, digits):
        return CVS, digits[22:] + digits[:22], [fault("explain.halves-swapped")]
    if length == elqr.LENGTH and not digits.startswith("000201"):
        for middle in (length // 2, length // 2 + 1):
            turned = digits[middle:] + digits[:middle]
            if _holds(elqr.parse, turned):
                return EL_QR, turned, [fault("explain.halves-swapped")]
    return None


def _holds(check: Callable[[str], object], *texts: str) -> bool:
    try:
        for text in texts:
            check(text)
    except MarkError:
        return False
    return True


def _symbology_faults(kind: str, symbology: str) -> list[Fault]:
    wanted = _SYMBOLOGIES.get(kind)
    if not symbology or wanted is None or symbology in wanted:
        return []
    if kind == CVS and symbology == "]C0":
        return [fault("explain.no-fnc1")]
    return [fault("explain.symbology", expected=" / ".join(wanted), found=symbology)]


def _check_ocr(digits: str) -> None:
    """Both lines together (83 digits), or one."""
    if len(digits) != _UPPER + _LOWER:
        payeasy.parse_line(digits)
        return
    faults: list[Fault] = []
    for line in (digits[:_UPPER], digits[_UPPER:]):
        try:
            payeasy.parse_line(line)
        except MarkError as error:
            faults.extend(error.faults)
    if faults:
        raise MarkError(*faults)


_ROADS: Mapping[str, tuple[Callable[[str], Fields], Callable[[str], object]]] = {
    CVS: (cut_cvs, cvs.parse),
    OCR: (cut_ocr, _check_ocr),
    EL_QR: (cut_el_qr, elqr.parse),
    CUSTOMER: (cut_customer, customer.parse),
    PIECE: (cut_piece, piece.parse),
}
_READ: Mapping[str, Callable[[str], CvsBarcode | ElQr | PieceMark]] = {
    CVS: cvs.parse,
    EL_QR: elqr.parse,
    PIECE: piece.parse,
}
