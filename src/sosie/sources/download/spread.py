"""Many downloads side by side, few of one host."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(
    items: Iterator[Item],
    host_of: Callable[[Item], str],
    work: Callable[[Item], Result],
    *,
    at_once: int,
    per_host: int,
    halt: Callable[[], None],
    ahead: int = 512,
) -> Generator[Result, None, None]:
    """Yield what `work` gives for each item, as it finishes; it runs in threads and must not raise lightly.

    At most `at_once` run together, `per_host` of one host; up to `ahead` items wait, so that a slow host holds
    others up as little as may be. What `work` or `items` raises is raised here; then, and when nobody wants more,
    `halt` is called to end what still runs.
    """
    with ThreadPoolExecutor(at_once, "sosie-fetch") as pool:
        try:
            yield from _Spread(pool, items, host_of, work, at_once, per_host, ahead).run()
        except BaseException:
            halt()
            raise


@dataclass
class _Spread(Generic[Item, Result]):
    pool: ThreadPoolExecutor
    items: Iterator[Item]
    host_of: Callable[[Item], str]
    work: Callable[[Item], Result]
    at_once: int
    per_host: int
    ahead: int
    waiting: dict[str, deque[Item]] = field(default_factory=dict)
    running: dict[Future[Result], str] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)

    def run(self) -> Iterator[Result]:
        more = True
        while True:
            more = more and self.look_ahead()
            self.start()
            if not self.running:
                return
            for future in wait(self.running, return_when=FIRST_COMPLETED).done:
                self.busy[self.running.pop(future)] -= 1
                yield future.result()

    def look_ahead(self) -> bool:
        """Take items until enough of them wait; False when there are no more."""
        count = sum(map(len, self.waiting.values()))
        for item in islice(self.items, self.ahead - count):
            self.waiting.setdefault(self.host_of(item), deque()).append(item)
            count += 1
        return count >= self.ahead

    def start(self) -> None:
        """Start what may be started."""
        for host in list(self.waiting):
            queue = self.waiting[host]
            while queue and self.busy.get(host, 0) < self.per_host and len(self.running) < self.at_once:
                self.running[self.pool.submit(self.work, queue.popleft())] = host
                self.busy[host] = self.busy.get(host, 0) + 1
            if not queue:
                del self.waiting[host]
