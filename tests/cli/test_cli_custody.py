"""Incidents, audits and deadlines by hand: what a supervisor types and what comes of it."""

import re
from datetime import datetime, timedelta

import pytest
from cli_desk import Desk, spawn

from print_service.act import JST


def moment(days):
    return f"{datetime.now(JST) - timedelta(days=days):%Y-%m-%d %H:%M}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("custody") / "ward"
    folder.mkdir()
    desk = Desk(folder)
    assert desk("init", ".").code == 0
    contract = folder / "contract.toml"
    text = re.sub(r"(valid_from|declared_on|trained_on) = \S+", r"\1 = 2020-04-01", contract.read_text("utf-8"))
    contract.write_text(re.sub(r"valid_to = \S+", "valid_to = 2099-03-31", text), "utf-8")
    return desk


def test_an_incident_from_the_first_notice_to_the_report(desk):
    first = ("--discovered-by", "V01", "--discovered-at", moment(7), "--known-at", moment(6.9))
    opened = desk("handover", "incident", "open", "--kind", "loss", "--step", "handover", "--by-vendor", *first)
    (number,) = re.findall(r"I-\d{4}-\d{3}", opened.out)
    late = desk("status", "--overdue", "--json")
    assert late.code == 1
    kinds = {row["kind"] for row in late.json["overdue"]}
    assert kinds >= {"provisional-report", "vendor-report"}
    assert desk("handover", "incident", "assess", number, "--by", "W01").keys == ["people.wrong-role"]
    assert desk("handover", "incident", "assess", number, "--by", "W03", "--persons", "101", user="W03").code == 0
    assert desk("handover", "incident", "contain", number, "--contained-at", moment(6)).code == 0
    assert desk("handover", "incident", "vendor-report", number, "--reported-at", moment(5)).code == 0
    assert set(desk("handover", "incident", "close", number, "--by", "W03", user="W03").keys) == {
        "incident.report-owed"
    }
    texts = desk.folder / "report.toml"
    assert desk("handover", "incident", "texts", texts).code == 0
    assert desk("handover", "incident", "texts", texts).keys == ["cli.exists"]
    send = ("handover", "incident", "report", number, "--kind", "provisional", "--texts", texts, "--by", "W03")
    assert desk(*send, user="W03").keys == ["incident.item-missing"]
    texts.write_text(texts.read_text("utf-8").replace('outline = ""', 'outline = "媒体の紛失"'), "utf-8")
    said = spawn(desk.folder, *send, user="W03")
    assert f"{number}-provisional-1.pdf" in said.out
    (row,) = desk("handover", "incident", "list", "--json").json["incidents"]
    assert (row["state"], row["persons"]) == ("速報済", 101)
    kinds = {row["kind"] for row in desk("status", "--overdue", "--json").json["overdue"]}
    assert not kinds & {"provisional-report", "vendor-report"}


def test_an_audit_from_the_blank_form_to_the_record(desk):
    form = desk.folder / "audit.toml"
    assert desk("handover", "audit", "form", form).code == 0
    assert set(desk("handover", "audit", "record", form).keys) == {"audit.field", "audit.point"}
    text = re.sub(r"held_on = \S+", "held_on = 2020-06-01", form.read_text("utf-8"))
    text = text.replace('{ note = "" }', "{ kept = true }").replace('place = ""', 'place = "第一工場"')
    text = text.replace("auditors = []", 'auditors = ["W01", "W03"]').replace(
        "attended_by = []", 'attended_by = ["V04"]'
    )
    form.write_text(text, "utf-8")
    assert "A-2020-01.pdf" in spawn(desk.folder, "handover", "audit", "record", form, user="W03").out
    (row,) = desk("handover", "audit", "list", "--json").json["audits"]
    assert (row["id"], row["findings"], row["state"]) == ("A-2020-01", 0, "cleared")
    assert desk("handover", "audit", "remedy", "A-2020-01", "--ward", "W01").keys == ["audit.nothing-open"]
    years = {row["id"] for row in desk("status", "--overdue", "--json").json["overdue"] if row["kind"] == "audit"}
    assert "FY2020" not in years
    assert "FY2021" in years


def test_a_file_that_is_no_toml_is_refused(desk):
    path = desk.folder / "broken.toml"
    path.write_text("held_on = ", "utf-8")
    assert desk("handover", "audit", "record", path).keys == ["handover.no-toml"]
