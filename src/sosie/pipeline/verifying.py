"""Edges that are proved: candidates by vectors and hashes, verified by geometry and pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sosie import __version__
from sosie.features import Features
from sosie.fingerprints.local import FEATURES, VLAD, signs, vectors
from sosie.imaging import ImageInfo
from sosie.matching import verification
from sosie.matching.neighbours import NeighbourRounds
from sosie.matching.verification import VerificationParams, Verified, describe, verify
from sosie.pipeline.contents import Contents
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.threads import usable_cores
from sosie.report import edge_from, evidence_to
from sosie.store.catalogue import Catalogue, Content
from sosie.types import MERGED, Edge

_CHUNK = 128
_ROUND = 4096
_ENOUGH = 12
"""Copies that an image is proved against before pairs inside its own group are left out."""

Pair = tuple[int, int]


def proved_edges(
    contents: Contents, near: Sequence[Pair], catalogue: Catalogue, workers: int, listen: Listener
) -> tuple[list[Edge], set[Pair]]:
    """Return what verification says of candidates: edges, and pairs on which it had nothing to go by.

    Candidates are the pairs `near` in a hash and the nearest vectors of each content, in rounds: an image whose
    candidates turn out to be copies gets more. Pairs inside a group are left out once both images are proved
    against enough others of it. What was verified before is taken from the catalogue.
    """
    table = vectors([catalogue_row for catalogue_row in _rows(contents, catalogue)])
    prover = _Prover(contents, catalogue, workers or usable_cores(), listen)
    prover.prove(sorted(near))
    rounds = NeighbourRounds(table, signs())
    while len(pairs := rounds.next()):
        order = np.lexsort((pairs.b, pairs.a, -pairs.score))
        prover.prove(list(zip(pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True)))
        rounds.report(prover.together(pairs.a, pairs.b))
    return prover.edges, prover.undecided


def _rows(contents: Contents, catalogue: Catalogue) -> Iterator[bytes]:
    rows = catalogue.rows(VLAD.key, contents.keys)
    return (rows[key] for key in contents.keys)


def judge_key() -> str:
    """Return what a finding depends on besides the two contents: the judge, its parameters, the features."""
    judge = (files(verification) / "judge.json").read_bytes()
    parts = f"{__version__}/{VerificationParams()}/{FEATURES.key}".encode()
    return hashlib.sha256(judge + parts).hexdigest()[:16]


@dataclass
class _Prover:
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

    def prove(self, pairs: Sequence[Pair]) -> None:
        """Verify pairs, best first, a bounded number at a time: what the first ones prove can spare later ones."""
        with ThreadPoolExecutor(self.workers, "sosie-verify") as pool:
            for start in range(0, len(pairs), _ROUND):
                left = [pair for pair in pairs[start : start + _ROUND] if self.worth(pair)]
                self.listen(Progress("verify", self.done, self.done + len(left) + len(pairs) - start - _ROUND))
                for pair, finding in self.findings(pool, sorted(left)):
                    self.enter(pair, finding)
                self.done += len(left)

    def worth(self, pair: Pair) -> bool:
        if pair in self.asked:
            return False
        spared = min(self.copies[row] for row in pair) >= _ENOUGH and self.root(pair[0]) == self.root(pair[1])
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

    def enter(self, pair: Pair, finding: Any) -> None:
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
            self.parent[self.root(b)] = self.root(a)

    def root(self, row: int) -> int:
        while self.parent[row] != row:
            self.parent[row] = self.parent[self.parent[row]]
            row = self.parent[row]
        return row

    def together(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each pair whether copies join its two ends."""
        return np.array([self.root(x) == self.root(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def _loader(contents: Contents, catalogue: Catalogue, rows: Iterable[int]) -> Callable[[int], Features]:
    wanted = {row: contents.keys[row] for row in sorted(rows)}
    stored: Mapping[bytes, bytes] = catalogue.rows(FEATURES.key, wanted.values())
    return lambda row: Features.from_bytes(stored[wanted[row]])


def info_of(content: Content) -> ImageInfo:
    """Return what the file of a content said of itself."""
    names = ("format", "width", "height", "frames", "bits", "alpha", "lossless", "quality", "metadata")
    return ImageInfo(**{name: getattr(content, name) for name in names})
