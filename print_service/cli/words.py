"""Japanese words of the screens: names of results, states and kinds. JSON keeps the English keys."""

from collections.abc import Mapping

from handover.model import MediumState
from print_service.ledger.states import JAPANESE, PieceState

FIELDS: Mapping[str, str] = {
    "already": "取込済（変更なし）",
    "assessments": "調定",
    "audit": "調査番号",
    "batch": "処理番号",
    "bars": "バー",
    "certificate": "証明書",
    "check": "チェックデジット",
    "changed": "変わったもの",
    "channel": "収納経路",
    "chosen": "対象の期別",
    "container": "容器",
    "copies": "発見した複製",
    "copy": "複製番号",
    "covered_to": "反映日",
    "data_as_of": "収納反映日",
    "days": "日",
    "digits": "数字",
    "entries": "件数",
    "exceptions": "例外",
    "excluded": "除外",
    "faults": "異常",
    "fields": "項目",
    "files": "ファイル",
    "findings": "指摘",
    "found": "新たに消込",
    "frozen": "抽出",
    "head": "最後の記録のハッシュ",
    "height_mm": "高さ（mm）",
    "held": "保留",
    "incident": "事故番号",
    "kind": "種類",
    "kinds": "種類別（期待・読取）",
    "letter": "手紙",
    "marks_decoded": "読めた印",
    "marks_expected": "読むべき印",
    "matched": "消込",
    "medium": "媒体番号",
    "numbered": "採番",
    "ok": "正常",
    "pages": "ページ",
    "payers": "納税義務者",
    "payments": "納付",
    "payload": "ペイロード",
    "pieces": "通",
    "receipts": "収納記録",
    "read_back": "読み戻したファイル",
    "recipient": "受託者の公開鍵",
    "record": "暗号化・書出記録",
    "records": "記録",
    "sha256": "SHA-256",
    "sheets": "用紙",
    "signed_by": "署名者",
    "size": "バイト",
    "slips": "納付書",
    "source_file_id": "取込番号",
    "spoilage": "損紙の報告番号",
    "state": "状態",
    "taken": "記録した",
    "text": "目視文字",
    "tool_sha256": "検証プログラムの SHA-256",
    "total": "合計（円）",
    "valid": "有効",
    "warnings": "注意",
    "width_mm": "幅（mm）",
    "without_bar_code": "バーコードなし",
}

JOB_STATES: Mapping[str, str] = {str(state): word for state, word in JAPANESE.items()}

JOB_KINDS: Mapping[str, str] = {"notice": "納税通知", "reminder": "督促", "final-demand": "催告"}

PIECE_STATES: Mapping[str, str] = {
    PieceState.FROZEN: "抽出済",
    PieceState.HELD: "保留",
    PieceState.COMPOSED: "印字済",
    PieceState.PULLED: "引抜済",
    PieceState.POSTED: "差出済",
    PieceState.RETURNED: "返戻",
}

MEDIUM_STATES: Mapping[str, str] = {
    MediumState.REGISTERED: "登録済",
    MediumState.OUT: "運搬中",
    MediumState.RECEIVED: "受領済",
    MediumState.SEAL_BROKEN: "封印異常",
    MediumState.LOADED: "読込済",
    MediumState.COMING_BACK: "返送中",
    MediumState.RETURNED: "返却済",
    MediumState.CLOSED: "完了",
}

STEPS: Mapping[str, str] = {"freeze": "抽出", "compose": "印字", "job": "職員"}
