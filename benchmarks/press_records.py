"""Synthetic records for `press.py`, no two alike: what differs between payers of a ward differs here.

Names, addresses, kinds and amounts of income and deductions, the tax computed from them and its four instalments (地方税法20条の4の2, 320条,
321条), slip numbers with their OCR lines, and what each mark says. Every amount stays within the convenience-store limit, so that every
slip has all of its marks; texts keep to the first type size of their boxes.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "templates"))

from samples import reminder_fields, resident_fields, slip_fields

from barcodes.cvs import CvsBarcode
from barcodes.elqr import ElQr
from barcodes.payeasy import LowerBody, LowerLayout, UpperBody, lower_line, upper_line
from barcodes.piece import PieceMark

DAY = date(2026, 6, 5)
DUES = (date(2026, 6, 30), date(2026, 8, 31), date(2026, 11, 2), date(2027, 2, 1))
PAY_BYS = (date(2026, 7, 31), date(2026, 9, 30), date(2026, 11, 30), date(2027, 3, 1))


def _listed(words: str) -> list[str]:
    return words.split()


FAMILIES = _listed(
    "佐藤 鈴木 髙橋 田中 渡邊 伊藤 山﨑 中村 小林 齋藤 加藤 吉田 濵田 山口 廣瀬 井上 木村 林 清水 德永 阿部 池田 橋本 石川 前田 藤田 後藤 岡田 "
    "長谷川 村上 近藤 石井 坂本 遠藤 靑木 藤井 西村 福田 太田 三浦 岡本 松田 中川 中野 原田 小野 竹内 金子 和田 中山 柳澤 邊見 﨑山 神﨑 槇原"
)
GIVEN = _listed(
    "太郎 花子 一郎 美咲 健太 陽子 翔 恵子 大輔 由美 隆 裕子 誠 真理 修 幸子 学 直美 浩 和子 茂 明美 博之 久美子 勝 智子 豊 愛 進 葵 拓也 彩 "
    "康弘 結衣 清 美穂 実 千尋 剛 佳奈 昭夫 紀子 義雄 節子 蓮 凛 悠斗 さくら 駿 ひなた"
)
TOWNS = _listed(
    "新宿1600022 西新宿1600023 北新宿1690074 大久保1690072 百人町1690073 高田馬場1690075 下落合1610033 中落合1610032 西落合1610031 "
    "神楽坂1620825 早稲田町1620042 若松町1620056 戸山1620052 富久町1620067 余丁町1620055"
)
BUILDINGS = _listed("見本マンション コーポ見本 見本ハイツ メゾン見本 第二見本荘 グラン見本 見本ビル")
INCOMES = _listed("給与所得 雑所得 公的年金等 配当所得 不動産所得 営業等所得 一時所得")
DEDUCTIONS = _listed(
    "医療費控除 生命保険料控除 地震保険料控除 障害者控除 ひとり親控除 配偶者控除 扶養控除 勤労学生控除"
)

Said = str | PieceMark


@dataclass(frozen=True)
class Entry:
    """A form's id, its fields, and its marks: zone → what the mark says."""

    form: str
    fields: Mapping[str, Any]
    marks: Mapping[str, Said]


def notice(number: int) -> list[Entry]:
    """A resident tax notice and its four slips."""
    chance = Random(number)
    addressee, customer = _addressee(chance)
    tax = _tax(chance)
    control = {"batch": "R08-N01", "piece": number, "sheets": 5, "sheet": 1}
    payer = {"notice_no": f"{number:010d}", "payer_key": f"{chance.randrange(10**7):010d}"}
    front, back = (PieceMark("R08-N01", number, 1, 5, side) for side in "FB")
    fields = resident_fields(addressee, control=control, **payer, **tax)
    first = Entry("resident_tax", fields, {"piece_mark": front, "customer": customer, "piece_mark_back": back})
    slips = [_slip(chance, addressee, customer, control, payer, each) for each in tax["instalments"]]
    return [first, *slips]


def slip(number: int) -> list[Entry]:
    """One of the slips of a notice, alone."""
    return [notice(number)[1 + number % 4]]


def reminder(number: int) -> list[Entry]:
    """An A4 reminder."""
    chance = Random(number)
    addressee, customer = _addressee(chance)
    amount, paid = chance.randrange(10_000, 300_000, 100), chance.randrange(0, 10_000, 100)
    fields = reminder_fields(
        addressee,
        control={"batch": "R08-D01", "piece": number, "sheets": 1, "sheet": 1},
        notice_no=f"{number:010d}",
        payer_key=f"{chance.randrange(10**7):010d}",
        amount=amount,
        paid=paid,
        unpaid=amount - paid,
    )
    return [Entry("reminder", fields, {"piece_mark": PieceMark("R08-D01", number, 1, 1, "F"), "customer": customer})]


def _addressee(chance: Random) -> tuple[dict[str, str], str]:
    """The addressee, and what the customer barcode says."""
    town = chance.choice(TOWNS)
    name, postcode = town[:-7], town[-7:]
    part, block, house = chance.randrange(1, 9), chance.randrange(1, 40), chance.randrange(1, 30)
    room = chance.choice((0, chance.randrange(101, 1500)))
    addressee = {
        "postcode": f"{postcode[:3]}-{postcode[3:]}",
        "address": f"東京都新宿区{name}{'一二三四五六七八'[part - 1]}丁目{block}-{house}",
        "building": f"{chance.choice(BUILDINGS)}{room}" if room else "",
        "name": f"{chance.choice(FAMILIES)}　{chance.choice(GIVEN)}",
        "honorific": "様",
    }
    return addressee, f"{postcode}{part}-{block}-{house}" + (f"-{room}" if room else "")


def _tax(chance: Random) -> dict[str, Any]:
    """Income, deductions, the tax on them, its instalments: the fields of the notice that must agree."""
    income = [
        _row(chance, label, 200_000, 2_000_000) for label in sorted(chance.sample(INCOMES, chance.randrange(1, 4)))
    ]
    income[0]["amount"] += 2_000_000
    deductions = [
        _row(chance, label, 10_000, 400_000)
        for label in ("社会保険料控除", *chance.sample(DEDUCTIONS, chance.randrange(1, 6)))
    ]
    deductions.append({"label": "基礎控除", "amount": 430_000})
    total_income, total_deductions = (sum(row["amount"] for row in rows) for rows in (income, deductions))
    taxable = max(total_income - total_deductions, 500_000) // 1_000 * 1_000
    credit = chance.randrange(1_000, 5_000, 500)
    ward = _levy(taxable * 6 // 100, credit * 3 // 5, 3_000)
    metropolis = _levy(taxable * 4 // 100, credit * 2 // 5, 1_000)
    annual = ward["total"] + metropolis["total"] + 1_000
    each = annual // 4 // 1_000 * 1_000
    amounts = (annual - 3 * each, each, each, each)
    return {
        "income": income,
        "deductions": deductions,
        "total_income": total_income,
        "total_deductions": total_deductions,
        "taxable": taxable,
        "levy": {"ward": ward, "metropolis": metropolis, "forest": 1_000},
        "annual": annual,
        "instalments": [
            {"number": number, "due": due.isoformat(), "amount": amount}
            for number, (due, amount) in enumerate(zip(DUES, amounts, strict=True), start=1)
        ],
    }


def _row(chance: Random, label: str, least: int, most: int) -> dict[str, Any]:
    return {"label": label, "amount": chance.randrange(least, most, 100)}


def _levy(income_levy: int, credit: int, per_capita: int) -> dict[str, int]:
    total = (income_levy - credit) // 100 * 100 + per_capita
    return {"income_levy": income_levy, "credits": credit, "per_capita": per_capita, "total": total}


def _slip(
    chance: Random,
    addressee: Mapping[str, str],
    customer: str,
    control: Mapping[str, Any],
    payer: Mapping[str, str],
    instalment: Mapping[str, Any],
) -> Entry:
    period, amount, piece = instalment["number"], instalment["amount"], control["piece"]
    due, pay_by = DUES[period - 1], PAY_BYS[period - 1]
    number, confirmation = f"0801{piece:010d}{period}{chance.randrange(10**5):05d}", f"{chance.randrange(10**6):06d}"
    bars = CvsBarcode("999999", f"{number}0", 0, pay_by, 0, amount, due)
    qr = ElQr(amount, "010", number, confirmation, "13199", "000", 2026, 2026, f"{period:02d}", due, pay_by)
    key = {"agency": "13199", "number": number, "confirmation": confirmation, "category": "010"}
    lower = LowerBody(number, confirmation, "002508", layout=LowerLayout(20, 6))
    fields = slip_fields(
        amount,
        addressee,
        **payer,
        control={**control, "sheet": 1 + period},
        period_label=f"第{period}期",
        due=due.isoformat(),
        pay_by=pay_by.isoformat(),
        key=key,
        el_number=key,
        number_groups="-".join(number[place : place + 4] for place in range(0, 20, 4)),
        cvs=dict(zip(("text1", "text2"), bars.text(), strict=True)),
        ocr_lines=[upper_line(UpperBody("13199", "010", "08", amount).body()), lower_line(lower.body())],
    )
    mark = PieceMark(control["batch"], piece, 1 + period, control["sheets"], "F")
    return Entry(
        "payment_slip",
        fields,
        {"piece_mark": mark, "customer": customer, "cvs": bars.digits(), "el_qr": qr.payload()},
    )
