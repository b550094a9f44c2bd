"""Pairs of images measured and judged: in this process and, where there are many, in others beside it.

The steps of verification are short and mostly Python's own, so threads would only wait for each other.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol, Self

from sosie.engine.children import Child, ChildLost
from sosie.features import StoredFeatures
from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import (
    Measurements,
    Prepared,
    Verdict,
    describe,
    implied,
    judge,
    measure,
    prepare,
    to_thumbnails,
)
from sosie.matching.verification.measurements import Counts, enlargement
from sosie.pipeline.threads import keep_libraries_single
from sosie.pipeline.ties import Chain, Pair, Ties
from sosie.report import edge_from, evidence_to
from sosie.types import Edge

_KEPT = 64
"""Images that are held ready, half a megabyte each: as many as a cluster has."""
_SHARED = 5
"""Keypoints of strangers that follow one transform, from which on they are no chance."""

Finding = dict[str, Any] | None
"""A verdict as the catalogue keeps it: a JSON object (see `finding_of`), None where there was nothing to go by."""


How = Literal["measured", "known", "implied", "left"]
"""How an outcome came about: the pair was measured now or earlier, or two others imply it, or it was left out."""

Outcome = tuple[How, Finding]


@dataclass(frozen=True, slots=True)
class Task:
    """Some pairs, as positions in `keys`; `rows` are the features of those contents as bytes, `infos` their images.

    `known`: what was found earlier, by position in `pairs`. With `spare`, what is found out of one pair spares work on
    those after it; `chains` are the pairs that are implied before, by position, and `links` the strong copies among
    the contents.
    """

    keys: tuple[bytes, ...]
    rows: tuple[bytes, ...]
    infos: tuple[ImageInfo, ...]
    pairs: tuple[Pair, ...]
    known: Mapping[int, Finding] = field(default_factory=dict)
    chains: Mapping[int, Chain] = field(default_factory=dict)
    links: Sequence[tuple[int, int, Chain]] = ()
    spare: bool = False

    def __len__(self) -> int:
        return len(self.pairs)


class Examiner:
    """Measures and judges pairs in this thread, and keeps the images that it saw last."""

    def __init__(self) -> None:
        self._recent: OrderedDict[bytes, Prepared] = OrderedDict()

    def examine(self, task: Task) -> list[Outcome]:
        """Return what is found out of each pair, in order. Raises `SosieError` for damaged features."""
        ties, outcomes = Ties(len(task.keys)), list[Outcome]()
        for link in task.links:
            ties.link(*link)
        for number, (a, b) in enumerate(task.pairs):
            how, finding = self._outcome(task, number, ties)
            if finding is not None and finding["relation"] is not None:
                ties.note(edge_of(finding, a, b))
            outcomes.append((how, finding))
        return outcomes

    def _outcome(self, task: Task, number: int, ties: Ties) -> Outcome:
        a, b = task.pairs[number]
        if task.spare and ties.proved(a, b):
            return "left", None
        chain = task.chains.get(number) or (ties.chain(a, b) if task.spare else None)
        finding = None if chain is None else self._implied(task, a, b, chain)
        if finding is not None:
            return "implied", finding
        if number in task.known:
            return "known", task.known[number]
        return "measured", self._finding(task, a, b)

    def _ready(self, task: Task, number: int) -> Prepared:
        key = task.keys[number]
        if key not in self._recent:
            self._recent[key] = prepare(StoredFeatures(task.rows[number]))
            if len(self._recent) > _KEPT:
                self._recent.popitem(last=False)
        self._recent.move_to_end(key)
        return self._recent[key]

    def _finding(self, task: Task, a: int, b: int) -> Finding:
        return finding_of(self._ready(task, a), self._ready(task, b), (task.infos[a], task.infos[b]))

    def _implied(self, task: Task, a: int, b: int, chain: Chain) -> Finding:
        one, other, info_a, info_b = self._ready(task, a), self._ready(task, b), task.infos[a], task.infos[b]
        matrix = to_thumbnails(chain.matrix, (info_a, one.size), (info_b, other.size))
        found = implied(one, other, matrix, framed=chain.framed)
        return None if found is None else _told(Verdict("copy", chain.score), found, info_a, info_b)


def finding_of(
    a: Prepared, b: Prepared, infos: tuple[ImageInfo, ImageInfo], strangers: tuple[Counts, Counts] | None = None
) -> Finding:
    """Return what is found of two images; `infos` are what their files say, `strangers` as `measure` takes them.

    None where there is nothing to go by. Strangers that were measured have the relation None and nothing else; where
    keypoints lead from one to the other all the same, or to another view, `followed` holds their rows.
    """
    enlarged = enlargement(*((info.width, info.height) for info in infos))
    found = measure(a, b, strangers=strangers, enlarged=enlarged)
    if found is None:
        return None
    verdict = judge(found)
    finding: dict[str, Any] = {"relation": None} if verdict.relation is None else _told(verdict, found, *infos)
    if verdict.relation in (None, "scene") and len(found.followed[0]) >= _SHARED:
        finding["followed"] = [rows.tolist() for rows in found.followed]
    return finding


def edge_of(finding: dict[str, Any], a: int, b: int) -> Edge:
    """Return what was found of a pair as an edge between the rows `a` and `b`."""
    inner = {"a": a, "b": b, None: None}[finding["inner"]]
    return edge_from({**finding, "a": a, "b": b, "inner": inner})


def _told(verdict: Verdict, found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> dict[str, Any]:
    return {
        "relation": verdict.relation,
        "score": round(verdict.score, 4),
        "inner": verdict.inner,
        "evidence": evidence_to(describe(found, info_a, info_b, inner=verdict.inner)),
    }


class Examining(Protocol):
    """Whoever examines tasks for a run."""

    def widen(self) -> None:
        """Make ready for many pairs."""
        ...

    def cut(self, clusters: Sequence[Sequence[Pair]]) -> list[list[Pair]]:
        """Put whole clusters of pairs together into what is to be one task each."""
        ...

    def examine(
        self, count: int, load: Callable[[int], Task], name: Callable[[int], str]
    ) -> Generator[list[Outcome], None, None]:
        """Yield the outcomes of tasks 0 to `count`, in order and as they come; `load` gives a task in any thread.

        `name` says of a number all that the outcomes of its task depend on.
        """
        ...

    def close(self) -> None:
        """Let go of other processes."""
        ...


def nameless(_number: int) -> str:
    """Name no task: for who does not remember any."""
    return ""


class Bench:
    """This process and up to `others` more, examining together. Close it, or use it as a context."""

    def __init__(self, others: int) -> None:
        self._wanted, self._hands, self._own = others, others + 1, Examiner()
        self._others: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def cut(self, clusters: Sequence[Sequence[Pair]]) -> list[list[Pair]]:
        """Put clusters together into tasks that all processes end at about the same time."""
        return split(clusters, self._hands)

    def widen(self) -> None:
        """Start the other processes; where that cannot be done, this one works alone."""
        while self._wanted:
            self._wanted -= 1
            try:
                self._others.append(Child())
            except OSError:
                self._wanted = 0

    def examine(
        self, count: int, load: Callable[[int], Task], name: Callable[[int], str] = nameless
    ) -> Generator[list[Outcome], None, None]:
        """Yield the outcomes of tasks 0 to `count`, in order and as they come; `load` gives a task in any thread.

        Others go on while the caller deals with what was yielded. What another process failed to do is done again
        here, so that its errors are raised here.
        """
        todo, found = deque(range(count)), dict[int, list[Outcome]]()

        def feed(other: Child) -> None:
            while (number := _next(todo)) is not None:
                try:
                    found[number] = other.ask(examine_there, load(number))
                except ChildLost:
                    todo.append(number)
                    self._others.remove(other)
                    other.stop()
                    return

        with ThreadPoolExecutor(max(1, len(self._others)), "sosie-verify") as pool:
            try:
                fed = [pool.submit(feed, other) for other in list(self._others)]
                at = 0
                while at < count:
                    number = _next(todo)
                    if number is not None:
                        found[number] = self._own.examine(load(number))
                    elif at not in found:
                        wait(fed, return_when=FIRST_COMPLETED)
                        fed = _unfinished(fed)
                    while at in found:
                        yield found.pop(at)
                        at += 1
            except BaseException:
                todo.clear()
                self.close()
                raise

    def close(self) -> None:
        """End the other processes."""
        for other in list(self._others):
            other.stop()
        self._others.clear()


def _unfinished(fed: Sequence[Future[None]]) -> list[Future[None]]:
    """Return those that go on. Raises what one of the others raised."""
    for each in fed:
        if each.done():
            each.result()
    return [each for each in fed if not each.done()]


def _next(todo: deque[int]) -> int | None:
    try:
        return todo.popleft()
    except IndexError:
        return None


@cache
def _examiner() -> Examiner:
    """The one of a process that does nothing else."""
    keep_libraries_single()
    return Examiner()


def examine_there(task: Task) -> list[Outcome]:
    """Return the outcomes of a task: what other processes are asked."""
    return _examiner().examine(task)


def split(clusters: Sequence[Sequence[Pair]], workers: int) -> list[list[Pair]]:
    """Put clusters of pairs together: many to a task, fewer towards the end, so that all processes end together."""
    parts, left = list[list[Pair]](), sum(map(len, clusters))
    for cluster in clusters:
        if not parts or len(parts[-1]) + len(cluster) > max(8, min(64, (left + len(parts[-1])) // (6 * workers))):
            parts.append([])
        parts[-1].extend(cluster)
        left -= len(cluster)
    return parts


def gathered(clusters: Sequence[Sequence[Pair]], most: int) -> list[list[Pair]]:
    """Put whole clusters of pairs together, `most` pairs or one cluster at a time."""
    parts: list[list[Pair]] = []
    for cluster in clusters:
        if not parts or len(parts[-1]) + len(cluster) > most:
            parts.append([])
        parts[-1].extend(cluster)
    return parts
