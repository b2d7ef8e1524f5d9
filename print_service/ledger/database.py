"""Open the ledger: an engine with SQLite in WAL mode and foreign keys on (or PostgreSQL), migrated to the newest schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import ColumnElement, Engine, collate, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from print_service.findings import refuse
from print_service.ledger import collection_tables, custody_tables, dunning_tables, journal_tables, sent_tables, tables

# Every module that defines tables, so that the metadata is whole wherever a ledger is opened.
TABLES = (tables, collection_tables, dunning_tables, sent_tables, custody_tables, journal_tables)
_MIGRATIONS = Path(__file__).parent / "migrations"
# PostgreSQL's counterpart of SQLite's write lock: one transaction of this application at a time in a database, so that no two
# freezes see the same assessments and no two writers the same journal head. The number is ours alone and means nothing.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(131999)"


def connect(url: str) -> Engine:
    """An engine for `url`; nothing is created yet. Refuses (`ledger.url`) an address no database answers to."""
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise refuse("ledger.url", "ledger_url", reason=str(error)) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _pragmas)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_ONE_AT_A_TIME))
    return engine


def _pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver's own BEGIN is switched off: every transaction here takes the write lock first, so that no two
    # writers can read the same journal head.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def migrate(engine: Engine) -> None:
    """Bring an empty or older ledger to the newest schema. Refuses (`ledger.schema-newer`) one this program does not know."""
    config = _config()
    place = _sqlite_file(engine)
    if place is not None:
        place.parent.mkdir(parents=True, exist_ok=True)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise refuse("ledger.schema-newer", engine.url.render_as_string(), reason=str(error)) from error


def require_current(engine: Engine) -> None:
    """Refuse to work on a ledger that is not there (`ledger.missing`) or has another schema (`ledger.schema-old`)."""
    place = _sqlite_file(engine)
    if place is not None and not place.is_file():
        raise refuse("ledger.missing", str(place), path=str(place))
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != head:
        raise refuse("ledger.schema-old", engine.url.render_as_string(), found=found or "なし", head=head or "")


def _sqlite_file(engine: Engine) -> Path | None:
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    return Path(name) if name and name != ":memory:" else None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """One transaction: all of it or nothing."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def rows(session: Session, statement: Any, size: int = 1000) -> Iterator[Any]:
    """Scalars of a select, streamed in blocks so that memory stays flat."""
    yield from session.scalars(statement.execution_options(yield_per=size))


def by_code_point(session: Session, column: Any) -> ColumnElement[str]:
    """A text column to sort by as Python sorts strings: by code point, whatever the database's language."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    sorted_by: ColumnElement[str] = collate(column, "C") if postgresql else column
    return sorted_by
