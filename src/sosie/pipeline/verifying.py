"""Edges that are proved: candidates by vectors and hashes, verified by geometry and pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie import __version__
from sosie.features import Features, Spots
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD, signs, vectors
from sosie.imaging import ImageInfo
from sosie.matching import verification
from sosie.matching.neighbours import NeighbourRounds
from sosie.matching.verification import VerificationParams, Verified, describe, verify
from sosie.matching.words import WordIndex
from sosie.pipeline.contents import Contents
from sosie.pipeline.hashing import TINY
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.threads import usable_cores
from sosie.report import edge_from, evidence_to
from sosie.store.catalogue import Catalogue, Content
from sosie.types import MERGED, Edge

_CHUNK = 64
_ROUND = 1024
_ENOUGH = 24
"""Copies that an image is proved against before pairs inside its own group are left out."""

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
    is taken from the catalogue.
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
        self.copies = [0] * len(self.contents)
        self.tiny = [min(row.width, row.height) < TINY for row in self.contents.rows]

    @cached_property
    def vectors(self) -> NDArray[np.int8]:
        """The vectors of all contents, int8 (n, 256): zeros where a content has no local features."""
        return vectors(self._rows(VLAD.key))

    def prove_nearest(self) -> None:
        """Verify the nearest of each content in rounds: where candidates turn out to be copies, more follow.

        Pairs inside a group are left out once both images are proved against enough others of it.
        """
        rounds = NeighbourRounds(self.vectors, signs(), WordIndex(Spots.from_bytes(self._rows(SPOTS.key))))
        while len(pairs := rounds.next()):
            order = np.lexsort((pairs.b, pairs.a, -pairs.score))
            self.prove(list(zip(pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True)))
            rounds.report(self.together(pairs.a, pairs.b))

    def _rows(self, space: str) -> list[bytes]:
        rows = self.catalogue.rows(space, self.contents.keys)
        return [rows[key] for key in self.contents.keys]

    def prove(self, pairs: Sequence[Pair]) -> None:
        """Verify pairs, best first, a bounded number at a time: what the first ones prove can spare later ones."""
        with ThreadPoolExecutor(self.workers or usable_cores(), "sosie-verify") as pool:
            for start in range(0, len(pairs), _ROUND):
                left = [pair for pair in pairs[start : start + _ROUND] if self._worth(pair)]
                self.listen(Progress("verify", self.done, self.done + len(pairs) - start))
                for pair, finding in self.findings(pool, sorted(left)):
                    self._enter(pair, finding)
                self.done += len(left)

    def _worth(self, pair: Pair) -> bool:
        if pair in self.asked or any(self.tiny[row] for row in pair):
            return False
        spared = min(self.copies[row] for row in pair) >= _ENOUGH and self._root(pair[0]) == self._root(pair[1])
        self.asked.add(pair)
        return not spared

    def findings(self, pool: ThreadPoolExecutor, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, Any]]:
        """Yield what is known or found out of each pair, in order."""
        keys = self.contents.keys
        known = self.catalogue.verdicts(self.judge, [(keys[a], keys[b]) for a, b in pairs])
        fresh = [(a, b) for a, b in pairs if (keys[a], keys[b]) not in known]
        chunks = [fresh[start : start + _CHUNK] for start in range(0, len(fresh), _CHUNK)]
        found: dict[Pair, Any] = {}
        for part in pool.map(self.examine, chunks):
            self.catalogue.save_verdicts(self.judge, {(keys[a], keys[b]): value for (a, b), value in part.items()})
            found |= part
        for a, b in pairs:
            yield (a, b), found[a, b] if (a, b) in found else known[keys[a], keys[b]]

    def examine(self, pairs: Sequence[Pair]) -> dict[Pair, Any]:
        """Verify some pairs; runs in a worker thread."""
        load = _loader(self.contents, self.catalogue, {row for pair in pairs for row in pair})
        return {(item.a, item.b): self.finding(item) for item in verify(pairs, load)}

    def finding(self, item: Verified) -> Any:
        """Return a verdict as the catalogue keeps it: a JSON object, None for strangers."""
        if item.verdict.relation is None or item.found is None:
            return None
        first, second = (info_of(self.contents.rows[row]) for row in (item.a, item.b))
        inner = {"a": item.a, "b": item.b, None: None}[item.verdict.inner]
        evidence = describe(item.found, first, second, inner=item.verdict.inner)
        return {
            "relation": item.verdict.relation,
            "score": round(item.verdict.score, 4),
            "inner": None if inner is None else "ab"[inner == item.b],
            "evidence": evidence_to(evidence),
        }

    def _enter(self, pair: Pair, finding: Any) -> None:
        if finding is None:
            self.undecided.add(pair)
            return
        a, b = pair
        inner = {"a": a, "b": b, None: None}[finding["inner"]]
        edge = edge_from({**finding, "a": a, "b": b, "inner": inner})
        self.edges.append(edge)
        if edge.relation in MERGED:
            self.copies[a] += 1
            self.copies[b] += 1
            self.parent[self._root(b)] = self._root(a)

    def _root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def together(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each pair whether copies join its two ends."""
        return np.array([self._root(x) == self._root(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def _loader(contents: Contents, catalogue: Catalogue, rows: Iterable[int]) -> Callable[[int], Features]:
    wanted = {row: contents.keys[row] for row in sorted(rows)}
    stored: Mapping[bytes, bytes] = catalogue.rows(FEATURES.key, wanted.values())
    return lambda row: Features.from_bytes(stored[wanted[row]])


def info_of(content: Content) -> ImageInfo:
    """Return what the file of a content said of itself."""
    names = ("format", "width", "height", "frames", "bits", "alpha", "lossless", "quality", "metadata")
    return ImageInfo(**{name: getattr(content, name) for name in names})
