"""One group of two thousand images: seen, scrolled and settled as smoothly as one of twenty."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from sosie.report import Report
from tests.interface.browser import DESKTOP, PHONE_DARK, Look, person
from tests.interface.stored import NOT_DRAWN, WATCH, store_results
from tests.server.reports import report_of
from tests.server.servers import Server


def _one_group(size: int) -> Report:
    """A report whose images are all of one group."""
    report = report_of(1, seed=size, largest=size, alone=size)
    (group,) = report.groups
    members = tuple(range(size))
    edge = report.edges[0]
    edges = tuple(replace(edge, a=0, b=member) for member in members[1:])
    return replace(report, groups=(replace(group, members=members, keeper=0),), edges=edges)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    folder = tmp_path_factory.mktemp("large")
    small, large = store_results(folder, _one_group(20), _one_group(2000))
    return folder, small, large


@pytest.fixture(scope="module")
def server(_needs: None, stored: tuple[Path, str, str]) -> Iterator[Server]:
    with Server(stored[0]) as running:
        yield running


def _seen(browser: Browser, server: Server, result: str, size: str, look: Look) -> dict[str, float]:
    key = server.client.get(f"/api/results/{result}/groups")["groups"][0]["key"]
    with person(browser, look, server.url) as someone:
        someone.expected = NOT_DRAWN
        page = someone.page
        page.add_init_script(WATCH)
        someone.go(f"/results/{result}/groups/{key}")
        expect(page.get_by_role("heading", name=f"Copy, {size} images")).to_be_visible()
        page.get_by_role("radio", name="All images").check(force=True)
        tiles = page.get_by_role("group", name="Images of this group").get_by_role("button")
        expect(tiles.first).to_be_visible()
        page.evaluate("window.__long.length = 0")
        for _ in range(20):
            page.get_by_role("group", name="Images of this group").evaluate("list => list.scrollBy(0, 900)")
            page.wait_for_timeout(30)
        page.wait_for_timeout(300)
        assert 0 < tiles.count() < 120, "tiles out of sight are on the page"
        page.locator("main h1").focus()
        page.keyboard.press("End")
        with someone.deciding():
            page.keyboard.press("x")
        expect(
            page.get_by_role("button", name=f"Dropped, {size.replace(',', '')} of {size.replace(',', '')}")
        ).to_be_visible()
        long = page.evaluate("window.__long")
        assert someone.violations() == []
        with someone.deciding():
            page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    return {"longest": max(long, default=0.0), "long": sum(long)}


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=lambda look: look.name)
def test_a_group_of_two_thousand_images_is_settled_like_one_of_twenty(
    browser: Browser, server: Server, stored: tuple[Path, str, str], look: Look, record_property: Any
) -> None:
    for result in stored[1:]:
        server.client.post(f"/api/results/{result}/decisions", {"filter": {}, "action": "open", "preview": False})
    small = _seen(browser, server, stored[1], "20", look)
    large = _seen(browser, server, stored[2], "2,000", look)
    record_property("longest", (small["longest"], large["longest"]))
    print(f"\n20 images: {small}\n2,000 images: {large}")
    assert large["longest"] < 6 * max(small["longest"], 50) + 150
    found = server.client.get(f"/api/results/{stored[2]}")
    assert found["settled"] == 1
