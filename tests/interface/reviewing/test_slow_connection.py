"""Deciding over a connection that is slow or breaks: shown at once, taken back when it was not recorded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.interface.browser import DESKTOP_DARK, PHONE, Person
from tests.server.servers import Server

pytestmark = pytest.mark.usefixtures("undecided")
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""What browsers call "slow 3G", in bytes a second."""
SHIFTS = """
window.__shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


def _first(server: Server) -> str:
    key: str = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["key"]
    return f"/results/latest/groups/{key}?sort=size"


@contextmanager
def _held(page: Page) -> Iterator[list[Route]]:
    """Decisions do not reach the server before the block ends."""
    held: list[Route] = []
    page.route(
        "**/decisions**", lambda route: held.append(route) if route.request.method == "POST" else route.continue_()
    )
    yield held
    page.unroute("**/decisions**")


def test_a_decision_is_seen_before_it_is_recorded_and_taken_back_when_it_cannot_be(
    anna: Person, server: Server
) -> None:
    anna.expected = ("ERR_FAILED", "500")
    page = anna.page
    anna.go(_first(server))
    expect(page.get_by_role("button", name=re.compile("2 of 5"))).to_be_visible()
    dropped = page.get_by_role("button", name=re.compile("Dropped, 2 of 5"))
    asked = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["asked"]
    with _held(page) as held:
        anna.press("Home", "ArrowRight", "x")
        expect(dropped).to_be_visible()
        assert server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["asked"] == asked
        page.wait_for_function("() => true")
        held[0].fulfill(status=500, content_type="application/problem+json", body='{"title": "Full", "status": 500}')
    expect(dropped).to_have_count(0)
    expect(page.get_by_text("That was not recorded", exact=True)).to_be_visible()
    assert anna.violations() == []
    with anna.deciding():
        anna.press("x")
    expect(dropped).to_be_visible()


def test_a_group_that_could_not_be_settled_is_open_again_in_the_list(anna: Person, server: Server) -> None:
    anna.expected = ("ERR_FAILED",)
    page = anna.page
    anna.go(_first(server))
    expect(page.get_by_role("button", name="Keep 1, drop 4")).to_be_visible()
    with _held(page) as held:
        anna.press("Enter")
        expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
        held[0].abort()
    expect(page.get_by_text("That was not recorded", exact=True)).to_be_visible()
    expect(page.get_by_text("0 of 2 groups settled")).to_be_visible()
    assert server.client.settled(0) == 0


@pytest.mark.parametrize("look", [DESKTOP_DARK, PHONE], ids=lambda look: look.name)
def test_a_slow_connection_loses_no_key_and_makes_nothing_jump(anna: Person, server: Server) -> None:
    page = anna.page
    page.add_init_script(SHIFTS)
    anna.go("/results?sort=size")
    expect(page.get_by_role("link", name=re.compile("Copy ?5 images"))).to_be_visible()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW)
    page.reload()
    expect(page.get_by_role("link", name=re.compile("Copy ?5 images"))).to_be_visible()
    shifted: Any = page.evaluate("window.__shift")
    assert shifted < 0.1, "what people call stable (Core Web Vitals: cumulative layout shift)"
    anna.press("j", "Enter")
    expect(page.get_by_role("heading", name="Copy, 5 images")).to_be_visible()
    expect(page.get_by_role("button", name="Keep 1, drop 4")).to_be_visible()
    anna.press("Home", "ArrowRight", "x", "ArrowRight", "x", "ArrowRight", "x", "Control+z")
    expect(page.get_by_role("button", name=re.compile("Open, 4 of 5"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Dropped, [23] of 5"))).to_have_count(2)
    anna.press("Enter")
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    anna.press("a")
    expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    assert server.client.settled(2) == 2
