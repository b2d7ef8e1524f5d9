import copy
import tomllib
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import contract
from handover.contract import Role
from handover.rules import RefusalError

# A busy machine is no fault of the code: no test here is judged by the clock.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

TEXT = """
number = "2026-0417"
vendor = "見本印刷株式会社"
postcode = "160-0000"
address = "東京都見本区見本町二丁目2番2号"
workplace = "見本工場 第2印刷室"
responsible = "v-01"
valid_from = 2026-04-01
valid_to = 2027-03-31
training_months = 12

[no_reentrustment]
declared_on = 2026-04-01
declared_by = "v-01"

[[accreditations]]
kind = "privacy-mark"
number = "10000001"
valid_to = 2027-01-31

[[people]]
id = "w-01"
name = "見本 一郎"
side = "ward"
roles = ["handler", "supervisor"]
valid_from = 2026-04-01

[[people]]
id = "v-01"
name = "印刷 太郎"
side = "vendor"
roles = ["carrier", "handler"]
valid_from = 2026-04-01
valid_to = 2027-03-31
trained_on = 2026-04-03
"""


@pytest.fixture
def found():
    return tomllib.loads(TEXT)


def refusal(found):
    with pytest.raises(RefusalError) as caught:
        contract.build(found)
    return caught.value.keys


def test_read_from_its_file(tmp_path):
    path = tmp_path / "contract.toml"
    path.write_text(TEXT, encoding="utf-8")
    read = contract.load(path)
    assert (read.number, read.vendor, read.responsible) == ("2026-0417", "見本印刷株式会社", "v-01")
    assert read.people["v-01"].roles == {Role.CARRIER, Role.HANDLER}
    assert read.people["w-01"].valid_to is None


def test_a_missing_or_broken_file_is_refused(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"number = \xff")
    for name, key in [("absent.toml", "file.missing"), ("bad.toml", "contract.unreadable")]:
        with pytest.raises(RefusalError) as caught:
            contract.load(tmp_path / name)
        assert caught.value.key == key


def test_re_entrustment_must_be_declared_absent(found):
    day = date(2026, 4, 1)
    for value in (
        True, None, {}, {"declared_on": day}, {"declared_on": "2026-04-01", "declared_by": "v-01"},
        {"declared_on": day, "declared_by": " "}, {"declared_on": day, "declared_by": "v-01", "to": "x"},
    ):  # fmt: skip
        assert refusal({**found, "no_reentrustment": value}) == ("contract.re-entrustment",)


def test_the_declaration_is_made_by_one_of_the_vendor_s_people(found):
    declared = {"declared_on": date(2026, 4, 1), "declared_by": "w-01"}
    assert refusal({**found, "no_reentrustment": declared}) == ("contract.responsible-unlisted",)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"accreditations": []}, "contract.field-missing"),
        (
            {"accreditations": [{"kind": "iso9001", "number": "1", "valid_to": date(2027, 1, 1)}]},
            "contract.accreditation",
        ),
        ({"accreditations": [{"kind": "isms", "number": "1", "valid_to": "2027-01-01"}]}, "contract.accreditation"),
        ({"training_months": 0}, "contract.field-missing"),
        ({"training_months": True}, "contract.field-missing"),
        ({"valid_to": date(2026, 3, 31)}, "contract.dates"),
        ({"valid_from": "2026-04-01"}, "contract.field-missing"),
    ],
)
def test_accreditations_period_and_training_are_asked_for(found, change, key):
    assert refusal({**found, **change}) == (key,)


def test_the_digest_changes_with_every_fact_and_with_nothing_else(found):
    digest = contract.build(found).digest()
    assert contract.build(copy.deepcopy(found)).digest() == digest
    assert contract.build({**found, "people": found["people"][::-1]}).digest() == digest
    seen = {digest}
    for change in (
        {"workplace": "別の工場"}, {"valid_to": date(2027, 3, 30)}, {"training_months": 6},
        {"no_reentrustment": {"declared_on": date(2026, 4, 2), "declared_by": "v-01"}},
        {"accreditations": [{**found["accreditations"][0], "valid_to": date(2027, 2, 1)}]},
        {"people": [found["people"][0], {**found["people"][1], "trained_on": date(2026, 4, 4)}]},
        {"people": [found["people"][0], {**found["people"][1], "roles": ["handler"]}]},
        {"people": [*found["people"], {**found["people"][1], "id": "v-02"}]},
    ):  # fmt: skip
        seen.add(contract.build({**found, **change}).digest())
    assert len(seen) == 9


def test_all_faults_of_the_list_at_once(found):
    broken = copy.deepcopy(found)
    del broken["vendor"]
    broken["no_reentrustment"] = False
    broken["workplaces"] = "x"
    broken["people"][0] |= {"roles": ["boss"], "valid_from": "2026-04-01"}
    broken["people"][1] |= {"valid_to": date(2026, 3, 31)}
    assert set(refusal(broken)) == {
        "contract.field-missing", "contract.re-entrustment", "contract.field-unknown", "contract.person-field",
        "contract.person-dates",
    }  # fmt: skip


def test_the_responsible_person_is_one_of_the_vendor_s_people(found):
    for person in ("w-01", "nobody"):
        assert refusal({**found, "responsible": person}) == ("contract.responsible-unlisted",)


def test_nobody_twice(found):
    assert refusal({**found, "people": found["people"] * 2}) == ("contract.person-twice",) * 2


toml_values = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FIELDS = ["id", "name", "side", "roles", "valid_from", "valid_to"]


@calm
@given(
    st.dictionaries(
        st.sampled_from(["number", "vendor", "responsible", "people", "no_reentrustment", "x"]), toml_values
    ),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), toml_values), max_size=2),
)
def test_any_toml_is_built_or_refused(top, people):
    base = tomllib.loads(TEXT)
    try:
        contract.build({**base, **top, **({"people": people} if people else {})})
    except RefusalError as error:
        assert str(error)
