"""The service in processes of its own, as people run it, and a client that speaks to it."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

_CODE = "from sosie.cli import main; main()"
ENDED = ("done", "failed", "cancelled")


class Server:
    """`sosie serve` on a free port, started at once. `url` is there as soon as it answers."""

    def __init__(self, data: Path, env: Mapping[str, str] | None = None) -> None:
        command = [sys.executable, "-c", _CODE, "serve", "--port", "0", "--no-open"]
        self.data = data
        own = {"SOSIE_DATA_DIR": str(data), "SOSIE_ALLOWED_NETWORKS": "127.0.0.0/8", "SOSIE_EMBEDDERS": "builtin"}
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env={**os.environ, **own, **(env or {})}, start_new_session=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._url = ""
        self._client: Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait(20)
        self._reader.join(20)
        if self.process.stderr is not None:
            self.process.stderr.close()
        if self._client is not None:
            self._client.http.close()
        if kind is not None:
            print("\n".join(self.log[-60:]))

    @property
    def url(self) -> str:
        while not self._url:
            line = self._lines.get(timeout=60)
            assert line, "the server ended: " + "\n".join(self.log)
            if line.startswith("Sosie is at "):
                self._url = line.split()[3]
        return self._url

    def kill(self) -> None:
        """Kill it as a power cut does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    @property
    def client(self) -> Client:
        if self._client is None:
            self._client = Client(self.url)
        return self._client

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log.append(line.rstrip())
            self._lines.put(line)
        self._lines.put("")


class Client:
    """Asks a server and expects that it answers well."""

    def __init__(self, url: str, *, keep: bool = True) -> None:
        limits = httpx.Limits() if keep else httpx.Limits(max_keepalive_connections=0)
        self.http = httpx.Client(base_url=url, timeout=30, trust_env=False, limits=limits)

    def get(self, path: str, **params: Any) -> Any:
        return self._answer(self.http.get(path, params=params))

    def post(self, path: str, body: Any = None, **params: Any) -> Any:
        return self._answer(self.http.post(path, json=body, params=params))

    def brand(self, key: str, *sources: tuple[str, dict[str, Any]], **more: Any) -> Any:
        specs = [{"kind": kind, "settings": settings} for kind, settings in sources]
        return self.post("/api/brands", {"key": key, "sources": specs, **more})

    def job(self, *brands: str, **more: Any) -> str:
        name: str = self.post("/api/jobs", {"brands": list(brands), **more})["id"]
        return name

    def until(self, job: str, right: Callable[[dict[str, Any]], bool], timeout: float = 60) -> dict[str, Any]:
        """The job, as soon as something is right of it."""
        deadline = time.monotonic() + timeout
        while True:
            found: dict[str, Any] = self.get(f"/api/jobs/{job}")
            if right(found):
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.03)

    def ended(self, job: str, timeout: float = 60) -> dict[str, Any]:
        return self.until(job, lambda found: found["state"] in ENDED, timeout)

    def settled(self, wanted: int, timeout: float = 60) -> int:
        """How many groups of the newest result are settled, once it is the number that is wanted or time is up."""
        deadline = time.monotonic() + timeout
        while (found := int(self.get("/api/results/latest")["settled"])) != wanted and time.monotonic() < deadline:
            time.sleep(0.1)
        return found

    def events(self, job: str, after: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """Number and job of each event, until the stream ends."""
        headers = {"last-event-id": str(after)} if after else {}
        with self.http.stream("GET", f"/api/jobs/{job}/events", headers=headers) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            number = 0
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "id":
                    number = int(value)
                elif name == "data":
                    yield number, json.loads(value)

    def _answer(self, answer: httpx.Response) -> Any:
        assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


def stage(job: dict[str, Any]) -> str:
    """The stage that is under way."""
    stages = job["progress"]["stages"]
    return stages[-1]["stage"] if stages else ""
