"""Images that are given as addresses, where that was switched on: fetched through the guarded downloader."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from sosie.embedding_service.options import ServiceOptions
from sosie.embedding_service.payload import BadInputError
from sosie.sources.download import Allowed, Downloader, Guard, Limits, Memory, NotFetched

_AT_ONCE = 16


class Fetcher:
    """Fetches in threads of its own: a slow server keeps no model waiting."""

    def __init__(self, options: ServiceOptions) -> None:
        self._fetches = options.fetch
        self._pool = ThreadPoolExecutor(_AT_ONCE, "sosie-fetch")
        limits = Limits(
            seconds=30.0,
            connect=5.0,
            idle=10.0,
            bytes=options.max_bytes,
            attempts=2,
            patience=5.0,
            connections=_AT_ONCE,
        )
        guard = Guard(Allowed.of(options.networks))
        self._stop = threading.Event()
        self._web = Downloader(guard, limits, self._stop, proxy=options.proxy)

    async def fetched(self, source: str) -> str | bytes:
        """Give the bytes at an address, and everything else as it is. Raises `BadInputError`."""
        if self._fetches and source.startswith(("http://", "https://")):
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._fetched, source)
        return source

    def _fetched(self, url: str) -> bytes:
        body = Memory()
        try:
            self._web.fetch(url, body)
        except NotFetched as error:
            raise BadInputError(f"could not be fetched: {error.message.rstrip('.')}") from error
        return bytes(body.data)

    def close(self) -> None:
        """End what is being fetched."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._web.__exit__()
