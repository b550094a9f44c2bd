"""The network as sources see it, with the loopback of tests allowed and little patience."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sosie.sources.download import Allowed, Downloader, Guard, Limits


@contextmanager
def opened_web() -> Iterator[Downloader]:
    with Downloader(Guard(Allowed.of(["127.0.0.1"])), Limits(seconds=20, attempts=1)) as web:
        yield web
