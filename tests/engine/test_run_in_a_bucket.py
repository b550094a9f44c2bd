"""The files of a run in a bucket: whole or not there, and a scan that is cut off goes on with them."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sosie.config import load_settings
from sosie.engine.bucket import Bucket
from sosie.engine.costs import StepCost
from sosie.errors import EngineFailure, UsageError
from sosie.pipeline import find_duplicates
from sosie.pipeline.progress import Progress
from sosie.report import Report
from tests.pictures import picture, write
from tests.processes import ROOT

pytest.importorskip("obstore")
moto = pytest.importorskip("moto.server")

_KILLED = """
import os, signal, sys, sosie
def listen(progress):
    if progress.stage == "verify" and progress.done:
        os.kill(os.getpid(), signal.SIGKILL)
sosie.find_duplicates(sys.argv[1], settings=sosie.load_settings(), listen=listen)
"""


@dataclass(frozen=True)
class Place:
    """A bucket on loopback."""

    url: str
    endpoint: str

    def objects(self) -> str:
        """Its listing."""
        name = self.url.removeprefix("s3://").partition("/")[0]
        with urllib.request.urlopen(f"{self.endpoint}/{name}") as answer:
            return str(answer.read(), "utf-8")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    for name, value in {"AWS_ENDPOINT_URL": endpoint, **keys}.items():
        monkeypatch.setenv(name, value)
    bucket = f"runs-{secrets.token_hex(4)}"
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/{bucket}", method="PUT")).close()
    yield Place(f"s3://{bucket}/sosie", endpoint)
    server.stop()


def test_a_file_is_there_with_all_its_bytes_until_it_is_dropped(place: Place) -> None:
    files = Bucket(f"{place.url}/run")
    large = secrets.token_bytes(12_000_000)  # more than what is put at once
    assert not files.has("step/a")
    files.write("step/a", b"first")
    files.write("step/a", large)
    files.write("step/b", b"")
    assert files.has("step/a")
    assert files.read("step/a") == large
    assert files.read("step/b") == b""
    Bucket(f"{place.url}/other").write("step/c", b"of another run")
    files.drop("step/a")
    files.drop("step/a")
    assert not files.has("step/a")
    files.clear()
    assert not files.has("step/b")
    assert Bucket(f"{place.url}/other").has("step/c")


def test_what_is_not_there_is_an_error_with_a_next_step(place: Place) -> None:
    with pytest.raises(EngineFailure, match="not there"):
        Bucket(place.url).read("given/none")
    with pytest.raises(EngineFailure) as failure:
        Bucket("s3://no-such-bucket/x").write("a", b"")
    assert "run_dir" in failure.value.next_step
    with pytest.raises(UsageError, match="run_dir"):
        Bucket("nonsense://x").has("a")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shop")
    for seed in range(4):
        pixels = picture(seed, longest=160)
        write(made / f"{seed}.png", pixels)
        write(made / f"{seed}-small.jpg", pixels[::2, ::2], quality=60)
        write(made / f"alone-{seed}.jpg", picture(20 + seed, longest=160))
    return made


def said(report: Report) -> dict[str, Any]:
    return {**json.loads(report.to_json()), "timings": {}}


def test_a_killed_scan_goes_on_from_the_bucket_and_its_report_is_that_of_memory(
    place: Place, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = said(find_duplicates(folder, settings=load_settings({"data_dir": tmp_path / "plain"})))
    for name, value in {"DATA_DIR": str(tmp_path / "tasks"), "RUN_DIR": place.url, "SHARDS": "4"}.items():
        monkeypatch.setenv(f"SOSIE_{name}", value)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], cwd=ROOT, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert ".parquet" in place.objects()
    heard: dict[str, StepCost] = {}

    def listen(progress: Progress) -> None:
        heard.update({step.step: step for step in progress.steps})

    assert said(find_duplicates(folder, settings=load_settings(), listen=listen)) == plain
    assert heard["verify"].kept > 0
    assert ".parquet" not in place.objects()
