"""Opening the database: SQLite (WAL) by default, PostgreSQL by URL; and bringing it to the current version."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from archiveia.edges.database import waiting
from archiveia.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def open_database(url: str) -> Engine:
    """An engine for ``url``. Nothing is connected yet.

    Raises:
        DatabaseError: the URL cannot be used, or its driver is not installed.
    """
    try:
        parsed = sa.make_url(url)
        if parsed.get_backend_name() == "postgresql" and parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(parsed, pool_pre_ping=True)
    except sa.exc.ArgumentError as error:
        raise DatabaseError(
            f"database URL not understood: {error}", "correct ARCHIVEIA_DATABASE_URL"
        ) from error
    except ModuleNotFoundError as error:
        msg = f"the database driver {error.name!r} is not installed"
        raise DatabaseError(msg, "install archiveia[postgres]") from error
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine)
    return engine


def _set_up_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, and transactions that say from the start whether they write.

    SQLite refuses (SQLITE_BUSY) to turn a reading transaction into a writing one while another
    process writes; ``BEGIN IMMEDIATE`` waits instead.
    """

    @sa.event.listens_for(engine, "connect")
    def on_connect(dbapi_connection: object, _record: object) -> None:
        # The driver's own connection has no type here: it is sqlite3's.
        dbapi_connection.isolation_level = None  # type: ignore[attr-defined]
        cursor = dbapi_connection.cursor()  # type: ignore[attr-defined]
        for pragma in ("busy_timeout=60000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection in a reading transaction: one consistent picture."""
    with _refusals(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection in a writing transaction: all of it is kept, or nothing."""
    with (
        _refusals(engine),
        engine.connect().execution_options(writes=True) as connection,
        connection.begin(),
    ):
        connection.info.pop(waiting.TOUCHED, None)  # a transaction that failed left them
        yield connection
        waiting.follow(connection)


@contextmanager
def _refusals(engine: Engine) -> Iterator[None]:
    """A database that cannot be reached is our error, with a remedy."""
    try:
        yield
    except sa.exc.OperationalError as error:
        msg = f"the database {engine.url.render_as_string(hide_password=True)} does not answer: {error.orig}"
        raise DatabaseError(msg, "check ARCHIVEIA_DATABASE_URL, then `archiveia init`") from error


def migrate(engine: Engine) -> None:
    """The database at the newest version; safe to run at any time and from several processes."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            # Two processes that start together must not both create the tables.
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(748201)"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def version(engine: Engine) -> str | None:
    """The migration that the database is at; ``None`` for one that was never set up."""
    from alembic.runtime.migration import MigrationContext

    with reading(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate_if_needed(engine: Engine) -> None:
    """The database at the newest version; costs one small query when it is there already."""
    newest = max(path.name[:4] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    try:
        with engine.connect() as connection:
            at = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    except sa.exc.DatabaseError:
        at = None  # a new database has no such table; a dead server says so in ``migrate``
    if at != newest:
        migrate(engine)


def shrink(engine: Engine) -> None:
    """What was deleted is no more in the database's files, as far as that can be had without stopping others.

    SQLite: its log is emptied into the file, where freed pages were overwritten (``secure_delete``). PostgreSQL:
    dead rows are cleared away.
    """
    statement = "PRAGMA wal_checkpoint(TRUNCATE)" if engine.dialect.name == "sqlite" else "VACUUM"
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        if engine.dialect.name != "sqlite":
            driver.autocommit = True  # type: ignore[union-attr] # psycopg's: VACUUM runs in no transaction
        raw.cursor().execute(statement)
    finally:
        raw.invalidate()  # a connection in another mode goes back to nobody
