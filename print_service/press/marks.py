"""Where a mark stands on its page: at its zone's corner, on whole dots of its own resolution, or not at all.

Step 4 (compose). A mark that goes through CSS lengths lands between dots and its bars come out uneven; here its operators
(`barcodes.ink`) get a matrix whose unit is one dot, in device grey so that it prints in black ink alone. The matrix is worked out
once for a zone and a size of mark.
"""

from collections.abc import Iterator, Mapping
from decimal import ROUND_CEILING, Decimal

from barcodes.geometry import nearest_dot
from barcodes.ink import Ink
from print_service.findings import Finding
from print_service.press.errors import PressError, press_error
from print_service.press.model import Filling, Form, Zone
from print_service.press.write import points

_MM_PER_INCH = Decimal("25.4")
_DECIMALS = Decimal("1e-10")


class MarkSetter:
    """One zone of a form. `upwards`: the page's y axis points up from its foot, as in a PDF; else down from its top."""

    def __init__(self, form: Form, name: str, *, upwards: bool) -> None:
        zone = form.zones.get(name)
        if zone is None:
            raise press_error("press.zone-unknown", form.id, form=form.id, zone=name)
        self.page = zone.page
        self._form = form
        self._zone = zone
        self._upwards = upwards
        self._starts: dict[tuple[int, int, int], bytes] = {}

    def __call__(self, ink: Ink) -> bytes:
        """The operators that draw the mark. Raises PressError (`press.symbol-too-large`)."""
        key = (ink.dpi, ink.width, ink.height)
        start = self._starts.get(key)
        if start is None:
            start = self._starts[key] = self._start(ink)
        return b"%b%b Q" % (start, ink.operators)

    def _start(self, ink: Ink) -> bytes:
        zone = self._zone
        if _mm(ink.width, ink.dpi) > zone.width_mm or _mm(ink.height, ink.dpi) > zone.height_mm:
            raise PressError([_too_large(self._form, zone, ink)])
        dot = Decimal(72) / ink.dpi
        left, top = dot * nearest_dot(zone.x_mm, ink.dpi), dot * nearest_dot(zone.y_mm, ink.dpi)
        if self._upwards:
            bottom = points(self._form.paper.height_mm) - top
            return f"q {_number(dot)} 0 0 -{_number(dot)} {_number(left)} {_number(bottom)} cm 0 g\n".encode()
        return f"q {_number(dot)} 0 0 {_number(dot)} {_number(left)} {_number(top)} cm 0 g\n".encode()


def missing_marks(filling: Filling) -> Iterator[Finding]:
    """Every zone for a piece mark that has none: no sheet leaves without one."""
    form = filling.form
    for name, zone in form.zones.items():
        if zone.kind == "piece" and name not in filling.marks:
            yield Finding("press.mark-missing", form.id, {"form": form.id, "zone": name})


def wrong_fields(filling: Filling) -> list[Finding]:
    """Every field that is missing or that the form does not declare."""
    form = filling.form
    missing = [field for field in form.fields if field not in filling.fields]
    undeclared = [field for field in filling.fields if field not in form.fields]
    return [
        Finding(key, form.id, {"form": form.id, "field": field})
        for key, fields in (("press.field-missing", missing), ("press.field-undeclared", undeclared))
        for field in fields
    ]


def _too_large(form: Form, zone: Zone, ink: Ink) -> Finding:
    values: Mapping[str, str | int] = {
        "form": form.id,
        "zone": zone.name,
        "symbol_width": _needed(ink.width, ink.dpi),
        "symbol_height": _needed(ink.height, ink.dpi),
        "zone_width": str(zone.width_mm),
        "zone_height": str(zone.height_mm),
    }
    return Finding("press.symbol-too-large", form.id, values)


def _needed(dots: int, dpi: int) -> str:
    """Millimetres, rounded up: a zone of the size told must do."""
    return str(_mm(dots, dpi).quantize(Decimal("0.01"), ROUND_CEILING))


def _mm(dots: int, dpi: int) -> Decimal:
    return Decimal(dots) * _MM_PER_INCH / dpi


def _number(value: Decimal) -> str:
    return f"{value.quantize(_DECIMALS):f}".rstrip("0").rstrip(".") or "0"
