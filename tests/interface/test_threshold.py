"""The threshold of what is similar: a slider that regroups while it moves, and groups that exist only under it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.interface.browser import Person, by_everybody
from tests.server.servers import Server
from tests.server.service import processed


@pytest.fixture(scope="module")
def server(_needs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("alike")
    processed(folder, pictures=24, similarity_threshold=0.35)
    with Server(folder) as running:
        yield running


def _shown(server: Server, threshold: float) -> str:
    """The list's own words on how many groups there are."""
    page = server.client.get("/api/results/latest/groups", threshold=threshold, relation="similar")
    return f"{page['total']} {'group' if page['total'] == 1 else 'groups'}, {page['images']} images"


@by_everybody
def test_the_slider_regroups_while_it_moves_and_the_address_keeps_it(anna: Person, server: Server) -> None:
    histogram = server.client.get("/api/results/latest/histogram")
    used, lowest = histogram["threshold"], histogram["lowest"]
    before, after = _shown(server, used), _shown(server, lowest)
    assert before != after, "the threshold changes nothing in these pictures"
    page = anna.page
    anna.go("/results/latest?relation=similar")
    expect(page.get_by_role("heading", name=before)).to_be_visible()
    anna.use(page.get_by_role("button", name="Similarity"))
    slider = page.get_by_role("slider", name="Images are similar from")
    expect(slider).to_be_visible()
    assert anna.violations() == []
    if anna.keys:
        anna.tab_to(slider)
        anna.press("Home")
    else:
        _drag_to_the_left(anna, slider)
    expect(page.get_by_role("heading", name=after)).to_be_visible()
    assert f"threshold={lowest}"[:14] in page.url
    anna.use(page.get_by_role("button", name="Back to"))
    expect(page.get_by_role("heading", name=before)).to_be_visible()
    assert "threshold" not in page.url


def _drag_to_the_left(anna: Person, slider: Locator) -> None:
    box = slider.bounding_box()
    assert box is not None
    anna.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    anna.page.mouse.down()
    anna.page.mouse.move(0, box["y"], steps=12)
    anna.page.mouse.up()


def test_a_group_that_exists_only_at_another_threshold_is_decided_on(anna: Person, server: Server) -> None:
    lowest = server.client.get("/api/results/latest/histogram")["lowest"]
    stored = {group["key"] for group in server.client.get("/api/results/latest/groups", limit=500)["groups"]}
    shown = server.client.get("/api/results/latest/groups", threshold=lowest, relation="similar", limit=500)["groups"]
    key = next(group["key"] for group in shown if group["key"] not in stored)
    anna.go(f"/results/latest/groups/{key}?threshold={lowest}&relation=similar")
    with anna.deciding():
        anna.page.get_by_role("button", name="Not duplicates").click()
    rows = server.client.get("/api/decisions", limit=1000)["decisions"]
    assert [row["kind"] for row in rows] == ["apart"]
