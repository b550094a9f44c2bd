"""Several servers over one PostgreSQL and one Redis: any of them answers for any job."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from sosie.config import load_settings
from sosie.pipeline.jobs import fetch_brand, process_brands
from sosie.pipeline.progress import ignore
from sosie.report import Report
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.jobs import JobRow, Jobs
from tests import redis_server
from tests.server.proxy import balanced
from tests.server.servers import Client, Server, stage
from tests.server.worlds import World, opened, result_of


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with opened() as made:
        yield made


@pytest.fixture(scope="module")
def alone(world: World, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a single process comes to."""
    folder = tmp_path_factory.mktemp("alone")
    values = {name.removeprefix("SOSIE_").lower(): value for name, value in world.env.items()}
    settings = load_settings({**values, "data_dir": folder, "allowed_networks": ("127.0.0.0/8",)}, environment={})
    kind, given = world.shop.source
    with Catalogue.of(settings) as catalogue:
        Brands(catalogue).save(Brand(key="shop", sources=(SourceSpec(kind, given, trusted=True),)))
        fetch_brand("shop", settings, ignore)
        return replace(process_brands(catalogue, ["shop"], settings, ignore), timings={})


@pytest.fixture
def env(world: World, postgres_url: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    world.shop.pause = world.embed_pause = 0.0
    with redis_server.running(tmp_path) as redis_url:
        yield {**world.env, "SOSIE_DATABASE_URL": postgres_url, "SOSIE_REDIS_URL": redis_url}


def row(env: dict[str, str], data: Path, job: str) -> JobRow:
    with Catalogue(data / "catalogue.db", url=env["SOSIE_DATABASE_URL"]) as catalogue:
        return Jobs(catalogue).get(job)


def owner(found: JobRow, servers: list[Server]) -> tuple[Server, Server]:
    """The server that works on a job, and the other one."""
    first, second = servers
    return (first, second) if f"-{first.process.pid}-" in found.owner else (second, first)


def test_a_job_is_started_followed_and_cancelled_on_whichever_server(
    world: World, alone: Report, env: dict[str, str], tmp_path: Path
) -> None:
    world.shop.pause = 0.1
    with (
        Server(tmp_path, env) as first,
        Server(tmp_path, env) as second,
        balanced([first.url, second.url]) as (url, proxy),
    ):
        client = Client(url, keep=False)
        client.brand("shop", world.shop.source)
        job = first.client.job("shop")
        assert second.client.job("shop") == job
        first.client.until(job, lambda found: stage(found) == "fetch")
        working, other = owner(row(env, tmp_path, job), [first, second])
        events = other.client.events(job)
        next(event for event in events if stage(event[1]) == "fetch")
        other.client.post(f"/api/jobs/{job}/cancel")
        assert list(events)[-1][1]["state"] == "cancelled"
        assert working.client.get(f"/api/jobs/{job}")["state"] == "cancelled"
        world.shop.pause = 0.0
        client.post(f"/api/jobs/{job}/retry")
        seen = list(client.events(job, after=1))
        assert seen[-1][1]["state"] == "done"
        assert len(set(proxy.taken)) == 2
        client.http.close()
    assert result_of(tmp_path, job, env["SOSIE_DATABASE_URL"]) == alone
    with redis.Redis.from_url(env["SOSIE_REDIS_URL"]) as cache:
        assert cache.dbsize()


def test_the_jobs_of_a_server_that_dies_are_gone_on_with_by_another(
    world: World, alone: Report, env: dict[str, str], tmp_path: Path
) -> None:
    world.embed_pause = 0.15
    with Server(tmp_path, env) as first, Server(tmp_path, env) as second:
        assert second.url != first.url  # both are there
        first.client.brand("shop", world.shop.source)
        job = first.client.job("shop")
        first.client.until(job, lambda found: stage(found) == "embed")
        working, other = owner(row(env, tmp_path, job), [first, second])
        working.kill()
        world.embed_pause = 0.0
        assert other.client.ended(job)["state"] == "done"
    found = row(env, tmp_path, job)
    assert found.claim == 2
    assert f"-{other.process.pid}-" in found.owner
    assert result_of(tmp_path, job, env["SOSIE_DATABASE_URL"]) == alone


def test_a_server_that_slept_leaves_its_jobs_to_whoever_has_taken_them_over(
    world: World, alone: Report, env: dict[str, str], tmp_path: Path
) -> None:
    world.embed_pause = 0.3
    with Server(tmp_path, env) as first, Server(tmp_path, env) as second:
        assert second.url != first.url  # both are there
        first.client.brand("shop", world.shop.source)
        job = first.client.job("shop")
        first.client.until(job, lambda found: stage(found) == "embed")
        working, other = owner(row(env, tmp_path, job), [first, second])
        os.kill(working.process.pid, signal.SIGSTOP)
        other.client.until(job, lambda _: row(env, tmp_path, job).claim == 2)
        os.kill(working.process.pid, signal.SIGCONT)
        world.embed_pause = 0.0
        assert other.client.ended(job)["state"] == "done"
        time.sleep(1.0)
        again = working.client.job("shop", sync=False)
        assert working.client.ended(again)["state"] == "done"
    found = row(env, tmp_path, job)
    assert (found.claim, found.state) == (2, "done")
    assert f"-{other.process.pid}-" in found.owner
    assert result_of(tmp_path, job, env["SOSIE_DATABASE_URL"]) == alone
    assert result_of(tmp_path, again, env["SOSIE_DATABASE_URL"]) == alone
