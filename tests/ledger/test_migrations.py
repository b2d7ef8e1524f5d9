"""Migrations lead from an empty ledger to exactly what the models say, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from print_service.findings import RefusedError
from print_service.ledger.database import connect, migrate, require_current
from print_service.ledger.tables import Base

pytestmark = pytest.mark.xdist_group("postgres")


@pytest.fixture
def sqlite_engine(tmp_path):
    (tmp_path / "ledger.sqlite").touch()
    engine = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite_engine", "postgres_engine"])
def empty(request):
    return request.getfixturevalue(request.param)


def difference(engine):
    with engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_migrations_from_empty_equal_the_models(empty):
    assert difference(empty) != []
    migrate(empty)
    assert difference(empty) == []


def test_a_missing_index_column_or_table_would_be_seen(empty):
    """The comparison above can fail: each of these makes a difference."""
    migrate(empty)
    for spoil in ("DROP INDEX ix_slips_piece_id", "ALTER TABLE jobs DROP COLUMN maker", "DROP TABLE postings"):
        before = len(difference(empty))
        with empty.begin() as connection:
            connection.execute(text(spoil))
        assert len(difference(empty)) == before + 1, spoil


def test_migrating_a_current_ledger_changes_nothing(empty):
    migrate(empty)
    migrate(empty)
    require_current(empty)
    assert difference(empty) == []


def test_a_ledger_of_another_schema_is_refused_with_both_versions(empty):
    with pytest.raises(RefusedError) as refusal:
        require_current(empty)
    (finding,) = refusal.value.findings
    assert (finding.key, finding.values["found"]) == ("ledger.schema-old", "なし")
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RefusedError, match="9999"):
        require_current(empty)
    with pytest.raises(RefusedError, match=r"ledger\.schema-newer"):
        migrate(empty)


def test_a_ledger_that_is_not_there_is_refused_and_not_made(tmp_path):
    engine = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with pytest.raises(RefusedError, match=r"ledger\.missing"):
        require_current(engine)
    assert list(tmp_path.iterdir()) == []
    engine.dispose()


@pytest.mark.parametrize("url", ["", "ledger.sqlite", "nosuch://host/name"])
def test_an_address_no_database_answers_to_is_refused(url):
    with pytest.raises(RefusedError, match=r"ledger\.url"):
        connect(url)


def test_only_one_live_version_of_an_assessment(ward, postgres_engine):
    """The partial unique index stands on both databases under the same name."""
    migrate(postgres_engine)
    for engine in (ward.engine, postgres_engine):
        with engine.connect() as connection:
            context = MigrationContext.configure(connection)
            indexes = {index["name"]: index for index in context.impl.dialect.get_indexes(connection, "assessments")}
        assert indexes["uq_assessments_live"]["unique"]
        assert indexes["uq_assessments_live"]["column_names"] == ["tax_item", "levy_year", "notice_no"]
