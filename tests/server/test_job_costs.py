"""What the tasks of a job cost is told with the job, in its events and to Prometheus."""

from __future__ import annotations

import json
from pathlib import Path

from tests.pictures import folder_of
from tests.server.servers import Server

STEPS = {"read", "nearest", "verify"}


def test_a_job_tells_what_each_step_has_cost_and_the_server_adds_it_up(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 6)
    env = {"SOSIE_ALLOWED_ROOTS": str(tmp_path), "SOSIE_SHARDS": "3", "SOSIE_WORKERS": "1"}
    with Server(tmp_path / "data", env) as server:
        client = server.client
        client.brand("shop", ("folder", {"path": str(tmp_path / "shop")}))
        name = client.job("shop")
        job = client.ended(name)
        steps = {step["step"]: step for step in job["progress"]["steps"]}
        assert steps.keys() >= STEPS
        read = steps["read"]
        assert (read["tasks"], read["total"], read["kept"], read["rows"], read["lost"]) == (3, 3, 0, 6, 0)
        files = [path.stat().st_size for path in (tmp_path / "shop").iterdir()]
        assert read["read"] > sum(files)
        assert read["written"] > 0
        with client.http.stream("GET", f"/api/jobs/{name}/events") as events:
            told = [line.removeprefix("data: ") for line in events.iter_lines() if line.startswith("data: {")]
        assert {step["step"] for step in json.loads(told[-1])["progress"]["steps"]} == steps.keys()
        numbers = client.http.get("/metrics").text.splitlines()
        assert 'sosie_step_rows_total{step="read"} 6.0' in numbers
        assert 'sosie_step_task_seconds_count{step="read"} 3.0' in numbers
        assert 'sosie_step_tasks_lost_total{step="read"} 0.0' in numbers
        assert 'sosie_stage_images_total{stage="read"} 6.0' in numbers
        snapshot = client.get(f"/api/jobs/{name}/snapshot")
        assert {step["step"] for step in snapshot["job"]["steps"]} == steps.keys()


def test_a_job_in_memory_has_stages_and_no_steps(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 3)
    with Server(tmp_path / "data", {"SOSIE_ALLOWED_ROOTS": str(tmp_path)}) as server:
        client = server.client
        client.brand("shop", ("folder", {"path": str(tmp_path / "shop")}))
        job = client.ended(client.job("shop"))
        assert job["progress"]["steps"] == []
        numbers = client.http.get("/metrics").text
        assert 'sosie_stage_images_total{stage="read"} 3.0' in numbers
        assert "sosie_step_rows_total{" not in numbers
