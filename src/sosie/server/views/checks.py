"""Checking images against the newest result: an index in memory, made anew when there is a newer one."""

from __future__ import annotations

import hashlib
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

import numpy as np

from sosie.config import Settings
from sosie.imaging import DecodeParams
from sosie.pipeline.adding import add_image
from sosie.pipeline.check_index import load_check_index, load_prints
from sosie.pipeline.checking import Checker, Described, Match, describe_image
from sosie.pipeline.comparing import turned
from sosie.pipeline.threads import keep_libraries_single, usable_cores
from sosie.report import ImageRecord
from sosie.server.schemas.checks import Check
from sosie.server.schemas.checks import Match as MatchView
from sosie.server.views.loaded import LoadedResult, Results
from sosie.server.views.showing import edge_view, image_view
from sosie.store.added import added_since, note_added
from sosie.store.brands import BrandImage, Brands
from sosie.store.catalogue import Catalogue, Content
from sosie.store.originals import Originals
from sosie.types import RELATIONS, Edge, Evidence
from sosie.wording import verdict

_REMEMBERED = 4096
_MOST = 50
_PATIENCE = 2.0
"""Seconds that the check that finds a newer result waits for its index."""
_AT_ONCE = max(2, min(4, usable_cores()))
"""Checks computed side by side: more of them would only keep other requests waiting."""
_NEWS = 0.2
"""Seconds for which is believed which result is the newest, for images that it knows."""
_FRESH = 0.5
"""Seconds after which is looked again for what other servers have added."""


@dataclass
class _Ready:
    """A result with the index of its images. `seen` is the number of the last content that was added beside it, and
    `looked` when somebody looked for more (seconds of a clock that only goes on).
    """

    result: LoadedResult
    checker: Checker
    seen: int = 0
    looked: float = -math.inf
    answers: OrderedDict[tuple[bytes, int], list[Match]] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True)
class _Hit:
    """An image that the checked one (0 in the edge) relates to."""

    record: ImageRecord
    edge: Edge


class Checks:
    """Tells whether images are in the catalogue. Safe in threads.

    `workers` are the threads to call it in.

    The first check builds the index; when a newer result is there, its index is built beside. The check that finds it
    waits a little; others are answered from the older one until it is ready, unless that has no image at all.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, originals: Originals, results: Results) -> None:
        self._settings, self._catalogue, self._originals, self._results = settings, catalogue, originals, results
        self._brands = Brands(catalogue)
        self._ready: _Ready | None = None
        self._building: Future[_Ready] | None = None
        self._lock = threading.Lock()
        self._newest: tuple[str | None, float] = (None, -math.inf)
        self._pool = ThreadPoolExecutor(1, "sosie-index")
        self.workers = ThreadPoolExecutor(_AT_ONCE, "sosie-check")
        keep_libraries_single()

    def close(self) -> None:
        """Let go of the threads."""
        self.workers.shutdown(cancel_futures=True)
        self._pool.shutdown(cancel_futures=True)

    def check(self, data: bytes, *, brand: str = "", add: bool = False, title: str = "") -> Check:
        """Tell whether an image is in the catalogue, as what and why; with `add`, put it into a brand that lacks it.

        Raises `UnreadableImage`, and `NotFound` for a brand that is not there.
        """
        started = time.perf_counter()
        ready, key = self._current(), hashlib.sha256(data).digest()
        self._catch_up(ready)
        places = self._places(ready, key)
        wanted = add and all(place.brand != brand for place in places)
        image = describe_image(data, self._limits) if wanted or not places else None
        hits = self._reported(ready, places) if image is None or places else self._found(ready, image)
        if image is not None and wanted:
            add_image(data, image, brand, title, self._catalogue, self._originals, self._settings)
            note_added(self._catalogue, key)
            ready.checker.index.add({key: image.prints})
        size = (places[0].width, places[0].height) if image is None else (image.content.width, image.content.height)
        return Check(
            sha256=key.hex(),
            width=size[0],
            height=size[1],
            known=bool(places),
            matches=[self._shown(ready, hit) for hit in hits[:_MOST]],
            verdict=verdict(len(places), [hit.edge for hit in hits]),
            added=wanted,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )

    def at_once(self, data: bytes, *, brand: str = "", add: bool = False) -> Check | None:
        """Tell of bytes that the newest result has, without waiting for anything; None where that takes more work.

        The database is asked unless it `is_fresh`.
        """
        started = time.perf_counter()
        ready = self._ready
        if not self.is_fresh:
            self._newest = (self._results.newest(), time.monotonic())
        if ready is None or ready.result.id != self._newest[0]:
            return None
        key = hashlib.sha256(data).digest()
        numbers = ready.result.images.by_content.get(key, [])
        places = [ready.result.images.records[number] for number in numbers]
        if not places or (add and all(place.brand != brand for place in places)):
            return None
        hits = self._reported(ready, places)
        return Check(
            sha256=key.hex(),
            width=places[0].width,
            height=places[0].height,
            known=True,
            matches=[self._shown(ready, hit) for hit in hits[:_MOST]],
            verdict=verdict(len(places), [hit.edge for hit in hits]),
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )

    @property
    def is_fresh(self) -> bool:
        """Whether somebody asked a moment ago which result is the newest."""
        return time.monotonic() - self._newest[1] < _NEWS

    def _catch_up(self, ready: _Ready) -> None:
        """Take in what any server has added to the catalogue since the result was made."""
        now = time.monotonic()
        with self._lock:
            if now - ready.looked < _FRESH:
                return
            ready.looked = now
        rows = added_since(self._catalogue, ready.seen)
        if rows:
            ready.checker.index.add(load_prints(self._catalogue, [key for _, key in rows]))
            ready.seen = rows[-1][0]

    @property
    def _limits(self) -> DecodeParams:
        return DecodeParams(max_pixels=int(self._settings.max_megapixels * 1e6))

    def _current(self) -> _Ready:
        newest = self._results.newest()
        with self._lock:
            ready = self._ready
            if ready is not None and ready.result.id == newest:
                return ready
            if self._building is not None and self._building.done():
                building, self._building = self._building, None
                self._ready = ready = building.result()
                if ready.result.id == newest:
                    return ready
            begun = self._building is None
            if self._building is None:
                self._building = self._pool.submit(self._build, newest)
            building = self._building
        if ready is None or not ready.result.id:  # nothing was found by what holds nothing
            return building.result()
        if begun:
            wait([building], _PATIENCE)
        return building.result() if building.done() else ready

    def _build(self, newest: str | None) -> _Ready:
        result = self._results.get(newest) if newest else self._results.nothing()
        index = load_check_index(self._catalogue, result.images.contents)
        return _Ready(result, Checker(self._catalogue, index))

    def _places(self, ready: _Ready, key: bytes) -> list[ImageRecord]:
        """The images of these bytes: those of the result, else those that brands have got since."""
        images = ready.result.images
        if key in images.by_content:
            return [images.records[number] for number in images.by_content[key]]
        return self._added(key)

    def _added(self, key: bytes) -> list[ImageRecord]:
        content = self._catalogue.contents([key]).get(key)
        return [_record(row, content) for row in self._brands.places(key)] if content else []

    def _reported(self, ready: _Ready, places: Sequence[ImageRecord]) -> list[_Hit]:
        """What the report says of images that it knows, and that these are the same bytes."""
        same = Edge(0, 1, "identical", 1.0, Evidence(equal="bytes"))
        hits = [_Hit(place, same) for place in places]
        ids = {place.id for place in places if place.id >= 0}
        edges = ready.result.edges
        for number in edges.touching(np.array(sorted(ids), np.int64)).tolist() if ids else ():
            edge = edges.edge(number)
            if not {edge.a, edge.b} <= ids:
                other = edge.b if edge.a in ids else edge.a
                hits.append(_Hit(ready.result.images.records[other], _from(edge, edge.a if edge.a in ids else edge.b)))
        return sorted(hits, key=lambda hit: (RELATIONS.index(hit.edge.relation), -hit.edge.score, hit.record.id))

    def _found(self, ready: _Ready, image: Described) -> list[_Hit]:
        """What a comparison says; answers for the same bytes are remembered while the index stays what it is."""
        key = image.content.sha256, len(ready.checker.index)
        matches = ready.answers.get(key)
        if matches is None:
            matches = ready.checker.matches(image)
            ready.answers[key] = matches
            while len(ready.answers) > _REMEMBERED:
                ready.answers.popitem(last=False)
        return [_Hit(place, match.edge) for match in matches for place in self._places(ready, match.key)[:1]]

    def _shown(self, ready: _Ready, hit: _Hit) -> MatchView:
        grouping, number = ready.result.grouping, hit.record.id
        home = int(grouping.home[number]) if number >= 0 else -1
        return MatchView(
            image=image_view(hit.record), edge=edge_view(hit.edge), group=grouping.keys[home] if home >= 0 else None
        )


def _from(edge: Edge, image: int) -> Edge:
    """Give an edge as seen from one of its ends, which is 0 then."""
    inner = None if edge.inner is None else int(edge.inner == edge.b)
    plain = replace(edge, a=0, b=1, inner=inner)
    return plain if image == edge.a else turned(plain)


def _record(row: BrandImage, content: Content) -> ImageRecord:
    """Give an image that no result knows yet; its id is -1."""
    return ImageRecord(
        id=-1,
        uri=row.uri,
        brand=row.brand,
        sha256=content.sha256.hex(),
        width=content.width,
        height=content.height,
        bytes=content.size,
        format=content.format,
        title=row.title,
    )
