"""One vector an image, all in one space: the first back end of the chain that works does the whole run."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sosie.errors import Cancelled, EmbedderFailure, UnreadableImage
from sosie.fingerprints.embedders.base import Backend, Embedder, Rejected
from sosie.fingerprints.embedders.chain import NOT_SET_UP
from sosie.fingerprints.embedders.rows import from_row, to_row
from sosie.imaging import DecodeParams, decode
from sosie.pipeline.alike import Confirm
from sosie.pipeline.contents import Contents
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.reading import ReadParams
from sosie.sources.folder import read_file
from sosie.store.cache import VectorCache
from sosie.types import ImageRef, Space

log = logging.getLogger(__name__)
Answers = dict[int, NDArray[np.float32] | Rejected]
"""Vectors, or why there is none, by row."""
Elsewhere = Callable[["Preparing", Embedder, Sequence[Sequence[int]]], Generator[Answers, None, None]]
"""Embeds chunks of rows, which are given together to the embedder, and yields answers as they come."""
Spread = Callable[[Backend], Elsewhere | None]
"""Says who embeds with a back end other than threads of this process."""
_COMMIT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Left:
    """A back end that was left, why, and what would help."""

    name: str
    reason: str
    lasting: bool
    next_step: str = ""


@dataclass(frozen=True)
class Embedding:
    """The vectors of one run. `vectors`: float16 (contents, dims), unit length, zeros where an image has none.

    `left` are the back ends before the one in use; `refused` the images that have no vector, by row, with the reason.
    """

    name: str
    space: Space
    threshold: float
    vectors: NDArray[np.float16]
    left: tuple[Left, ...] = ()
    refused: Mapping[int, str] = field(default_factory=dict)

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which rows have a vector."""
        return np.asarray(self.vectors.any(axis=1), np.bool_)

    @property
    def lasting(self) -> bool:
        """Whether an equal run would give the same again: nothing failed that may work the next time."""
        return all(left.lasting for left in self.left) and (self.name == "builtin" or not self.refused)

    def notes(self) -> list[str]:
        """What a report says of it: the back ends that were left, in one line, and how many images have no vector."""
        lines = []
        if self.left:
            how = "the built-in method" if self.name == "builtin" else self.name
            lines.append(f"What looks alike was compared with {how}. {_reasons(self.left)}")
        if self.refused and self.name != "builtin":
            why = next(iter(self.refused.values()))
            many = len(self.refused)
            lines.append(f"{many:,} {'image' if many == 1 else 'images'} could not be embedded by {self.name} ({why}).")
        return lines


def _reasons(left: Sequence[Left]) -> str:
    """A sentence for each back end that was tried, with what helps, and one for all that are not set up."""
    tried = [one for one in left if one.reason != NOT_SET_UP]
    sentences = [f"{one.name} is not used: {_begun(one.reason)} {one.next_step}".strip() for one in tried]
    unset = ", ".join(one.name for one in left if one.reason == NOT_SET_UP)
    return " ".join([*sentences, f"Not set up: {unset}."] if unset else sentences)


def _begun(reason: str) -> str:
    """A reason as it goes on after a colon: names keep their capitals."""
    first, _, rest = reason.partition(" ")
    return f"{first.lower() if first in _ARTICLES else first} {rest.rstrip('.')}."


_ARTICLES = ("The", "A", "An", "There", "That", "This", "Its")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedParams:
    """What embedding goes by: limits of reading, and the images that may be sent to a paid back end without asking."""

    reading: ReadParams = field(default_factory=ReadParams)
    free_images: int = 100
    confirm: Confirm = field(default=lambda _sentence: False)


def embed_contents(
    contents: Contents,
    chain: Sequence[Backend],
    cache: VectorCache,
    params: EmbedParams,
    listen: Listener,
    spread: Spread | None = None,
) -> Embedding:
    """Give the vectors of all contents in the space of the first back end that does the whole run.

    Rows that the cache has are used, damaged ones computed anew. A back end that fails in mid-run leaves what it
    finished in the cache, and the next one begins from what the cache has in *its* space: vectors of two spaces are
    never in one result. `spread` says of a back end who else embeds with it, None for nobody. Raises `EmbedderFailure`
    when none works, and what `listen` raises.
    """
    left: list[Left] = []
    for backend in chain:
        try:
            found = _embed_with(backend, contents, cache, params, listen, spread)
        except EmbedderFailure as error:
            log.info("embedder %s was left: %s", backend.name, error)
            left.append(Left(backend.name, error.message, error.lasting, error.next_step))
            if error.message != NOT_SET_UP:
                listen(Progress("embed", note=f"{backend.name} is not used: {error.message}"))
        else:
            return Embedding(found.name, found.space, found.threshold, found.vectors, tuple(left), found.refused)
    raise EmbedderFailure("No embedder works. " + " ".join(f"{one.name}: {one.reason}" for one in left))


def _embed_with(
    backend: Backend,
    contents: Contents,
    cache: VectorCache,
    params: EmbedParams,
    listen: Listener,
    spread: Spread | None,
) -> Embedding:
    embedder = None
    space = backend.known_space()
    rows = known_rows(contents, cache, space) if space else {}
    if space is None or len(rows) < len(contents):
        embedder = backend.open()
        if embedder.space != space:
            space = embedder.space
            rows = known_rows(contents, cache, space)
    work = _Work(contents, cache, params, listen, space, rows)
    if embedder is not None:
        try:
            work.run(embedder, spread(backend) if spread else None)
        finally:
            embedder.close()
    vectors = np.zeros((len(contents), space.dims), np.float16)
    for row, vector in work.rows.items():
        vectors[row] = vector
    threshold = embedder.threshold if embedder else backend.threshold
    return Embedding(backend.name, space, threshold, vectors, refused=work.refused)


def known_rows(contents: Contents, cache: VectorCache, space: Space) -> dict[int, NDArray[np.float16]]:
    """Give the vectors that the cache has, by row; those that are cut, damaged or of another space are left out."""
    found = cache.get(space.key, contents.keys)
    vectors = {row: from_row(space, found[key]) for row, key in enumerate(contents.keys) if key in found}
    damaged = sum(vector is None for vector in vectors.values())
    if damaged:
        log.info("%d cached vectors of %s are damaged and are computed anew", damaged, space.name)
    return {row: vector for row, vector in vectors.items() if vector is not None}


@dataclass
class Preparing:
    """Reads, decodes and prepares contents for an embedder: `keys` are their SHA-256, `refs` the images with them."""

    keys: Sequence[bytes]
    refs: Sequence[Sequence[ImageRef]]
    params: ReadParams
    stop: threading.Event = field(default_factory=threading.Event)

    def chunk(self, embedder: Embedder, rows: Sequence[int]) -> Answers:
        """Read, decode, prepare and embed a few contents; runs in a worker thread."""
        answers: Answers = {}
        prepared = {}
        for row in rows:
            if self.stop.is_set():
                raise Cancelled("Embedding was stopped.")
            item = self.prepare(embedder, row)
            if isinstance(item, Rejected):
                answers[row] = item
            else:
                prepared[row] = item
        if prepared:
            answers |= dict(zip(prepared, embedder.embed(list(prepared.values())), strict=True))
        return answers

    def prepare(self, embedder: Embedder, row: int) -> object:
        """Give what the embedder takes for one content, or why there is none."""
        data = self.read(row)
        if data is None:
            return Rejected("its file has changed or is gone")
        try:
            limits = DecodeParams(max_pixels=self.params.decode.max_pixels, min_side=embedder.min_side)
            return embedder.prepare(decode(data, limits))
        except UnreadableImage as error:
            return Rejected(error.message)

    def read(self, row: int) -> bytes | None:
        """Give the bytes of a content from the first of its files that still holds them."""
        for ref in self.refs[row]:
            try:
                data, _ = read_file(ref.file, self.params.max_bytes)
            except OSError:
                continue
            if hashlib.sha256(data).digest() == self.keys[row]:
                return data
        return None


@dataclass
class _Work:
    """The rows that one back end has to add."""

    contents: Contents
    cache: VectorCache
    params: EmbedParams
    listen: Listener
    space: Space
    rows: dict[int, NDArray[np.float16]]
    refused: dict[int, str] = field(default_factory=dict)

    def run(self, embedder: Embedder, elsewhere: Elsewhere | None) -> None:
        """Embed what has no vector yet, in threads here or `elsewhere`."""
        missing = [row for row in range(len(self.contents)) if row not in self.rows]
        chunks = [missing[at : at + embedder.batch] for at in range(0, len(missing), embedder.batch)]
        self.ask(embedder, len(missing))
        done, pending = 0, dict[bytes, bytes]()
        committed = time.monotonic()
        self.listen(Progress("embed", 0, len(missing)))
        work = Preparing(self.contents.keys, self.contents.refs, self.params.reading)
        with closing((elsewhere or _here)(work, embedder, chunks)) as parts:
            try:
                for part in parts:
                    done += len(part)
                    pending |= self.take(part)
                    if time.monotonic() - committed > _COMMIT_SECONDS:
                        self.commit(pending)
                        committed = time.monotonic()
                    self.listen(Progress("embed", done, len(missing), len(self.refused)))
            except BaseException:
                work.stop.set()
                embedder.cancel()
                raise
            finally:
                self.commit(pending)

    def ask(self, embedder: Embedder, count: int) -> None:
        """Raise `EmbedderFailure` when so many images cost money and nobody says yes to it."""
        price = embedder.estimate(count) if count > self.params.free_images else ""
        if price and not self.params.confirm(price):
            raise EmbedderFailure(
                f"{price.rstrip('.')}, which nobody has agreed to.",
                next_step="Agree with --yes, by confirm_cost of the job, or by a higher paid_images.",
            )

    def take(self, part: Answers) -> dict[bytes, bytes]:
        """Put one chunk's answers into the result and give the rows to keep."""
        kept = {}
        for row, answer in part.items():
            if isinstance(answer, Rejected):
                self.refused[row] = answer.reason
                continue
            sealed = to_row(self.space, answer)
            vector = from_row(self.space, sealed)
            if vector is not None:
                self.rows[row] = vector
                kept[self.contents.keys[row]] = sealed
        return kept

    def commit(self, pending: dict[bytes, bytes]) -> None:
        if pending:
            self.cache.put(self.space.key, pending)
            pending.clear()


def _here(work: Preparing, embedder: Embedder, chunks: Sequence[Sequence[int]]) -> Generator[Answers, None, None]:
    """Embed chunks in threads of this process."""
    with ThreadPoolExecutor(embedder.concurrency, "sosie-embed") as pool:
        yield from _in_flight(pool, work, embedder, chunks)


def _in_flight(
    pool: ThreadPoolExecutor, work: Preparing, embedder: Embedder, chunks: Sequence[Sequence[int]]
) -> Iterator[Answers]:
    """Yield chunks as they finish, with a few more under way than there are threads.

    When one fails, those that finished beside it are yielded first: what a provider was paid for is kept.
    """
    running: set[Future[Answers]] = set()
    waiting = iter(chunks)
    while True:
        for chunk in waiting:
            running.add(pool.submit(work.chunk, embedder, chunk))
            if len(running) >= embedder.concurrency + 2:
                break
        if not running:
            return
        finished, running = wait(running, return_when=FIRST_COMPLETED)
        failed = [future for future in finished if future.exception() is not None]
        yield from (future.result() for future in finished if future not in failed)
        if failed:
            work.stop.set()
            settled, _ = wait(running)
            yield from (future.result() for future in settled if future.exception() is None)
            failed[0].result()
