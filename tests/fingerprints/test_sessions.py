"""Where models run, and how much of a batch fits there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sosie.fingerprints.embedders.onnx import fitting_batch
from sosie.fingerprints.embedders.registry import MODELS
from sosie.fingerprints.embedders.sessions import best_device, device_memory, device_of, open_session
from tests.contract.tiny import tiny_onnx


@pytest.fixture
def gpu_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program in the place of the driver's own, that tells of 7,000 free megabytes."""
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 7000\necho 9000\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tool


def test_a_batch_is_as_large_as_is_of_use_and_fits() -> None:
    clip, int8 = MODELS["clip-vit-b32"], MODELS["clip-vit-b32-int8"]
    assert fitting_batch(clip, "cpu", 8 << 30) == 8
    assert fitting_batch(clip, "cuda", 8 << 30) == 64
    assert 1 < fitting_batch(clip, "cpu", 64 << 20) < 8
    assert fitting_batch(clip, "cuda", 1 << 20) == 1
    assert fitting_batch(int8, "cpu", 8 << 30) == fitting_batch(int8, "cuda", 8 << 30) == 1


@pytest.mark.skipif(os.name == "nt", reason="the tool is a shell script")
def test_free_memory_of_a_gpu_is_what_its_driver_tells(gpu_tool: Path) -> None:
    assert device_memory("cuda") == 7000 << 20
    gpu_tool.write_text("#!/bin/sh\necho no devices were found; exit 6\n")
    assert device_memory("cuda") == 2 << 30
    gpu_tool.unlink()
    assert device_memory("cuda") == 2 << 30


def test_a_session_says_where_it_really_runs(tmp_path: Path) -> None:
    (tmp_path / "tiny.onnx").write_bytes(tiny_onnx())
    session = open_session(tmp_path / "tiny.onnx")
    assert device_of(session) == best_device()


def test_with_the_gpu_package_the_gpu_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: both)
    assert best_device() == "cuda"
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: both[1:])
    assert best_device() == "cpu"
