"""Dynamic batching: images of different requests go through the model together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.embedders.base import Embedder, Prepared, Rejected

Answer = NDArray[np.float32] | Rejected


class BusyError(Exception):
    """More images wait than the service accepts; `after` is when to come again, in seconds."""

    def __init__(self, after: int) -> None:
        super().__init__(f"busy for about {after} s")
        self.after = after


@dataclass(slots=True)
class _Item:
    prepared: Prepared
    answer: asyncio.Future[Answer]


class Batcher:
    """Collects images of all requests and embeds them in batches, with as many batches side by side as the embedder
    likes. `waiting` counts the images that are not answered yet."""

    def __init__(self, embedder: Embedder, *, max_waiting: int, linger: float) -> None:
        self._embedder = embedder
        self._max_waiting, self._linger = max_waiting, linger
        self._queue: deque[_Item] = deque()
        self._filled = asyncio.Event()
        self.pool = ThreadPoolExecutor(embedder.concurrency, "sosie-service")
        self._runners: list[asyncio.Task[None]] = []
        self.waiting = 0
        self._seconds_an_image = 0.05

    def start(self) -> None:
        """Begin to serve; called inside the event loop."""
        self._runners = [asyncio.create_task(self._run()) for _ in range(self._embedder.concurrency)]

    async def stop(self) -> None:
        """End after the batches under way; whoever still waits is told by cancellation."""
        self._embedder.cancel()
        for runner in self._runners:
            runner.cancel()
        await asyncio.gather(*self._runners, return_exceptions=True)
        for item in self._queue:
            item.answer.cancel()
        self.pool.shutdown(wait=True)

    def reserve(self, count: int) -> None:
        """Take room for `count` images. Raises `BusyError` when there is not enough; `free` gives it back."""
        if self.waiting and self.waiting + count > self._max_waiting:
            raise BusyError(max(1, round(self.waiting * self._seconds_an_image)))
        self.waiting += count

    def free(self, count: int) -> None:
        """Give room back."""
        self.waiting -= count

    async def embed(self, prepared: Sequence[Prepared]) -> list[Answer]:
        """Give one vector or refusal each, in order."""
        loop = asyncio.get_running_loop()
        items = [_Item(one, loop.create_future()) for one in prepared]
        self._queue.extend(items)
        self._filled.set()
        return list(await asyncio.gather(*(item.answer for item in items)))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            batch = await self._collect()
            started = loop.time()
            try:
                answers = await loop.run_in_executor(self.pool, self._embedder.embed, [item.prepared for item in batch])
            except Exception as error:  # whoever asked is told; the service goes on with the next batch
                _fail(batch, error)
                continue
            took = (loop.time() - started) / len(batch) / self._embedder.concurrency
            self._seconds_an_image += 0.2 * (took - self._seconds_an_image)
            for item, answer in zip(batch, answers, strict=True):
                if not item.answer.done():
                    item.answer.set_result(answer)

    async def _collect(self) -> list[_Item]:
        """Wait for an image, then a moment for company, and take a batch."""
        while True:
            while not self._queue:
                self._filled.clear()
                await self._filled.wait()
            if len(self._queue) < self._embedder.batch:
                await asyncio.sleep(self._linger)
            batch: list[_Item] = []
            while self._queue and len(batch) < self._embedder.batch:
                item = self._queue.popleft()
                if not item.answer.done():  # whoever asked has hung up
                    batch.append(item)
            if batch:
                return batch


def _fail(batch: Sequence[Any], error: Exception) -> None:
    for item in batch:
        if not item.answer.done():
            item.answer.set_exception(error)
