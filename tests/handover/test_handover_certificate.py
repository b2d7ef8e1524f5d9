from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handover import certificate
from handover.certificate import ErasedCopy, ErasureCertificate, Level, Verification
from handover.model import Copy, CopyKind
from handover.rules import RefusalError

# A busy machine is no fault of the code: no test here is judged by the clock.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

AT = datetime(2026, 6, 5, 10, 0, tzinfo=timezone(timedelta(hours=9)))
KNOWN = [Copy(f"M-1-C{n:02d}", "M-1", "R08-N01", CopyKind.PC, f"pc-{n}", "D:/in", AT, "見本印刷") for n in range(1, 4)]


def row(copy, **changes):
    sound = ErasedCopy(
        copy.id, copy.kind, copy.host, copy.path, copy.first_written, AT + timedelta(days=3), "上書き3回", Level.PURGE,
        "eraser", "3.1", Verification.FULL, "v-01", "v-02", "cd" * 32,
    )  # fmt: skip
    return replace(sound, **changes)


def paper(rows=None, **changes):
    rows = tuple(row(copy) for copy in KNOWN) if rows is None else rows
    sound = ErasureCertificate(
        "E-1",
        "2026-1",
        ("R08-N01",),
        date(2026, 6, 10),
        "見本印刷",
        "v-01",
        "特記事項11・12",
        True,
        rows,
    )
    return replace(sound, **changes)


def refusal(found):
    with pytest.raises(RefusalError) as caught:
        certificate.check(found, KNOWN)
    assert str(caught.value)
    return caught.value.keys


def test_one_that_covers_every_copy_is_accepted():
    certificate.check(paper(), KNOWN)


@calm
@given(st.sets(st.integers(0, 2), max_size=2))
def test_every_copy_left_out_is_named(kept):
    rows = tuple(row(KNOWN[n]) for n in sorted(kept))
    with pytest.raises(RefusalError) as caught:
        certificate.check(paper(rows), KNOWN)
    missing = {f.values["copy"] for f in caught.value.faults if f.key == "certificate.copy-missing"}
    assert missing == {copy.id for n, copy in enumerate(KNOWN) if n not in kept}


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"host": "pc-9"}, "certificate.place-differs"),
        ({"kind": CopyKind.SERVER}, "certificate.place-differs"),
        ({"tool_version": " "}, "certificate.field-empty"),
        ({"witness": "v-01"}, "certificate.witness-is-executor"),
        ({"evidence_sha256": "none"}, "certificate.evidence"),
        ({"erased_at": AT - timedelta(seconds=1)}, "certificate.dates"),
        ({"erased_at": AT + timedelta(days=9)}, "certificate.dates"),
        ({"erased_at": AT.replace(tzinfo=None)}, "time.no-zone"),
    ],
)
def test_a_row_that_contradicts_is_refused(change, key):
    assert refusal(paper((row(KNOWN[0], **change), *(row(copy) for copy in KNOWN[1:])))) == (key,)


def test_the_statement_that_no_other_copies_exist_is_required():
    assert refusal(paper(no_other_copies=False)) == ("certificate.no-statement",)


def test_faults_come_all_at_once():
    strange = replace(KNOWN[0], id="M-1-C09")
    rows = (row(KNOWN[0], tool=""), row(KNOWN[0]), row(strange))
    assert set(refusal(paper(rows, issuer=""))) == {
        "certificate.field-empty", "certificate.copy-twice", "certificate.copy-unknown", "certificate.copy-missing",
    }  # fmt: skip


def test_json_there_and_back():
    assert certificate.parse(paper().to_bytes()) == paper()


@pytest.mark.parametrize(
    "edit",
    [
        (b'"Purge"', b'"Wipe"'), (b'"rows":[', b'"rowz":['), (b'"2026-06-10"', b'"20260610"'), (b'"v-01"', b"5"),
        (b"true", b'"yes"'), (b"+09:00", b""), (b'"batches":["R08-N01"]', b'"batches":"R"'),
    ],
)  # fmt: skip
def test_json_that_is_no_certificate_is_refused(edit):
    with pytest.raises(RefusalError) as caught:
        certificate.parse(paper().to_bytes().replace(*edit))
    assert caught.value.key == "certificate.unreadable"


@calm
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(data):
    with pytest.raises(RefusalError):
        certificate.parse(data)
