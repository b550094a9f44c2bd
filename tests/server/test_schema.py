"""The API is as it describes itself, whatever is asked of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.server.servers import Server

_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)


def test_drawn_requests_find_no_failure_of_the_server_and_no_breach_of_its_schema(tmp_path: Path) -> None:
    """A longer run by hand: the same with --max-examples 50 and --phases examples,coverage,fuzzing."""
    with Server(tmp_path / "data") as server:
        schema = f"{server.url}/openapi.json"
        # Made once and then kept; on a loaded machine that may take longer than who draws requests waits for it.
        assert httpx.get(schema, trust_env=False, timeout=120).status_code == 200
        # A brand without sources keeps jobs over all brands short.
        server.client.brand("acme")
        command = [sys.executable, "-m", "schemathesis.cli", "run", schema, "--checks", ",".join(_CHECKS)]
        limits = ["--phases", "examples,fuzzing", "--max-examples", "3", "--generation-deterministic"]
        limits += ["--request-timeout", "60"]
        left_out = ["--exclude-path-regex", "(events|process)$", "--suppress-health-check", "all", "--no-color"]
        environment = {**os.environ, "NO_PROXY": "127.0.0.1"}
        run = subprocess.run(
            [*command, *limits, *left_out], capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=300
        )
        assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
        assert httpx.get(f"{server.url}/api/health", trust_env=False).status_code == 200
    assert not [line for line in server.log if "[error" in line]
