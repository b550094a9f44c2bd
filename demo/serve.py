"""Serve the interface with three drawn brands, already searched for duplicates.

    python -m demo.serve FOLDER [--port 8000] [--size 1.0]

Draws the pictures when they are not there yet. Ctrl-C stops it; the next call goes on with what was decided.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from demo.brands import BRANDS
from demo.catalogue import write
from sosie.cli.table import print_report
from sosie.report import Report

_PATIENCE = 60.0


def prepare(client: httpx.Client, pictures: Path) -> None:
    """Declare the brands and find the duplicates in them, unless that was done before."""
    known = {brand["key"] for brand in _answer(client.get("/api/brands"))["brands"]}
    for brand in BRANDS:
        if brand.key not in known:
            source = {"kind": "folder", "settings": {"path": str((pictures / brand.key).resolve())}}
            body = {"key": brand.key, "name": brand.name, "colour": brand.colour, "sources": [source]}
            _answer(client.post("/api/brands", json=body))
    jobs = _answer(client.get("/api/jobs"))["jobs"]
    if not any(job["state"] == "done" for job in jobs):
        follow(client, _answer(client.post("/api/jobs", json={"brands": []}))["id"])


def follow(client: httpx.Client, job: str) -> None:
    """Say how far a job is until it ends. Raises `SystemExit` when it fails."""
    last = ""
    while True:
        found = _answer(client.get(f"/api/jobs/{job}"))
        stages = found["progress"]["stages"]
        line = f"{stages[-1]['stage']}: {stages[-1]['done']:,} of {stages[-1]['total']:,}" if stages else "waiting"
        if line != last:
            print(f"  {line}", flush=True)
            last = line
        if found["state"] == "done":
            return
        if found["state"] in ("failed", "cancelled"):
            raise SystemExit(f"The demo's job {found['state']}: {found['error']} {found['next_step']}")
        time.sleep(0.5)


def _answer(response: httpx.Response) -> Any:
    if not response.is_success:
        raise SystemExit(f"{response.request.url} answered {response.status_code}: {response.text}")
    return response.json()


def draw(pictures: Path, size: float) -> None:
    """Draw the pictures; a folder that is there is complete."""
    print("Drawing the pictures of three brands (a minute or two)", flush=True)
    begun = pictures.with_name("drawing")
    shutil.rmtree(begun, ignore_errors=True)
    write(begun, size)
    begun.rename(pictures)


def wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server answers. Raises `SystemExit` when it ends before."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(server.returncode)
        try:
            client.get("/api/brands")
        except httpx.ConnectError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The server does not answer.")


def claim(port: int) -> None:
    """Raise `SystemExit` when something listens on a port: another server must not be taken for the demo's."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SystemExit(
                f"Port {port} cannot be had ({error.strerror}). Choose another: make run PORT=8001"
            ) from None


@contextmanager
def serving(folder: Path, port: int, environment: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Serve the pictures of a folder, searched for duplicates, until the block ends."""
    claim(port)
    pictures = (folder / "pictures").resolve()
    own = {"SOSIE_DATA_DIR": str(folder / "data"), "SOSIE_ALLOWED_ROOTS": str(pictures)}
    own |= {"SOSIE_EMBEDDERS": "builtin"} | dict(environment or {})  # the demo downloads no model
    command = [sys.executable, "-c", "from sosie.cli import main; main()", "serve", "--port", str(port), "--no-open"]
    with subprocess.Popen(command, env={**os.environ, **own}) as server:  # our own program
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
                wait_for(client, server)
                prepare(client, pictures)
                print_report(Report.from_json(client.get("/api/results/latest/report").content))
            yield server
        finally:
            server.terminate()


def main() -> None:
    """Serve until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--size", type=float, default=1.0, help="how many pictures, 1.0 being several hundred")
    args = parser.parse_args()
    pictures = args.folder / "pictures"
    if not pictures.is_dir():
        draw(pictures, args.size)
    with serving(args.folder, args.port) as server, contextlib.suppress(KeyboardInterrupt):
        print(f"Ready for review: http://127.0.0.1:{args.port}/results/latest (Ctrl-C stops it)", flush=True)
        server.wait()


if __name__ == "__main__":
    main()
