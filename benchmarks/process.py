"""One program run as a process, with what it cost: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_INTERVAL = 0.02


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: seconds of wall time, seconds of processor time (user and system), peak memory in MB (10^6).

    Processor time counts the process and all children it waited for. Memory is the largest sum of resident memory
    over the process tree, sampled 50 times a second, and no less than the high-water mark of the first process.
    """

    wall: float
    cpu: float
    peak_mb: float


class RunFailedError(Exception):
    """A measured program ended with an error; the message is its last line."""


def run(command: Sequence[str], *, output: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run a program to its end, its stdout in the file `output`; raise `RunFailedError` if it fails."""
    errors = output.with_name(output.name + ".stderr")
    with output.open("wb") as out, errors.open("wb") as err:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=env)
        watch = _Watch(process.pid)
        watch.start()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RunFailedError(_last_line(errors) or f"exit code {process.returncode}")
    errors.unlink()
    peak = watch.peak or usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak / 1e6)


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


class _Watch(threading.Thread):
    """Follows the resident memory of a process tree where /proc tells it (Linux); elsewhere `peak` stays 0."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            resident = sum(_memory(pid, "VmRSS:") for pid in _tree(self._pid))
            self.peak = max(self.peak, resident, _memory(self._pid, "VmHWM:"))
            self._ended.wait(_INTERVAL)

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _tree(pid: int) -> list[int]:
    found = [pid]
    for parent in found:  # grows while it is walked: breadth first
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in _read(children).split()]
    return found


def memory_of(pid: int) -> int:
    """Resident memory of a process and its children in bytes, 0 where the system does not tell."""
    return sum(_memory(each, "VmRSS:") for each in _tree(pid))


def cpu_of(pid: int) -> float:
    """Processor seconds of a process and its children so far, 0 where the system does not tell."""
    fields = (_read(Path(f"/proc/{each}/stat")).rpartition(")")[2].split() for each in _tree(pid))
    return sum(int(row[11]) + int(row[12]) for row in fields if row) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int, key: str) -> int:
    for line in _read(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith(key):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process or thread has ended since it was listed
        return ""
