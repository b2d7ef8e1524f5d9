"""The page every contender of `press.py` draws: where its rules and lines stand, and what a synthetic record puts into them.

The form is laid out once by WeasyPrint, outside of all measuring; what stands there is what a programmer would write by hand for
ReportLab or Typst: places, sizes, fonts and alignments in points from the page's top left, the lines that are the same on every page
apart from those a record fills. A record is its fields (for those who fill the form themselves), its lines as text, and what its marks
say. No two records are alike, so that nobody gains by remembering a page.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "templates"))

from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from print_service.press.fonts import load_fonts
from print_service.press.forms import load_form
from print_service.press.layout import LayoutEngine
from print_service.press.model import Form
from print_service.press.setting import TextSetter
from print_service.resources import templates_dir

DAY = date(2026, 6, 5)
DUE, PAY_BY = date(2026, 6, 30), date(2026, 8, 31)
FAMILIES = [
    "佐藤",
    "鈴木",
    "髙橋",
    "田中",
    "渡邊",
    "伊藤",
    "山﨑",
    "中村",
    "小林",
    "齋藤",
    "加藤",
    "吉田",
    "濵田",
    "山口",
    "廣瀬",
    "井上",
    "木村",
    "林",
    "清水",
    "德永",
]
GIVEN = [
    "太郎",
    "花子",
    "一郎",
    "美咲",
    "健太",
    "陽子",
    "翔",
    "恵子",
    "大輔",
    "由美",
    "隆",
    "裕子",
    "誠",
    "真理",
    "修",
    "幸子",
    "学",
    "直美",
    "浩",
    "和子",
]
TOWNS = [
    "新宿",
    "西新宿",
    "北新宿",
    "大久保",
    "百人町",
    "高田馬場",
    "下落合",
    "中落合",
    "西落合",
    "神楽坂",
    "早稲田町",
    "若松町",
    "戸山",
    "富久町",
    "余丁町",
]
PX = 0.75


@dataclass(frozen=True)
class Run:
    """Text of one font: `font` is its id in fonts.toml."""

    font: str
    size: float
    text: str


@dataclass(frozen=True)
class Line:
    """One line of text; `x` and `width` of its column, `align` left, center or right in it, `baseline` from the top."""

    x: float
    width: float
    align: str
    baseline: float
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Shape:
    """A filled box (`fill`, grey 0-1), or a frame, an ellipse or a dashed line of `line` points."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    fill: float = 0.0
    line: float = 0.0


@dataclass(frozen=True)
class Record:
    """One page: the form's fields, its lines, and its marks' zone → what the mark says."""

    fields: dict[str, Any]
    lines: tuple[Line, ...]
    marks: dict[str, str]


@dataclass(frozen=True)
class Page:
    """A form as points: what every copy shows, and the records that fill the rest."""

    form: Form
    width: float
    height: float
    shapes: tuple[Shape, ...]
    ground: tuple[Line, ...]
    records: tuple[Record, ...]


class Forms:
    """Forms laid out and rendered for the benchmark."""

    def __init__(self, fonts_cache: Path) -> None:
        self.engine = LayoutEngine(templates_dir(), fonts_cache)
        self._setter = TextSetter(templates_dir(), load_fonts())

    def markup(self, form: Form, file: str, values: dict[str, Any]) -> ET.Element:
        return self.tree(form, self.body(form, file, values))

    def tree(self, form: Form, body: str) -> ET.Element:
        return self.engine.markup(form, form.id, body)

    def body(self, form: Form, file: str, values: dict[str, Any]) -> str:
        return self._setter.render(f"notices/{form.id}/{file}", form.id, form=form, texts=form.texts, **values)

    def page(self, form_id: str, count: int) -> Page:
        """A one-page form with `count` records."""
        form = load_form(form_id, DAY)
        ground = self._boxes(form, "ground.html", {})
        sources = [RECORDS[form_id](number) for number in range(1, count + 1)]
        sample = self._boxes(form, "form.html", sources[0][0])
        first = list(_texts(self.markup(form, "form.html", sources[0][0])))
        records = []
        for fields, marks in sources:
            texts = list(_texts(self.markup(form, "form.html", fields)))
            records.append(Record(fields, tuple(_refilled(sample[1], first, texts)), marks))
        shown = [set(record.lines) for record in records]
        still = tuple(line for line in sample[1] if all(line in lines for lines in shown))
        records = [
            Record(each.fields, tuple(line for line in each.lines if line not in still), each.marks) for each in records
        ]
        width, height = (float(mm) * 72 / 25.4 for mm in (form.paper.width_mm, form.paper.height_mm))
        return Page(form, width, height, ground[0] + sample[0], (*ground[1], *still), tuple(records))

    def _boxes(self, form: Form, file: str, values: dict[str, Any]) -> tuple[tuple[Shape, ...], tuple[Line, ...]]:
        document = self.engine.lay_out(form, self.markup(form, file, values))
        boxes = list(_within(document.pages[0]._page_box))
        shapes = (shape for box in boxes if hasattr(box, "border_top_width") for shape in _shapes(box))
        lines = (_line(box, line) for box in boxes for line in _lines(box))
        return tuple(shapes), tuple(line for line in lines if line.runs)


def _texts(root: ET.Element) -> Iterator[str]:
    """The texts between tags in their order, as lines show them."""
    for element in root[1].iter():
        is_kept = "lines" in element.get("class", "").split()
        for text in [element.text, *(child.tail for child in element)]:
            parts = (text or "").split("\n") if is_kept else [" ".join((text or "").split(" ")).strip("\n")]
            yield from (part for part in parts if part.strip(" \n"))


def _refilled(lines: tuple[Line, ...], first: list[str], texts: list[str]) -> Iterator[Line]:
    """The sample's lines with the texts of another record: a text that differs must have stood in one line, alone in its run."""
    if len(first) != len(texts):
        raise ValueError("the records do not have the same lines")
    changed: dict[str, list[str]] = {}
    for old, new in zip(first, texts, strict=True):
        changed.setdefault(old, []).append(new)
    for line in lines:
        runs = []
        for run in line.runs:
            waiting = changed.get(run.text) or [run.text]
            runs.append(Run(run.font, run.size, waiting.pop(0) if len(waiting) > 1 else waiting[0]))
        yield Line(line.x, line.width, line.align, line.baseline, tuple(runs))


def _within(box: Any) -> Iterator[Any]:
    for child in getattr(box, "children", ()):
        found = getattr(child, "_box", child)  # what is placed absolutely stands behind a placeholder
        yield found
        yield from _within(found)


def _lines(box: Any) -> list[Any]:
    return [child for child in getattr(box, "children", ()) if type(child).__name__ == "LineBox"]


def _line(block: Any, line: Any) -> Line:
    words = [box for box in _within(line) if type(box).__name__ == "TextBox" and box.text.strip(" ")]
    runs = tuple(Run(_font(box.style), box.style["font_size"] * PX, box.text) for box in words)
    align = {"right": "right", "center": "center"}.get(block.style["text_align_all"], "left")
    baseline = words[0].position_y + words[0].baseline if words else 0
    return Line(block.content_box_x() * PX, block.width * PX, align, baseline * PX, runs)


def _font(style: Any) -> str:
    family = style["font_family"][0]
    for font in load_fonts().files.values():
        if (font.family, font.weight) == (family, int(style["font_weight"])):
            return font.id
    raise ValueError(f"no font {family} {style['font_weight']}")


def _shapes(box: Any) -> Iterator[Shape]:
    style = box.style
    x, y = box.border_box_x() * PX, box.border_box_y() * PX
    width, height = box.border_width() * PX, box.border_height() * PX
    colour = style["background_color"]
    if getattr(colour, "alpha", 0) > 0:
        yield Shape("fill", x, y, width, height, fill=colour.coordinates[0])
    line = box.border_top_width * PX
    left = box.border_left_width * PX
    if line and left:
        kind = "ellipse" if style["border_top_left_radius"][0].value else "frame"
        yield Shape(kind, x + line / 2, y + line / 2, width - line, height - line, line=line)
    elif left:
        yield Shape("dashed", x + left / 2, y, 0, height, line=left)
    elif line:
        yield Shape("fill", x, y, width, line, fill=style["border_top_color"].coordinates[0])


def _addressee(number: int) -> dict[str, str]:
    town = TOWNS[number % len(TOWNS)]
    return {
        "postcode": f"160-{number * 37 % 100:02d}{number % 99 + 1:02d}",
        "address": f"東京都新宿区{town}一丁目{number % 30 + 1}-{number % 17 + 1}",
        "building": f"見本マンション{number % 900 + 101}",
        "name": f"{FAMILIES[number % len(FAMILIES)]}　{GIVEN[number * 7 % len(GIVEN)]}",
        "honorific": "様",
    }


def _slip(number: int) -> tuple[dict[str, Any], dict[str, str]]:
    from samples import slip_fields  # noqa: PLC0415 (the fonts are set before anything imports WeasyPrint)

    amount, key = 10_000 + number * 37 % 280_000, f"0801{number:012d}2345"
    bars = CvsBarcode("999999", f"0801{number:012d}23450", 0, PAY_BY, 0, amount, DUE)
    qr = ElQr(amount, "010", key, f"{number * 7 % 10**6:06d}", "13199", "000", 2026, 2026, "01", DUE, PAY_BY)
    fields = slip_fields(amount, _addressee(number))
    upper, lower = fields["ocr_lines"]
    fields |= {
        "control": {"batch": "R08-N01", "piece": number, "sheets": 1, "sheet": 1},
        "notice_no": f"{number:010d}",
        "payer_key": f"{number * 3:010d}",
        "key": fields["key"] | {"number": key, "confirmation": qr.confirmation},
        "number_groups": "-".join(key[place : place + 4] for place in range(0, 20, 4)),
        "cvs": dict(zip(("text1", "text2"), bars.text(), strict=True)),
        "el_number": fields["el_number"] | {"number": key, "confirmation": qr.confirmation},
        "ocr_lines": [f"{upper[:-8]}{number:08d}", f"{lower[:-8]}{number * 3:08d}"],
    }
    return fields, {"piece_mark": str(number), "cvs": bars.digits(), "el_qr": qr.payload()}


def _notice(number: int) -> tuple[dict[str, Any], dict[str, str]]:
    from samples import reminder_fields  # noqa: PLC0415

    amount, addressee = 72_100 + number * 100, _addressee(number)
    fields = reminder_fields(
        addressee,
        control={"batch": "R08-D01", "piece": number, "sheets": 1, "sheet": 1},
        notice_no=f"{number:010d}",
        payer_key=f"{number * 3:010d}",
        amount=amount,
        paid=20_000,
        unpaid=amount - 20_000,
    )
    postcode = addressee["postcode"].replace("-", "")
    return fields, {"piece_mark": str(number), "customer": f"{postcode}1-{number % 30 + 1}-{number % 17 + 1}"}


RECORDS = {"payment_slip": _slip, "reminder": _notice}
