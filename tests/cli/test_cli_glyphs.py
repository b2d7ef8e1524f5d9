"""`job glyphs`: on the screen, as JSON, as a CSV that a spreadsheet opens."""

import csv


def test_a_job_without_faults_says_so(loaded):
    said = loaded("job", "glyphs", "R08-N01", "--json")
    assert said.code == 0
    assert said.json["batch"] == "R08-N01"
    assert said.json["pieces"] == len({row["piece"] for row in said.json["characters"]})


def test_the_csv_holds_what_the_json_says(loaded, tmp_path):
    path = tmp_path / "glyphs.csv"
    said = loaded("job", "glyphs", "R08-N01", "--csv", str(path), "--replaced", "--json")
    assert said.code == 0
    rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][:2] == ["通番", "宛名番号"]
    assert [row[6] for row in rows[1:]] == [row["codepoints"] for row in said.json["characters"]]


def test_an_unknown_job_is_refused(desk):
    assert desk("job", "glyphs", "R08-N99").code == 1


def test_doctor_names_a_gaiji_font_that_is_not_there(desk):
    ward = desk.folder / "ward.toml"
    table = f'\n[[press.gaiji]]\nname = "mihon"\nfile = "none.ttf"\nfamily = "Mihon"\nsha256 = "{"0" * 64}"\nranges = ["E000-E757"]\n'
    ward.write_text(ward.read_text(encoding="utf-8") + table, encoding="utf-8")
    said = desk("doctor", "--json")
    assert (said.code, [row["key"] for row in said.json["findings"]]) == (1, ["press.font-missing"])
