"""How many images a second the service checks while others read groups: real processes on loopback, an open loop.

    python -m benchmarks.load                       # 10,000 images, minutes; writes results/load.json and RESULTS.md
    python -m benchmarks.load --images 100000       # the size of a large shop
    python -m benchmarks.load --smoke               # a few hundred images, seconds

Requests come at a fixed rate whether or not the ones before are answered, and are timed from when they were due:
a server that falls behind shows it. Every new image has bytes of its own. Contents are drawn pictures (`--drawn`) with
all their fingerprints, and random fingerprints of the same kinds. The generator shares the machine with the servers.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import results as stored
from benchmarks.load_catalogue import Drawn, build, drawn_for
from benchmarks.places import HERE, SMOKE
from benchmarks.process import cpu_of, memory_of
from benchmarks.rendering import render

_CODE = "from sosie.cli import main; main()"
_CONNECTIONS = 24
Row = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """What is asked: checks a second, group reads a second, and which share of checks are known bytes and edits."""

    name: str
    checks: float
    reads: float
    known: float
    edits: float


MIXES = (
    Mix(name="known files", checks=200, reads=20, known=1.0, edits=0.0),
    Mix(name="one in ten is new", checks=200, reads=20, known=0.9, edits=0.05),
    Mix(name="all new: edits and strangers, 20 a second", checks=20, reads=5, known=0.0, edits=0.5),
    Mix(name="all new: edits and strangers, 200 a second", checks=200, reads=20, known=0.0, edits=0.5),
)


@dataclass(frozen=True, slots=True)
class Measured:
    """Latencies of one kind of request in milliseconds, how many failed, and the rate at which answers came."""

    asked: int
    errors: int
    rate: float
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, times: Sequence[float], errors: int, seconds: float) -> Measured:
        cuts = statistics.quantiles([*times, *times], n=100) if times else [0.0] * 99
        rounded = [round(cuts[at] * 1000, 1) for at in (49, 94, 98)]
        return cls(len(times) + errors, errors, round(len(times) / seconds, 1), *rounded)


class Server:
    """`sosie serve` in a process of its own."""

    def __init__(self, data: Path) -> None:
        own = {"SOSIE_DATA_DIR": str(data), "SOSIE_EMBEDDERS": "builtin", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-c", _CODE, "serve", "--port", "0", "--no-open"]
        self._log = (data / "server.log").open("w+")
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log, env={**os.environ, **own})
        self.url = self._address(data / "server.log")

    def _address(self, log: Path) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in log.read_text().splitlines():
                if line.startswith("Sosie is at "):
                    return line.split()[3]
            time.sleep(0.1)
        raise RuntimeError(f"The server did not start: {log.read_text()[-2000:]}")

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._log.close()


class Line:
    """One connection that is kept: what is sent is made beforehand, what comes is only measured."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> int:
        """Send a request and give the status of its answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        writer.write(request)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        length = next((int(row[15:]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")), 0)
        await reader.readexactly(length)
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def check_request(data: bytes) -> bytes:
    """A form with one file, as a browser sends it."""
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body += data + b"\r\n--x--\r\n"
    head = "POST /api/check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def read_request(number: int) -> bytes:
    """A page of groups, or one filter of several."""
    query = ("limit=50", "sort=gain&limit=50", "cross_brand=true&limit=50", "text=7&limit=20")[number % 4]
    return f"GET /api/results/latest/groups?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


async def load(urls: Sequence[str], requests: Sequence[tuple[float, str, bytes]]) -> dict[str, Measured]:
    """Send requests (when, kind, bytes) when they are due, to the servers by turns, and measure the answers."""
    times: dict[str, list[float]] = {kind: [] for _, kind, _ in requests}
    errors = dict.fromkeys(times, 0)
    free: asyncio.Queue[Line] = asyncio.Queue()
    for number in range(_CONNECTIONS):
        free.put_nowait(Line(urls[number % len(urls)]))
    begin = time.perf_counter() + 0.1

    async def one(due: float, kind: str, request: bytes) -> None:
        await asyncio.sleep(max(0.0, begin + due - time.perf_counter()))
        line = await free.get()
        try:
            status = await line.ask(request)
        except (OSError, asyncio.IncompleteReadError):
            line.close()
            status = 0
        if status == 200:
            times[kind].append(time.perf_counter() - begin - due)
        else:
            errors[kind] += 1
        free.put_nowait(line)

    await asyncio.gather(*(one(*request) for request in requests))
    seconds = time.perf_counter() - begin
    while not free.empty():
        free.get_nowait().close()
    return {kind: Measured.of(times[kind], errors[kind], seconds) for kind in times}


def requests_of(mix: Mix, drawn: Drawn, seconds: float, seed: int) -> list[tuple[float, str, bytes]]:
    """All requests of a mix, by when they are due."""
    draw = random.Random(seed)
    found = []
    for number in range(int(mix.checks * seconds)):
        kind = draw.random()
        make = drawn.known if kind < mix.known else drawn.edit if kind < mix.known + mix.edits else drawn.new
        found.append((number / mix.checks, "check", check_request(make(draw))))
    found += [(number / mix.reads, "groups", read_request(number)) for number in range(int(mix.reads * seconds))]
    return sorted(found, key=lambda row: row[0])


def measure(data: Path, drawn: Drawn, mixes: Sequence[Mix], seconds: float, servers: int) -> dict[str, Row]:
    """Measure all mixes against fresh servers and give a row for each kind of request."""
    rows: dict[str, Row] = {}
    with ExitStack() as stack:
        running = [stack.enter_context(Server(data)) for _ in range(servers)]
        urls = [server.url for server in running]
        fresh = [drawn.new(random.Random(number)) for number in range(4 * servers)]
        warm = [(0.2 * number, "warm", check_request(image)) for number, image in enumerate(fresh)]
        asyncio.run(load(urls, warm))
        for number, mix in enumerate(mixes):
            requests = requests_of(mix, drawn, seconds, seed=number)
            before = [cpu_of(server.process.pid) for server in running]
            found = asyncio.run(load(urls, requests))
            spent = sum(cpu_of(server.process.pid) for server in running) - sum(before)
            memory = round(sum(memory_of(server.process.pid) for server in running) / 1e6)
            for kind, measured in found.items():
                offered = mix.checks if kind == "check" else mix.reads
                rows[f"{mix.name}, {kind}"] = {"offered": offered, **asdict(measured), "memory_mb": memory}
                rows[f"{mix.name}, {kind}"]["cpu_ms"] = round(spent / len(requests) * 1000, 1)
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=10_000, help="contents of the catalogue")
    parser.add_argument("--drawn", type=int, default=300, help="of them drawn pictures, which are asked for")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each mix is kept up")
    parser.add_argument("--servers", type=int, default=1, help="server processes over the one catalogue")
    parser.add_argument("--only", default="", help="only mixes with this in their names")
    parser.add_argument("--data", type=Path, help="keep the catalogue here, and use it again in the next run")
    parser.add_argument("--smoke", action="store_true", help="a few hundred images, seconds")
    parser.add_argument("--results", type=Path, default=HERE, help="folder of RESULTS.md and results/")
    options = parser.parse_args(arguments)
    images, drawn, seconds = (240, 24, 1.5) if options.smoke else (options.images, options.drawn, options.seconds)
    with tempfile.TemporaryDirectory(prefix="sosie-load-") as folder:
        data = options.data or Path(folder)
        data.mkdir(parents=True, exist_ok=True)
        made = drawn_for(drawn) if any(data.glob("*.db")) else build(data, images, drawn)
        mixes = [mix for mix in (MIXES[:3] if options.smoke else MIXES) if options.only in mix.name]
        rows = measure(data, made, mixes, seconds, options.servers)
    about = {"about": "checks and group reads over loopback"}
    more: Row = {"images": images, "servers": options.servers}
    named = {f"{images:,} images, {name}": {**row, **more} for name, row in rows.items()}
    run = {**stored.this_run(SMOKE), "scale": "smoke" if options.smoke else f"{images:,} images"}
    stored.merge(options.results / "results", "load", named, run=run, about=about)
    (options.results / "RESULTS.md").write_text(render(options.results / "results"))
    print(json.dumps(named, indent=1))
    return 1 if any(row["errors"] for row in rows.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
