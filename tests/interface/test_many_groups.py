"""Twenty thousand groups: what is seen first, and how smoothly the list scrolls, compared with two hundred."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.interface.browser import DESKTOP, person
from tests.interface.stored import NOT_DRAWN, WATCH, store_results
from tests.server.reports import report_of
from tests.server.servers import Server

PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
SHOWN = "performance.getEntriesByName('groups-shown')[0].startTime"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("many")
    few, many = store_results(folder, report_of(200), report_of(20_000))
    return folder, few, many


@pytest.fixture(scope="module")
def server(_needs: None, stored: tuple[Path, str, str]) -> Iterator[Server]:
    with Server(stored[0]) as running:
        yield running


def _measured(browser: Browser, url: str, result: str, total: str) -> dict[str, Any]:
    with person(browser, DESKTOP, url) as someone:
        someone.expected = NOT_DRAWN
        page = someone.page
        page.add_init_script(WATCH)
        someone.go(f"/results/{result}")
        expect(page.get_by_role("heading", name=total)).to_be_visible(timeout=30_000)
        expect(page.locator("main li a").first).to_be_visible()
        page.evaluate("performance.mark('groups-shown')")
        first = {"paint": page.evaluate(PAINT), "groups": page.evaluate(SHOWN)}
        page.evaluate("window.__long.length = 0")
        for _ in range(40):
            page.mouse.wheel(0, 1500)
            page.wait_for_timeout(40)
        page.wait_for_timeout(500)
        long = page.evaluate("window.__long")
        cards = page.locator("main li").count()
        assert page.locator("main li a").count() > 0, "the list went empty while it was scrolled"
        return first | {"longest": max(long, default=0.0), "long": sum(long), "cards": cards}


def test_twenty_thousand_groups_feel_like_two_hundred(
    browser: Browser, server: Server, stored: tuple[Path, str, str], record_property: Any
) -> None:
    _, few, many = stored
    server.client.get(f"/api/results/{many}")  # the first look reads the report from the database
    server.client.get(f"/api/results/{few}")
    small = _measured(browser, server.url, few, "200 groups, ")
    large = _measured(browser, server.url, many, "20,000 groups, ")
    for name in small:
        record_property(name, (small[name], large[name]))
    print(f"\n200 groups: {small}\n20,000 groups: {large}")
    assert large["cards"] < 200, "cards out of sight are on the page"
    assert large["groups"] < 4 * small["groups"] + 1000
    assert large["longest"] < 4 * max(small["longest"], 50) + 100
