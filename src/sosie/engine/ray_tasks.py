"""Tasks on a cluster: Ray carries them out, and again where a worker or a machine was lost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

from sosie.engine.executors import TRIES, Function
from sosie.errors import EngineFailure, UsageError, WorkerLost

_AHEAD = 2
"""Tasks under way for each processor: the next one is there when one ends."""


class RayTasks:
    """Calls as tasks of Ray: of the cluster at `address`, or of one that is started on this machine for this run.

    A program that is connected to a cluster already goes on with it, and stays connected. `hands`: processors of the
    cluster, at most `most` when that is given. Raises `UsageError` without Ray and `EngineFailure` without a cluster.
    """

    def __init__(self, address: str = "", most: int = 0) -> None:
        # Ray asks a server of its makers for leave to count its users unless told otherwise.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError as error:
            raise UsageError("The engine ray needs a package.", next_step="Run pip install sosie[ray].") from error
        self._ray: Any = ray
        self._own = not self._ray.is_initialized()
        if self._own:
            self._connect(address or "local", most)
        processors = int(self._ray.cluster_resources().get("CPU", 1))
        self.hands = max(1, min(processors, most) if most else processors)

    def _connect(self, address: str, most: int) -> None:
        limits = {"num_cpus": most} if address == "local" and most else {}
        if address == "local":
            limits["include_dashboard"] = False
        try:
            self._ray.init(address=address, log_to_driver=False, logging_level="error", **limits)
        except (ConnectionError, OSError, RuntimeError, ValueError) as error:
            raise EngineFailure(
                f"There is no Ray cluster at {address} ({str(error).splitlines()[0]}).",
                next_step="Check ray_address, and that `ray status` answers there.",
            ) from error

    def run(self, function: Function, count: int, load: Callable[[int], Any]) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each call as it ends, as `Executor` says."""
        remote = self._ray.remote(max_retries=TRIES - 1, num_cpus=1)(function)
        waiting, running = iter(range(count)), dict[Any, int]()
        try:
            while True:
                while len(running) < self.hands * _AHEAD and (number := next(waiting, None)) is not None:
                    running[remote.remote(load(number))] = number
                if not running:
                    return
                (ready,), _ = self._ray.wait(list(running), num_returns=1)
                yield running.pop(ready), self._result(ready)
        finally:
            for task in running:
                self._ray.cancel(task, force=True)

    def _result(self, task: Any) -> Any:
        errors = self._ray.exceptions
        try:
            return self._ray.get(task)
        except errors.RayTaskError as error:
            raise error.cause from error
        except errors.RayError as error:
            raise WorkerLost(
                f"A task was lost with its worker {TRIES} times ({type(error).__name__}).",
                next_step="Look at the memory of the cluster's machines, then run again: what is finished stays.",
            ) from error

    def close(self) -> None:
        """Leave the cluster, and end it if it was started for this run."""
        if self._own:
            self._ray.shutdown()
            self._own = False
