"""One filling per form, synthetic, with the names and addresses that hurt; and the marks that go with it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from barcodes.customer import CustomerBarcode
from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from barcodes.geometry import Symbol
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
    } | changes


FIELDS = {
    "resident_tax": resident_fields,
    "vehicle_tax": vehicle_fields,
    "payment_slip": slip_fields,
    "reminder": reminder_fields,
    "final_demand": demand_fields,
    "passphrase": passphrase_fields,
    "erasure_certificate": erasure_fields,
    "transfer_slip": transfer_fields,
}


def marks(form_id: str, fields: Mapping[str, Any]) -> dict[str, Symbol]:
    """The marks of a form's zones for these fields."""
    form = load_form(form_id, DAY)
    found: dict[str, Symbol] = {}
    for name, zone in form.zones.items():
        if zone.kind == "piece":
            control = fields["control"]
            side = "B" if name.endswith("_back") else "F"
            mark = PieceMark(control["batch"], control["piece"], control["sheet"], control["sheets"], side)
            found[name] = mark.symbol()
        elif zone.kind == "customer":
            found[name] = CustomerBarcode(fields["addressee"]["postcode"].replace("-", ""), "1-1-1").symbol()
        elif zone.kind == "gs1-128" and fields["cvs"]:
            found[name] = cvs_barcode(fields["amount"]).symbol()
        elif zone.kind == "el-qr" and fields["has_el_qr"]:
            found[name] = el_qr(fields["amount"]).symbol()
    return found


def filling(form_id: str, fields: Mapping[str, Any] | None = None, **changes: Any) -> Filling:
    fields = FIELDS[form_id](**changes) if fields is None else fields
    return Filling(load_form(form_id, DAY), fields, marks(form_id, fields))
