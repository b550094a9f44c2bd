"""What a run leaves behind when the process that embeds for it is killed under it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sosie import find_duplicates
from sosie.config import Settings
from sosie.pipeline.progress import Progress
from sosie.report import Report
from tests.pictures import picture, write
from tests.processes import ROOT

_SERVICE = """
import socket, sys, uvicorn
from pathlib import Path
from sosie.embedding_service.app import create_app
from sosie.embedding_service.options import ServiceOptions
from tests.contract.backends import tiny_clip
listening = socket.create_server(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
app = create_app(tiny_clip(Path(sys.argv[1])).open(), ServiceOptions())
uvicorn.Server(uvicorn.Config(app, log_level="error")).run([listening])
"""
_GOOGLE = """
import time
from tests.contract.loopback import Loopback
from tests.contract.test_gemini import gemini
with Loopback(gemini) as server:
    print(server.url, flush=True)
    time.sleep(600)
"""
_ENDPOINT = """
import time
from tests.contract.loopback import Loopback
from tests.contract.test_huggingface import as_list, endpoint
with Loopback(endpoint(as_list)) as server:
    print(server.url, flush=True)
    time.sleep(600)
"""


@contextmanager
def process(code: str, folder: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A provider in a process of its own, and its address."""
    command = [sys.executable, "-c", code, str(folder)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    try:
        yield running.stdout.readline().strip(), running
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def settings_of(name: str, url: str, tmp_path: Path) -> Settings:
    how: dict[str, Any] = {
        "data_dir": tmp_path / "data",
        "embed_batch": 1,
        "embed_workers": 1,
        "embed_patience": 1.0,
        "workers": 1,
    }
    if name == "service":
        return Settings(embedders=("service", "builtin"), service_url=url, **how)
    if name == "huggingface":
        chain = ("huggingface", "builtin")
        return Settings(embedders=chain, huggingface_endpoint=url, huggingface_token="hf_geheim", **how)
    key = "AIza-geheim-0815"
    return Settings(embedders=("gemini", "builtin"), gemini_base_url=url, gemini_api_key=key, **how)


def copies(report: Report) -> list[list[str]]:
    uris = {image.id: Path(image.uri).name for image in report.images}
    return [sorted(uris[member] for member in group.members) for group in report.groups if group.relation == "copy"]


@pytest.mark.parametrize(("name", "code"), [("service", _SERVICE), ("gemini", _GOOGLE), ("huggingface", _ENDPOINT)])
def test_a_provider_that_is_killed_in_mid_run_is_named_and_the_copies_are_all_there(
    name: str, code: str, tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    for seed in range(7):
        write(folder / f"{seed}.png", picture(seed, longest=200))
    write(folder / "again.jpg", picture(3, longest=200), quality=70)
    done = []
    with process(code, tmp_path / "model") as (url, running):

        def kill(progress: Progress) -> None:
            if progress.stage == "embed" and progress.done >= 3 and running.poll() is None:
                done.append(progress.done)
                running.kill()
                running.wait()

        report = find_duplicates(folder, settings=settings_of(name, url, tmp_path), listen=kill)
    assert done
    assert report.params["embedder"] == "builtin"
    assert len(report.fallbacks) == 1
    assert report.fallbacks[0].startswith(
        f"What looks alike was compared with the built-in method. {name} is not used: {name} "
    )
    assert "geheim" not in report.fallbacks[0]
    assert not [space for space in report.spaces if space.startswith(f"{name}:")]
    assert len(report.images) == 8
    assert copies(report) == [["3.png", "again.jpg"]]
