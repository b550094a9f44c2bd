"""ONNX Runtime sessions as Sosie runs them: one thread a call, many calls side by side."""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sosie.errors import EmbedderFailure, ModelFailure

if TYPE_CHECKING:
    import onnxruntime

Device = Literal["cpu", "cuda"]


def open_session(path: Path, device: Device | None = None) -> onnxruntime.InferenceSession:
    """Give a session that runs each call in the thread that makes it, and does not spin while it waits.

    Measured on two contended cores: one session with one thread a call, shared by two threads, gives a third more
    than one call with two threads. `device` is the GPU when ONNX Runtime's CUDA provider is installed and None is
    given. Raises `ModelFailure` for files that are no model.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise EmbedderFailure("ONNX Runtime is not installed.", next_step="Run pip install onnxruntime.") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    chosen = device or best_device()
    providers = ["CUDAExecutionProvider", "CPUExecutionProvider"] if chosen == "cuda" else ["CPUExecutionProvider"]
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=providers)
    except Exception as error:  # ONNX Runtime has no base class of its own for a file that it cannot load
        raise ModelFailure(f"{path.name} cannot be loaded as an ONNX model ({_first_line(error)}).") from error


def best_device() -> Device:
    """Tell where models run: "cuda" when ONNX Runtime was installed with it and finds a GPU, else "cpu"."""
    import onnxruntime

    return "cuda" if "CUDAExecutionProvider" in onnxruntime.get_available_providers() else "cpu"


def device_of(session: onnxruntime.InferenceSession) -> Device:
    """Tell where a session really runs: ONNX Runtime goes on with the CPU when the GPU cannot be used."""
    return "cuda" if "CUDAExecutionProvider" in session.get_providers() else "cpu"


def usable_cores() -> int:
    """Count the cores that this process may use, by its affinity and its control group."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _quota()))


def _quota(path: Path = Path("/sys/fs/cgroup/cpu.max")) -> int:
    try:
        limit, period = path.read_text().split()
        return max(1, int(limit) // int(period))
    except (OSError, ValueError):
        return 1 << 16


def free_memory() -> int:
    """Estimate the bytes of memory that can be taken without swapping; 4 GB where the system does not say."""
    with suppress(OSError):  # other systems have no such file
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return min(int(line.split()[1]) * 1024, _group_memory())
    return 4 << 30


def device_memory(device: Device) -> int:
    """Estimate the free bytes where models run: of this machine, or of the GPU as its driver's own tool tells."""
    return free_memory() if device == "cpu" else _gpu_memory()


def _gpu_memory() -> int:
    command = ["nvidia-smi", "--query-gpu=memory.free", "--format=csv,noheader,nounits"]
    try:
        told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=5).stdout  # noqa: S603
        return int(told.split()[0]) << 20
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return 2 << 30  # no tool beside the driver: what nearly every GPU has left


def _group_memory(folder: Path = Path("/sys/fs/cgroup")) -> int:
    try:
        limit = int((folder / "memory.max").read_text())
        return max(0, limit - int((folder / "memory.current").read_text()))
    except (OSError, ValueError):
        return 1 << 62


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
