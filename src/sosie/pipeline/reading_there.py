"""Reading as another process does it for a scan: it reads and decodes, and neither asks nor writes the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sosie.config import Method
from sosie.pipeline.describing import fingerprinters_of
from sosie.pipeline.reading import BatchReader, Found, ReadParams, Taken
from sosie.pipeline.threads import keep_libraries_single
from sosie.types import ImageRef


class _Desk:
    """What this process reads with, and the files that lie on it between the two calls for a batch."""

    def __init__(self, method: Method, params: ReadParams) -> None:
        keep_libraries_single()
        self.reader = BatchReader(fingerprinters_of(method), params)
        self.taken = Taken()


_desk = cache(_Desk)


def take_there(task: tuple[Method, ReadParams, Sequence[ImageRef]]) -> set[bytes]:
    """Read some files and return their contents' SHA-256."""
    method, params, refs = task
    desk = _desk(method, params)
    desk.taken = desk.reader.take(refs)
    return set(desk.taken.data)


def describe_there(task: tuple[Method, ReadParams, Mapping[bytes, str | None]]) -> Found:
    """Return what is found in the files that were read by the last call, as `BatchReader.describe` does."""
    method, params, known = task
    desk = _desk(method, params)
    taken, desk.taken = desk.taken, Taken()
    return desk.reader.describe(taken, known)
