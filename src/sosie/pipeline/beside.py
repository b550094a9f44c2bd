"""Other processes that read files for a scan.

Reading an image takes a millisecond, a third of it in Python: threads of one process wait for each other that long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from sosie.config import Method
from sosie.engine.children import Child, ChildLost
from sosie.pipeline.threads import usable_cores
from sosie.types import ImageRef

if TYPE_CHECKING:
    from sosie.pipeline.reading import BatchReader, Found

_FILES = 1000
"""Files that are worth another process: its start takes as long as reading some hundred."""
_THERE = "sosie.pipeline.reading_there"


class Beside:
    """Processes beside this one that read files, none until `widen` is called. Close it, or use it as a context.

    `workers`: how many processes work in all, 0 for one a core.
    """

    def __init__(self, method: Method, workers: int) -> None:
        self._method = method
        self._most = (workers or usable_cores()) - 1
        self._all: list[Child] = []
        self._idle: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def pids(self) -> list[int]:
        """The numbers of the processes."""
        return [child.pid for child in self._all]

    def widen(self, files: int) -> None:
        """Start as many processes as are worth it for so many files; where that cannot be done, there are fewer."""
        while len(self._all) < min(self._most, files // _FILES):
            try:
                child = Child(_THERE)
            except OSError:
                self._most = 0
                return
            self._all.append(child)
            self._idle.append(child)

    def one_batch(self, reader: BatchReader, refs: Sequence[ImageRef]) -> Found:
        """Do what `reader.one_batch` does: in an idle process, or in this thread where there is none."""
        try:
            child = self._idle.pop()
        except IndexError:
            return reader.one_batch(refs)
        try:
            found = self._ask(child, reader, refs)
        except ChildLost:  # it was ended, by the end of the scan or by the machine
            child.stop()
            return reader.one_batch(refs)
        self._idle.append(child)
        return found

    def _ask(self, child: Child, reader: BatchReader, refs: Sequence[ImageRef]) -> Found:
        from sosie.pipeline.reading_there import describe_there, take_there

        keys = child.ask(take_there, (self._method, reader.params, refs))
        found: Found = child.ask(describe_there, (self._method, reader.params, reader.known(keys)))
        return found

    def close(self) -> None:
        """End the processes, whatever they are at."""
        for child in self._all:
            child.kill()
        while self._idle:
            self._idle.pop().stop()
