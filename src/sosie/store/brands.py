"""Brands: what is declared of them, and which images their sources gave."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, func, select

from sosie.errors import UsageError
from sosie.store import brand_tables as tables
from sosie.store.catalogue import Catalogue
from sosie.store.upsert import storable, upsert

BrandState = Literal["never", "syncing", "ready", "failed"]

PASSING = "passing-images-"
"""How the keys of brands begin that hold images given for one job only; they go after a day."""
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_CHUNK = 400


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as it is declared: its kind and the settings of that kind.

    `trusted` says that the operator of this machine declared it (command line, `sosie.toml`): it may then read any
    folder and use any variable of the environment, which what comes in over the API may not.
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    trusted: bool = False

    @property
    def key(self) -> str:
        """What is equal exactly when kind and settings are."""
        text = json.dumps([self.kind, self.settings], sort_keys=True)
        return f"{self.kind}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A named collection of images. `key` is its name in addresses and reports, `name` the one for people.

    `every_hours` is how often it is synced by itself, None for never; `settings` are those of its own, by name. Times
    are seconds since 1970. `error` is why the last sync could not read a source, empty when it could. Raises
    `UsageError` for a key that cannot be.
    """

    key: str
    name: str = ""
    colour: str = ""
    sources: tuple[SourceSpec, ...] = ()
    every_hours: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    created: float = 0.0
    sync_begun: float | None = None
    last_sync: float | None = None
    error: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise UsageError(
                f"A brand cannot be called {self.key!r}.",
                next_step="Use up to 64 small letters, digits, dots, underscores and hyphens, as in levis-1.",
            )

    @property
    def state(self) -> BrandState:
        """Where it stands."""
        if self.sync_begun is not None:
            return "syncing"
        if self.error:
            return "failed"
        return "never" if self.last_sync is None else "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandImage:
    """One image of a brand, as its source gave it; see `brand_tables.brand_image`."""

    brand: str
    uri: str
    source: str
    title: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    sha256: bytes | None = None
    size: int | None = None
    etag: str = ""
    modified: str = ""
    fetched: float | None = None
    seen: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandSkip:
    """What a source of a brand listed and could not be had."""

    brand: str
    uri: str
    source: str
    reason: str
    seen: float = 0.0


@dataclass(frozen=True, slots=True)
class Need:
    """When an original was asked for last (seconds since 1970), and whether it can be had again from its source."""

    fetched: float
    again: bool


class Brands:
    """The brands of a catalogue. Methods raise `CatalogueError` when the database fails."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def all(self) -> list[Brand]:
        """Return every brand, by key."""
        with self._catalogue.reading() as connection:
            own = _settings(connection, select(tables.brand_setting))
            rows = connection.execute(select(tables.brand).order_by(tables.brand.c.key))
            return [_brand(row, own.get(row.key, {})) for row in rows]

    def get(self, key: str) -> Brand | None:
        """Return a brand, or None when there is none of that key."""
        if not _KEY.fullmatch(key):
            return None
        with self._catalogue.reading() as connection:
            row = connection.execute(select(tables.brand).where(tables.brand.c.key == key)).first()
            own = _settings(connection, select(tables.brand_setting).where(tables.brand_setting.c.brand == key))
        return _brand(row, own.get(key, {})) if row else None

    def wanted(self, key: str) -> Brand:
        """Return a brand. Raises `UsageError` when there is none of that key."""
        brand = self.get(key)
        if brand is None:
            raise UsageError(f"There is no brand {key}.", next_step="See `sosie brand list`, or add it first.")
        return brand

    def save(self, brand: Brand) -> Brand:
        """Write what is declared of a brand, new or known, and return it; what is known of its syncs stays."""
        values = {
            "name": storable(brand.name or brand.key),
            "colour": brand.colour,
            "sources": json.dumps([_spec_values(spec) for spec in brand.sources], sort_keys=True),
            "every_hours": brand.every_hours,
        }
        table = tables.brand
        with self._catalogue.writing() as connection:
            upsert(connection, table, [{**values, "key": brand.key, "created": time.time(), "error": ""}])
            connection.execute(table.update().where(table.c.key == brand.key).values(values))
            _write_settings(connection, brand)
        return self.wanted(brand.key)

    def remove(self, key: str) -> bool:
        """Forget a brand and its images; False when there was none. Originals go with the next pruning."""
        with self._catalogue.writing() as connection:
            for table in (tables.brand_image, tables.brand_skip, tables.brand_setting):
                connection.execute(table.delete().where(table.c.brand == key))
            return connection.execute(tables.brand.delete().where(tables.brand.c.key == key)).rowcount > 0

    def begin_sync(self, key: str, now: float) -> None:
        """Note that a sync has begun."""
        self._note(key, {"sync_begun": now})

    def end_sync(self, key: str, now: float, error: str) -> None:
        """Note that a sync has ended: `error` is why a source could not be read, empty when all could."""
        self._note(key, {"sync_begun": None, "last_sync": now, "error": storable(error)})

    def _note(self, key: str, values: dict[str, Any]) -> None:
        with self._catalogue.writing() as connection:
            connection.execute(tables.brand.update().where(tables.brand.c.key == key).values(values))

    def last_fetched(self, key: str) -> float:
        """Return when an image of a brand was fetched or asked for last, 0 when none was."""
        table = tables.brand_image
        with self._catalogue.reading() as connection:
            newest = connection.execute(select(func.max(table.c.fetched)).where(table.c.brand == key)).scalar()
        return float(newest or 0.0)

    def images(self, keys: Iterable[str]) -> Iterator[BrandImage]:
        """Yield the images of some brands, by brand and URI."""
        yield from (_image(row) for row in self._of(tables.brand_image, keys))

    def first_images(self, key: str, limit: int) -> list[BrandImage]:
        """Return the first images of a brand, by URI."""
        table = tables.brand_image
        query = select(table).where(table.c.brand == key).order_by(table.c.uri).limit(limit)
        with self._catalogue.reading() as connection:
            return [_image(row) for row in connection.execute(query)]

    def page(self, keys: Iterable[str], after: tuple[str, str] | None, limit: int) -> list[BrandImage]:
        """Return images of some brands in the order of brand and URI, those after a place (brand, URI) in it."""
        table = tables.brand_image
        query = select(table).where(table.c.brand.in_(sorted(set(keys)))).order_by(table.c.brand, table.c.uri)
        if after is not None:
            brand, uri = after[0], os.fsencode(after[1])
            query = query.where((table.c.brand > brand) | ((table.c.brand == brand) & (table.c.uri > uri)))
        with self._catalogue.reading() as connection:
            return [_image(row) for row in connection.execute(query.limit(limit))]

    def skips(self, keys: Iterable[str]) -> Iterator[BrandSkip]:
        """Yield what could not be had of some brands, by brand and URI."""
        for row in self._of(tables.brand_skip, keys):
            values = dict(row._mapping)
            yield BrandSkip(**{**values, "uri": os.fsdecode(values["uri"])})

    def _of(self, table: Any, keys: Iterable[str]) -> list[Row[Any]]:
        query = select(table).where(table.c.brand.in_(sorted(set(keys)))).order_by(table.c.brand, table.c.uri)
        with self._catalogue.reading() as connection:
            return list(connection.execute(query))

    def known(self, key: str, uris: Sequence[str]) -> dict[str, BrandImage]:
        """Return those of these images of a brand that are known, by URI."""
        table = tables.brand_image
        found = {}
        with self._catalogue.reading() as connection:
            for start in range(0, len(uris), _CHUNK):
                part = [os.fsencode(uri) for uri in uris[start : start + _CHUNK]]
                query = select(table).where(table.c.brand == key, table.c.uri.in_(part))
                found.update({image.uri: image for image in map(_image, connection.execute(query))})
        return found

    def places(self, sha256: bytes) -> list[BrandImage]:
        """Return the images of all brands whose original has these bytes, by brand and URI."""
        table = tables.brand_image
        query = select(table).where(table.c.sha256 == sha256).order_by(table.c.brand, table.c.uri)
        with self._catalogue.reading() as connection:
            return [_image(row) for row in connection.execute(query)]

    def all_uris(self) -> set[bytes]:
        """Return where the images of all brands are, files of this machine left out."""
        table = tables.brand_image
        with self._catalogue.reading() as connection:
            return {uri for (uri,) in connection.execute(select(table.c.uri).where(table.c.sha256.is_not(None)))}

    def originals(self) -> dict[bytes, Need]:
        """Return for each original that is an image of a brand how it is needed."""
        table = tables.brand_image
        query = select(table.c.sha256, table.c.uri, table.c.fetched).where(table.c.sha256.is_not(None))
        found: dict[bytes, Need] = {}
        with self._catalogue.reading() as connection:
            for sha256, uri, fetched in connection.execute(query):
                known = found.get(sha256, Need(0.0, True))
                again = known.again and not uri.startswith(b"upload:")
                found[sha256] = Need(max(known.fetched, fetched or 0.0), again)
        return found

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return for each brand how many images it has and how many could not be had."""
        found: dict[str, list[int]] = {}
        with self._catalogue.reading() as connection:
            for position, table in enumerate((tables.brand_image, tables.brand_skip)):
                query = select(table.c.brand, func.count()).group_by(table.c.brand)
                for brand, count in connection.execute(query):
                    found.setdefault(brand, [0, 0])[position] = count
        return {brand: (images, skips) for brand, (images, skips) in found.items()}

    def note_found(self, images: Sequence[BrandImage], skips: Sequence[BrandSkip]) -> None:
        """Write what a sync found, in one transaction; an image that can be had is skipped no more."""
        with self._catalogue.writing() as connection:
            upsert(connection, tables.brand_image, [_image_values(image) for image in images], replace=True)
            _delete(connection, tables.brand_skip, [(image.brand, image.uri) for image in images])
            upsert(connection, tables.brand_skip, [_skip_values(skip) for skip in skips], replace=True)

    def drop_images(self, key: str, uris: Sequence[str]) -> None:
        """Forget some images of a brand."""
        with self._catalogue.writing() as connection:
            _delete(connection, tables.brand_image, [(key, uri) for uri in uris])

    def drop_unseen(self, key: str, since: float, sources: Sequence[str], *, of_others: bool) -> int:
        """Forget what these sources have not listed since a time, and with `of_others` what no declared source has.

        `sources` are keys of the declarations that were read to their end. Return how many images went.
        """
        gone = 0
        with self._catalogue.writing() as connection:
            for table in (tables.brand_image, tables.brand_skip):
                old = (table.c.brand == key) & (table.c.seen < since)
                mine = table.c.source.in_(sources)
                count = connection.execute(table.delete().where(old if of_others else old & mine)).rowcount
                gone += count if table is tables.brand_image else 0
        return gone


def _delete(connection: Connection, table: Any, names: Sequence[tuple[str, str]]) -> None:
    uris: dict[str, list[bytes]] = {}
    for brand, uri in names:
        uris.setdefault(brand, []).append(os.fsencode(uri))
    for brand, listed in uris.items():
        for start in range(0, len(listed), _CHUNK):
            part = listed[start : start + _CHUNK]
            connection.execute(table.delete().where(table.c.brand == brand, table.c.uri.in_(part)))


def _spec_values(spec: SourceSpec) -> dict[str, Any]:
    return {"kind": spec.kind, "settings": dict(spec.settings), "trusted": spec.trusted}


def _settings(connection: Connection, query: Select[Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for brand, name, value in connection.execute(query):
        found.setdefault(brand, {})[name] = json.loads(value)
    return found


def _write_settings(connection: Connection, brand: Brand) -> None:
    table = tables.brand_setting
    connection.execute(table.delete().where(table.c.brand == brand.key))
    rows = [{"brand": brand.key, "name": n, "value": json.dumps(value)} for n, value in brand.settings.items()]
    if rows:
        connection.execute(table.insert(), rows)


def _brand(row: Row[Any], settings: Mapping[str, Any]) -> Brand:
    values = {**row._mapping, "settings": settings}
    return Brand(**{**values, "sources": tuple(SourceSpec(**spec) for spec in json.loads(values["sources"]))})


def _image(row: Row[Any]) -> BrandImage:
    values = dict(row._mapping)
    values["uri"] = os.fsdecode(values["uri"])
    values["metadata"] = json.loads(values["metadata"])
    values["aliases"] = tuple(json.loads(values["aliases"]))
    return BrandImage(**values)


def _image_values(image: BrandImage) -> dict[str, Any]:
    values = {name: getattr(image, name) for name in BrandImage.__slots__}
    values["uri"] = os.fsencode(image.uri)
    values["metadata"] = json.dumps(dict(image.metadata))
    values["aliases"] = json.dumps(image.aliases)
    return values


def _skip_values(skip: BrandSkip) -> dict[str, Any]:
    values = {name: getattr(skip, name) for name in BrandSkip.__slots__}
    return {**values, "uri": os.fsencode(skip.uri)}
