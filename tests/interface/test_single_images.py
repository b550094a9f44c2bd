"""Decisions on single images of a group, and on what is put off, by mouse, touch and keyboard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.interface.browser import DESKTOP, DESKTOP_DARK, PHONE_DARK, Person
from tests.server.servers import Server
from tests.server.service import processed


@pytest.fixture(scope="module")
def server(_needs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("singles")
    processed(folder)
    with Server(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def _undecided(server: Server) -> None:
    server.client.post("/api/results/latest/decisions", {"filter": {}, "action": "open", "preview": False})


def _group(server: Server, size: int) -> dict[str, Any]:
    groups = server.client.get("/api/results/latest/groups")["groups"]
    key = next(group["key"] for group in groups if group["size"] == size)
    found: dict[str, Any] = server.client.get(f"/api/results/latest/groups/{key}")
    return found


def _alone(group: dict[str, Any]) -> list[int]:
    """Places (from 1) of the images behind the first whose bytes no other image has."""
    contents = [member["sha256"] for member in group["members"]]
    return [place for place, key in enumerate(contents, 1) if place > 1 and contents.count(key) == 1]


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=lambda look: look.name)
def test_one_image_is_no_duplicate_and_another_waits(anna: Person, server: Server) -> None:
    group = _group(server, 5)
    stranger, waiting = _alone(group)[:2]
    page = anna.page
    anna.go(f"/results/latest/groups/{group['key']}?sort=size")
    press = "tap" if anna.look.phone else "click"
    for place, name in ((stranger, "Not a duplicate"), (waiting, "Leave this image open when the group is confirmed")):
        getattr(page.get_by_role("button", name=re.compile(f"{place} of 5")), press)()
        getattr(page.get_by_role("button", name=name, exact=True), press)()
    expect(page.get_by_role("button", name=re.compile(f"Not a duplicate, {stranger} of 5"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(f"Later, {waiting} of 5"))).to_be_visible()
    assert anna.violations() == []
    with anna.deciding():
        getattr(page.get_by_role("button", name="Keep 2, drop 2"), press)()
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    members = _group(server, 5)["members"]
    assert [place for place, member in enumerate(members, 1) if member["choice"] == "open"] == [waiting]
    assert members[stranger - 1]["choice"] == "keep"


@pytest.mark.parametrize("look", [DESKTOP_DARK], ids=["desktop-dark"])
def test_the_same_by_keyboard_with_undo(anna: Person, server: Server) -> None:
    group = _group(server, 5)
    stranger = _alone(group)[0]
    page = anna.page
    anna.go(f"/results/latest/groups/{group['key']}?sort=size")
    expect(page.get_by_role("button", name=re.compile("2 of 5"))).to_be_visible()
    anna.press("Home", *["ArrowRight"] * (stranger - 1), "n")
    apart = page.get_by_role("button", name=re.compile(f"Not a duplicate, {stranger} of 5"))
    expect(apart).to_be_visible()
    anna.press("Control+z")
    expect(apart).to_have_count(0)
    anna.press("Control+Shift+z")
    expect(apart).to_be_visible()
    anna.press("n")
    expect(apart).to_have_count(0)
    anna.press("Shift+L")
    expect(page.get_by_role("button", name=re.compile(f"Later, {stranger} of 5"))).to_be_visible()
    with anna.deciding():
        anna.press("Enter")
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    assert _group(server, 5)["asked"] == 1


def test_all_that_a_filter_shows_is_put_off(anna: Person, server: Server) -> None:
    page = anna.page
    anna.go("/results/latest?sort=size&cross=1")
    expect(page.get_by_text("1 group, 5 images")).to_be_visible()
    anna.press("Shift+A")
    page.get_by_text("Later", exact=True).click()
    expect(page.get_by_text("1 group would come last")).to_be_visible()
    assert anna.violations() == []
    page.get_by_role("button", name="Put off 1 group").click()
    anna.go("/results/latest?sort=size")
    page.get_by_role("link", name="Review", exact=True).click()
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()


@pytest.mark.parametrize("look", [PHONE_DARK], ids=["phone-dark"])
def test_results_and_a_group_do_not_scroll_sideways_on_the_narrowest_phone(anna: Person, server: Server) -> None:
    anna.page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/results/latest", f"/results/latest/groups/{_group(server, 5)['key']}"):
        anna.go(path)
        expect(anna.page.get_by_role("button").last).to_be_visible()
        assert anna.page.evaluate("visualViewport.width") == 320, path
