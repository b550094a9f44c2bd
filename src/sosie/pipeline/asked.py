"""The one image that somebody asks about, by the name of its file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sosie.config import Settings
from sosie.errors import UnreadableImage, UsageError
from sosie.sources.folder import read_file


def read_asked(image: Path, settings: Settings) -> bytes:
    """Return the bytes of a file. Raises `UsageError` when it cannot be opened, and `UnreadableImage`."""
    try:
        with naming(image):
            return read_file(str(image), int(settings.max_megabytes * 1e6))[0]
    except OSError as error:
        raise UsageError(f"{image} cannot be read ({error.strerror or error}).", next_step="Check the path.") from error


@contextmanager
def naming(image: Path) -> Iterator[None]:
    """Put the name of its file before the reason why an image cannot be read."""
    try:
        yield
    except UnreadableImage as error:
        raise type(error)(f"{image} {error.message}.", next_step=error.next_step) from error
