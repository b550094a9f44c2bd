"""A process that carries out a plan and kills itself (SIGKILL) at a chosen call to the operating system."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Self

from sosie.review import disk
from sosie.review.applying import apply_plan, undo_run
from sosie.review.plan import load_plan
from sosie.store.journal import Runs

Job = Literal["apply", "undo"]
_CALLS = ("fsync", "link", "unlink", "mkdir", "rmdir", "rename", "replace", "ftruncate", "chown")


@dataclass
class Bomb:
    """Counts moments (before and after each call, and halfway through each writing) and kills at one of them."""

    at: int
    passed: int = 0
    trace: list[str] = field(default_factory=list)

    def moment(self, name: str) -> None:
        self.passed += 1
        self.trace.append(name)
        if self.passed == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            self.moment(f"before {name}")
            result = call(*args, **options)
            self.moment(f"after {name}")
            return result

        return wrapped

    def halfway(self, write: Callable[[int, bytes], int]) -> Callable[[int, bytes], int]:
        def wrapped(handle: int, data: bytes) -> int:
            half = len(data) // 2
            if len(data) < 40:
                return write(handle, data)
            written = write(handle, data[:half])
            self.moment("amid write")
            return written

        return wrapped


def _work(job: Job, plan: Path, runs: Path, home: str, at: int, tally: Path | None) -> None:
    os.environ["XDG_DATA_HOME"] = home
    bomb = Bomb(at)
    for name in _CALLS:
        setattr(os, name, bomb.around(name, getattr(os, name)))
    os.write = bomb.halfway(os.write)  # type: ignore[assignment]
    disk.rename_alone = bomb.around("rename", disk.rename_alone)
    shutil.copystat = bomb.around("copystat", shutil.copystat)
    fcntl.ioctl = bomb.around("ioctl", fcntl.ioctl)
    if job == "apply":
        apply_plan(load_plan(plan), Runs(runs))
    else:
        undo_run(Runs(runs).names()[-1], Runs(runs))
    if tally is not None:
        tally.write_text("\n".join(bomb.trace))


def _serve() -> None:
    """Do each job that a line on stdin names in a process of its own, and answer with how it ended."""
    for line in sys.stdin:
        job, plan, runs, home, at, tally = json.loads(line)
        child = os.fork()
        if child == 0:
            _work(job, Path(plan), Path(runs), home, at, Path(tally) if tally else None)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


class Killer:
    """A small process with everything loaded that forks one process a job: ten times quicker than starting anew."""

    def __enter__(self) -> Self:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.review.killing"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._server.communicate()

    def run_and_kill(self, job: Job, plan: Path, runs: Path, at: int, tally: Path | None = None) -> bool:
        """Do a job in a process of its own that dies at moment `at` (0: never); return whether it was killed."""
        line = [job, str(plan), str(runs), os.environ["XDG_DATA_HOME"], at, str(tally) if tally else ""]
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(line), file=self._server.stdin, flush=True)
        code = int(self._server.stdout.readline())
        assert code in (0, -signal.SIGKILL), code
        return code != 0


if __name__ == "__main__":
    _serve()
