"""A piece held back for several reasons: the clerk reads all of them, and it counts as one piece."""

from cli_desk import spawn

NAME = "渡\U000e01ef\ue0bb　一郎"
LAYOUT = ("--layout", "vehicle-tax-host")


def test_all_reasons_of_a_held_piece_are_shown_and_it_counts_once(desk):
    path = desk.folder / "host" / "vehicle-tax-host.csv"
    rows = [line.split(",") for line in path.read_text("utf-8").splitlines()]
    chosen = next(row for row in rows[1:-1] if row[-4:] == ["1", "0", "0", "0"])
    chosen[14] = NAME
    path.write_text("".join(",".join(row) + "\n" for row in rows), "utf-8")
    assert desk("intake", path, *LAYOUT).code == 0
    job = ("R08-N01", "--tax-item", "vehicle-tax", "--levy-year", "2026", "--issued-on", "2026-05-08")
    assert desk("job", "create", *job).code == 0
    before = desk("status", "--json").json["jobs"][0]["held"]
    composed = spawn(desk.folder, "compose", "R08-N01", "--json").json

    held = [row for row in desk("job", "show", "R08-N01", "--json").json["held"] if row["payer_key"] == chosen[2]]
    assert {row["key"] for row in held} == {"press.missing-glyph"}
    said = "\n".join(row["sentence"] for row in held)
    assert "U+6E21 U+E01EF" in said
    assert "U+E0BB" in said
    assert len(held) == 2
    assert desk("status", "--json").json["jobs"][0]["held"] == before + composed["held"]
