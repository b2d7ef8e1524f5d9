"""The database sorts a freeze's pieces; whatever its language, they come in the order that `postal_key` says."""

import pytest
from sqlalchemy import select

from print_service.batches.postal import postal_key
from print_service.ledger.database import connect, migrate
from print_service.ledger.tables import Payer, Piece
from print_service.settings import load_settings

pytestmark = pytest.mark.xdist_group("postgres")

# What languages sort otherwise than code points do: case, width, kana, variation selectors, characters beyond the first plane.
PLACES = [
    ("1600022", "東京都新宿区新宿一丁目1-1", "B棟"),
    ("1600022", "東京都新宿区新宿一丁目1-1", "a棟"),
    ("1600022", "東京都新宿区新宿一丁目1-1", "Ａ棟"),
    ("1600022", "東京都新宿区新宿一丁目1-1", ""),
    ("1600022", "東京都新宿区新宿一丁目１-1", "は"),
    ("1600022", "東京都新宿区新宿一丁目１-1", "バ"),
    ("1600022", "東京都新宿区𠮷野1", "辻\U000e0100"),
    ("1600022", "東京都新宿区辻1", "辻"),
    ("1600022", "東京都新宿区豈1", "-"),
    ("1600022", "東京都新宿区豈1", "_"),
    ("0600000", "北海道札幌市中央区1", ""),
    ("1690051", "東京都新宿区西早稲田1", ""),
    ("1590000", "見本1", ""),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def ward_of(request, ward, postgres):
    if request.param == "sqlite":
        yield ward
        return
    toml = ward.out / "ward.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("sqlite:///ledger.sqlite", postgres()), encoding="utf-8")
    settings = load_settings(toml)
    engine = connect(settings.ledger_url)
    migrate(engine)
    yield type(ward)(ward.out, settings, engine, ward.plan)
    engine.dispose()


def test_pieces_come_in_the_order_of_their_postal_keys(ward_of):
    rows = [
        {"payer_key": f"{900 - number:010d}", "postcode": code, "address": address, "building": building}
        for number, (code, address, building) in enumerate([*PLACES, *PLACES])
    ]
    ward_of.load(ward_of.write_vehicles("places.csv", *rows))
    ward_of.freeze("R08-N01", "vehicle-tax")
    local = ward_of.settings.ward.local_postcodes
    with ward_of.session() as session:
        found = session.scalars(select(Payer).join(Piece, Piece.payer_key == Payer.key).order_by(Piece.number)).all()
        keys = [postal_key(who.postcode, who.address, who.building, who.key, local) for who in found]
    assert len(keys) == len(rows)
    assert keys == sorted(keys)
