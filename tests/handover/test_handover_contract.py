import copy
import tomllib
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import contract
from handover.contract import Role, Side
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
no_reentrustment = true

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
    for value in (False, "true", None):
        assert refusal({**found, "no_reentrustment": value}) == ("contract.re-entrustment",)


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


def faults(found, ids, **duty):
    built = contract.build(found)
    return [f.key for f in contract.duty_faults(built, ids, duty="運搬", **duty)]


def test_who_may_do_a_duty(found):
    on = date(2026, 6, 5)
    assert faults(found, ["v-01"], on=on, side=Side.VENDOR, role=Role.CARRIER) == []
    assert faults(found, ["v-01", "v-01"], on=on, at_least=2) == ["people.too-few"]
    assert faults(found, ["x"], on=on) == ["people.not-on-list"]
    assert faults(found, ["v-01"], on=date(2027, 4, 1)) == ["people.not-valid"]
    assert faults(found, ["v-01"], on=date(2027, 3, 31)) == []
    assert faults(found, ["w-01"], on=date(2026, 3, 31), side=Side.VENDOR, role=Role.CARRIER) == [
        "people.not-valid", "people.wrong-side", "people.wrong-role",
    ]  # fmt: skip


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
