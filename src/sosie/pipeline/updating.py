"""The catalogue brought up to date with files: what it does not know yet is read, and committed as it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field

from sosie.fingerprints.base import Fingerprinter
from sosie.pipeline.beside import Beside
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.reading import BatchReader, Found, ReadParams, batches, state_key
from sosie.pipeline.threads import usable_cores
from sosie.store.catalogue import Batch, Catalogue, Location
from sosie.types import ImageRef, Skipped, Space

_AHEAD = 8
"""Batches that wait for each worker, so that none is idle while what was read is committed."""
_COMMIT_SECONDS = 1.0
_COMMIT_IMAGES = 512
_TOLD = 20
"""Images of one batch that are told of by name."""

Shards = Callable[[Sequence[ImageRef]], Generator[Found, None, None]]
"""Reads files elsewhere than in threads of this process, and yields what was found in each part of them."""


@dataclass(frozen=True)
class Reading:
    """What reading gave: the content of each readable URI, and what was skipped."""

    contents: dict[str, bytes] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    transient: list[Skipped] = field(default_factory=list)
    """Those of `skipped` that may be readable at the next run although they look the same."""


def read_all(
    refs: Sequence[ImageRef],
    catalogue: Catalogue,
    fingerprinters: Sequence[Fingerprinter],
    params: ReadParams,
    listen: Listener,
    shards: Shards | None = None,
    beside: Beside | None = None,
) -> Reading:
    """Bring the catalogue up to date with these files and return what each one holds.

    A file whose state is known is not opened. Each batch is committed on its own: a run that is killed loses
    what it read since the last commit, about a second of work. `shards` reads instead of threads here, `beside` with
    them. Raises what `listen` raises.
    """
    known = catalogue.locations(os.fsencode(ref.uri) for ref in refs)
    spaces = [space for fingerprinter in fingerprinters for space in fingerprinter.spaces]
    complete = _complete({loc.sha256 for loc in known.values() if loc.sha256 and not loc.reason}, spaces, catalogue)
    reading = Reading()
    work = []
    for ref in {ref.uri: ref for ref in refs}.values():  # one address may be an image of several brands
        location = known.get(os.fsencode(ref.uri))
        if location is None or not _still_holds(location, ref, complete, params.reader):
            work.append(ref)
        else:
            _enter(reading, location)
    _Reader(catalogue, fingerprinters, spaces, params, listen, reading, shards, beside).run(work)
    return reading


def _still_holds(location: Location, ref: ImageRef, complete: Set[bytes], reader: str) -> bool:
    if ref.state is None or location.state != state_key(ref.state):
        return False
    if location.reason is not None:
        return location.reader == reader
    return location.sha256 in complete


def _complete(keys: Set[bytes], spaces: Sequence[Space], catalogue: Catalogue) -> Set[bytes]:
    """Return those contents that have a row in every space."""
    for space in spaces:
        if not keys:
            break
        keys = keys & catalogue.having(space.key, keys)
    return keys


def _enter(reading: Reading, location: Location) -> None:
    uri = os.fsdecode(location.uri)
    if location.reason is not None:
        reading.skipped.append(Skipped(uri, location.reason))
    elif location.sha256 is not None:
        reading.contents[uri] = location.sha256


@dataclass
class _Reader:
    catalogue: Catalogue
    fingerprinters: Sequence[Fingerprinter]
    spaces: Sequence[Space]
    params: ReadParams
    listen: Listener
    reading: Reading
    shards: Shards | None = None
    beside: Beside | None = None
    filled: bool = True
    """Whether an earlier scan brought contents into the catalogue."""
    done: dict[bytes, str | None] = field(default_factory=dict)
    """The contents of this run so far, with the reason of those that could not be read."""
    shown: list[bytes] = field(default_factory=list)
    """Contents that were committed and not told of yet: who hears of one may ask for it at once."""

    def run(self, work: Sequence[ImageRef]) -> None:
        self.filled = bool(work) and self.catalogue.holds_contents()
        done, pending, total = 0, list[Found](), len(work)
        committed = time.monotonic()
        with closing((self.shards or self.threads)(work)) as parts:
            try:
                for found in parts:
                    done += len(found.locations) + len(found.passed)
                    pending.append(found)
                    self.note(found, done, total)
                    full = sum(len(part.locations) for part in pending) >= _COMMIT_IMAGES
                    if full or time.monotonic() - committed > _COMMIT_SECONDS:
                        self.commit(pending)
                        committed = time.monotonic()
            finally:
                self.commit(pending)
        if self.shown:
            self.listen(Progress("read", done, total, len(self.reading.skipped), recent=self.recent()))

    def threads(self, work: Sequence[ImageRef]) -> Generator[Found, None, None]:
        """Read in threads of this process, or, where there is much to read, by this thread and processes beside it."""
        reader = BatchReader(self.fingerprinters, self.params, self.known)
        workers = self.params.workers or usable_cores()
        if self.beside is not None and self.beside.widen(len(work)):
            yield from self.beside.read(reader, batches(work, workers))
            return
        with ThreadPoolExecutor(workers, "sosie-read") as pool:
            try:
                yield from _in_flight(pool, reader.one_batch, batches(work, workers), workers * _AHEAD)
            finally:
                reader.stop.set()

    def note(self, found: Found, done: int, total: int) -> None:
        before = len(self.reading.skipped)
        for location in found.locations:
            _enter(self.reading, location)
            if location.sha256 is not None:
                self.done[location.sha256] = location.reason
        self.reading.skipped.extend(found.passed)
        self.reading.transient.extend(found.passed)
        skipped = self.reading.skipped
        last = f"{os.path.basename(skipped[-1].uri)} {skipped[-1].reason}" if len(skipped) > before else ""
        passed = tuple(skipped[max(before, len(skipped) - _TOLD) :])
        self.listen(Progress("read", done, total, len(skipped), last, passed, self.recent()))

    def recent(self) -> tuple[bytes, ...]:
        """Return the last contents that were committed since this was asked."""
        recent = tuple(self.shown[-_TOLD:])
        self.shown.clear()
        return recent

    def commit(self, pending: list[Found]) -> None:
        if pending:
            self.catalogue.save(
                Batch(
                    locations=[row for found in pending for row in found.locations],
                    contents=[row for found in pending for row in found.contents],
                    fingerprints=[row for found in pending for row in found.fingerprints],
                )
            )
            rows = (row for found in pending for row in found.locations)
            self.shown += [row.sha256 for row in rows if row.sha256 and row.reason is None]
            pending.clear()

    def known(self, keys: Set[bytes]) -> Mapping[bytes, str | None]:
        """Give those of these contents that need not be decoded, with the reasons of those that cannot be."""
        reasons = {key: self.done[key] for key in keys if key in self.done}
        rest = keys - reasons.keys()
        if self.filled and rest:
            rest &= self.catalogue.contents(rest).keys()
            reasons |= dict.fromkeys(_complete(rest, self.spaces, self.catalogue))
        return reasons


def _in_flight(pool: ThreadPoolExecutor, work: object, items: Iterator[list[ImageRef]], most: int) -> Iterator[Found]:
    """Yield results as they finish, with at most `most` batches under way."""
    running: set[Future[Found]] = set()
    for item in items:
        running.add(pool.submit(work, item))  # type: ignore[arg-type]
        if len(running) >= most:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in finished)
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in finished)
