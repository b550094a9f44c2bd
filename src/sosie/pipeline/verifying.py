"""Edges that are proved: candidates by vectors and hashes, verified by geometry and pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sosie import __version__
from sosie.features import Spots
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD, signs, vectors
from sosie.imaging import ImageInfo
from sosie.matching import verification
from sosie.matching.neighbours import NeighbourRounds
from sosie.matching.verification import VerificationParams
from sosie.matching.words import WordIndex
from sosie.pipeline.assemble import LIKELY
from sosie.pipeline.contents import Contents
from sosie.pipeline.examining import Bench, Finding, Task, split
from sosie.pipeline.hashing import TINY
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.threads import usable_cores
from sosie.report import edge_from
from sosie.store.catalogue import Catalogue, Content
from sosie.types import MERGED, Edge, Pairs

_SLAB = 2048
_MANY = 400
"""Pairs from which on other processes are started: it costs a third of a second each."""
_WITNESSES = 24
"""Copies that an image is proved against before pairs inside its own group are left out."""
_DOUBTFUL = 0.5
"""Candidates with less than this share of the best score of either image are mostly strangers."""

Pair = tuple[int, int]


def judge_key() -> str:
    """Return what a finding depends on besides the two contents: the judge, its parameters, the features."""
    judge = (files(verification) / "judge.json").read_bytes()
    parts = f"{__version__}/{VerificationParams()}/{FEATURES.key}".encode()
    return hashlib.sha256(judge + parts).hexdigest()[:16]


@dataclass
class Prover:
    """Verifies candidates of one run and remembers every verdict; its `edges` are what was proved.

    `undecided` are pairs on which verification had nothing to go by. What was verified before, by the same judge,
    is taken from the catalogue. Use it as a context: it may start other processes, up to one a core.
    """

    contents: Contents
    catalogue: Catalogue
    workers: int
    listen: Listener
    edges: list[Edge] = field(default_factory=list)
    undecided: set[Pair] = field(default_factory=set)
    asked: set[Pair] = field(default_factory=set)
    done: int = 0

    def __post_init__(self) -> None:
        self.judge = judge_key()
        self.parent = list(range(len(self.contents)))
        self.witnesses = [0] * len(self.contents)
        self.spared = list[Pair]()
        self.tiny = [min(row.width, row.height) < TINY for row in self.contents.rows]
        self.hands = self.workers or usable_cores()
        self.bench = Bench(self.hands - 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.bench.close()
        if self.done and error[0] is None:  # pairs that others spared are not to be done any more
            self.listen(Progress("verify", self.done, self.done))

    @cached_property
    def vectors(self) -> NDArray[np.int8]:
        """The vectors of all contents, int8 (n, 256): zeros where a content has no local features."""
        return vectors(self._rows(VLAD.key))

    def prove_nearest(self) -> None:
        """Verify the nearest of each content in rounds: where candidates turn out to be copies, more follow."""
        rounds = NeighbourRounds(self.vectors, signs(), WordIndex(Spots.from_bytes(self._rows(SPOTS.key))))
        while len(pairs := rounds.next()):
            self.prove(self._promising_first(pairs))
            rounds.report(self.together(pairs.a, pairs.b))

    def _rows(self, space: str) -> list[bytes]:
        rows = self.catalogue.rows(space, self.contents.keys)
        return [rows[key] for key in self.contents.keys]

    def _promising_first(self, pairs: Pairs) -> list[Pair]:
        """Return candidates in the order in which most others are spared.

        Strangers come last: they spare nothing. Of the others, those with the image that is most like all its
        candidates come first: that is the original, more often than not, and the others are proved against it.
        """
        best, central = (np.zeros(len(self.contents), np.float32) for _ in range(2))
        for ends in (pairs.a, pairs.b):
            np.maximum.at(best, ends, pairs.score)
            np.add.at(central, ends, pairs.score)
        doubtful = pairs.score < _DOUBTFUL * np.minimum(best[pairs.a], best[pairs.b])
        order = np.lexsort((pairs.b, pairs.a, -np.maximum(central[pairs.a], central[pairs.b]), doubtful))
        return list(zip(pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True))

    def prove(self, pairs: Sequence[Pair], *, spare: bool = True) -> None:
        """Verify pairs that are given best first, as far as they were not asked before.

        With `spare`, pairs inside a group are left out once both images are proved against enough others of it.
        """
        spared = self.spared if spare else []
        waiting = [pair for pair in pairs if pair not in self.asked and not any(self.tiny[row] for row in pair)]
        waiting = list(dict.fromkeys([*waiting, *spared]))
        at_once = 1
        while True:
            wave, waiting = self._wave(waiting, max(1, at_once // 2)) if spare else (waiting, [])
            if not wave:
                break
            at_once *= 2
            self.asked.update(wave)
            for start in range(0, len(wave), _SLAB):
                slab = wave[start : start + _SLAB]
                for pair, finding in self._findings(slab, len(wave) - start + len(waiting)):
                    self._enter(pair, finding)
                self.done += len(slab)
        if spare:
            self.spared = waiting

    def _wave(self, waiting: Sequence[Pair], at_once: int) -> tuple[list[Pair], list[Pair]]:
        """Return which pairs to verify now, and which these may spare."""
        wave, later, busy = list[Pair](), list[Pair](), [0] * len(self.contents)
        for pair in waiting:
            a, b = pair
            proved = min(self.witnesses[a], self.witnesses[b]) >= _WITNESSES and self._root(a) == self._root(b)
            if proved or min(busy[a], busy[b]) >= at_once:
                later.append(pair)
            else:
                wave.append(pair)
                busy[a] += 1
                busy[b] += 1
        return wave, later

    def _findings(self, pairs: Sequence[Pair], waiting: int) -> Iterator[tuple[Pair, Finding]]:
        """Yield what is known or found out of each pair, in order; `waiting` pairs are still to be done."""
        keys = self.contents.keys
        known = self.catalogue.verdicts(self.judge, [(keys[a], keys[b]) for a, b in pairs])
        fresh = [(a, b) for a, b in pairs if (keys[a], keys[b]) not in known]
        # Neighbouring pairs share images, which are then made ready once.
        fresh.sort(key=lambda pair: (self._root(pair[0]), pair))
        if len(fresh) >= _MANY:
            self.bench.widen()
        tasks = split(fresh, self.hands)
        said = iter(range(1, len(tasks) + 1))

        def tell() -> None:
            done = self.done + next(said) * len(pairs) // (len(tasks) + 1)
            self.listen(Progress("verify", done, self.done + waiting))

        self.listen(Progress("verify", self.done, self.done + waiting))
        answers = self.bench.examine(len(tasks), lambda number: self._task(tasks[number]), tell)
        found = {
            pair: item
            for part, answer in zip(tasks, answers, strict=True)
            for pair, item in zip(part, answer, strict=True)
        }
        self.catalogue.save_verdicts(self.judge, {(keys[a], keys[b]): item for (a, b), item in found.items()})
        for a, b in pairs:
            yield (a, b), found[a, b] if (a, b) in found else known[keys[a], keys[b]]

    def _task(self, pairs: Sequence[Pair]) -> Task:
        """Return what another process needs to examine some pairs."""
        rows = sorted({row for pair in pairs for row in pair})
        keys = tuple(self.contents.keys[row] for row in rows)
        stored = self.catalogue.rows(FEATURES.key, keys)
        at = {row: number for number, row in enumerate(rows)}
        infos = tuple(info_of(self.contents.rows[row]) for row in rows)
        return Task(keys, tuple(stored[key] for key in keys), infos, tuple((at[a], at[b]) for a, b in pairs))

    def _enter(self, pair: Pair, finding: Finding) -> None:
        if finding is None:
            self.undecided.add(pair)
            return
        a, b = pair
        inner = {"a": a, "b": b, None: None}[finding["inner"]]
        edge = edge_from({**finding, "a": a, "b": b, "inner": inner})
        self.edges.append(edge)
        if edge.relation in MERGED and edge.score >= LIKELY:
            self.witnesses[a] += 1
            self.witnesses[b] += 1
            self.parent[self._root(b)] = self._root(a)

    def _root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def together(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each pair whether copies join its two ends."""
        return np.array([self._root(x) == self._root(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def info_of(content: Content) -> ImageInfo:
    """Return what the file of a content said of itself."""
    names = ("format", "width", "height", "frames", "bits", "alpha", "lossless", "quality", "metadata")
    return ImageInfo(**{name: getattr(content, name) for name in names})
