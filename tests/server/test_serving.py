"""Starting and stopping the service as its operators do."""

from __future__ import annotations

import signal
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import httpx

from tests.processes import sosie
from tests.server.servers import Server, stage
from tests.server.shops import open_shop, stock


def test_a_port_that_is_taken_is_refused_with_a_next_step(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = sosie("serve", "--port", str(port), "--no-open", env={"SOSIE_DATA_DIR": str(tmp_path)})
    assert run.returncode == 2
    assert f"Port {port} of 127.0.0.1" in run.stderr
    assert "--port" in run.stderr


def test_a_database_that_does_not_answer_is_said_in_one_line_without_its_password(tmp_path: Path) -> None:
    env = {"SOSIE_DATA_DIR": str(tmp_path), "SOSIE_DATABASE_URL": "postgresql://me:secret@127.0.0.1:1/x"}
    run = sosie("serve", "--port", "0", env=env)
    assert run.returncode == 4
    assert len(run.stderr.splitlines()) == 1
    assert "database_url" in run.stderr
    assert "secret" not in run.stderr


def test_told_to_stop_it_ends_streams_leaves_jobs_and_goes_on_at_the_next_start(tmp_path: Path) -> None:
    with open_shop(stock(40)) as shop:
        shop.pause = 0.1
        with Server(tmp_path) as server:
            server.client.brand("shop", shop.source)
            job = server.client.job("shop")
            server.client.until(job, lambda found: stage(found) == "fetch")
            seen: list[str] = []

            def follow() -> None:
                with suppress(httpx.RemoteProtocolError):  # cut off in the middle: browsers ask again by themselves
                    seen.extend(found["state"] for _, found in server.client.events(job))

            reader = threading.Thread(target=follow, daemon=True)
            reader.start()
            while not seen:
                time.sleep(0.05)
            server.process.send_signal(signal.SIGTERM)
            assert server.process.wait(20) in (0, -signal.SIGTERM)
            reader.join(20)
            assert set(seen) <= {"queued", "running"}
        shop.pause = 0.0
        with Server(tmp_path) as server:
            assert server.client.ended(job)["state"] == "done"
        assert not any("Traceback" in line for line in server.log)


def test_a_brand_with_a_schedule_is_synced_and_processed_by_itself_and_only_when_it_is_due(tmp_path: Path) -> None:
    with open_shop(stock(14)) as shop, Server(tmp_path) as server:
        server.client.brand("shop", shop.source, every_hours=1)
        deadline = time.monotonic() + 60
        while not (jobs := server.client.get("/api/jobs", brand="shop")["jobs"]):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert server.client.ended(jobs[0]["id"])["state"] == "done"
        assert jobs[0]["person"] == "schedule"
        time.sleep(6)
        assert len(server.client.get("/api/jobs", brand="shop")["jobs"]) == 1
