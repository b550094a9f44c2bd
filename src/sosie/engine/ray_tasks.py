"""Tasks on a cluster: Ray carries them out, and again where a worker or a machine was lost."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any

from sosie.engine.executors import TRIES, Function, Needs, side_by_side
from sosie.errors import EngineFailure, UsageError, WorkerLost

_USUAL = Needs()
_PATIENCE = 60.0
"""Seconds for which machines of a cluster may still be about to join it."""
_LOOK = 1.0
_TRIES = 3
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
        self._most = most
        self._patience = 0.0 if self._own and address in ("", "local") else _PATIENCE
        self.lost = 0

    @property
    def hands(self) -> int:
        """Processors that the cluster has now, at most as many as are wanted."""
        processors = int(self._ray.cluster_resources().get("CPU", 1))
        return max(1, min(processors, self._most) if self._most else processors)

    def _connect(self, address: str, most: int) -> None:
        limits = {"num_cpus": most} if address == "local" and most else {}
        if address == "local":
            limits["include_dashboard"] = False
        tries = _TRIES if address.startswith("ray://") else 1
        for number in range(tries):
            try:
                self._ray.init(address=address, log_to_driver=False, logging_level="error", **limits)
                return
            except (ConnectionError, OSError, RuntimeError, ValueError) as error:
                if number < tries - 1:  # the head starts a process for each such connection: a busy one takes too long
                    continue
                raise EngineFailure(
                    f"There is no Ray cluster at {address} ({str(error).splitlines()[0]}).",
                    next_step="Check ray_address, and that `ray status` answers there.",
                ) from error

    def run(
        self, function: Function, count: int, load: Callable[[int], Any], needs: Needs = _USUAL
    ) -> Iterator[tuple[int, Any]]:
        """Yield number and result of each call as it ends, as `Executor` says."""
        # Ray would begin lost tasks again by itself, but tell nobody that it did.
        remote = self._ray.remote(max_retries=0, num_cpus=needs.cpus, num_gpus=needs.gpus)(function)
        waiting, running, tries = deque(range(count)), dict[Any, int](), Counter[int]()
        most = self._most_under_way(needs)
        try:
            while waiting or running:
                while waiting and len(running) < most:
                    number = waiting.popleft()
                    tries[number] += 1
                    running[remote.remote(load(number))] = number
                (ready,), _ = self._ray.wait(list(running), num_returns=1)
                number = running.pop(ready)
                try:
                    value = self._result(ready)
                except WorkerLost:
                    self.lost += 1
                    if tries[number] == TRIES:
                        raise
                    waiting.append(number)
                else:
                    yield number, value
        finally:
            for task in running:
                self._ray.cancel(task, force=True)

    def _most_under_way(self, needs: Needs) -> int:
        """Return how many tasks to hand on at a time. Raises `EngineFailure` when no machine could do even one."""
        waited = time.monotonic() + self._patience
        while not self._fits(needs):
            if time.monotonic() >= waited:
                raise EngineFailure(
                    f"No machine of the cluster has {needs.cpus:g} CPUs and {needs.gpus:g} GPUs for a task.",
                    next_step="Change the setting steps, or add such a machine.",
                )
            time.sleep(_LOOK)
        together = self._ray.cluster_resources()
        fitting = side_by_side(needs, self.hands, together.get("GPU", 0.0))
        # Where fewer than all processors are wanted, Ray would give those that wait to the others.
        return fitting * (_AHEAD if self.hands >= int(together.get("CPU", 1)) else 1)

    def _fits(self, needs: Needs) -> bool:
        machines = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        return any(there.get("CPU", 0) >= needs.cpus and there.get("GPU", 0) >= needs.gpus for there in machines)

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
