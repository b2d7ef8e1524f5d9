"""The contract as the ward holds it: who at the vendor and at the ward may touch the medium, where, and from when to
when.

Read from `contract.toml`. The printing contract's special terms (特記事項) 10 forbid any re-entrustment and 13 want
the responsible person (取扱責任者) and the handlers (取扱者) named beforehand; form F-01 carries the same facts.
Stands before step 7 hand over: nobody who is not on this list carries, receives or loads anything.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from handover.rules import Fault, RefusalError, refuse_if

_TEXTS = ("number", "vendor", "postcode", "address", "workplace", "responsible")


class Side(StrEnum):
    """Whose staff a person is."""

    WARD = "ward"
    VENDOR = "vendor"


class Role(StrEnum):
    """What a person may do."""

    CARRIER = "carrier"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True)
class Person:
    """One named person; `valid_to` None means until further notice."""

    id: str
    name: str
    side: Side
    roles: frozenset[Role]
    valid_from: date
    valid_to: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the person may act on this day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Contract:
    """One printing contract; `responsible` is a person's id, `people` are by id, `postcode` is 7 digits with or without hyphen."""

    number: str
    vendor: str
    postcode: str
    address: str
    workplace: str
    responsible: str
    people: Mapping[str, Person]


def load(path: Path) -> Contract:
    """Read `contract.toml`; refuses a missing or unreadable file and everything `build` refuses."""
    if not path.is_file():
        raise RefusalError("file.missing", path=path)
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RefusalError("contract.unreadable", path=path, detail=str(error)) from error
    return build(found)


def build(found: Mapping[str, Any]) -> Contract:
    """The contract of parsed TOML; refuses all faults of the file at once."""
    faults = list(_contract_faults(found))
    people: dict[str, Person] = {}
    rows = found.get("people", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        row_faults = list(_person_faults(row, number, people))
        faults += row_faults
        if not row_faults:
            person = _person(row)
            people[person.id] = person
    responsible = found.get("responsible")
    if not faults and (responsible not in people or people[str(responsible)].side is not Side.VENDOR):
        faults.append(Fault("contract.responsible-unlisted", {"person": responsible}))
    refuse_if(faults)
    return Contract(**{name: found[name] for name in _TEXTS}, people=people)


def duty_faults(
    contract: Contract,
    ids: Sequence[str],
    *,
    on: date,
    at_least: int = 1,
    side: Side | None = None,
    role: Role | None = None,
    duty: str,
) -> Iterator[Fault]:
    """Why these people may not do this duty on this day: too few of them, unknown, not valid, wrong side, wrong role.

    `duty` is the Japanese word for what they do, for the sentence.
    """
    if len(set(ids)) < at_least:
        yield Fault("people.too-few", {"duty": duty, "found": len(set(ids)), "wanted": at_least})
    for person_id in dict.fromkeys(ids):
        values = {"person": person_id, "duty": duty, "on": on.isoformat()}
        person = contract.people.get(person_id)
        if person is None:
            yield Fault("people.not-on-list", values)
            continue
        if not person.valid_on(on):
            yield Fault("people.not-valid", values)
        if side is not None and person.side is not side:
            yield Fault("people.wrong-side", {**values, "side": "区" if side is Side.WARD else "受託者"})
        if role is not None and role not in person.roles:
            yield Fault("people.wrong-role", {**values, "role": role.value})


def _contract_faults(found: Mapping[str, Any]) -> Iterator[Fault]:
    known = {*_TEXTS, "no_reentrustment", "people"}
    for name in _TEXTS:
        if not isinstance(found.get(name), str) or not found[name].strip():
            yield Fault("contract.field-missing", {"field": name})
    for name in sorted(found.keys() - known):
        yield Fault("contract.field-unknown", {"field": name})
    if found.get("no_reentrustment") is not True:
        yield Fault("contract.re-entrustment")
    if not isinstance(found.get("people"), list) or not found["people"]:
        yield Fault("contract.field-missing", {"field": "people"})


def _person_faults(row: object, number: int, people: Mapping[str, Person]) -> Iterator[Fault]:
    if not isinstance(row, dict):
        yield Fault("contract.person-field", {"number": number, "field": "people"})
        return
    roles = row.get("roles")
    begin, end = row.get("valid_from"), row.get("valid_to")
    sound = {
        "id": isinstance(row.get("id"), str) and row["id"].isascii() and row["id"].strip() != "",
        "name": isinstance(row.get("name"), str) and row["name"].strip() != "",
        "side": row.get("side") in tuple(Side),
        "roles": isinstance(roles, list) and bool(roles) and all(role in tuple(Role) for role in roles),
        "valid_from": type(begin) is date,
        "valid_to": end is None or type(end) is date,
    }
    for name in (*(name for name, good in sound.items() if not good), *_surplus(row, sound)):
        yield Fault("contract.person-field", {"number": number, "field": name})
    if type(begin) is date and type(end) is date and end < begin:
        yield Fault("contract.person-dates", {"number": number})
    if sound["id"] and row["id"] in people:
        yield Fault("contract.person-twice", {"person": row["id"]})


def _surplus(row: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    return sorted(row.keys() - set(known))


def _person(row: Mapping[str, Any]) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        side=Side(row["side"]),
        roles=frozenset(Role(role) for role in row["roles"]),
        valid_from=row["valid_from"],
        valid_to=row.get("valid_to"),
    )
