"""Other processes that read files for a scan.

Reading an image takes a millisecond, a third of it in Python: threads of one process wait for each other that long.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from sosie.config import Method
from sosie.engine.children import Child, ChildLost
from sosie.pipeline.threads import usable_cores
from sosie.types import ImageRef

if TYPE_CHECKING:
    from sosie.pipeline.reading import BatchReader, Found

_MANY = 1000
"""Files from which on other processes are worth it."""
_EACH = 100
"""Files for each process: its start takes as long as reading some hundred."""
_THERE = "sosie.pipeline.reading_there"


class Beside:
    """Processes beside this one that read files, none until `widen` is called. Close it, or use it as a context.

    `workers`: how many processes work in all, 0 for one a core.
    """

    def __init__(self, method: Method, workers: int) -> None:
        self._method = method
        self._most = (workers or usable_cores()) - 1
        self._all: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [child.pid for child in self._all]

    def widen(self, files: int) -> int:
        """Start as many processes as are worth it for so many files, or as can be, and return how many there are."""
        wanted = min(self._most, files // _EACH) if files >= _MANY else 0
        while len(self._all) < wanted:
            try:
                child = Child(_THERE)
            except OSError:
                self._most = 0
                break
            self._all.append(child)
        return len(self._all)

    def read(self, reader: BatchReader, batches: Iterable[Sequence[ImageRef]]) -> Generator[Found, None, None]:
        """Yield what `reader.one_batch` finds in each batch: read by these processes and, meanwhile, by this thread.

        The thread that writes what was found reads as well: one beside it would wait for it at every row of a table.
        The processes end with their work.
        """
        todo: deque[Sequence[ImageRef]] = deque(batches)
        found: deque[Found] = deque()
        with ThreadPoolExecutor(max(1, len(self._all)), "sosie-read") as pool:
            try:
                fed = [pool.submit(self._feed, child, reader, todo, found) for child in list(self._all)]
                yield from _work(reader, todo, found)
                for each in fed:
                    each.result()
                yield from _work(reader, todo, found)
                yield from found
            finally:
                todo.clear()
                self.close()

    def _feed(self, child: Child, reader: BatchReader, todo: deque[Sequence[ImageRef]], found: deque[Found]) -> None:
        """Have a process read batches until there are no more; one that is lost with it is left to others."""
        while (refs := _next(todo)) is not None:
            try:
                found.append(self._ask(child, reader, refs))
            except ChildLost:
                todo.append(refs)
                child.stop()
                return

    def _ask(self, child: Child, reader: BatchReader, refs: Sequence[ImageRef]) -> Found:
        from sosie.pipeline.reading_there import describe_there, take_there

        keys = child.ask(take_there, (self._method, reader.params, refs))
        found: Found = child.ask(describe_there, (self._method, reader.params, reader.known(keys)))
        return found

    def close(self) -> None:
        """End the processes, whatever they are at."""
        while self._all:
            self._all.pop().stop()


def _work(reader: BatchReader, todo: deque[Sequence[ImageRef]], found: deque[Found]) -> Iterator[Found]:
    """Read batches in this thread until there are no more, and hand on what others found."""
    while (refs := _next(todo)) is not None:
        yield reader.one_batch(refs)
        while found:
            yield found.popleft()


def _next(todo: deque[Sequence[ImageRef]]) -> Sequence[ImageRef] | None:
    try:
        return todo.popleft()
    except IndexError:
        return None
