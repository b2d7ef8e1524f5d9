"""The synthetic ward: a population that contains what hurts, written as the host files a tax system would write.

The front of the demo: its output goes through the same intake as a real host's. The same number of payers and the
same seed give the same bytes. Every case that a print service must survive is there from 20 payers on, and
`WardPlan.cases` says whose it is. All people, companies and amounts are synthetic; only towns and postcodes are real.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from random import Random

from print_service.assessments.gaiji import load_gaiji, private_use
from print_service.demo import taxes, towns
from print_service.demo.names import Name, company, half_width, named, person
from print_service.flatfile.fields import Value
from print_service.flatfile.layout import load_layout
from print_service.flatfile.write import write

LEAST_PAYERS = 20
LEVY_YEAR = 2026
MUNICIPALITY = "131999"
_CREATED_ON = date(2026, 5, 1)
_ACCOUNT_PERCENT = 30
# A code that the ward's gaiji table does not have and no font we ship holds.
UNMAPPED = chr(private_use(0xF0FC))
_LONG_BUILDING = (
    "グランドレジデンス見本中央公園パークサイドタワーイーストウイング東棟３８階３８１２号室　見本　太郎　方"
)
_BANKS = (("見本銀行", "見本支店"), ("みほん信用金庫", "本店営業部"), ("サンプル銀行", "中央支店"))

Row = Mapping[str, Value]
Watch = Callable[[Sequence["Resident"]], Iterable["Resident"]]


@dataclass(frozen=True)
class Resident:
    """A payer of the synthetic ward before keys are given: who, where, what is owed and how it is paid."""

    case: str
    name: Name
    postcode: str
    address: str
    building: str
    tax: Mapping[str, Value] | None
    vehicles: tuple[taxes.Vehicle, ...]
    tax_by_account: bool = False
    vehicles_by_account: bool = False
    protected: bool = False
    deceased: bool = False
    returned: bool = False


@dataclass(frozen=True)
class WardPlan:
    """What was put into the files: counts, and the payer key of each special case by its name."""

    payers: int
    resident: int
    vehicle: int
    by_account: int
    cases: Mapping[str, str]


@dataclass(frozen=True)
class WardFiles:
    """The two host files: CP932 fixed-length for resident tax, UTF-8 CSV for vehicle tax."""

    resident: Path
    vehicle: Path
    plan: WardPlan


def build_ward(payers: int, seed: int, out: Path, progress: Watch | None = None) -> WardFiles:
    """Write the host files of `payers` people into `out`. Raises ValueError below 20 payers, where not every case has
    room.

    `progress` wraps the sequence of payers while they are turned into records; deterministic by `payers` and `seed`.
    """
    if payers < LEAST_PAYERS:
        raise ValueError(f"a synthetic ward needs at least {LEAST_PAYERS} payers")
    rng = Random(seed)  # noqa: S311 - a synthetic population, no secret
    people = _special(rng)
    people += [_ordinary(rng, number) for number in range(payers - len(people))]
    rng.shuffle(people)
    out.mkdir(parents=True, exist_ok=True)
    resident_rows: list[Row] = []
    vehicle_rows: list[Row] = []
    cases: dict[str, str] = {}
    key = 1_000
    for person_ in progress(people) if progress else people:
        key += rng.randint(1, 97)
        if person_.case:
            cases[person_.case] = f"{key:010d}"
        who = _who(person_, f"{key:010d}")
        if person_.tax is not None:
            row = {"notice_no": f"{LEVY_YEAR % 100}01{len(resident_rows) + 1:06d}", **who, **person_.tax}
            resident_rows.append(row | _payment(rng, by_account=person_.tax_by_account))
        for vehicle in person_.vehicles:
            row = {"notice_no": f"{LEVY_YEAR % 100}02{len(vehicle_rows) + 1:06d}", **who}
            row |= {"plate": vehicle.plate, "vehicle_kind": vehicle.kind, "annual": vehicle.annual}
            vehicle_rows.append(row | _payment(rng, by_account=person_.vehicles_by_account))
    by_account = sum(row["method"] == "account" for row in resident_rows)
    plan = WardPlan(payers, len(resident_rows), len(vehicle_rows), by_account, cases)
    return WardFiles(_write_resident(out, resident_rows), _write_vehicle(out, vehicle_rows), plan)


def _write_resident(out: Path, rows: Sequence[Row]) -> Path:
    path, layout = out / "resident-tax-host.dat", load_layout("resident-tax-host")
    header: Row = {"municipality": MUNICIPALITY, "levy_year": LEVY_YEAR, "created_on": _CREATED_ON}
    write(path, layout, rows, header=header, gaiji=load_gaiji(layout.gaiji).to_private)
    return path


def _write_vehicle(out: Path, rows: Sequence[Row]) -> Path:
    path = out / "vehicle-tax-host.csv"
    write(path, load_layout("vehicle-tax-host"), rows)
    return path


def _who(person_: Resident, key: str) -> dict[str, Value]:
    marks = {"protected": person_.protected, "deceased": person_.deceased, "returned": person_.returned}
    return {
        "payer_key": key,
        "levy_year": LEVY_YEAR,
        "postcode": person_.postcode,
        "address": person_.address,
        "building": person_.building,
        "name": person_.name.text,
        "kana": person_.name.kana,
        "honorific": person_.name.honorific,
        **{mark: "yes" if value else "no" for mark, value in marks.items()},
    }


def _payment(rng: Random, *, by_account: bool) -> dict[str, Value]:
    if not by_account:
        return {"method": "slip", "bank": "", "branch": "", "number_masked": ""}
    bank, branch = rng.choice(_BANKS)
    return {"method": "account", "bank": bank, "branch": branch, "number_masked": f"****{rng.randrange(1000):03d}"}


def _ordinary(rng: Random, number: int) -> Resident:
    share = rng.randrange(100)
    owes_tax, owns = share < 17, share >= 14
    is_company = not owes_tax and not rng.randrange(14)
    one = _at(rng, company(number) if is_company else person(rng))
    count = rng.randint(1, 4) if is_company else 2 if not rng.randrange(15) else 1
    return replace(
        one,
        tax=taxes.resident_tax(rng) if owes_tax else None,
        vehicles=tuple(taxes.vehicle(rng) for _ in range(count)) if owns else (),
        tax_by_account=owes_tax and rng.randrange(100) < _ACCOUNT_PERCENT,
        vehicles_by_account=not rng.randrange(5),
    )


def _at(rng: Random, name: Name, case: str = "") -> Resident:
    town = towns.load_towns().pick(rng)
    return Resident(case, name, town.postcode, towns.address(rng, town), towns.building(rng), None, ())


def _special(rng: Random) -> list[Resident]:
    def taxed(case: str, name: Name) -> Resident:
        return replace(_at(rng, name, case), tax=taxes.resident_tax(rng))

    def owner(case: str, name: Name, count: int = 1) -> Resident:
        return replace(_at(rng, name, case), vehicles=tuple(taxes.vehicle(rng) for _ in range(count)))

    def both(case: str, name: Name) -> Resident:
        return replace(taxed(case, name), vehicles=(taxes.vehicle(rng),))

    longest = towns.load_towns().longest
    long_address = replace(
        taxed("long-address", person(rng, 0)),
        postcode=longest.postcode,
        address=f"{longest.name}字見本ケ丘東入ル上ル通り二丁目１２３４番地の５６７８",
        building=_LONG_BUILDING,
    )
    katakana = "アレクサンドラ・マリア・フェルナンデス・デ・ラ・クルス・モンテネグロ"
    latin = Name(
        "CHRISTOPHER ALEXANDER BARTHOLOMEW FEATHERSTONEHAUGH-SMITH", half_width("クリストファー アレクサンダー スミス")
    )
    return [
        both("variant-taka-saki", named("髙﨑", "タカサキ", "太郎", "タロウ")),
        taxed("plane-2-yoshi", named("𠮷田", "ヨシダ", "花子", "ハナコ")),
        both("variation-selector", named("渡邉\U000e010f", "ワタナベ", "健一", "ケンイチ")),
        owner("plane-2-hashi", named("𣘺本", "ハシモト", "翔太", "ショウタ")),
        owner("plane-2-tsuchi", named("𡈽屋", "ツチヤ", "恵子", "ケイコ")),
        taxed("no-glyph", named(f"見{UNMAPPED}", "ミホン", "一郎", "イチロウ")),
        long_address,
        owner("long-katakana", Name(katakana, half_width(katakana))),
        both("long-latin", latin),
        owner("company", company(0)),
        owner("company-two-vehicles", company(1), 2),
        replace(taxed("account", person(rng, 0)), tax_by_account=True),
        replace(_at(rng, person(rng, 0), "above-limit"), tax=taxes.heavy_tax()),
        replace(_at(rng, person(rng, 0), "one-instalment"), tax=taxes.light_tax()),
        owner("three-vehicles", person(rng, 0), 3),
        replace(taxed("protected", person(rng, 0)), protected=True),
        replace(owner("deceased", person(rng, 0)), deceased=True),
        replace(taxed("returned", person(rng, 0)), returned=True),
    ]
