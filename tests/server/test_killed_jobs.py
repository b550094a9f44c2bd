"""Killed in any stage, a job goes on by itself and comes to what an undisturbed run comes to."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sosie.report import Report
from sosie.store.brands import Brands
from sosie.store.catalogue import Catalogue
from tests.server.servers import ENDED, Server, stage
from tests.server.worlds import COUNT, World, opened, result_of


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with opened() as made:
        yield made


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What a run comes to that nothing happens to."""
    data = tmp_path_factory.mktemp("undisturbed")
    with Server(data, world.env) as server:
        server.client.brand("shop", world.shop.source)
        job = server.client.job("shop")
        assert server.client.ended(job)["state"] == "done"
    return result_of(data, job)


def stored(data: Path) -> set[str]:
    """The addresses whose pictures are stored."""
    with Catalogue(data / "catalogue.db") as catalogue:
        return {urlsplit(image.uri).path for image in Brands(catalogue).images(["shop"]) if image.sha256}


@pytest.mark.parametrize(("killed_in", "done"), [("fetch", 30), ("read", 30), ("verify", 0), ("embed", 12)])
def test_killed_in_any_stage_a_job_goes_on_by_itself(
    killed_in: str, done: int, world: World, undisturbed: Report, tmp_path: Path
) -> None:
    shop = world.shop
    shop.pause, shop.asked = 0.03 if killed_in == "fetch" else 0.0, []
    world.embed_pause = 0.2 if killed_in in ("verify", "embed") else 0.0  # so that verifying is not over unseen
    with Server(tmp_path, world.env) as server:
        server.client.brand("shop", shop.source)
        job = server.client.job("shop")
        for _, seen in server.client.events(job):
            reached = {each["stage"]: each["done"] for each in seen["progress"]["stages"]}
            if reached.get(killed_in, -1) >= done:
                break
        server.kill()
        assert seen["state"] == "running"
    time.sleep(0.3)  # whatever its worker does in its last moments
    kept, asked = stored(tmp_path), len(shop.asked)
    assert kept if killed_in == "fetch" else len(kept) == COUNT
    world.embed_pause = 0.0
    with Server(tmp_path, world.env) as server:
        assert server.client.ended(job)["state"] == "done"
    assert not set(shop.asked[asked:]) & kept
    assert result_of(tmp_path, job) == undisturbed


def test_killed_again_and_again_at_any_moment_a_job_still_ends_the_same(
    world: World, undisturbed: Report, tmp_path: Path
) -> None:
    world.shop.pause, world.embed_pause = 0.02, 0.05
    moments = random.Random(7)
    job = ""
    for _ in range(4):
        with Server(tmp_path, world.env) as server:
            if not job:
                server.client.brand("shop", world.shop.source)
                job = server.client.job("shop")
            server.client.until(job, lambda found: stage(found) != "" or found["state"] in ENDED)
            time.sleep(moments.uniform(0.0, 1.5))
            server.kill()
    with Server(tmp_path, world.env) as server:
        assert server.client.ended(job)["state"] == "done"
    assert result_of(tmp_path, job) == undisturbed
