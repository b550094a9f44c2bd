"""Embedding as tasks: some contents in, their vectors out. A worker loads a model once for all its tasks."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Columns
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Backend, Carried, Embedder, Rejected
from sosie.pipeline.embedding import Answers, Elsewhere, Preparing, Spread
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.threads import single_threaded_libraries
from sosie.types import ImageRef

_STEP = "embed"
_LEAST, _MOST = 32, 512


@dataclass(frozen=True, slots=True)
class EmbedTask:
    """Contents to embed by a back end (pickled: it is loaded once by what it is), `batch` at a time, into a space."""

    backend: bytes
    space: str
    keys: tuple[bytes, ...]
    refs: tuple[tuple[ImageRef, ...], ...]
    params: ReadParams
    batch: int

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def key(self) -> str:
        """All that the result depends on."""
        digest = hashlib.sha256(f"{self.space}/{self.params.decode}/{self.batch}".encode())
        for key in self.keys:
            digest.update(key)
        return digest.hexdigest()


def spread_of(run: Run) -> Spread:
    """Return what embeds by tasks of a run with back ends that other processes can be handed."""

    def spread(backend: Backend) -> Elsewhere | None:
        return TaskEmbedding(run, backend).embed if isinstance(backend, Carried) else None

    return spread


@dataclass(frozen=True)
class TaskEmbedding:
    """Embeds by tasks of a run."""

    run: Run
    backend: Backend

    def embed(
        self, work: Preparing, embedder: Embedder, chunks: Sequence[Sequence[int]]
    ) -> Generator[Answers, None, None]:
        """Yield what came of the chunks of each task. Which contents are embedded together is as in one process."""
        rows = self.run.rows_each(sum(map(len, chunks)), _LEAST, _MOST, _STEP)
        each = max(1, rows // embedder.batch)
        parts = [[row for chunk in chunks[at : at + each] for row in chunk] for at in range(0, len(chunks), each)]
        packed = pickle.dumps(self.backend)
        tasks = [
            EmbedTask(
                packed,
                embedder.space.key,
                tuple(work.keys[row] for row in part),
                tuple(tuple(work.refs[row]) for row in part),
                work.params,
                embedder.batch,
            )
            for part in parts
        ]
        keys = [task.key for task in tasks]
        for number, columns in self.run.map(_STEP, embed_some, keys, tasks.__getitem__):
            answers: Answers = {}
            for row, vector, reason in zip(parts[number], columns["vector"], columns["reason"], strict=True):
                answers[row] = Rejected(reason) if vector is None else np.frombuffer(vector, np.float32)
            if any(reason is not None for reason in columns["reason"]):
                self.run.forget(_STEP, keys[number])
            yield answers


@single_threaded_libraries()
def embed_some(_files: RunFiles, task: EmbedTask) -> Columns:
    """Embed the contents of one task."""
    embedder = _opened(task.backend)
    if embedder.space.key != task.space:
        raise EmbedderFailure(
            f"The model of {embedder.name} on another machine is not the one of this machine.",
            next_step="Put the same file into the data directory of all machines.",
        )
    work = Preparing(task.keys, task.refs, task.params)
    answers: Answers = {}
    for start in range(0, len(task), task.batch):
        answers |= work.chunk(embedder, range(start, min(start + task.batch, len(task))))
    found = [answers[row] for row in range(len(task))]
    return {
        "vector": [None if isinstance(one, Rejected) else one.astype(np.float32).tobytes() for one in found],
        "reason": [one.reason if isinstance(one, Rejected) else None for one in found],
    }


@lru_cache(maxsize=1)
def _opened(backend: bytes) -> Embedder:
    """The embedder of a back end: a process loads it once."""
    opened: Backend = pickle.loads(backend)  # noqa: S301 - from the process that leads the run
    return opened.open()
