"""Pairs of images measured and judged: in this process and, where there are many, in others beside it.

The steps of verification are short and mostly Python's own, so threads would only wait for each other. The other
processes are plain children that read tasks from a pipe, and end when it closes: nothing of the calling program is
imported again, and whatever ends this process ends them.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Any, Literal, Self

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
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.ties import Chain, Pair, Ties
from sosie.report import edge_from, evidence_to
from sosie.types import Edge

_KEPT = 96
_LENGTH = struct.Struct("<Q")
_SERVE = "from sosie.pipeline.examining import serve; serve()"

Finding = dict[str, Any] | None
"""A verdict as the catalogue keeps it: a JSON object, None for strangers."""


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
            if finding is not None:
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
        found = measure(self._ready(task, a), self._ready(task, b))
        verdict = judge(found)
        if verdict.relation is None or found is None:
            return None
        return _told(verdict, found, task.infos[a], task.infos[b])

    def _implied(self, task: Task, a: int, b: int, chain: Chain) -> Finding:
        one, other, info_a, info_b = self._ready(task, a), self._ready(task, b), task.infos[a], task.infos[b]
        matrix = to_thumbnails(chain.matrix, (info_a, one.size), (info_b, other.size))
        found = implied(one, other, matrix, framed=chain.framed)
        return None if found is None else _told(Verdict("copy", chain.score), found, info_a, info_b)


def edge_of(finding: dict[str, Any], a: int, b: int) -> Edge:
    """Return what was found of a pair as an edge between the rows `a` and `b`."""
    inner = {"a": a, "b": b, None: None}[finding["inner"]]
    return edge_from({**finding, "a": a, "b": b, "inner": inner})


def _told(verdict: Verdict, found: Measurements, info_a: ImageInfo, info_b: ImageInfo) -> Finding:
    return {
        "relation": verdict.relation,
        "score": round(verdict.score, 4),
        "inner": verdict.inner,
        "evidence": evidence_to(describe(found, info_a, info_b, inner=verdict.inner)),
    }


class Bench:
    """This process and up to `others` more, examining together. Close it, or use it as a context."""

    def __init__(self, others: int) -> None:
        self._wanted, self._own = others, Examiner()
        self._others: list[_Other] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def widen(self) -> None:
        """Start the other processes; where that cannot be done, this one works alone."""
        while self._wanted:
            self._wanted -= 1
            try:
                self._others.append(_Other())
            except OSError:
                self._wanted = 0

    def examine(self, count: int, load: Callable[[int], Task], tell: Callable[[], None]) -> list[list[Outcome]]:
        """Return the outcomes of tasks 0 to `count`, which `load` gives in any thread; `tell` hears of progress.

        What another process failed to do is done again here, so that its errors are raised here.
        """
        todo, found = deque(range(count)), dict[int, list[Outcome]]()

        def feed(other: _Other) -> None:
            while (number := _next(todo)) is not None:
                try:
                    found[number] = other.ask(load(number))
                except (OSError, EOFError):
                    todo.append(number)
                    self._others.remove(other)
                    other.stop()
                    return

        with ThreadPoolExecutor(max(1, len(self._others)), "sosie-verify") as pool:
            try:
                fed = [pool.submit(feed, other) for other in list(self._others)]
                self._work(todo, found, load, tell)
                for each in fed:
                    each.result()
                self._work(todo, found, load, tell)
            except BaseException:
                todo.clear()
                self.close()
                raise
        return [found[number] for number in range(count)]

    def _work(
        self,
        todo: deque[int],
        found: dict[int, list[Outcome]],
        load: Callable[[int], Task],
        tell: Callable[[], None],
    ) -> None:
        while (number := _next(todo)) is not None:
            found[number] = self._own.examine(load(number))
            tell()

    def close(self) -> None:
        """End the other processes."""
        for other in list(self._others):
            other.stop()
        self._others.clear()


def _next(todo: deque[int]) -> int | None:
    try:
        return todo.popleft()
    except IndexError:
        return None


class _Other:
    """Another process that examines what it is sent."""

    def __init__(self) -> None:
        # Paths that the calling program added by hand are not known to a new interpreter.
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, and no input of anybody
            [sys.executable, "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    def ask(self, task: Task) -> list[Outcome]:
        """Return its answer. Raises OSError or EOFError when it is gone."""
        tasks, answers = self._pipes()
        _send(tasks, task)
        answer: list[Outcome] = _receive(answers)
        return answer

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        tasks, answers = self._process.stdin, self._process.stdout
        if tasks is None or answers is None:
            raise EOFError
        return tasks, answers

    def stop(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes():
            _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was still to be written has no reader any more


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """Return what `_send` wrote. Raises EOFError at the end of the pipe."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return pickle.loads(_exactly(pipe, length))  # noqa: S301 - from the process that this one started, or its parent


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


@single_threaded_libraries()
def serve() -> None:
    """Examine tasks from stdin until it closes: what the other processes run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    examiner = Examiner()
    while True:
        try:
            task = _receive(sys.stdin.buffer)
        except EOFError:
            return
        _send(answers, examiner.examine(task))


def split(clusters: Sequence[Sequence[Pair]], workers: int) -> list[list[Pair]]:
    """Put clusters of pairs together: large enough to share a task, small enough that all are done at the same time."""
    most = max(8, min(64, sum(map(len, clusters)) // (6 * workers)))
    parts: list[list[Pair]] = []
    for cluster in clusters:
        if not parts or len(parts[-1]) + len(cluster) > most:
            parts.append([])
        parts[-1].extend(cluster)
    return parts
