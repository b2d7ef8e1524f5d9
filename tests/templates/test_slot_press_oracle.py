"""The press sets what WeasyPrint would: the same record, filled and laid out whole, is the same page.

300 dpi, no pixel beyond anti-aliasing; every character within 0.05 mm. Records cover every form of a batch, its variants and the
names and addresses that hurt.
"""

import random

import pytest
import samples
from page_twins import characters, different_pixels, misplaced, raster, trimmed

from print_service.press.slot import SlotPress
from print_service.resources import templates_dir

FAMILY = ["渡邉󠄏", "髙﨑", "𠮷田", "辻󠄂", "神󠄀", "齋藤", "見本", "佐々木", "ヴァン・デル・ベルク", "O'NEIL", "McDONALD"]
GIVEN = ["太郎", "花子", "アレクサンドラ", "JÜRGEN", "一", "マクシミリアン・クリストフォロス", "結衣", "さくら"]
TOWNS = ["見本町", "西見本ケ丘", "見本ヶ原（その他）", "大字見本字上ノ原", "Green Fields Heights "]
BUILDINGS = [
    "",
    "見本マンション101",
    "Sample Court North Tower Room 1204",
    "グランドヴィレッジ見本ヶ丘パークサイドタワー2期棟4012号",
]


def payer(rng: random.Random) -> dict[str, str]:
    address = f"東京都見本区{rng.choice(TOWNS)}{rng.randint(1, 9)}丁目{rng.randint(1, 99)}番{rng.randint(1, 40)}-{rng.randint(1, 2000)}号"
    return samples.PLAIN | {
        "address": address * rng.choice([1, 1, 1, 2]),
        "building": rng.choice(BUILDINGS),
        "name": f"{rng.choice(FAMILY)}{rng.choice(['　', ' '])}{rng.choice(GIVEN)}",
        "honorific": rng.choice(["様", "御中"]),
    }


def slip(rng, who):
    amount = rng.choice([rng.randint(1, 99_999), 300_001, 12_345_678])
    late = rng.choice([0, 0, 1_300])
    return samples.slip_fields(
        amount,
        who,
        purpose=rng.choice(["notice", "reminder"]),
        late_charge=late,
        has_el_qr=True,
        el_number=rng.choice([None, samples.slip_fields()["el_number"]]),
        ocr_lines=rng.choice([None, samples.slip_fields()["ocr_lines"]]),
        instead=rng.choice(["", "この納付書はコンビニエンスストアでは使えません。"]),
    )


def resident(rng, who):
    rows = rng.randint(0, 7)
    method = rng.choice(["slip", "account"])
    return samples.resident_fields(
        who,
        method=method,
        account=samples.ACCOUNT if method == "account" else None,
        income=[
            {"label": rng.choice(["給与所得", "長期譲渡所得（特別控除後の金額）"]), "amount": rng.randint(0, 10**8)}
            for _ in range(rows)
        ],
        annual=rng.randint(1, 10**8),
    )


def vehicle(rng, who):
    method = rng.choice(["slip", "account"])
    account = samples.ACCOUNT if method == "account" else None
    return samples.vehicle_fields(who, method=method, account=account, part={"number": 1, "of": rng.choice([1, 2])})


def reminder(rng, who):
    return samples.reminder_fields(who, unpaid=rng.randint(1, 10**7))


def demand(rng, who):
    return samples.demand_fields(who, rng.randint(1, 12), part={"number": 1, "of": rng.choice([1, 3])})


MAKERS = {
    "payment_slip": slip,
    "resident_tax": resident,
    "vehicle_tax": vehicle,
    "reminder": reminder,
    "final_demand": demand,
}
HARD = [samples.PLAIN, samples.NASTY, samples.LATIN, samples.COMPANY, samples.LONGEST]
RANDOM = 35


@pytest.fixture(scope="session")
def slots(fonts_cache):
    return SlotPress(templates_dir(), fonts_cache)


@pytest.mark.xdist_group("press")
@pytest.mark.parametrize("form_id", sorted(MAKERS))
def test_filled_pages_are_the_pages_weasyprint_lays_out_whole(press, slots, form_id):
    rng = random.Random(form_id)
    payers = HARD + [payer(rng) for _ in range(RANDOM)]
    fillings = [samples.filling(form_id, MAKERS[form_id](rng, who)) for who in payers]
    filled = slots.print_file([(number, [filling]) for number, filling in enumerate(fillings)], "oracle")
    assert filled.held == ()
    ours = trimmed(filled.pdf)
    for (number, first, count), filling in zip(filled.index, fillings, strict=True):
        whole = press.print_piece([filling]).pdf
        for page in range(count):
            what = f"{form_id} record {number} page {page + 1}: {filling.fields['addressee']}"
            assert misplaced(characters(ours, first + page), characters(whole, page)) == [], what
            assert different_pixels(raster(ours, first + page), raster(whole, page)) == 0, what
