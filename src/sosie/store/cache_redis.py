"""The cache that machines share: Redis before the catalogue, which takes over when Redis is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sosie.errors import UsageError
from sosie.store.cache import VectorCache

if TYPE_CHECKING:
    import redis

_CHUNK = 512
_TIMEOUT = 5.0
_PREFIX = b"sosie:1:"


class RedisCache:
    """Rows in Redis under the digest of their space and their content, and in the catalogue behind it.

    What Redis lacks is asked of the catalogue, and given to Redis. When Redis fails, the rest of the run goes on with
    the catalogue alone, and `notes` says so once. Rows carry their own checksum; readers put good ones over bad ones.
    """

    def __init__(self, url: str, behind: VectorCache) -> None:
        self._behind = behind
        self._host = _host(url)
        self._client: redis.Redis | None = _connect(url)
        self._own_notes: list[str] = []

    @property
    def notes(self) -> list[str]:
        """What went wrong, of both."""
        return [*self._own_notes, *self._behind.notes]

    @notes.setter
    def notes(self, value: list[str]) -> None:
        self._own_notes = value

    def get(self, space: str, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the rows that Redis or the catalogue has."""
        wanted = list(keys)
        found = self._from_redis(space, wanted)
        rest = [key for key in wanted if key not in found]
        behind = self._behind.get(space, rest) if rest else {}
        self._to_redis(space, behind)
        return found | behind

    def put(self, space: str, rows: Mapping[bytes, bytes]) -> None:
        """Keep rows in both."""
        self._behind.put(space, rows)
        self._to_redis(space, rows)

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
        self._behind.close()

    def _from_redis(self, space: str, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        for chunk in _chunks(keys):
            if self._client is None:
                break
            try:
                values: Sequence[Any] = self._client.mget([_name(space, key) for key in chunk])
            except Exception as error:  # its own errors, the system's and its parser's: each ends the use of Redis
                self._give_up(error)
                break
            found |= {key: value for key, value in zip(chunk, values, strict=True) if isinstance(value, bytes)}
        return found

    def _to_redis(self, space: str, rows: Mapping[bytes, bytes]) -> None:
        for chunk in _chunks(list(rows)):
            if self._client is None:
                return
            try:
                self._client.mset({_name(space, key): rows[key] for key in chunk})
            except Exception as error:  # as above
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._client = None
        reason = (str(error).splitlines() or [type(error).__name__])[0][:160]
        self._own_notes.append(f"Redis at {self._host} failed ({reason}); the catalogue alone keeps the vectors.")


def _connect(url: str) -> redis.Redis:
    try:
        import redis
    except ImportError as error:
        raise UsageError("The shared cache needs a package.", next_step="Run pip install sosie[redis].") from error
    try:
        return redis.Redis.from_url(url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT)
    except ValueError as error:
        raise UsageError("The setting redis_url is no address.", next_step="Write redis://HOST:PORT/0.") from error


def _host(url: str) -> str:
    """The address without user and password."""
    parts = urlsplit(url)
    return f"{parts.hostname or 'socket'}:{parts.port or 6379}"


def _name(space: str, key: bytes) -> bytes:
    return _PREFIX + hashlib.blake2b(space.encode(), digest_size=12).digest() + key


def _chunks(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), _CHUNK):
        yield keys[start : start + _CHUNK]
