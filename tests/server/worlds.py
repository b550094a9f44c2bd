"""All that a server speaks to, on the loopback interface and as slow as it is told to be."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.store.results import load_result
from tests.contract.backends import provider
from tests.contract.loopback import Loopback, Reply, Request
from tests.server.shops import Shop, open_shop, stock

COUNT = 100


@dataclass
class World:
    """A shop and an embedding service, both as slow as they are told to be."""

    shop: Shop
    service: str
    embed_pause: float = 0.0

    @property
    def env(self) -> dict[str, str]:
        embedding = {"SOSIE_EMBEDDERS": "service", "SOSIE_SERVICE_URL": self.service, "SOSIE_EMBED_BATCH": "4"}
        return {"SOSIE_WORKERS": "1", "SOSIE_DOWNLOADS": "2", "SOSIE_EMBED_WORKERS": "1", **embedding}


@contextmanager
def opened() -> Iterator[World]:
    def answer(request: Request) -> Reply:
        time.sleep(made.embed_pause)
        return provider(request)

    with open_shop(stock(COUNT)) as shop, Loopback(answer) as service:
        made = World(shop, service.url)
        yield made


def result_of(data: Path, job: str, url: str = "") -> Report:
    """What a job came to, without the times that it took."""
    with Catalogue(data / "catalogue.db", url=url) as catalogue:
        return replace(load_result(catalogue, job), timings={})
