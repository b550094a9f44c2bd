"""Results in memory: loaded once a process, the ones in use kept as far as memory allows."""

from __future__ import annotations

import gc
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sosie.errors import NotFound, UsageError
from sosie.report import Report
from sosie.server.views.columns import Edges, Images
from sosie.server.views.grouping import Grouping
from sosie.server.views.regrouping import Foes, Looser
from sosie.server.views.standing import Standings
from sosie.store.decisions import Decisions
from sosie.store.results import unpack_pairs

_THRESHOLDS = 4
"""Groupings at other thresholds that are kept."""
_BYTES_A_BYTE = 4
"""Bytes of memory that a report takes for each byte of its JSON, as measured with its columns."""


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result as it is stored: the job that made it, when (seconds since 1970), and its report as deflated JSON.

    `part` gives what is stored beside it under a name.
    """

    id: str
    created: float
    report: bytes
    part: Callable[[str], bytes | None] = lambda _name: None


@dataclass(frozen=True)
class LoadedResult:
    """A finished job's report with its columns, and what is decided of its images."""

    id: str
    created: float
    report: Report
    decisions: Decisions
    size: int = 0
    fetch_part: Callable[[str], bytes | None] = lambda _name: None
    """Gives what is stored with the result under a name."""
    _regrouped: OrderedDict[float, Grouping] = field(default_factory=OrderedDict, repr=False)
    _regrouping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def images(self) -> Images:
        """The images as columns."""
        return Images.of(self.report.images)

    @cached_property
    def edges(self) -> Edges:
        """The edges as columns."""
        return Edges.of(self.report)

    @cached_property
    def grouping(self) -> Grouping:
        """The groups that the job found."""
        return Grouping(self.images, self.edges, self.report.groups)

    def grouping_at(self, threshold: float | None) -> Grouping:
        """The groups as they would be with another cosine for `similar`; those of the job for None."""
        if threshold is None or threshold == self.threshold:
            return self.grouping
        with self._regrouping:
            if threshold not in self._regrouped:
                looser = self.looser_from(threshold)
                self._regrouped[threshold] = looser.grouping(threshold, self._foes())
            self._regrouped.move_to_end(threshold)
            while len(self._regrouped) > _THRESHOLDS:
                self._regrouped.popitem(last=False)
            return self._regrouped[threshold]

    def looser_from(self, threshold: float) -> Looser:
        """The pairs that groups at another threshold are formed from. Raises `UsageError` for one that is too low."""
        if self.looser is None:
            raise UsageError("This result holds no pairs for other thresholds.", next_step="Process its brands again.")
        if threshold < self.looser.lowest:
            raise UsageError(
                f"Pairs are kept from a cosine of {self.looser.lowest:g} on.",
                next_step="Process the brands again with a lower threshold.",
            )
        return self.looser

    @cached_property
    def looser(self) -> Looser | None:
        """The pairs that are kept with the result, if there are any."""
        packed = self.fetch_part("pairs")
        lowest = self.report.params.get("similar_lowest")
        if packed is None or lowest is None:
            return None
        space = str(self.report.spaces[-1]).partition("/")[0] if self.report.spaces else ""
        return Looser(self.grouping, unpack_pairs(packed), float(lowest), space)

    def _foes(self) -> Foes:
        """The contents that somebody set apart, by their numbers."""
        number = {key: row for row, key in enumerate(self.images.contents)}
        foes: Foes = {}
        for one, other in self.decisions.standing(self.images.contents).apart:
            foes.setdefault(number[one], set()).add(number[other])
            foes.setdefault(number[other], set()).add(number[one])
        return foes

    @cached_property
    def standings(self) -> Standings:
        """What is decided of the images now."""
        return Standings(self.report, self.images, self.decisions)

    @property
    def threshold(self) -> float | None:
        """The cosine from which images were called similar, if they were compared so."""
        value = self.report.params.get("similarity_threshold")
        return None if value is None else float(value)


class Results:
    """The results of finished jobs by id. Safe in threads; each result is loaded by one of them.

    `fetch` gives a stored result, `newest` the id of the newest one; both give None where there is none. The results
    used last are kept up to `most` bytes of memory, and one at least.
    """

    def __init__(
        self,
        fetch: Callable[[str], StoredResult | None],
        newest: Callable[[], str | None],
        decisions: Decisions,
        most: int = 1_500_000_000,
    ) -> None:
        self._fetch, self._newest, self._decisions, self._most = fetch, newest, decisions, most
        self._loaded: OrderedDict[str, LoadedResult] = OrderedDict()
        self._loading: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> LoadedResult:
        """Give a result by its id, or the newest one for "latest". Raises `NotFound` where there is none."""
        result = self.newest() if name == "latest" else name
        if result is None:
            raise NotFound("There is no result yet.", next_step="Process a brand first.")
        with self._lock:
            loading = self._loading.setdefault(result, threading.Lock())
        with loading:
            found = self._recent(result) or self._load(result)
        with self._lock:
            self._loading.pop(result, None)
        return found

    def newest(self) -> str | None:
        """Give the id of the newest result, None where there is none."""
        return self._newest()

    def nothing(self) -> LoadedResult:
        """Give a result without any image, for a catalogue that has none yet."""
        return LoadedResult("", 0.0, Report((), (), (), ()), self._decisions)

    def forget(self, result: str) -> None:
        """Let go of a result that was deleted."""
        with self._lock:
            self._loaded.pop(result, None)

    def _recent(self, result: str) -> LoadedResult | None:
        with self._lock:
            if result in self._loaded:
                self._loaded.move_to_end(result)
            return self._loaded.get(result)

    def _load(self, result: str) -> LoadedResult:
        stored = self._fetch(result)
        if stored is None:
            raise NotFound(
                f"There is no result {result}.", next_step="Its job may not be done, or was deleted: look at the jobs."
            )
        text = zlib.decompress(stored.report)
        size = len(text) * _BYTES_A_BYTE
        with _many_objects():
            loaded = LoadedResult(stored.id, stored.created, Report.from_json(text), self._decisions, size, stored.part)
        with self._lock:
            self._loaded[result] = loaded
            while len(self._loaded) > 1 and sum(kept.size for kept in self._loaded.values()) > self._most:
                self._loaded.popitem(last=False)
        return loaded


@contextmanager
def _many_objects() -> Iterator[None]:
    """Make millions of objects in half the time, and keep the collector from ever looking at them again.

    They hold no cycles: counting references frees them.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collecting:
            gc.enable()
