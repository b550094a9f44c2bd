"""Opening the database: a file of SQLite's, or PostgreSQL that several machines share."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import ArgumentError

from sosie.errors import CatalogueError, UsageError
from sosie.store import schema

_ALONE = 0x736F736965
"""Key of the advisory lock of PostgreSQL that lets one writer in at a time."""
_POOL, _MORE = 4, 12
"""Connections that are kept, and that may come on top: PostgreSQL allows 100 in all unless told otherwise."""


def open_file(path: Path) -> Engine:
    """Open a catalogue's file, and create what is missing in it. Raises `CatalogueError` for other programs' files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_strangers(path)
    address = URL.create("sqlite", database=str(path))
    engine = create_engine(address, connect_args={"timeout": 60}, pool_size=8, max_overflow=56)
    event.listen(engine, "connect", _configure)
    _create(engine)
    return engine


def open_server(url: str) -> Engine:
    """Open a catalogue in PostgreSQL, and create what is missing in it."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise _no_address() from error
    if address.get_backend_name() != "postgresql":
        raise _no_address()
    try:
        engine = create_engine(
            address.set(drivername="postgresql+psycopg"), pool_size=_POOL, max_overflow=_MORE, pool_pre_ping=True
        )
    except ImportError as error:
        raise UsageError("PostgreSQL needs a package.", next_step="Run pip install sosie[postgres].") from error
    _create(engine)
    return engine


def begin(connection: Connection, *, alone: bool) -> None:
    """Begin a transaction that writes; `alone`: one such at a time, so what it has read does not change meanwhile."""
    if connection.dialect.name == "sqlite":
        # A deferred transaction cannot wait for another writer once it has read: it would fail at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    elif alone:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ALONE})")


def _create(engine: Engine) -> None:
    with engine.connect() as connection:
        begin(connection, alone=True)
        if connection.dialect.name == "postgresql":
            _refuse_newer(connection)
        schema.metadata.create_all(connection)
        if connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "version")).scalar() is None:
            connection.execute(schema.meta.insert().values(key="version", value=str(schema.VERSION)))
        connection.commit()


def _refuse_newer(connection: Connection) -> None:
    names = set(inspect(connection).get_table_names())
    if schema.meta.name in names:
        known = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "version")).scalar()
        if known is not None and int(known) > schema.VERSION:
            raise _newer("in the database")


def _refuse_strangers(path: Path) -> None:
    """Raise `CatalogueError` for another program's database and a newer catalogue, without writing a byte to it."""
    if not path.exists():
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=60)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not names:
            return
        if not {schema.meta.name, schema.location.name, schema.content.name} <= names:
            raise CatalogueError(f"{path} is a database of another program.", next_step="Name another with --catalog.")
        known = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    if known is not None and int(known[0]) > schema.VERSION:
        raise _newer(str(path))


def _newer(where: str) -> CatalogueError:
    return CatalogueError(
        f"The catalogue {where} was written by a newer version of Sosie.",
        next_step="Upgrade Sosie, or name another file with --catalog.",
    )


def _no_address() -> UsageError:
    return UsageError(
        "The setting database_url is no address of PostgreSQL.", next_step="Write postgresql://USER@HOST:5432/DATABASE."
    )


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
