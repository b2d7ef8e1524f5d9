"""The convenience-store mark of a payment slip (コンビニ収納用バーコード): GS1-128 with AI 91 and 44 digits.

Digits from the slip's facts and back, the two lines of text under the bars, and the bars in whole dots. Sources: field
table, check digit and text from several published implementations that agree (`tests/vectors/marks_cvs.toml`); module
widths by printer resolution, 2.54 mm quiet zones, 10 mm height and the 60 mm limit of the tills' scanners from
TECHNOVEINS; the cap of 300,000 yen from municipal notices. The guideline itself (GS1 Japan,
GS1-128による標準料金代理収納ガイドライン) is cited by all of them.
"""

from dataclasses import InitVar, dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from barcodes import code128
from barcodes.digits import is_digits, modulo10
from barcodes.geometry import Symbol, to_dots, to_mm
from barcodes.rules import Fault, MarkError, fault, refuse_any

AMOUNT_LIMIT = 300_000
LEAST_HEIGHT_MM = Decimal(10)
DOTS_PER_MODULE = {300: 2, 400: 3, 480: 3, 600: 4}

_AI = "91"
_NO_DATE = "999999"
_MODULES = 288
_QUIET_MM = Decimal("2.54")
_WIDTH_LIMIT_MM = 60
_NARROWEST_MM = Decimal("0.158")  # the finest module of the published table


@dataclass(frozen=True)
class CvsBarcode:
    """One convenience-store mark.

    `issuer` 6 digits beginning with 9 or 5 (請求書発行企業コード), `free` 21 digits, `reissue` 0-9, `pay_by` the
    store's handling limit (None: no limit), `stamp` 1 when a revenue stamp is needed (0 for local tax), `amount`
    1-300,000 yen. With `due` (the legal 納期限, not part of the mark) a handling limit before it is refused. Raises
    `MarkError`.
    """

    issuer: str
    free: str
    reissue: int
    pay_by: date | None
    stamp: int
    amount: int
    due: InitVar[date | None] = None

    def __post_init__(self, due: date | None) -> None:
        faults: list[Fault] = []
        if not is_digits(self.issuer, 6) or self.issuer[0] not in "95":
            faults.append(fault("slip.issuer", issuer=self.issuer))
        if not is_digits(self.free, 21):
            faults.append(fault("slip.free-area", free=self.free))
        if not 0 <= self.reissue <= 9:
            faults.append(fault("slip.reissue", reissue=self.reissue))
        if self.pay_by is not None and not 2000 <= self.pay_by.year <= 2099:
            faults.append(fault("slip.pay-by-century", pay_by=self.pay_by.isoformat()))
        if due is not None and self.pay_by is not None and self.pay_by < due:
            faults.append(fault("slip.pay-by-before-due", pay_by=self.pay_by.isoformat(), due=due.isoformat()))
        if self.stamp not in (0, 1):
            faults.append(fault("slip.stamp", stamp=self.stamp))
        if self.amount < 1:
            faults.append(fault("slip.amount-not-positive", amount=self.amount))
        if self.amount > AMOUNT_LIMIT:
            faults.append(fault("slip.amount-over-limit", amount=self.amount, limit=AMOUNT_LIMIT))
        refuse_any(faults)

    def digits(self) -> str:
        """The 44 digits in the bars, check digit last."""
        body = f"{_AI}{self.issuer}{self.free}{self.reissue}{self._date()}{int(self.stamp)}{self.amount:06d}"
        return f"{body}{modulo10(body)}"

    def text(self) -> tuple[str, str]:
        """The two lines (目視文字) under the bars: `(91)` and 6-22 digits, then date-stamp-amount-check."""
        digits = self.digits()
        return f"({_AI}){digits[2:8]}-{digits[8:30]}", f"{digits[30:36]}-{digits[36]}-{digits[37:43]}-{digits[43]}"

    def symbol(self, dpi: int = 600, height_mm: Decimal = Decimal("10.5")) -> Symbol:
        """The bars at `dpi`, `height_mm` rounded up to dots, quiet zones of 2.54 mm rounded up at both sides.

        Raises `MarkError` for a resolution outside the table (`slip.dpi-too-coarse`, `slip.dpi-unlisted`) or bars
        under 10 mm.
        """
        return code128.symbol(self.digits(), dpi, *in_dots(dpi, height_mm))

    def _date(self) -> str:
        return _NO_DATE if self.pay_by is None else f"{self.pay_by:%y%m%d}"


@lru_cache(maxsize=256)  # a slip is asked for its fields and for its bars
def parse(digits: str) -> CvsBarcode:
    """The mark that 44 digits stand for. Raises `MarkError`: not 44 digits of AI 91, a wrong check digit, a field out
    of rule.
    """
    if not is_digits(digits, 44) or not digits.startswith(_AI):
        raise MarkError(fault("slip.digits", digits=digits[:60], length=len(digits)))
    faults: list[Fault] = []
    expected = modulo10(digits[:43])
    if expected != int(digits[43]):
        faults.append(fault("slip.check-digit", expected=expected, found=digits[43]))
    pay_by = None
    if digits[30:36] != _NO_DATE:
        try:
            pay_by = date(2000 + int(digits[30:32]), int(digits[32:34]), int(digits[34:36]))
        except ValueError:
            faults.append(fault("slip.pay-by-not-a-date", text=digits[30:36]))
    try:
        mark = CvsBarcode(
            issuer=digits[2:8],
            free=digits[8:29],
            reissue=int(digits[29]),
            pay_by=pay_by,
            stamp=int(digits[36]),
            amount=int(digits[37:43]),
        )
    except MarkError as error:
        raise MarkError(*faults, *error.faults) from None
    refuse_any(faults)
    return mark


def in_dots(dpi: int, height_mm: Decimal) -> tuple[int, int, int]:
    """Dots of a module, of the bars' height and of each quiet zone. Raises `MarkError` as `CvsBarcode.symbol` does."""
    check_print(dpi, height_mm)
    return DOTS_PER_MODULE[dpi], to_dots(height_mm, dpi), to_dots(_QUIET_MM, dpi)


def check_print(dpi: int, height_mm: Decimal) -> None:
    """Whether any such mark can be printed so. Raises `MarkError` as `CvsBarcode.symbol` does."""
    faults = _resolution_faults(dpi)
    if height_mm < LEAST_HEIGHT_MM:
        faults.append(fault("slip.too-low", height_mm=str(height_mm)))
    refuse_any(faults)


def _resolution_faults(dpi: int) -> list[Fault]:
    if dpi in DOTS_PER_MODULE:
        return []
    if dpi > 0:
        dots = to_dots(_NARROWEST_MM, dpi)
        width_mm = to_mm(_MODULES * dots + 2 * to_dots(_QUIET_MM, dpi), dpi)
        if width_mm > _WIDTH_LIMIT_MM:
            return [fault("slip.dpi-too-coarse", dpi=dpi, dots=dots, width_mm=f"{float(width_mm):.2f}")]
    return [fault("slip.dpi-unlisted", dpi=dpi)]
