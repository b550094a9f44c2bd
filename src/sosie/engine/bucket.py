"""The files of a run in a bucket: S3 and what speaks it, Google Cloud, Azure. No folder has to be shared then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sosie.errors import EngineFailure, UsageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_CLIENT: Any = {
    "connect_timeout": timedelta(seconds=10),
    "timeout": timedelta(seconds=300),
    "allow_http": True,  # an endpoint of plain HTTP is the operator's own choice
}
_PATIENCE: Any = {"max_retries": 8, "retry_timeout": timedelta(seconds=180)}


@dataclass(frozen=True)
class Bucket:
    """Files below the address of a folder in a bucket, as `s3://bucket/folder`.

    Credentials and endpoint are those that the cloud's own tools take from the environment of each machine. An object
    is there as a whole or not at all, also one that is put in parts.
    """

    url: str

    def has(self, name: str) -> bool:
        """Tell whether a file is there."""
        import obstore

        try:
            with self._errors("read", name):
                obstore.head(_store(self.url), name)
        except _NotThereError:
            return False
        return True

    def read(self, name: str) -> bytes:
        """Return the bytes of a file."""
        import obstore

        with self._errors("read", name):
            return bytes(obstore.get(_store(self.url), name).bytes())

    def write(self, name: str, data: bytes) -> None:
        """Put a file."""
        import obstore

        with self._errors("written", name):
            obstore.put(_store(self.url), name, data)

    def drop(self, name: str) -> None:
        """Remove a file, if it is there."""
        import obstore

        try:
            with self._errors("removed", name):
                obstore.delete(_store(self.url), name)
        except _NotThereError:
            return

    def clear(self) -> None:
        """Remove all files of the run."""
        import obstore

        store = _store(self.url)
        with self._errors("removed", ""):
            for part in obstore.list(store):
                obstore.delete(store, [item["path"] for item in part])

    @contextmanager
    def _errors(self, what: str, name: str) -> Iterator[None]:
        """Turn what obstore raises into `EngineFailure`: its own texts may hold signed addresses."""
        from obstore.exceptions import BaseError, NotFoundError

        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            raise _failed(_NotThereError, what, f"{self.url}/{name}", "it is not there") from error
        except BaseError as error:
            raise _failed(EngineFailure, what, f"{self.url}/{name}", type(error).__name__) from error


@lru_cache(maxsize=8)
def _store(url: str) -> ObjectStore:
    """Open a bucket, once a process. Raises `UsageError` when obstore is missing or the address is none of a bucket."""
    try:
        from obstore.exceptions import BaseError
        from obstore.store import from_url
    except ImportError as error:
        raise UsageError("A bucket for a run needs a package.", next_step="Run pip install sosie[s3].") from error
    try:
        return from_url(url, client_options=_CLIENT, retry_config=_PATIENCE)
    except (BaseError, ValueError, OSError) as error:
        raise UsageError(
            "The setting run_dir is no address of a bucket.", next_step="Write s3://bucket/folder."
        ) from error


class _NotThereError(EngineFailure):
    """An object is not there, or its bucket."""


def _failed(kind: type[EngineFailure], what: str, address: str, why: str) -> EngineFailure:
    return kind(
        f"{address} cannot be {what} ({why}).",
        next_step="Check run_dir, credentials and endpoint, and run again: what is finished is not done again.",
    )
