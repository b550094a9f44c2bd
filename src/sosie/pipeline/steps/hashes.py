"""The join of hashes as tasks: each finds what the variants of some images are near to among all."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Columns, unpack
from sosie.matching.hamming import merged, pairs_of_rows, pairs_within
from sosie.pipeline.hashing import Codes, Join
from sosie.types import Pairs

_LEAST, _MOST = 20_000, 250_000


@dataclass(frozen=True, slots=True)
class HashTask:
    """The variants of some rows from `start` on, uint8 (m, k, bytes), and the name of all plain codes."""

    codes: str
    radius: int
    start: int
    variants: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.variants)


def join_of(run: Run) -> Join:
    """Return a join that does what `pairs_within` does by tasks of a run; a small one is done at once."""

    def join(codes: Codes, radius: int, variants: Codes) -> Pairs:
        parts = run.parts(len(codes), _LEAST, _MOST, "near")
        if len(parts) < 2:
            return pairs_within(codes, radius, variants)
        name = run.give("codes", {"codes": codes})
        digests = [hashlib.sha256(variants[part.start : part.stop].tobytes()).hexdigest() for part in parts]
        keys = [f"{name}/{radius}/{part.start}/{digest}" for part, digest in zip(parts, digests, strict=True)]

        def load(number: int) -> HashTask:
            part = parts[number]
            return HashTask(name, radius, part.start, variants[part.start : part.stop])

        found = run.map("near", join_rows, keys, load)
        return merged(len(codes), codes.shape[1] * 8, (Pairs(x["a"], x["b"], x["score"]) for _, x in found))

    return join


def join_rows(files: RunFiles, task: HashTask) -> Columns:
    """Find the pairs of one task."""
    codes = unpack(files.read(task.codes))["codes"]
    pairs = pairs_of_rows(codes, task.radius, task.variants, task.start)
    return {"a": pairs.a, "b": pairs.b, "score": pairs.score}
