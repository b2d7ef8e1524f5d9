"""The contract as the ward holds it: who at the vendor and at the ward may touch the medium, where, from when to when,
under which accreditation, when they were trained, and that nothing is entrusted further.

Read from `contract.toml`; the facts are those of form F-01 従事者・作業場所届. The printing contract's special terms
(特記事項) 10 forbid any re-entrustment, 13 wants the responsible person (取扱責任者) and the handlers (取扱者) named
beforehand, 18 wants them trained; tenders ask for the privacy mark (Pマーク) or ISMS. Stands before step 7 hand over:
`duties` says what lapses and what must be refused.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from handover import canonical_json
from handover.days import last_day_of_months
from handover.reasons import of_toml
from handover.rules import Fault, RefusalError, refuse_if

_TEXTS = ("number", "vendor", "postcode", "address", "workplace", "responsible")
_DAYS = ("valid_from", "valid_to")


class Side(StrEnum):
    """Whose staff a person is."""

    WARD = "ward"
    VENDOR = "vendor"


class Role(StrEnum):
    """What a person may do."""

    CARRIER = "carrier"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"


class AccreditationKind(StrEnum):
    """What tenders ask a printing vendor for."""

    PRIVACY_MARK = "privacy-mark"
    ISMS = "isms"


@dataclass(frozen=True)
class Accreditation:
    """One accreditation 認証 of the vendor; `valid_to` is its last day."""

    kind: AccreditationKind
    number: str
    valid_to: date


@dataclass(frozen=True)
class Person:
    """One named person; `valid_to` None means until further notice, `trained_on` the day of the latest training."""

    id: str
    name: str
    side: Side
    roles: frozenset[Role]
    valid_from: date
    valid_to: date | None = None
    trained_on: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the person may act on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Declaration:
    """That the vendor entrusts nothing further (再委託なし): when, and by which of its people (id)."""

    on: date
    by: str


@dataclass(frozen=True)
class Contract:
    """One printing contract; `responsible` is a person's id, `people` are by id, `postcode` is 7 digits with or without
    hyphen, `training_months` how long a training holds.
    """

    number: str
    vendor: str
    postcode: str
    address: str
    workplace: str
    responsible: str
    valid_from: date
    valid_to: date
    training_months: int
    no_reentrustment: Declaration
    accreditations: tuple[Accreditation, ...]
    people: Mapping[str, Person]

    def trained_until(self, person: Person) -> date | None:
        """The last day a person's training holds; None without training."""
        return last_day_of_months(person.trained_on, self.training_months) if person.trained_on else None

    def digest(self) -> str:
        """SHA-256 (hex) over every fact: what was reported and accepted is exactly this."""
        people = [{**_texts(vars(one)), "roles": sorted(one.roles)} for _, one in sorted(self.people.items())]
        facts = {
            **_texts({name: value for name, value in vars(self).items() if name != "people"}),
            "no_reentrustment": _texts(vars(self.no_reentrustment)),
            "accreditations": [_texts(vars(one)) for one in self.accreditations],
            "people": people,
        }
        return canonical_json.sha256_hex(canonical_json.dump(facts))


def load(path: Path) -> Contract:
    """Read `contract.toml`; refuses a missing or unreadable file and everything `build` refuses."""
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusalError("contract.unreadable", path=path, detail=of_toml(error)) from error
    return build(found)


def build(found: Mapping[str, Any]) -> Contract:
    """The contract of parsed TOML; refuses all faults of the file at once."""
    faults = [*_contract_faults(found), *_accreditation_faults(found.get("accreditations"))]
    people: dict[str, Person] = {}
    rows = found.get("people", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        row_faults = list(_person_faults(row, number, people))
        faults += row_faults
        if not row_faults:
            person = Person(**{**row, "side": Side(row["side"]), "roles": frozenset(map(Role, row["roles"]))})
            people[person.id] = person
    if not faults:
        faults += _responsible_faults(found, people)
    refuse_if(faults)
    declared = found["no_reentrustment"]
    return Contract(
        **{name: found[name] for name in (*_TEXTS, *_DAYS, "training_months")},
        no_reentrustment=Declaration(declared["declared_on"], declared["declared_by"]),
        accreditations=tuple(
            Accreditation(AccreditationKind(row["kind"]), row["number"], row["valid_to"])
            for row in found["accreditations"]
        ),
        people=people,
    )


def _texts(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int) else str(value) for name, value in facts.items()}


def _contract_faults(found: Mapping[str, Any]) -> Iterator[Fault]:
    known = {*_TEXTS, *_DAYS, "training_months", "no_reentrustment", "accreditations", "people"}
    for name in _TEXTS:
        if not _is_text(found.get(name)):
            yield Fault("contract.field-missing", {"field": name})
    for name in _DAYS:
        if type(found.get(name)) is not date:
            yield Fault("contract.field-missing", {"field": name})
    if type(found.get("training_months")) is not int or found["training_months"] < 1:
        yield Fault("contract.field-missing", {"field": "training_months"})
    if all(type(found.get(name)) is date for name in _DAYS) and found["valid_to"] < found["valid_from"]:
        yield Fault("contract.dates")
    for name in sorted(found.keys() - known):
        yield Fault("contract.field-unknown", {"field": name})
    declared = found.get("no_reentrustment")
    if (
        not isinstance(declared, dict)
        or declared.keys() != {"declared_on", "declared_by"}
        or type(declared["declared_on"]) is not date
        or not _is_text(declared["declared_by"])
    ):
        yield Fault("contract.re-entrustment")
    if not isinstance(found.get("people"), list) or not found["people"]:
        yield Fault("contract.field-missing", {"field": "people"})


def _accreditation_faults(rows: object) -> Iterator[Fault]:
    if not isinstance(rows, list) or not rows:
        yield Fault("contract.field-missing", {"field": "accreditations"})
        return
    for number, row in enumerate(rows, start=1):
        sound = (
            isinstance(row, dict)
            and row.keys() == {"kind", "number", "valid_to"}
            and row["kind"] in tuple(AccreditationKind)
            and _is_text(row["number"])
            and type(row["valid_to"]) is date
        )
        if not sound:
            yield Fault("contract.accreditation", {"number": number})


def _person_faults(row: object, number: int, people: Mapping[str, Person]) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield Fault("contract.person-field", {"number": number, "field": "people"})
        return
    roles = row.get("roles")
    begin, end, trained = row.get("valid_from"), row.get("valid_to"), row.get("trained_on")
    sound = {
        "id": isinstance(row.get("id"), str) and row["id"].isascii() and row["id"].strip() != "",
        "name": _is_text(row.get("name")),
        "side": row.get("side") in tuple(Side),
        "roles": isinstance(roles, list) and bool(roles) and all(role in tuple(Role) for role in roles),
        "valid_from": type(begin) is date,
        "valid_to": end is None or type(end) is date,
        "trained_on": trained is None or type(trained) is date,
    }
    for name in (*(name for name, good in sound.items() if not good), *_surplus(row, sound)):
        yield Fault("contract.person-field", {"number": number, "field": name})
    if type(begin) is date and type(end) is date and end < begin:
        yield Fault("contract.person-dates", {"number": number})
    if sound["id"] and row["id"] in people:
        yield Fault("contract.person-twice", {"person": row["id"]})


def _responsible_faults(found: Mapping[str, Any], people: Mapping[str, Person]) -> Iterator[Fault]:
    def is_vendors(person: str) -> bool:
        return person in people and people[person].side is Side.VENDOR

    if not is_vendors(found["responsible"]):
        yield Fault("contract.responsible-unlisted", {"person": found["responsible"]})
    if not is_vendors(found["no_reentrustment"]["declared_by"]):
        yield Fault("contract.responsible-unlisted", {"person": found["no_reentrustment"]["declared_by"]})


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() != ""


def _surplus(row: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    return sorted(row.keys() - set(known))
