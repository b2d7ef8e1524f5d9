"""What a mark has to say when it is refused: stable keys, values, and the Japanese sentence staff read.

Ground floor of `barcodes`: every mark raises `MarkError` with all faults of its construction, never only the first.
The keys are part of the public surface; callers may join `SENTENCES` with their own catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        # Convenience-store slip (コンビニ収納)
        "slip.issuer": "請求書発行企業コード「{issuer}」は9または5で始まる6桁の数字で指定してください。",
        "slip.free-area": "自由使用欄「{free}」は21桁の数字で指定してください（短い場合は末尾を0で埋めます）。",
        "slip.reissue": "再発行区分{reissue}は0から9で指定してください。",
        "slip.stamp": "印紙フラグ{stamp}は0（不要）または1（必要）で指定してください。",
        "slip.amount-not-positive": "支払金額{amount}円は1円以上で指定してください。",
        "slip.amount-over-limit": "支払金額{amount}円は上限{limit}円を超えるため、"
        "コンビニ収納用バーコードを印字できません。",
        "slip.pay-by-before-due": "取扱期限{pay_by}が納期限{due}より前です。納期限以後の日を指定してください。",
        "slip.pay-by-century": "取扱期限{pay_by}は2000年から2099年の日付で指定してください。",
        "slip.digits": "コンビニ収納用バーコードは91で始まる44桁の数字ですが、"
        "「{digits}」（{length}文字）が渡されました。",
        "slip.check-digit": "チェックデジットは{expected}のはずですが{found}です。読み取りか作成を確かめてください。",
        "slip.pay-by-not-a-date": "支払期限日「{text}」は日付でも999999（期限なし）でもありません。",
        "slip.dpi-too-coarse": "{dpi} dpiでは1モジュール{dots}ドット・余白込み{width_mm} mmとなり、"
        "60 mm以内に収まりません。"
        "300・400・480・600 dpiのいずれかで印字してください。",
        "slip.dpi-unlisted": "{dpi} dpiはモジュール幅の表にありません。"
        "300・400・480・600 dpiのいずれかで印字してください。",
        "slip.too-low": "バーの高さ{height_mm} mmは10 mm以上にしてください。",
        # Pay-easy key and OCR lines
        "payeasy.agency": "収納機関番号「{agency}」は5桁の数字で指定してください。",
        "payeasy.number": "納付番号「{number}」は1から20桁の数字で指定してください。",
        "payeasy.confirmation": "確認番号は1から6桁の数字で指定してください（{length}文字が渡されました）。",
        "payeasy.category": "納付区分「{category}」は3桁の数字で指定してください。",
        "payeasy.ocr-body": "OCR行の本体は{expected}桁の数字ですが、「{body}」（{length}文字）が渡されました。",
        "payeasy.ocr-line": "OCR行は39桁または44桁の数字ですが、「{line}」（{length}文字）が渡されました。",
        "payeasy.ocr-check-digits": "OCR行のチェックデジットは{expected}のはずですが{found}です。",
        "payeasy.ocr-field": "OCR行の項目「{field}」の値「{value}」は{width}桁の数字で指定してください。",
        "payeasy.ocr-not-digits": "{field}は数字で指定してください（{length}文字が渡されました）。",
        "payeasy.ocr-amount": "OCR行の金額{amount}円は1円以上11桁以内で指定してください。",
        "payeasy.ocr-layout": "OCR下段の桁割り（納付番号{number}桁・確認番号{confirmation}桁）が33桁に収まりません。",
        "payeasy.ocr-too-wide": "{field}{length}桁はOCR下段の桁割り{width}桁に収まりません。"
        "桁割りの設定を確かめてください。",
        "payeasy.name-empty": "収納機関の表示名はカナと漢字の両方を1文字以上で指定してください。",
        "payeasy.name-too-long": "表示名（{field}）は{limit}文字以内で指定してください（{length}文字が渡されました）。",
        "payeasy.name-kana": "表示名（カナ）の{place}文字目「{character}」は使えません。"
        "半角カナ・半角数字・半角英大文字と空白 ( ) - . / ｢ ｣ だけを使ってください。",
        "payeasy.name-kanji": "表示名（漢字）の{place}文字目「{character}」はJIS第1・第2水準の全角文字でないため、"
        "銀行の画面では■になります。代わりの文字を職員が決めて指定してください。",
        # eL-QR
        "elqr.amount": "払込金額{amount}円は1円以上11桁以内で指定してください。",
        "elqr.field": "eL-QRの項目「{field}」の値「{value}」は{width}桁の数字で指定してください。",
        "elqr.year": "eL-QRの{field}{year}は1000から9999の西暦で指定してください。",
        "elqr.pay-by-before-due": "eL-QRの支払期限{pay_by}が納期限{due}より前です。納期限以後の日を指定してください。",
        "elqr.payload": "eL-QRは255桁の数字ですが、{length}文字（数字以外{others}文字）が渡されました。",
        "elqr.crc": "eL-QRのCRCは{expected}のはずですが{found}です。",
        "elqr.check-digits": "eL-QRの{half}のチェックデジットは{expected}のはずですが{found}です。",
        "elqr.fixed": "eL-QRの{offset}桁目からは「{expected}」のはずですが「{found}」です。",
        "elqr.amounts-differ": "eL-QRの金額が一致しません（MPN欄{first}、金額欄{second}）。",
        "elqr.date": "eL-QRの{field}「{text}」は日付（YYYYMMDD）ではありません。",
        # Customer barcode
        "customer.postcode": "郵便番号「{postcode}」は7桁の数字で指定してください。",
        "customer.catch-all-postcode": "郵便番号{postcode}は町域を表さない代表番号のため、"
        "カスタマバーコードを付けません。",
        "customer.digits": "住所表示番号「{digits}」は数字・英大文字・ハイフンで指定してください。",
        "customer.town": "住所の中に町域名「{town}」が見つかりません。町域名の表記を確かめてください。",
        "customer.point-size": "カスタマバーコードの大きさ{points}ポイントは8から11.5ポイントで指定してください。",
        "customer.dpi": "{dpi} dpi・{points}ポイントでは許容範囲に入るバーをドット単位で作れません。"
        "解像度を上げてください。",
        "customer.bars": "カスタマバーコードはF・A・D・Tの67本ですが、{length}文字が渡されました。",
        "customer.bars-found": "画像からカスタマバーコードの67本のバーを等間隔に見つけられません（見つかった数{found}）。"
        "切り出しと解像度、かすれ・つぶれを確かめてください。",
        "customer.frame": "スタートコードまたはストップコードが正しくありません（先頭{start}・末尾{stop}）。",
        "customer.character": "{position}番目のキャラクタ「{bars}」は定義されていないバーの組合せです。",
        "customer.check-digit": "チェックデジットは{expected}のはずですが{found}です。",
        "customer.order": "住所表示番号のキャラクタの並び「{characters}」は規則に合いません。",
        # Piece mark
        "piece.batch": "処理番号「{batch}」は英大文字・数字・ハイフンの1から12文字で指定してください。",
        "piece.piece": "通数番号{piece}は1から999999で指定してください。",
        "piece.sheet": "用紙番号{sheet}/{sheets}は1枚目から99枚目、かつ総枚数以内で指定してください。",
        "piece.side": "面「{side}」はF（表）またはB（裏）で指定してください。",
        "piece.payload": "丁合マーク「{payload}」は定められた形式ではありません。",
        "piece.check": "丁合マークの検査数字は{expected}のはずですが{found}です。",
        # Optical bars for inserters
        "omr.start": "OMRマークの最初の位置は必ずstart（常に印字するバー）とし、ほかには置かないでください。",
        "omr.parity-place": "OMRマークのparityは最後の位置だけに置けます。",
        "omr.place": "OMRマークの{place}番目の位置の名前「{name}」はありません。"
        "start, first, last, more, front, parity と sheet.n, left.n, piece.n（nは0から19）が使えます。",
        "omr.sizes": "OMRマークの寸法（ピッチ{pitch_mm} mm・太さ{bar_mm} mm・長さ{length_mm} mm）が正しくありません。"
        "太さはピッチより小さく、すべて正の値にしてください。",
        "omr.length": "OMRマークは{expected}か所のはずですが、{found}か所が読まれました。",
        "omr.no-start": "OMRマークの最初のバーがありません。向きと位置を確かめてください。",
        "omr.parity": "OMRマークのバーの数が偶数ではありません。読み取りか印字を確かめてください。",
        # Typed words
        "typed.number": "{field}「{text}」は0から9の数字（18桁以内）で指定してください。",
        "typed.resolution": "解像度「{text}」は1から{finest}の整数（dpi）で指定してください。",
        "typed.decimal": "{field}「{text}」は 10.5 のような数で指定してください。",
        "typed.date": "{field}「{text}」が日付として正しくありません。2026-06-30 のように指定してください。",
        "typed.one-line": "OCR行は上段（37桁）か下段（42桁）のどちらか一つを指定してください。",
        # A reading to explain
        "explain.unknown": "この読み取り（{length}文字）は、納付書・封入のどのマークの形式にも当てはまりません。",
        "explain.full-width": "全角の文字が{count}字あります。読み取り装置は半角で出力します。"
        "入力モードを半角にして読み直してください。",
        "explain.separator": "途中または末尾に区切り（FNC1・GS）が{count}個あります。先頭以外には入れないでください。",
        "explain.no-fnc1": "FNC1のない普通のCODE128（]C0）です。レジはGS1-128（]C1）だけを受け付けます。"
        "スタートコードの次にFNC1を入れて作り直してください。",
        "explain.symbology": "シンボル体系は{expected}のはずですが{found}で読まれました。",
        "explain.no-identifier": "先頭のアプリケーション識別子91がありません。"
        "読み取り装置の設定（AIを除く）か作成を確かめてください。",
        "explain.halves-swapped": "前半と後半が入れ替わっています。正しい順に並べ替えた内容を示します。",
        "explain.not-drawable": "正しいマークとして読めないため、図を作れません。",
        # Any symbol
        "symbol.dpi": "解像度{dpi} dpiは1以上で指定してください。",
        "symbol.module-too-small": "1モジュール{dots}ドット（{module_mm} mm）では読み取れません。"
        "{least_mm} mm以上にしてください。",
        "symbol.reduction": "バー幅を{dots}ドット細くすることはできません（最も細いバーは{narrowest}ドット）。"
        "0以上で、バーが1ドット以上残る値にしてください。",
    }
)


@dataclass(frozen=True)
class Fault:
    """One reason for refusing a mark: a key of `SENTENCES` and the values its sentence shows."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The Japanese sentence with its values."""
        return SENTENCES[self.key].format_map(self.values)


class MarkError(ValueError):
    """A mark is refused. `faults` holds every reason, at least one; `key` and `values` are those of the first."""

    def __init__(self, *faults: Fault) -> None:
        # The faults alone are the arguments, so the error survives the trip between worker processes.
        super().__init__(*faults)
        self.faults = faults

    @property
    def key(self) -> str:
        """Key of the first fault."""
        return self.faults[0].key

    @property
    def values(self) -> Mapping[str, str | int]:
        """Values of the first fault."""
        return self.faults[0].values

    def __str__(self) -> str:
        return "\n".join(f"{fault.sentence} [{fault.key}]" for fault in self.faults)


def fault(key: str, **values: str | int) -> Fault:
    """A fault with its values as keywords."""
    return Fault(key, values)


def refuse_any(faults: Sequence[Fault]) -> None:
    """Raise `MarkError` with all `faults`, or return when there are none."""
    if faults:
        raise MarkError(*faults)
