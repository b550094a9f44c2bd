"""From references to contents: read, decode and fingerprint what the catalogue does not know yet."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sosie.errors import NotAnImage, UnreadableImage
from sosie.fingerprints.base import Fingerprinter
from sosie.imaging import DecodeParams, Picture, decode
from sosie.imaging.quality import Lines, detail_lines, details
from sosie.imaging.signature import recognise
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.threads import usable_cores
from sosie.sources.folder import plain_reason, read_file, read_head
from sosie.store.catalogue import Batch, Catalogue, Content, Location
from sosie.types import FileState, ImageRef, Skipped, Space

_BATCH_FILES = 64
"""Files that a worker reads at once: hashes of more pictures in one product leave the interpreter's lock alone."""
_AHEAD = 8
"""Batches that wait for each worker, so that none is idle while what was read is committed."""
_BATCH_BYTES = 16 << 20
_HEAD = 4096
_COMMIT_SECONDS = 1.0
_COMMIT_IMAGES = 512
_TOLD = 20
"""Images of one batch that are told of by name."""


@dataclass(frozen=True, kw_only=True)
class ReadParams:
    """Limits and threads of reading."""

    decode: DecodeParams = field(default_factory=DecodeParams)
    max_bytes: int = 1_000_000_000
    workers: int = 0

    @property
    def reader(self) -> str:
        """What an earlier reading must have been made with for its refusals to hold."""
        return f"1/{self.decode.max_pixels}/{self.max_bytes}"


@dataclass(frozen=True)
class Reading:
    """What reading gave: the content of each readable URI, and what was skipped."""

    contents: dict[str, bytes] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    transient: list[Skipped] = field(default_factory=list)
    """Those of `skipped` that may be readable at the next run although they look the same."""


@dataclass
class _Found:
    """What one worker made of some files; it becomes one part of a transaction."""

    locations: list[Location] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    fingerprints: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    passed: list[Skipped] = field(default_factory=list)
    """Skipped for a reason that may be gone at the next run, so not remembered."""


def read_all(
    refs: Sequence[ImageRef],
    catalogue: Catalogue,
    fingerprinters: Sequence[Fingerprinter],
    params: ReadParams,
    listen: Listener,
) -> Reading:
    """Bring the catalogue up to date with these files and return what each one holds.

    A file whose state is known is not opened. Each batch is committed on its own: a run that is killed loses
    what it read since the last commit, about a second of work. Raises what `listen` raises.
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
    _Reader(catalogue, fingerprinters, spaces, params, listen, reading).run(work)
    return reading


def _still_holds(location: Location, ref: ImageRef, complete: set[bytes], reader: str) -> bool:
    if ref.state is None or location.state != state_key(ref.state):
        return False
    if location.reason is not None:
        return location.reader == reader
    return location.sha256 in complete


def _complete(keys: set[bytes], spaces: Sequence[Space], catalogue: Catalogue) -> set[bytes]:
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


def state_key(state: FileState) -> str:
    """Return one string that changes when the file does; the device is left out since mounting renumbers it."""
    return f"{state.size}:{state.mtime_ns}:{state.inode}"


@dataclass
class _Reader:
    catalogue: Catalogue
    fingerprinters: Sequence[Fingerprinter]
    spaces: Sequence[Space]
    params: ReadParams
    listen: Listener
    reading: Reading
    stop: threading.Event = field(default_factory=threading.Event)
    known: bool = True
    """Whether an earlier scan brought contents into the catalogue."""
    done: dict[bytes, str | None] = field(default_factory=dict)
    """The contents of this run so far, with the reason of those that could not be read."""
    shown: list[bytes] = field(default_factory=list)
    """Contents that were committed and not told of yet: who hears of one may ask for it at once."""

    def run(self, work: Sequence[ImageRef]) -> None:
        self.known = bool(work) and self.catalogue.holds_contents()
        workers = self.params.workers or usable_cores()
        done, pending, total = 0, list[_Found](), len(work)
        committed = time.monotonic()
        with ThreadPoolExecutor(workers, "sosie-read") as pool:
            try:
                for found in _in_flight(pool, self.one_batch, _batches(work, workers), workers * _AHEAD):
                    done += len(found.locations) + len(found.passed)
                    pending.append(found)
                    self.note(found, done, total)
                    full = sum(len(part.locations) for part in pending) >= _COMMIT_IMAGES
                    if full or time.monotonic() - committed > _COMMIT_SECONDS:
                        self.commit(pending)
                        committed = time.monotonic()
            finally:
                self.stop.set()
                self.commit(pending)
        if self.shown:
            self.listen(Progress("read", done, total, len(self.reading.skipped), recent=self.recent()))

    def note(self, found: _Found, done: int, total: int) -> None:
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

    def commit(self, pending: list[_Found]) -> None:
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

    def one_batch(self, refs: Sequence[ImageRef]) -> _Found:
        """Read, decode and fingerprint some files; runs in a worker thread."""
        found = _Found()
        fresh: dict[bytes, list[tuple[ImageRef, FileState, bytes]]] = {}
        for ref in refs:
            if not self.stop.is_set():
                self.read_one(ref, found, fresh)
        if self.stop.is_set():
            return _Found()
        reasons = {key: self.done[key] for key in fresh if key in self.done}
        known = reasons.keys() | self.catalogued(fresh.keys() - reasons.keys())
        reasons |= self.compute({key: files[0][2] for key, files in fresh.items() if key not in known}, found)
        for key, files in fresh.items():
            for ref, state, _ in files:
                uri, reader = os.fsencode(ref.uri), self.params.reader
                found.locations.append(Location(uri, state_key(state), key, reasons.get(key), reader))
        return found

    def catalogued(self, keys: set[bytes]) -> set[bytes]:
        """Return those of these contents that need not be read again."""
        if not self.known or not keys:
            return set()
        return _complete(keys & self.catalogue.contents(keys).keys(), self.spaces, self.catalogue)

    def compute(self, contents: Mapping[bytes, bytes], found: _Found) -> dict[bytes, str]:
        """Decode and fingerprint contents into `found`; return the reason of each where that is not possible."""
        reasons: dict[bytes, str] = {}
        pictures: dict[bytes, Picture] = {}
        lines: dict[bytes, Lines] = {}
        for key, data in contents.items():
            try:
                pictures[key] = decode(data, self.params.decode)
                lines[key] = detail_lines(pictures[key].pixels)
            except UnreadableImage as error:
                reasons[key] = error.message
        try:
            self.fingerprint(pictures, found)
        except Exception:  # one picture that a fingerprint cannot take must not take its batch along
            for key, picture in pictures.items():
                self.fingerprint_alone(key, picture, found, reasons)
        found.contents += [
            content_of(key, len(contents[key]), pictures[key], value)
            for key, value in zip(lines, details(list(lines.values())), strict=True)
            if key not in reasons
        ]
        return reasons

    def fingerprint(self, pictures: Mapping[bytes, Picture], found: _Found) -> None:
        rows: list[tuple[str, bytes, bytes]] = []
        for fingerprinter in self.fingerprinters:
            for key, parts in zip(pictures, fingerprinter.compute(list(pictures.values())), strict=True):
                spaces = (space.key for space in fingerprinter.spaces)
                rows.extend((space, key, row) for space, row in zip(spaces, parts, strict=True))
        found.fingerprints += rows

    def fingerprint_alone(self, key: bytes, picture: Picture, found: _Found, reasons: dict[bytes, str]) -> None:
        try:
            self.fingerprint({key: picture}, found)
        except Exception as error:
            reasons[key] = f"could not be fingerprinted ({type(error).__name__}: {error})"

    def read_one(
        self, ref: ImageRef, found: _Found, fresh: dict[bytes, list[tuple[ImageRef, FileState, bytes]]]
    ) -> None:
        try:
            if ref.state and ref.state.size > _BATCH_BYTES:
                recognise(read_head(ref.file, _HEAD))
            data, state = read_file(ref.file, self.params.max_bytes)
        except OSError as error:
            found.passed.append(Skipped(ref.uri, plain_reason(error)))
            return
        except NotAnImage as error:
            state_then = state_key(ref.state) if ref.state else ""
            row = Location(os.fsencode(ref.uri), state_then, None, error.message, self.params.reader)
            found.locations.append(row)
            return
        fresh.setdefault(hashlib.sha256(data).digest(), []).append((ref, state, data))


def content_of(key: bytes, size: int, picture: Picture, detail: float) -> Content:
    """Return the catalogue's row of one decoded image with this `detail`."""
    info = picture.info
    return Content(
        sha256=key,
        size=size,
        format=info.format,
        width=info.width,
        height=info.height,
        frames=info.frames,
        bits=info.bits,
        alpha=info.alpha,
        lossless=info.lossless,
        quality=info.quality,
        metadata=info.metadata,
        detail=round(detail, 4),
        detail_side=min(picture.pixels.shape[:2]),
    )


def _batches(refs: Sequence[ImageRef], workers: int) -> Iterator[list[ImageRef]]:
    """Cut into batches of a few files and a few megabytes, so that workers hold little at a time and end together."""
    most = min(_BATCH_FILES, 1 + len(refs) // (4 * workers))
    batch: list[ImageRef] = []
    size = 0
    for ref in refs:
        batch.append(ref)
        size += ref.state.size if ref.state else 0
        if len(batch) >= most or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _in_flight(pool: ThreadPoolExecutor, work: object, items: Iterator[list[ImageRef]], most: int) -> Iterator[_Found]:
    """Yield results as they finish, with at most `most` batches under way."""
    running: set[Future[_Found]] = set()
    for item in items:
        running.add(pool.submit(work, item))  # type: ignore[arg-type]
        if len(running) >= most:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (future.result() for future in finished)
    while running:
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        yield from (future.result() for future in finished)
