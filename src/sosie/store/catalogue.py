"""The catalogue: what was found where, what it is, and what was computed of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Select, bindparam, func, make_url, select, tuple_, update
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sosie.config import Settings
from sosie.errors import CatalogueError
from sosie.store import access_tables, brand_tables, job_tables, review_tables, schema
from sosie.store.database import begin, open_file, open_server
from sosie.store.rows import Batch, Content, Location
from sosie.store.upsert import upsert

__all__ = ["Batch", "Catalogue", "Content", "Location"]

_DECLARED = (schema, review_tables, brand_tables, job_tables, access_tables)
"""Modules that declare tables: importing them is what makes their tables known."""

_CHUNK = 400
"""Keys in one query: SQLite takes at most 999 variables in its oldest builds."""


class Catalogue:
    """One database, safe to use from several processes and threads at once.

    Raises `CatalogueError` when the file is no catalogue, is from a newer version or cannot be written; so does every
    method when the database fails (a full disk, a damaged file). What was written before stays.
    """

    def __init__(self, path: Path, *, url: str = "") -> None:
        self.path = path
        """The file of the catalogue; with a database elsewhere, the one that it would be: journals lie beside it."""
        self.name = _without_password(url) or str(path)
        """Where it is, for people; without a password."""
        try:
            self._engine = open_server(url) if url else open_file(path)
        except (OSError, sqlite3.DatabaseError, SQLAlchemyError) as error:
            hint = "Check the setting database_url, and that its server runs."
            raise CatalogueError(
                f"The catalogue {self.name} cannot be opened ({_cause(error)}).",
                next_step=hint if url else "Name another file with --catalog, or check its permissions.",
            ) from error

    @classmethod
    def of(cls, settings: Settings) -> Catalogue:
        """Open the catalogue that these settings lead to: a file, or PostgreSQL with the setting `database_url`."""
        return cls(settings.catalogue_path, url=settings.database_url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def locations(self, uris: Iterable[bytes]) -> dict[bytes, Location]:
        """Return what is known of these URIs; unknown ones are left out."""
        table = schema.location
        query = select(table.c.uri, table.c.state, table.c.sha256, table.c.reason, table.c.reader)
        rows = self._rows(query, table.c.uri, uris)
        return {row[0]: Location(*row) for row in rows}

    def contents(self, keys: Iterable[bytes]) -> dict[bytes, Content]:
        """Return the contents with these SHA-256; unknown ones are left out."""
        table = schema.content
        columns = [table.c[name] for name in Content.__slots__]
        return {row[0]: _content(row) for row in self._rows(select(*columns), table.c.sha256, keys)}

    def rows(self, space: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the fingerprints of these contents in one space; missing ones are left out."""
        table = schema.fingerprint
        query = select(table.c.sha256, table.c.row).where(table.c.space == space)
        return {row[0]: row[1] for row in self._rows(query, table.c.sha256, keys)}

    def having(self, space: str, keys: Iterable[bytes]) -> set[bytes]:
        """Return those of these contents that have a fingerprint in a space."""
        table = schema.fingerprint
        query = select(table.c.sha256).where(table.c.space == space)
        return {row[0] for row in self._rows(query, table.c.sha256, keys)}

    def save(self, batch: Batch) -> None:
        """Write a batch in one transaction; what another process wrote meanwhile is kept or equal."""
        with self._writing() as connection:
            upsert(connection, schema.location, [_plain(row) for row in batch.locations], replace=True)
            upsert(connection, schema.content, [_plain(row) for row in batch.contents])
            rows = [{"space": space, "sha256": key, "row": row} for space, key, row in batch.fingerprints]
            upsert(connection, schema.fingerprint, rows)

    def all_rows(self, space: str) -> list[tuple[bytes, bytes]]:
        """Return every fingerprint of one space: content and row, sorted by content."""
        table = schema.fingerprint
        query = select(table.c.sha256, table.c.row).where(table.c.space == space).order_by(table.c.sha256)
        with self._engine.connect() as connection:
            return [(key, row) for key, row in connection.execute(query)]

    def holds(self, space: str) -> bool:
        """Tell whether there is any fingerprint of one space."""
        table = schema.fingerprint
        with self._engine.connect() as connection:
            return connection.execute(select(table.c.sha256).where(table.c.space == space).limit(1)).first() is not None

    def holds_contents(self) -> bool:
        """Tell whether there is any content."""
        with self._reading() as connection:
            return connection.execute(select(schema.content.c.sha256).limit(1)).first() is not None

    def uris(self, keys: Iterable[bytes]) -> dict[bytes, list[bytes]]:
        """Return where each of these contents was last found, sorted; those found nowhere are left out."""
        table = schema.location
        found: dict[bytes, list[bytes]] = {}
        for key, uri in self._rows(select(table.c.sha256, table.c.uri), table.c.sha256, keys):
            found.setdefault(key, []).append(uri)
        return {key: sorted(names) for key, names in found.items()}

    def placed(self) -> list[bytes]:
        """Return every content that was last found somewhere."""
        table = schema.location
        query = select(table.c.sha256).where(table.c.sha256.is_not(None), table.c.reason.is_(None)).distinct()
        with self._reading() as connection:
            return [row[0] for row in connection.execute(query)]

    def replace_rows(self, space: str, rows: Mapping[bytes, bytes]) -> None:
        """Write the fingerprints of contents in one space; earlier ones are replaced."""
        values = [{"space": space, "sha256": key, "row": row} for key, row in rows.items()]
        with self._writing() as connection:
            upsert(connection, schema.fingerprint, values, replace=True)

    def spaces(self) -> dict[str, tuple[int, int]]:
        """Return for each space how many fingerprints there are and how many bytes they take."""
        table = schema.fingerprint
        size = func.sum(func.length(table.c.row))
        query = select(table.c.space, func.count(), size).group_by(table.c.space).order_by(table.c.space)
        with self._engine.connect() as connection:
            return {space: (count, total or 0) for space, count, total in connection.execute(query)}

    def drop_space(self, space: str) -> int:
        """Forget all fingerprints of one space and return how many there were."""
        table = schema.fingerprint
        with self._writing() as connection:
            return connection.execute(table.delete().where(table.c.space == space)).rowcount

    def all_uris(self) -> list[bytes]:
        """Return every place that is known."""
        with self._engine.connect() as connection:
            return [row[0] for row in connection.execute(select(schema.location.c.uri))]

    def forget(self, uris: Sequence[bytes], spaces: Sequence[str], *, dry: bool) -> tuple[int, int, int]:
        """Forget places, then contents that are nowhere, then their fingerprints and those of whole spaces.

        Return how many of each there were. With `dry` they stay.
        """
        location, content, fingerprint = schema.location, schema.content, schema.fingerprint
        nowhere = content.c.sha256.not_in(select(location.c.sha256).where(location.c.sha256.is_not(None)))
        homeless = fingerprint.c.sha256.not_in(select(content.c.sha256)) | fingerprint.c.space.in_(spaces)
        with self._engine.connect() as connection:
            begin(connection, alone=True)
            places = sum(
                connection.execute(location.delete().where(location.c.uri.in_(part))).rowcount for part in _chunks(uris)
            )
            contents = connection.execute(content.delete().where(nowhere)).rowcount
            rows = connection.execute(fingerprint.delete().where(homeless)).rowcount
            connection.rollback() if dry else connection.commit()
        return places, contents, rows

    def save_pixel_digests(self, digests: Mapping[bytes, bytes]) -> None:
        """Remember the digest of the pixels of some contents; empty means that there is none."""
        table = schema.content
        with self._writing() as connection:
            for key, digest in digests.items():
                connection.execute(update(table).where(table.c.sha256 == key).values(pixels_sha256=digest))

    def save_details(self, contents: Iterable[Content]) -> None:
        """Remember details that were measured anew on larger pixels."""
        table = schema.content
        values = [{"key": row.sha256, "value": row.detail, "side": row.detail_side} for row in contents]
        if not values:
            return
        changed: dict[str, Any] = {"detail": bindparam("value"), "detail_side": bindparam("side")}
        with self._writing() as connection:
            connection.execute(update(table).where(table.c.sha256 == bindparam("key")).values(changed), values)

    def verdicts(self, judge: str, pairs: Sequence[tuple[bytes, bytes]]) -> dict[tuple[bytes, bytes], Any]:
        """Return what this judge said of these pairs before: a JSON value, or None for strangers."""
        table = schema.verdict
        found: dict[tuple[bytes, bytes], Any] = {}
        with self._reading() as connection:
            for chunk in _chunks(pairs):
                query = select(table.c.a, table.c.b, table.c.finding)
                query = query.where(table.c.judge == judge, tuple_(table.c.a, table.c.b).in_(chunk))
                found.update({(a, b): text and json.loads(text) for a, b, text in connection.execute(query)})
        return found

    def save_verdicts(self, judge: str, findings: Mapping[tuple[bytes, bytes], Any]) -> None:
        """Remember what a judge said of pairs (a < b); None for strangers."""
        rows = [
            {"judge": judge, "a": a, "b": b, "finding": None if value is None else json.dumps(value)}
            for (a, b), value in findings.items()
        ]
        with self._writing() as connection:
            upsert(connection, schema.verdict, rows)

    def save_memo(self, key: str, report: bytes, *, now: float, keep: int = 8) -> None:
        """Remember a whole report under the key of what went into it; only the newest `keep` stay."""
        table = schema.memo
        with self._writing() as connection:
            upsert(connection, table, [{"key": key, "created": now, "report": report}], replace=True)
            newest = select(table.c.key).order_by(table.c.created.desc()).limit(keep)
            connection.execute(table.delete().where(table.c.key.not_in(newest)))

    def size(self) -> int:
        """Return how many bytes the database takes."""
        with self._reading() as connection:
            if connection.dialect.name == "sqlite":
                return self.path.stat().st_size
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with self._reading() as connection:
            tables = schema.metadata.sorted_tables
            return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection for queries, to the stores that share this database. Raises `CatalogueError`."""
        with self._reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose writes are committed together at the end, or not at all after an exception.

        One at a time, of all processes: what it reads does not change before its end. For short work only.
        """
        with self._writing(alone=True) as connection:
            yield connection

    def _rows(self, query: Select[Any], column: Any, keys: Iterable[bytes]) -> Iterator[Sequence[Any]]:
        with self._reading() as connection:
            for chunk in _chunks(list(keys)):
                yield from connection.execute(query.where(column.in_(chunk))).all()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise CatalogueError(
                f"The catalogue {self.name} failed ({_cause(error)}).",
                next_step="Check the space on its disk, then try again. Keep the file: it holds your decisions.",
            ) from error

    @contextmanager
    def _writing(self, *, alone: bool = False) -> Iterator[Connection]:
        with self._reading() as connection:
            begin(connection, alone=alone)
            yield connection
            connection.commit()


def _cause(error: Exception) -> str:
    return " ".join(str(getattr(error, "orig", None) or error).split())


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string() if url else ""
    except ArgumentError:
        return "of the setting database_url"


def _plain(row: Location | Content) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in row.__slots__}
    return {name: int(value) if isinstance(value, bool) else value for name, value in values.items()}


def _content(row: Sequence[Any]) -> Content:
    values = dict(zip(Content.__slots__, row, strict=True))
    flags = {name: bool(values[name]) for name in ("alpha", "lossless", "metadata")}
    return Content(**{**values, **flags})


def _chunks(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
