"""One filling per form, synthetic, with the names and addresses that hurt; and the marks that go with it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from barcodes.ink import Ink, customer_ink, cvs_ink, elqr_ink, piece_ink
from barcodes.payeasy import LowerBody, LowerLayout, UpperBody, lower_line, upper_line
from barcodes.piece import PieceMark
from print_service.channels import offer
from print_service.press.forms import load_form
from print_service.press.model import Filling

DAY = date(2026, 6, 5)
CONTROL = {"batch": "R08-N01", "piece": 12, "sheets": 6, "sheet": 1}
ISSUER = {
    "prefecture": "東京都",
    "ward": "見本区",
    "mayor_title": "東京都見本区長",
    "mayor_name": "見本 太郎",
    "office": "総務部税務課収納管理係",
    "postcode": "160-0000",
    "address": "東京都見本区見本町一丁目1番1号",
    "phone": "03-0000-0000",
    "hours": "平日 午前8時30分から午後5時まで",
}
PLAIN = {
    "postcode": "160-0022",
    "address": "東京都新宿区新宿一丁目1-1",
    "building": "見本マンション101",
    "name": "髙﨑 太郎",
    "honorific": "様",
}
NASTY = {
    "postcode": "160-0022",
    "address": "東京都新宿区新宿一丁目千二百三十四番地五十六の七十八　見本ケ丘ニュータウン南第二街区住宅団地西ノ宮通り東入ル上ル壱丁目",
    "building": "グランドヴィレッジ見本ヶ丘パークサイドタワーレジデンスイーストウイング第2期棟4012号",
    "name": "渡邉󠄏𠮷髙﨑 アレクサンドラ・マクシミリアン・クリストフォロス・ヴァン",
    "honorific": "様",
}
LATIN = PLAIN | {"name": "MAXIMILIAN ALEXANDER-CHRISTOPHER VAN DERB", "address": "東京都新宿区西新宿二丁目8番1号"}
LONGEST = {
    "postcode": "160-0022",
    "address": "東京都見本区" + "見本町一丁目" * 9,
    "building": "見本棟" * 13 + "号",
    "name": "アレクサンドロス" * 5,
    "honorific": "様",
}
COMPANY = PLAIN | {"name": "株式会社 見本商会", "honorific": "御中", "building": ""}

KEY = {"agency": "13199", "number": "08010000123456012345", "confirmation": "123456", "category": "010"}
CHARGE = {"rate_first": "2.8", "rate_after": "9.1", "boundary": "2026-07-30"}
ACCOUNT = {"bank": "見本銀行", "branch": "見本支店", "number_masked": "普通 ＊＊＊＊123"}


def slip_fields(amount: int = 48_200, addressee: Mapping[str, str] = PLAIN, **changes: Any) -> dict[str, Any]:
    cvs = cvs_barcode(amount) if amount <= 300_000 else None
    fields = {
        "issuer": ISSUER,
        "addressee": addressee,
        "issued_on": "2026-06-05",
        "control": CONTROL | {"sheet": 2},
        "tax_title": "特別区民税・都民税・森林環境税",
        "levy_year": 2026,
        "period_label": "第1期",
        "notice_no": "0001234567",
        "payer_key": "0000012345",
        "amount": amount,
        "instalment_amount": amount,
        "late_charge": 0,
        "due": "2026-06-30",
        "pay_by": "2026-08-31",
        "purpose": "notice",
        "key": KEY,
        "number_groups": "0801-0000-1234-5601-2345",
        "cvs": None if cvs is None else dict(zip(("text1", "text2"), cvs.text(), strict=True)),
        "cvs_refusal": None if cvs else "amount-over-limit",
        "ways": [way.title for way in offer("resident-tax", DAY, amount).ways],
        "instead": "".join(offer("resident-tax", DAY, amount).instead),
        "has_el_qr": True,
        "el_number": {
            "agency": "13199",
            "number": "08010000123456012345",
            "confirmation": "123456",
            "category": "010",
        },
        "ocr_lines": [
            upper_line(UpperBody("13199", "010", "08", amount).body()),
            lower_line(LowerBody(KEY["number"], KEY["confirmation"], "002508", layout=LowerLayout(20, 6)).body()),
        ],
    }
    return fields | changes


def cvs_barcode(amount: int) -> CvsBarcode:
    return CvsBarcode("999999", "080100001234560123450", 0, date(2026, 8, 31), 0, amount, date(2026, 6, 30))


def el_qr(amount: int) -> ElQr:
    return ElQr(
        amount, "010", KEY["number"], KEY["confirmation"], "13199", "000", 2026, 2026, "01",
        date(2026, 6, 30), date(2026, 8, 31),
    )  # fmt: skip


def common(addressee: Mapping[str, str], control: Mapping[str, object] = CONTROL) -> dict[str, Any]:
    return {"issuer": ISSUER, "addressee": addressee, "issued_on": "2026-06-05", "control": control}


def resident_fields(addressee: Mapping[str, str] = PLAIN, **changes: Any) -> dict[str, Any]:
    incomes = [("給与所得", 4_560_000), ("雑所得", 120_000), ("配当所得", 30_000)]
    deductions = [
        ("社会保険料控除", 712_300), ("生命保険料控除", 70_000), ("地震保険料控除", 25_000),
        ("配偶者控除", 330_000), ("扶養控除", 330_000), ("基礎控除", 430_000),
    ]  # fmt: skip
    fields = common(addressee) | {
        "levy_year": 2026,
        "notice_no": "0001234567",
        "payer_key": "0000012345",
        "method": "slip",
        "income": [{"label": label, "amount": amount} for label, amount in incomes],
        "deductions": [{"label": label, "amount": amount} for label, amount in deductions],
        "total_income": 4_710_000,
        "total_deductions": 1_897_300,
        "taxable": 2_812_000,
        "levy": {
            "ward": {"income_levy": 168_720, "credits": 4_200, "per_capita": 3_000, "total": 167_500},
            "metropolis": {"income_levy": 112_480, "credits": 2_800, "per_capita": 1_000, "total": 110_600},
            "forest": 1_000,
        },
        "annual": 279_100,
        "instalments": [
            {"number": 1, "due": "2026-06-30", "amount": 72_100},
            {"number": 2, "due": "2026-08-31", "amount": 69_000},
            {"number": 3, "due": "2026-11-02", "amount": 69_000},
            {"number": 4, "due": "2027-02-01", "amount": 69_000},
        ],
        "account": None,
    }
    return fields | changes


def vehicle_fields(addressee: Mapping[str, str] = PLAIN, **changes: Any) -> dict[str, Any]:
    kinds = [
        ("見本 580 あ 12-34", "軽自動車 四輪 乗用 自家用", 10_800),
        ("見本 480 い 56-78", "軽自動車 四輪 貨物 自家用（13年経過 重課）", 6_000),
        ("見本区 あ 1234", "原動機付自転車 第一種 50cc以下", 2_000),
    ]
    fields = common(addressee) | {
        "levy_year": 2026,
        "payer_key": "0000012345",
        "method": "slip",
        "account": None,
        "due": "2026-06-01",
        "part": {"number": 1, "of": 1},
        "vehicles": [
            {"notice_no": f"000123456{index}", "plate": plate, "kind": kind, "amount": amount}
            for index, (plate, kind, amount) in enumerate(kinds)
        ],
        "total": 18_800,
    }
    return fields | changes


def reminder_fields(addressee: Mapping[str, str] = PLAIN, **changes: Any) -> dict[str, Any]:
    fields = common(addressee, {"batch": "R08-D01", "piece": 3, "sheets": 2, "sheet": 1}) | {
        "issued_on": "2026-07-17",
        "tax_title": "特別区民税・都民税・森林環境税",
        "levy_year": 2026,
        "period_label": "第1期",
        "notice_no": "0001234567",
        "payer_key": "0000012345",
        "due": "2026-06-30",
        "amount": 72_100,
        "paid": 20_000,
        "unpaid": 52_100,
        "pay_by": "2026-07-31",
        "data_as_of": "2026-07-13",
        "charge_notice": CHARGE,
    }
    return fields | changes


def demand_fields(addressee: Mapping[str, str] = PLAIN, count: int = 14, **changes: Any) -> dict[str, Any]:
    rows = [
        {
            "tax_title": "軽自動車税（種別割）" if index % 4 == 3 else "特別区民税・都民税・森林環境税",
            "levy_year": 2025 + index // 8,
            "period_label": "全期" if index % 4 == 3 else f"第{index % 4 + 1}期",
            "notice_no": f"00012345{index:02d}",
            "due": "2026-02-02",
            "reminded_on": "2026-02-20",
            "unpaid": 48_200,
            "late_charge": 1_300,
        }
        for index in range(count)
    ]
    fields = common(addressee, {"batch": "R08-F01", "piece": 7, "sheets": 1, "sheet": 1}) | {
        "issued_on": "2026-10-01",
        "payer_key": "0000012345",
        "part": {"number": 1, "of": 1},
        "rows": rows,
        "total_unpaid": 48_200 * count,
        "total_late_charge": 1_300 * count,
        "total": 49_500 * count,
        "charge_as_of": "2026-10-15",
        "pay_by": "2026-10-15",
        "data_as_of": "2026-09-28",
    }
    return fields | changes


def passphrase_fields(**changes: Any) -> dict[str, Any]:
    return (
        common(COMPANY | {"name": "株式会社 見本印刷　情報管理責任者", "honorific": "様"})
        | {
            "control": None,
            "batch": "R08-N01",
            "medium_no": "M-2026-0007",
            "container": "R08-N01.pscz",
            "passphrase_groups": ["K7QX", "9MTR", "VW3H", "2PZD", "8FJC", "Y4NB"],
            "key_fingerprint": " ".join(["3f9a 7c21 e05b 88d4"] * 4),
            "tool_sha256": " ".join(["90b1 42dd 7e0c 5a38"] * 4),
            "recipient_role": "情報管理責任者",
        }
        | changes
    )


def erasure_fields(count: int = 6, **changes: Any) -> dict[str, Any]:
    rows = [
        {
            "copy_id": f"C-{index + 1:03d}",
            "kind": "複写" if index else "媒体",
            "host": "print-srv-01",
            "path": "D:/jobs/R08-N01/R08-N01.pscz",
            "first_written": "2026-06-02T10:15:00+09:00",
            "erased_at": "2026-06-20T16:40:00+09:00",
            "method": "上書き消去（乱数1回）",
            "level": "Clear",
            "tool": "nwipe 0.34",
            "verification": "全領域読出し",
            "executor": "作業 一郎",
            "witness": "立会 花子",
            "evidence": "9f" * 8,
        }
        for index in range(count)
    ]
    return {
        "certificate_no": "E-2026-0003",
        "issued_on": "2026-06-22",
        "batch": "R08-N01",
        "medium_no": "M-2026-0007",
        "contract_no": "R08-委託-0012",
        "issuer": ISSUER,
        "vendor": {
            "name": "株式会社 見本印刷",
            "address": "東京都見本区見本町二丁目2番2号",
            "representative": "代表取締役　見本 次郎",
        },
        "part": {"number": 1, "of": 1},
        "rows": rows,
        "containers": [{"name": "R08-N01.pscz", "sha256": "9f" * 32}],
        "counts": {"known": 3, "certified": 3},
        "deadline": "2026-06-30",
        "check": {"kind": "tool-log", "by": "区 係長", "at": "2026-06-23T10:00:00+09:00"},
    } | changes


def transfer_fields(**changes: Any) -> dict[str, Any]:
    return {
        "slip_no": "T-2026-0011",
        "direction": "out",
        "issued_on": "2026-06-05",
        "issuer": ISSUER,
        "vendor": {
            "name": "株式会社 見本印刷",
            "address": "東京都見本区見本町二丁目2番2号",
            "representative": "代表取締役　見本 次郎",
        },
        "contract_no": "R08-委託-0012",
        "media": [
            {
                "medium_no": "M-2026-0007",
                "kind": "USBメモリ",
                "serial": "SN-00012345",
                "seal_no": "S-000451",
                "case_no": "K-03",
                "batch": "R08-N01",
                "container": "R08-N01.pscz",
                "sha256": "9f" * 32,
            },
        ],
        "carriers": ["運搬 一郎", "運搬 次郎"],
        "left_at": "2026-06-05T10:30:00+09:00",
        "expected_at": "2026-06-05T12:00:00+09:00",
        "purpose": "納税通知書印刷業務（令和8年度 当初）",
        "place": "見本区役所 税務課 授受窓口",
        "given_by": ["区 作成", "区 立会"],
        "receipt": None,
        "remaining": "",
        "part": {"number": 1, "of": 1},
    } | changes


def export_fields(**changes: Any) -> dict[str, Any]:
    """The record of encryption and writing (F-06), its texts as long as they are let in."""
    digest = "9f" * 32
    return {
        "medium_no": "M-2026-0007",
        "issued_on": "2026-06-05",
        "issuer": ISSUER,
        "contract_no": "R08-委託-0012",
        "container": [
            [["処理番号", "R08-N01"], ["契約番号", "R08-委託-0012"]],
            [["容器", "R08-N01.zip"], ["大きさ", "12,345,678,901バイト"]],
            [["SHA-256", digest]],
            [["方式", "ZIP AES-256（AE-2、無圧縮、1ファイル）、PBKDF2-HMAC-SHA1 1,000回、送り状は Ed25519 署名"]],
            [["封緘日時", "令和8年6月5日 15:00"], ["封緘者・端末", "区 作成　税務課端末3"]],
            [["署名鍵の指紋", " ".join(["9f9f"] * 16)]],
        ],
        "writing": [
            [["媒体番号", "M-2026-0007"], ["種類・製造番号", "正　dvd-r　SN-00012345"]],
            [["書込み", "他の装置で書込み（時刻の記録なし）"], ["読戻し", "令和8年6月5日 15:20　一致"]],
            [["読戻者・端末", "区 作成　税務課端末3"], ["承認者", "区 係長"]],
            [["読み戻した場所", "/media/operator/" + "long-name-of-a-disc/" * 6]],
        ],
        "files": [
            [name, digest] for name in ("R08-N01.zip", "R08-N01.zip.envelope.json", "README-ja.txt", "handover.pyz")
        ],
        "secret": [
            [["番号", "M-2026-0007"], ["経路", "簡易書留（封書）"]],
            [["渡した者", "区 立会"], ["受け取った者", "印刷 責任"]],
            [["日時", "令和8年6月5日 15:40"]],
        ],
        "maker": "区 作成",
        "approver": "区 係長",
        "part": {"number": 1, "of": 1},
    } | changes


VENDOR = {
    "name": "株式会社 見本印刷",
    "address": "東京都見本区見本町二丁目2番2号",
    "representative": "取扱責任者 印刷 責任",
}
ONE = {"number": 1, "of": 1}


def returned_fields(**changes: Any) -> dict[str, Any]:
    """The way back of a medium, received: form F-15."""
    receipt = {"at": "2026-06-22T15:00:00+09:00", "place": "税務課", "by": ["区 作成", "区 立会"], "seal": "whole"}
    way = {"direction": "back", "slip_no": "M-2026-0007-T02", "receipt": receipt}
    told = {"remaining": "PRINT-PC-01 D:/work（消去証明済）、RIP-02 /spool（消去証明待ち）"}
    return transfer_fields(**way, **told, given_by=["印刷 作業", "印刷 責任"]) | changes


def staff_fields(count: int = 5, **changes: Any) -> dict[str, Any]:
    person = [
        "V01",
        "印刷 運搬一",
        "受託者",
        "運搬者・責任者・監督者",
        "令和8年4月1日から令和9年3月31日",
        "令和8年4月3日受講、令和9年4月2日まで",
    ]
    return {
        "contract_no": "R08-委-0123",
        "issued_on": "2026-04-10",
        "issuer": ISSUER,
        "vendor": VENDOR,
        "period": "令和8年4月1日から令和9年3月31日まで",
        "workplace": "第一工場 3階 印字室",
        "responsible": "印刷 責任",
        "training_months": 12,
        "declared_on": "2026-04-01",
        "declared_by": "印刷 責任",
        "accreditations": [
            ["プライバシーマーク", "99999999", "令和9年9月30日まで"],
            ["ISMS（ISO/IEC 27001）", "IS 999999", "令和10年3月31日まで"],
        ],
        "people": [person] * count,
        "accepted": "令和8年4月10日　区 係長",
        "part": ONE,
    } | changes


def register_fields(count: int = 3, ways: int = 2, **changes: Any) -> dict[str, Any]:
    way = [
        "M-2026-001-T01",
        "引渡し",
        "出 2026-05-08 16:00 着 2026-05-08 18:00",
        "区 作成・区 立会 → 印刷 作業・印刷 責任",
        "印刷 運搬一・印刷 運搬二",
        "正常",
    ]
    copy = [
        "M-2026-001-C01",
        "RIPキャッシュ",
        "PRINT-PC-01",
        "ripcache/M-2026-001",
        "2026-05-08 18:10",
        "印刷 作業",
        "E-R08-N01",
    ]
    return {
        "batch": "R08-N01",
        "issued_on": "2026-06-22",
        "contract_no": "R08-委-0123",
        "vendor": VENDOR,
        "workplace": "第一工場 3階 印字室",
        "counts": "全3件（証明済 2件、未証明 1件）",
        "movements": [way] * ways,
        "copies": [copy] * count,
        "part": ONE,
    } | changes


def spoilage_fields(**changes: Any) -> dict[str, Any]:
    return {
        "spoilage_no": "R08-N01-S01",
        "issued_on": "2026-06-22",
        "issuer": ISSUER,
        "vendor": VENDOR,
        "ward_line": "総務部税務課収納管理係",
        "contract_no": "R08-委-0123",
        "batch": "R08-N01",
        "stage": "disposed",
        "sheets": "3枚",
        "blanks": "20枚",
        "reported_at": "2026-06-20T10:00:00+09:00",
        "reporter": "印刷 作業",
        "kept_at": "第一工場 施錠保管庫",
        "dispose_by": "2026-06-30",
        "method": "区へ引渡し（枚数確認）",
        "disposed_on": "2026-06-22",
        "place": "第一工場",
        "executor": "印刷 作業",
        "witness": "区 立会",
        "certificate_no": "なし",
        "part": ONE,
    } | changes


def audit_fields(count: int = 14, **changes: Any) -> dict[str, Any]:
    note = "控えのサーバーに前の処理の複製が1件残っていた。その場で消去を求め、発見として記録した。"
    point = ["6", "届け出た複製のほかに複製がない（サーバー・控え・メールを含む）", "不適", note]
    return {
        "audit_no": "A-2026-01",
        "issued_on": "2026-10-01",
        "contract_no": "R08-委-0123",
        "vendor": VENDOR,
        "held_on": "2026-10-01",
        "kind": "random",
        "place": "第一工場 3階 印字室",
        "auditors": "区 作成　区 係長",
        "attended_by": "印刷 責任",
        "points": [point] * count,
        "result": "findings",
        "remedy_by": "令和8年10月31日",
        "part": ONE,
    } | changes


def incident_fields(**changes: Any) -> dict[str, Any]:
    text = "運搬中の媒体一枚の所在が分からなくなった。ケースは施錠され、媒体は暗号化されている。" * 7
    pair = ["受託者の第一報", "令和8年6月5日 18:00"]
    return {
        "incident_no": "I-2026-001",
        "kind": "provisional",
        "issued_on": "2026-06-08",
        "issuer": ISSUER,
        "facts": [[pair, ["高度な暗号化", "あり（鍵・パスフレーズは安全）"]]] * 9,
        "duties": [
            [
                ["報告の要否", "必要"],
                ["事由", "要配慮個人情報・財産的被害のおそれ・不正の目的のおそれ・100人を超える（人数不明）"],
            ],
            [["速報の期限", "令和8年6月7日から令和8年6月9日"], ["速報", "令和8年6月8日 10:00"]],
            [["確報の期限", "令和8年8月3日"], ["確報", "未了"]],
            [["受託者の報告義務", "対象だが、区への通知により免除"]],
        ],
        "items": [text[:320]] * 9,
        "approver": "区 係長",
        "vendor": "見本印刷株式会社",
    } | changes


def pull_fields(rows: int = 5, **changes: Any) -> dict[str, Any]:
    place = {"position": "区内特別 12345／67890", "file": "R08-D00000001-0001.pdf", "page": "12345－12349"}
    fields = {
        "batch": "R08-D01",
        "revision": 2,
        "issued_on": "2026-07-21",
        "deadline": "2026-07-21T18:00:00+09:00",
        "issuer": ISSUER,
        "made_by": "W01",
        "approved_by": "W03",
        "count": rows,
        "so_far": rows + 3,
        "rows": [{"number": number, **place} for number in range(1, rows + 1)],
        "part": {"number": 1, "of": 2},
    }
    return fields | changes


def cover_fields(channels: int = 6, reasons: int = 11, **changes: Any) -> dict[str, Any]:
    channel = {
        "title": "eL-QR（地方税お支払サイト・スマートフォン決済アプリ）",
        "last_file": "el-qr-payments-20260717-0001.dat",
        "covered_to": "2026-07-17",
        "needed_to": "2026-07-13",
        "lag": "5日",
        "state": "反映済",
        "override": "",
    }
    late = {
        "state": "遅れ（承認）",
        "override": "コンビニエンスストア：代行会社の休業により送信がなく、再開は来週の見込み（申出 W01、承認 W03）",
    }
    fields = {
        "batch": "R08-D01",
        "kind": "reminder",
        "issued_on": "2026-07-21",
        "as_of": "2026-07-21",
        "data_as_of": "2026-07-17",
        "issuer": ISSUER,
        "planned_by": "W01",
        "approved_by": "W03",
        "frozen_by": "W01",
        "payers": 12_345,
        "instalments": 23_456,
        "pieces": 12_300,
        "unpaid": 1_234_567_800,
        "late_charge": 0,
        "late": 23_456,
        "deadline": "2026-07-20",
        "seizure_day": "2026-07-31",
        "channels": [channel | (late if number == 0 else {}) for number in range(channels)],
        "excluded": [{"title": "徴収猶予・換価の猶予", "count": 12_345}] * reasons,
    }
    return fields | changes


FIELDS = {
    "resident_tax": resident_fields,
    "vehicle_tax": vehicle_fields,
    "payment_slip": slip_fields,
    "reminder": reminder_fields,
    "final_demand": demand_fields,
    "passphrase": passphrase_fields,
    "erasure_certificate": erasure_fields,
    "transfer_slip": transfer_fields,
    "staff_report": staff_fields,
    "copy_register": register_fields,
    "spoilage": spoilage_fields,
    "audit": audit_fields,
    "incident": incident_fields,
    "pull_list": pull_fields,
    "dunning_cover": cover_fields,
    "export_record": export_fields,
}


def marks(form_id: str, fields: Mapping[str, Any]) -> dict[str, Ink]:
    """The marks of a form's zones for these fields."""
    form = load_form(form_id, DAY)
    found = dict[str, Ink]()
    for name, zone in form.zones.items():
        if zone.kind == "piece":
            control = fields["control"]
            side = "B" if name.endswith("_back") else "F"
            mark = PieceMark(control["batch"], control["piece"], control["sheet"], control["sheets"], side)
            found[name] = piece_ink(mark)
        elif zone.kind == "customer":
            found[name] = customer_ink(fields["addressee"]["postcode"].replace("-", "") + "1-1-1")
        elif zone.kind == "gs1-128" and fields["cvs"]:
            found[name] = cvs_ink(cvs_barcode(fields["amount"]).digits())
        elif zone.kind == "el-qr" and fields["has_el_qr"]:
            found[name] = elqr_ink(el_qr(fields["amount"]).payload())
    return found


def filling(form_id: str, fields: Mapping[str, Any] | None = None, **changes: Any) -> Filling:
    fields = FIELDS[form_id](**changes) if fields is None else fields
    return Filling(load_form(form_id, DAY), fields, marks(form_id, fields))
