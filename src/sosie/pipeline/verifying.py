"""Edges that are proved: candidates by vectors and hashes, verified by geometry and pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources import files
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from sosie import __version__
from sosie.features import Spots, StoredFeatures
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD, signs, vectors
from sosie.imaging import ImageInfo
from sosie.matching import verification
from sosie.matching.asking import EXACT_UP_TO, Asked
from sosie.matching.near_cells import EVIDENT, CellNeighbours, Cells, Reach, cells_of
from sosie.matching.neighbours import FindsNearest, Ids, Nearest, NeighbourParams, NeighbourRounds, Neighbours
from sosie.matching.verification import VerificationParams, prepare
from sosie.matching.words import WordIndex
from sosie.pipeline.commonplaces import Commonplaces
from sosie.pipeline.contents import Contents
from sosie.pipeline.examining import Bench, Examining, Finding, Task, edge_of
from sosie.pipeline.hashing import TINY
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.threads import usable_cores
from sosie.pipeline.ties import Pair, Ties, clusters
from sosie.store.catalogue import Catalogue, Content
from sosie.types import Edge, Pairs

_REVISION = "4"
"""Of what is measured: raise it when the same two contents give other measurements than before."""
_SAVED = 512
"""Findings that are saved together."""
_MANY = 400
"""Pairs from which on other processes are started: it costs a third of a second each."""
_AGAIN = 48
"""Copies that are looked at again together: all images of these are held ready at once, half a megabyte each."""
_DOUBTFUL = 0.5
"""Candidates with less than this share of the best score of either image are mostly strangers."""


def judge_key() -> str:
    """Return what a finding depends on besides the two contents: the judge, its parameters, the features."""
    judge = (files(verification) / "judge.json").read_bytes()
    parts = f"{__version__}/{_REVISION}/{VerificationParams()}/{FEATURES.key}".encode()
    return hashlib.sha256(judge + parts).hexdigest()[:16]


class Hands(Protocol):
    """Who does what takes long in proving."""

    def neighbours(self, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> Asked:
        """Give what finds the nearest of these images."""
        ...

    def bench(self) -> Examining:
        """Give what examines pairs; whoever asked for it closes it."""
        ...


@dataclass(frozen=True)
class OwnHands:
    """This process, with threads and children of its own: `workers`, 0 for one a core.

    Candidates are found exactly up to so many images.
    """

    workers: int = 0
    exact_up_to: int = EXACT_UP_TO

    def neighbours(self, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> Asked:
        """Give what finds them in this process."""
        index = Index(vectors, signs, WordIndex(spots), NeighbourParams(workers=self.workers))
        return Asked(len(vectors), index.nearest, self.exact_up_to)

    def bench(self) -> Examining:
        """Give this process, and others beside it."""
        return Bench((self.workers or usable_cores()) - 1)


@dataclass
class Index:
    """All images of a run by their vectors and words; `cells`, where they are needed and not given, are made."""

    vectors: NDArray[np.int8]
    signs: NDArray[np.int8]
    words: WordIndex
    params: NeighbourParams
    cells: Cells | None = None
    known: dict[Reach | None, FindsNearest] = field(default_factory=dict)

    def nearest(self, rows: Ids, count: int, reach: Reach | None) -> Nearest:
        """The nearest of some rows: by cells, as far as `reach` says, or exactly without it or for `EVIDENT`."""
        if reach not in self.known:
            self.known.clear()
            self.known[reach] = self._made(reach)
        return self.known[reach].nearest(rows, count)

    def _made(self, reach: Reach | None) -> FindsNearest:
        if reach is None or reach == EVIDENT:
            evident = replace(self.params, always=0, rare=2 * self.params.rare)
            return Neighbours(self.vectors, self.signs, self.words, self.params if reach is None else evident)
        self.cells = self.cells or cells_of(self.vectors)
        return CellNeighbours(self.vectors, self.signs, self.words, self.cells, reach, self.params)


@dataclass
class Prover:
    """Verifies candidates of one run and remembers every verdict; its `edges` are what was proved.

    `undecided` are pairs on which verification had nothing to go by; `shared` is what strangers have in common; `notes`
    is what a report has to say.
    What was verified before, by the same judge, is taken from the catalogue. Use it as a context: it may start
    other processes, up to one a core.
    """

    contents: Contents
    catalogue: Catalogue
    hands: Hands
    listen: Listener
    edges: list[Edge] = field(default_factory=list)
    undecided: set[Pair] = field(default_factory=set)
    shared: Commonplaces = field(default_factory=Commonplaces)
    asked: set[Pair] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    done: int = 0

    def __post_init__(self) -> None:
        self.judge = judge_key()
        self.ties = Ties(len(self.contents))
        self.spared = list[Pair]()
        self.tiny = [min(row.width, row.height) < TINY for row in self.contents.rows]
        self.bench = self.hands.bench()

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

    def prove_nearest(self, likely: Sequence[Pair] = ()) -> None:
        """Verify pairs that are `likely` copies and the nearest of each content, in rounds: where candidates turn out
        to be copies, more follow."""
        spots = Spots.from_bytes(self._rows(SPOTS.key))
        asked = self.hands.neighbours(self.vectors, signs(), spots)
        self.notes += [asked.note] if asked.note else []
        rounds = NeighbourRounds(asked)
        while len(pairs := rounds.next()):
            first, rest = self._promising_first(pairs)
            self.prove([*first, *likely])
            self.prove(rest)
            rounds.report(self.together(pairs.a, pairs.b))
        self.prove(likely)

    def _rows(self, space: str) -> list[bytes]:
        rows = self.catalogue.rows(space, self.contents.keys)
        return [rows[key] for key in self.contents.keys]

    def _promising_first(self, pairs: Pairs) -> tuple[list[Pair], list[Pair]]:
        """Return candidates in the order in which most others are spared: those that are likely copies, and the rest.

        Those with the image that is most like all its candidates come first: that is the original, more often than
        not, and the others are proved against it.
        """
        best, central = (np.zeros(len(self.contents), np.float32) for _ in range(2))
        for ends in (pairs.a, pairs.b):
            np.maximum.at(best, ends, pairs.score)
            np.add.at(central, ends, pairs.score)
        doubtful = pairs.score < _DOUBTFUL * np.minimum(best[pairs.a], best[pairs.b])
        order = np.lexsort((pairs.b, pairs.a, -np.maximum(central[pairs.a], central[pairs.b]), doubtful))
        every = list(zip(pairs.a[order].tolist(), pairs.b[order].tolist(), strict=True))
        likely = len(every) - int(np.count_nonzero(doubtful))
        return every[:likely], every[likely:]

    def prove(self, pairs: Sequence[Pair], *, spare: bool = True) -> None:
        """Verify pairs that are given best first, as far as they were not asked before.

        With `spare`, pairs are left out inside a group where both images are proved against enough others of it, and
        between two groups that were told apart often enough; pairs that two strong copies imply are only confirmed.
        """
        spared = self.spared if spare else []
        waiting = [pair for pair in pairs if pair not in self.asked and not any(self.tiny[row] for row in pair)]
        waiting = list(dict.fromkeys([*waiting, *spared]))
        while True:
            wanted, left = self._worth(waiting) if spare else (waiting, [])
            parts, between = clusters(wanted) if spare else ([[pair] for pair in wanted], [])
            if not parts:
                break
            left += self._examine(parts, len(between) + len(left), spare=spare)
            waiting = [*between, *left]
        if spare:
            self.spared = waiting

    def _worth(self, waiting: Sequence[Pair]) -> tuple[list[Pair], list[Pair]]:
        """Return which pairs are worth a look by what is known now, and the others."""
        wanted, left, strangers = list[Pair](), list[Pair](), self.ties.strangers()
        for a, b in waiting:
            spared = self.ties.proved(a, b) or not strangers.ask(a, b)
            (left if spared else wanted).append((a, b))
        return wanted, left

    def _examine(self, parts: Sequence[Sequence[Pair]], waiting: int, *, spare: bool) -> list[Pair]:
        """Enter what is known or found out of clusters of pairs; return those that were left out.

        Clusters share no content, so that what is found of one changes nothing for the others: while one answer is
        entered, the next are worked on.
        """
        total = self.done + sum(map(len, parts))
        if total - self.done >= _MANY:
            self.bench.widen()
        tasks = self.bench.cut(parts)
        answers = self.bench.examine(
            len(tasks),
            lambda number: self._task(tasks[number], spare=spare),
            lambda number: self._name(tasks[number], spare=spare),
        )
        left, measured = list[Pair](), dict[tuple[bytes, bytes], Finding]()
        self.listen(Progress("verify", self.done, total + waiting))
        with closing(answers):
            for pairs, answer in zip(tasks, answers, strict=True):
                for pair, (how, finding) in zip(pairs, answer, strict=True):
                    if how == "left":
                        left.append(pair)
                        continue
                    if how == "measured":
                        measured[self.contents.keys[pair[0]], self.contents.keys[pair[1]]] = finding
                    self._enter(pair, finding)
                self.done += len(pairs)
                if len(measured) >= _SAVED or self.done == total:
                    self.catalogue.save_verdicts(self.judge, measured)
                    measured.clear()
                self.listen(Progress("verify", self.done, total + waiting))
        return left

    def _name(self, pairs: Sequence[Pair], *, spare: bool) -> str:
        """Return all that the outcomes of a task depend on."""
        rows = sorted({row for pair in pairs for row in pair})
        digest = hashlib.sha256(f"{self.judge} {spare} {len(rows)}".encode())
        for row in rows:
            digest.update(self.contents.keys[row])
        chains = [(a, b, self.ties.chain(a, b)) for a, b in pairs] if spare else [(a, b, None) for a, b in pairs]
        for a, b, chain in [*chains, *(self.ties.links(rows) if spare else ())]:
            digest.update(f"{a} {b} {chain and (chain.matrix.tolist(), chain.score, chain.framed)}".encode())
        return digest.hexdigest()

    def _task(self, pairs: Sequence[Pair], *, spare: bool) -> Task:
        """Return what another process needs to examine some pairs."""
        rows = sorted({row for pair in pairs for row in pair})
        keys = tuple(self.contents.keys[row] for row in rows)
        stored = self.catalogue.rows(FEATURES.key, keys)
        at = {row: number for number, row in enumerate(rows)}
        every = self.contents.keys
        known = self.catalogue.verdicts(self.judge, [(every[a], every[b]) for a, b in pairs])
        chains = [self.ties.chain(a, b) if spare else None for a, b in pairs]
        return Task(
            keys,
            tuple(stored[key] for key in keys),
            tuple(info_of(self.contents.rows[row]) for row in rows),
            tuple((at[a], at[b]) for a, b in pairs),
            known={n: known[every[a], every[b]] for n, (a, b) in enumerate(pairs) if (every[a], every[b]) in known},
            spare=spare,
            chains={number: chain for number, chain in enumerate(chains) if chain is not None},
            links=self.ties.links(rows) if spare else (),
        )

    def _enter(self, pair: Pair, finding: Finding) -> None:
        self.asked.add(pair)
        if finding is None:
            self.undecided.add(pair)
            self.ties.refuse(*pair)
            return
        if "followed" in finding and self.ties.chain(*pair) is None:
            self.shared.note(*pair, finding["followed"])
        if finding["relation"] is None:
            self.ties.refuse(*pair)
            return
        edge = edge_of(finding, *pair)
        self.edges.append(edge)
        self.ties.note(edge)

    def look_again(self) -> None:
        """Judge copies that may rest on what strangers share anew without that, and drop or change those edges.

        The verdicts of single pairs, which the catalogue keeps, stay: these depend on the whole collection.
        """
        doubtful = sorted(self.shared.doubtful(self.edges), key=lambda edge: (edge.a, edge.b))
        changed: dict[Pair, Edge | None] = {}
        for start in range(0, len(doubtful), _AGAIN):
            part = doubtful[start : start + _AGAIN]
            rows = sorted({row for edge in part for row in (edge.a, edge.b)})
            stored = self.catalogue.rows(FEATURES.key, [self.contents.keys[row] for row in rows])
            images = {row: prepare(StoredFeatures(stored[self.contents.keys[row]])) for row in rows}
            infos = {row: info_of(self.contents.rows[row]) for row in rows}
            for edge, finding in self.shared.again(part, images, infos):
                changed[edge.a, edge.b] = edge_of(finding, edge.a, edge.b) if finding and finding["relation"] else None
        self.edges = [edge for edge in self.edges if (edge.a, edge.b) not in changed]
        self.edges += [edge for _, edge in sorted(changed.items()) if edge is not None]

    def together(self, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell for each pair whether copies join its two ends."""
        root = self.ties.root
        return np.array([root(x) == root(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)], np.bool_)


def info_of(content: Content) -> ImageInfo:
    """Return what the file of a content said of itself."""
    names = ("format", "width", "height", "frames", "bits", "alpha", "lossless", "quality", "metadata")
    return ImageInfo(**{name: getattr(content, name) for name in names})
