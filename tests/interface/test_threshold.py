"""The threshold of what is similar: a slider that regroups while it moves, and groups that exist only under it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.interface.browser import DESKTOP, PHONE_DARK, Person
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


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=lambda look: look.name)
def test_the_slider_regroups_while_it_moves_and_the_address_keeps_it(anna: Person, server: Server) -> None:
    histogram = server.client.get("/api/results/latest/histogram")
    used, lowest = histogram["threshold"], histogram["lowest"]
    before, after = _shown(server, used), _shown(server, lowest)
    assert before != after, "the threshold changes nothing in these pictures"
    page = anna.page
    anna.go("/results/latest?relation=similar")
    expect(page.get_by_role("heading", name=before)).to_be_visible()
    page.get_by_role("button", name="Similarity").click()
    slider = page.get_by_role("slider", name="Images are similar from")
    expect(slider).to_be_visible()
    assert anna.violations() == []
    anna.tab_to(slider)
    anna.press("Home")
    expect(page.get_by_role("heading", name=after)).to_be_visible()
    assert f"threshold={lowest}"[:14] in page.url
    page.get_by_role("button", name="Back to").click()
    expect(page.get_by_role("heading", name=before)).to_be_visible()
    assert "threshold" not in page.url


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
