"""Originals in a bucket, for servers that share them; the folder is then what was brought from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sosie.errors import UsageError

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_LISTED = 1000


class OriginalsBucket:
    """A bucket of objects named by their content (`ab/abcdef...`), in a folder of it.

    `url` is `s3://bucket/folder`, `gs://...`, `az://...`; credentials and endpoint are those that the cloud's own tools
    take from the environment. Methods raise `OSError` when the bucket fails, whose text names no address.
    Raises `UsageError` when obstore is missing or the address is none of a bucket.
    """

    def __init__(self, url: str) -> None:
        try:
            from obstore.exceptions import BaseError
            from obstore.store import from_url
        except ImportError as error:
            raise UsageError(
                "A bucket of originals needs a package.", next_step="Run pip install sosie[s3]."
            ) from error
        options: Any = {"allow_http": True}  # an endpoint of plain HTTP is the operator's own choice
        try:
            self._store: ObjectStore = from_url(url, client_options=options)
        except (BaseError, ValueError, OSError) as error:
            raise UsageError(
                "The setting originals_url is no address of a bucket.", next_step="Write s3://bucket/folder."
            ) from error

    def size_of(self, sha256: bytes) -> int | None:
        """Return the size of an original, or None when the bucket has none of these contents."""
        import obstore

        try:
            with _plain():
                return int(obstore.head(self._store, _name(sha256))["size"])
        except FileNotFoundError:
            return None

    def put(self, sha256: bytes, path: Path) -> None:
        """Store a file."""
        import obstore

        with _plain(), path.open("rb") as file:
            obstore.put(self._store, _name(sha256), file)

    def get(self, sha256: bytes) -> Iterator[bytes]:
        """Yield the bytes of an original. Raises `FileNotFoundError` when it is not there."""
        import obstore

        with _plain():
            for piece in obstore.get(self._store, _name(sha256)).stream():
                yield bytes(piece)

    def remove(self, sha256: bytes) -> None:
        """Remove an original, if it is there."""
        import obstore

        try:
            with _plain():
                obstore.delete(self._store, _name(sha256))
        except FileNotFoundError:
            return

    def all(self) -> Iterator[tuple[bytes, int, float]]:
        """Yield every original with its size and the time (seconds since 1970) when it was stored."""
        import obstore

        with _plain():
            for part in obstore.list(self._store, chunk_size=_LISTED):
                for item in part:
                    name = item["path"].rpartition("/")[2]
                    if len(name) == 64 and not set(name) - set("0123456789abcdef"):
                        yield bytes.fromhex(name), item["size"], item["last_modified"].timestamp()


def _name(sha256: bytes) -> str:
    return f"{sha256.hex()[:2]}/{sha256.hex()}"


@contextmanager
def _plain() -> Iterator[None]:
    """Turn what obstore raises into `OSError`; its own texts may hold signed addresses."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError("is not in the bucket of originals") from error
    except BaseError as error:
        raise OSError(0, f"the bucket of originals failed ({type(error).__name__})") from error
