"""From references to contents: files read, decoded and fingerprinted, a batch at a time."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from sosie.errors import NotAnImage, UnreadableImage
from sosie.fingerprints.base import Fingerprinter
from sosie.imaging import DecodeParams, Picture, decode
from sosie.imaging.quality import Lines, detail_lines, details
from sosie.imaging.signature import recognise
from sosie.sources.folder import plain_reason, read_file, read_head
from sosie.store.rows import Content, Location
from sosie.types import FileState, ImageRef, Skipped

_BATCH_FILES = 32
"""Files that a worker reads at once: enough for their hashes to share products, few enough to end together."""
_BATCH_BYTES = 16 << 20
_HEAD = 4096


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


@dataclass
class Found:
    """What one worker made of some files; it becomes one part of a transaction."""

    locations: list[Location] = field(default_factory=list)
    contents: list[Content] = field(default_factory=list)
    fingerprints: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    passed: list[Skipped] = field(default_factory=list)
    """Skipped for a reason that may be gone at the next run, so not remembered."""


@dataclass
class Taken:
    """Files that were read and are not decoded yet: the bytes of each content, and which files have it.

    `found` holds what need not be decoded to be known.
    """

    found: Found = field(default_factory=Found)
    data: dict[bytes, bytes] = field(default_factory=dict)
    files: list[tuple[bytes, ImageRef, FileState]] = field(default_factory=list)


def state_key(state: FileState) -> str:
    """Return one string that changes when the file does; the device is left out since mounting renumbers it."""
    return f"{state.size}:{state.mtime_ns}:{state.inode}"


Known = Callable[[Set[bytes]], Mapping[bytes, str | None]]
"""Gives those of some contents that need not be decoded again, with the reason why one is unreadable."""


def nothing_known(_keys: Set[bytes]) -> Mapping[bytes, str | None]:
    """Give no content: all are new."""
    return {}


@dataclass
class BatchReader:
    """Reads, decodes and fingerprints files, a batch at a time and in any thread; it writes nothing."""

    fingerprinters: Sequence[Fingerprinter]
    params: ReadParams
    known: Known = nothing_known
    stop: threading.Event = field(default_factory=threading.Event)

    def one_batch(self, refs: Sequence[ImageRef]) -> Found:
        """Read, decode and fingerprint some files; nothing once `stop` is set."""
        taken = self.take(refs)
        return Found() if self.stop.is_set() else self.describe(taken, self.known(taken.data.keys()))

    def take(self, refs: Sequence[ImageRef]) -> Taken:
        """Read some files; no more of them once `stop` is set."""
        taken = Taken()
        for ref in refs:
            if not self.stop.is_set():
                self._read_one(ref, taken)
        return taken

    def describe(self, taken: Taken, known: Mapping[bytes, str | None]) -> Found:
        """Decode and fingerprint what was read, but what is `known` already with the reason why it is unreadable."""
        found = taken.found
        unknown = {key: data for key, data in taken.data.items() if key not in known}
        reasons = dict(known) | self._compute(unknown, found)
        found.locations += [
            Location(os.fsencode(ref.uri), state_key(state), key, reasons.get(key), self.params.reader)
            for key, ref, state in taken.files
        ]
        return found

    def _compute(self, contents: Mapping[bytes, bytes], found: Found) -> dict[bytes, str | None]:
        """Decode and fingerprint contents into `found`; return the reason of each where that is not possible."""
        reasons: dict[bytes, str | None] = {}
        pictures: dict[bytes, Picture] = {}
        lines: dict[bytes, Lines] = {}
        for key, data in contents.items():
            try:
                pictures[key] = decode(data, self.params.decode)
                lines[key] = detail_lines(pictures[key].pixels)
            except UnreadableImage as error:
                reasons[key] = error.message
        try:
            self._fingerprint(pictures, found)
        except Exception:  # one picture that a fingerprint cannot take must not take its batch along
            for key, picture in pictures.items():
                self._fingerprint_alone(key, picture, found, reasons)
        found.contents += [
            content_of(key, len(contents[key]), pictures[key], value)
            for key, value in zip(lines, details(list(lines.values())), strict=True)
            if key not in reasons
        ]
        return reasons

    def _fingerprint(self, pictures: Mapping[bytes, Picture], found: Found) -> None:
        rows: list[tuple[str, bytes, bytes]] = []
        for fingerprinter in self.fingerprinters:
            for key, parts in zip(pictures, fingerprinter.compute(list(pictures.values())), strict=True):
                spaces = (space.key for space in fingerprinter.spaces)
                rows.extend((space, key, row) for space, row in zip(spaces, parts, strict=True))
        found.fingerprints += rows

    def _fingerprint_alone(self, key: bytes, picture: Picture, found: Found, reasons: dict[bytes, str | None]) -> None:
        try:
            self._fingerprint({key: picture}, found)
        except Exception as error:
            reasons[key] = f"could not be fingerprinted ({type(error).__name__}: {error})"

    def _read_one(self, ref: ImageRef, taken: Taken) -> None:
        try:
            if ref.state and ref.state.size > _BATCH_BYTES:
                recognise(read_head(ref.file, _HEAD))
            data, state = read_file(ref.file, self.params.max_bytes)
        except OSError as error:
            taken.found.passed.append(Skipped(ref.uri, plain_reason(error)))
            return
        except NotAnImage as error:
            state_then = state_key(ref.state) if ref.state else ""
            row = Location(os.fsencode(ref.uri), state_then, None, error.message, self.params.reader)
            taken.found.locations.append(row)
            return
        key = hashlib.sha256(data).digest()
        taken.data.setdefault(key, data)
        taken.files.append((key, ref, state))


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


def batches(refs: Sequence[ImageRef], workers: int) -> Iterator[list[ImageRef]]:
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
