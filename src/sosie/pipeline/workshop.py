"""Who does what takes long in a scan: this process with its threads, or tasks on files by several processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sosie.config import STEPS, Settings
from sosie.errors import EngineFailure, RunStopped
from sosie.matching.hamming import pairs_within
from sosie.pipeline.beside import Beside
from sosie.pipeline.hashing import Join
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.updating import Shards
from sosie.store.lock import alone
from sosie.types import ImageRef

if TYPE_CHECKING:
    from sosie.engine.costs import StepCost
    from sosie.engine.executors import Executor, Needs
    from sosie.engine.files import RunFiles
    from sosie.engine.run import Run
    from sosie.matching.similar.join import Joins
    from sosie.pipeline.embedding import Spread
    from sosie.pipeline.verifying import Hands


@dataclass(frozen=True)
class Workshop:
    """The parts of a scan that take long. Whoever does them, what comes out is the same to the last byte.

    `shards` says for all images of a run who reads them (None: threads here), `join` is the join of hashes, `hands`
    give what finds candidates and verifies them, `joins` that of vectors. `costs` tells what tasks have cost so far.
    """

    shards: Callable[[Sequence[ImageRef], ReadParams], Shards | None]
    join: Join
    hands: Callable[[], Hands]
    joins: Joins | None
    costs: Callable[[], tuple[StepCost, ...]] = tuple
    beside: Beside | None = None
    """Processes that read with the threads of this one."""
    spread: Spread | None = None
    """Says who embeds with a back end, None for threads of this process."""


def own_workshop(settings: Settings, beside: Beside) -> Workshop:
    """Return this process, and those `beside` it."""

    def hands() -> Hands:
        from sosie.pipeline.verifying import OwnHands  # Imported here: a scan that compares hashes needs no OpenCV.

        return OwnHands(settings.workers, settings.exact_up_to)

    return Workshop(lambda _refs, _params: None, pairs_within, hands, None, beside=beside)


def task_workshop(run: Run, settings: Settings) -> Workshop:
    """Return the tasks of a run."""
    from sosie.pipeline.steps.embedding import spread_of
    from sosie.pipeline.steps.hashes import join_of
    from sosie.pipeline.steps.looks import TaskJoins
    from sosie.pipeline.steps.proving import TaskHands
    from sosie.pipeline.steps.reading import shards_of

    def shards(refs: Sequence[ImageRef], params: ReadParams) -> Shards:
        return shards_of(run, refs, params, settings.method)

    hands = partial(TaskHands, run, settings.exact_up_to)
    return Workshop(shards, join_of(run), hands, TaskJoins(run), run.costs.shown, spread=spread_of(run))


@contextmanager
def workshop_for(settings: Settings, key: Callable[[], str], beside: Beside | None = None) -> Iterator[Workshop]:
    """Give who does the work as the settings say. `key` names the run: an equal one that was cut off is taken up.

    At the end of a run that succeeds its files go. Raises `EngineFailure` when an equal run is under way.
    """
    if settings.engine == "local" and not settings.shards:
        with beside or Beside(settings.method, settings.workers) as started:
            yield own_workshop(settings, started)
        return
    from sosie.engine.run import Run

    name = key()
    with _alone(settings.run_path / f"{name}.lock"):
        run = Run(_files(settings, name), _executor(settings), settings.shards, needs=_needs(settings))
        try:
            yield task_workshop(run, settings)
        finally:
            run.close()
        run.files.clear()


def _files(settings: Settings, name: str) -> RunFiles:
    if isinstance(settings.run_dir, str):
        from sosie.engine.bucket import Bucket

        return Bucket(f"{settings.run_dir}/{name}")
    from sosie.engine.files import Folder

    return Folder(settings.run_path / name)


def _needs(settings: Settings) -> dict[str, Needs]:
    from sosie.engine.executors import Needs

    said = {step: settings.needs_of(step) for step in STEPS}
    return {
        step: Needs(need.get("cpus", 1.0), need.get("gpus", 0.0), int(need.get("batch", 0)))
        for step, need in said.items()
        if need
    }


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(file))
        except RunStopped as error:
            raise EngineFailure("An equal scan is under way.", next_step="Wait until it has ended.") from error
        yield


def _executor(settings: Settings) -> Executor:
    if settings.engine == "ray":
        from sosie.engine.ray_tasks import RayTasks

        return RayTasks(settings.ray_address, settings.workers)
    from sosie.engine.executors import Inline, Pool
    from sosie.pipeline.threads import usable_cores

    hands = settings.workers or usable_cores()
    return Pool(hands) if hands > 1 else Inline()
