"""A job's process as its server sees it: give it a task, hear its news, end it at any moment."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Self

from sosie.config import Settings
from sosie.errors import SosieError
from sosie.server.jobs.child import Task, serve

_LOOK = 0.2
"""Seconds between two looks at whether to stop."""


class WorkFailed(SosieError):
    """The worker of a job could not carry out its task."""


class Worker:
    """One child process, started with its first task. A context manager: leaving it ends the process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def run(self, task: Task, hear: Callable[[Mapping[str, Any]], None], look: Callable[[], None]) -> dict[str, Any]:
        """Carry out a task and return what came of it.

        `hear` gets the news; `look` is called several times a second and may raise to leave, which ends the process.
        Raises `WorkFailed` when the task fails or the process dies.
        """
        pipe = self._start()
        try:
            pipe.send(task)
            while True:
                look()
                if not pipe.poll(_LOOK):
                    continue
                kind, *rest = pipe.recv()
                if kind == "news":
                    hear(rest[0])
                elif kind == "done":
                    value: dict[str, Any] = rest[0]
                    return value
                else:
                    raise WorkFailed(rest[0], next_step=rest[1])
        except (EOFError, OSError) as error:
            raise WorkFailed(self._how_it_died(), next_step="Retry the job: it goes on from what was kept.") from error
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End the process at once."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def _start(self) -> Connection:
        if self._pipe is not None:
            return self._pipe
        context = multiprocessing.get_context("spawn")
        self._pipe, far = context.Pipe()
        self._process = context.Process(target=serve, args=(far, self._settings), name="sosie-job", daemon=True)
        self._process.start()
        far.close()
        return self._pipe

    def _how_it_died(self) -> str:
        assert self._process is not None  # noqa: S101  # there is a pipe, so there is a process
        self._process.join(5)
        code = self._process.exitcode
        self.end()
        if code == -getattr(signal, "SIGKILL", 9):
            return "The worker process was killed; often that means that memory ran out."
        return f"The worker process ended unexpectedly (exit code {code})."
