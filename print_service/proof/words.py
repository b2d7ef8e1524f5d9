"""What staff call the things that the proof's findings name by key: marks, sides, fields.

Findings keep the keys (`kind`, `side`, `field`), which tests and the evidence go by; their sentences use these words. A field's word is
that of its zone's name up to the first hyphen, followed by the name itself, under which form.toml has its place.
"""

from collections.abc import Mapping

MARKS: Mapping[str, str] = {
    "gs1-128": "コンビニ用バーコード",
    "el-qr": "eL-QR",
    "piece": "管理コード",
    "customer": "カスタマバーコード",
    "ocr": "OCR行",
}
SIDES: Mapping[str, str] = {"left": "左", "right": "右", "top": "上", "bottom": "下"}
FIELDS: Mapping[str, str] = {
    "account": "振替口座",
    "address": "住所",
    "amount": "金額",
    "control": "管理番号",
    "date": "日付",
    "heading": "表題",
    "kind": "種別",
    "label": "項目名",
    "late": "延滞金",
    "name": "氏名",
    "number": "番号",
    "period": "期別",
    "title": "税目",
    "year": "年度・期別",
}
REASONS: Mapping[str, str] = {
    "askew": "傾き・反転",
    "crowded": "字どうしの重なり",
    "small": "5ポイント未満の小さな字",
    "stretched": "縦横比の違う字",
    "torn": "数字の間の空き",
    "unfilled": "塗りのない字又は縁取りの字",
}
OUTSIDE = "-"  # the `field` of a text that stands in no zone


def words_of(values: Mapping[str, str | int]) -> dict[str, str]:
    """The words for a finding's keys, as `mark`, `edge`, `how` and `item`."""
    found = {}
    if "kind" in values:
        found["mark"] = MARKS.get(str(values["kind"]), str(values["kind"]))
    if "side" in values:
        found["edge"] = SIDES.get(str(values["side"]), str(values["side"]))
    if "reason" in values:
        found["how"] = REASONS.get(str(values["reason"]), str(values["reason"]))
    if "field" in values:
        found["item"] = _field(str(values["field"]))
    return found


def _field(name: str) -> str:
    if name == OUTSIDE:
        return "欄の外"
    word = FIELDS.get(name.partition("-")[0])
    return name if word is None else f"{word}（{name}）"
