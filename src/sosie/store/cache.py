"""Vectors by content and space: in the catalogue, or in a Redis that several machines share with it behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from sosie.store.catalogue import Catalogue


class VectorCache(Protocol):
    """Rows of fingerprints by space and content. What is asked for may be missing; what is there may be damaged:
    whoever reads a row checks it, and writes it anew when it is not good."""

    notes: list[str]
    """What went wrong with the cache during this run, in plain sentences; a cache that fails never ends a run."""

    def get(self, space: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the rows there are of these contents."""
        ...

    def put(self, space: str, rows: Mapping[bytes, bytes]) -> None:
        """Keep rows; they replace earlier ones."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class CatalogueCache:
    """Vectors in the catalogue itself."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.notes: list[str] = []

    def get(self, space: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the rows that the catalogue has."""
        return self._catalogue.rows(space, keys)

    def put(self, space: str, rows: Mapping[bytes, bytes]) -> None:
        """Write rows in one transaction."""
        self._catalogue.replace_rows(space, rows)

    def close(self) -> None:
        """Nothing of its own to let go of."""


def open_cache(catalogue: Catalogue, redis_url: str) -> VectorCache:
    """Give the cache of these settings: the catalogue, with Redis before it when a URL is given."""
    behind = CatalogueCache(catalogue)
    if not redis_url:
        return behind
    from sosie.store.cache_redis import RedisCache

    return RedisCache(redis_url, behind)
