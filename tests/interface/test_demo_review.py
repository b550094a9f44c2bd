"""A whole review of the demo catalogue by keyboard alone: decided, applied to a copied folder, undone to the byte.

A quarter of the pictures by default; `SOSIE_DEMO_SIZE=1` takes all of them.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from demo.brands import BRANDS
from demo.catalogue import write
from tests.interface.browser import Person
from tests.review.folders import tree
from tests.server.servers import Server

SIZE = float(os.environ.get("SOSIE_DEMO_SIZE", "0.25"))
MOVED = """before => {
    const place = document.querySelector("main")?.innerText.match(/\\d+ \\/ \\d+/)?.[0];
    return (place && place !== before) || document.querySelector("main")?.innerText.includes("Everything is settled");
}"""
"""Another group is on the screen, or none is left: the address alone is ahead of what is shown."""


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write(folder / "drawn", SIZE)
    shutil.copytree(folder / "drawn", folder / "copied", copy_function=shutil.copy2)
    return folder / "copied"


@pytest.fixture(scope="module")
def server(_needs: None, catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("data"), {"SOSIE_ALLOWED_ROOTS": str(catalogue)}) as running:
        for brand in BRANDS:
            running.client.brand(brand.key, ("folder", {"path": str(catalogue / brand.key)}))
        assert running.client.until(running.client.job(), lambda job: job["state"] == "done", timeout=600)
        yield running


def _visible(folder: Path) -> dict[str, tuple[Any, ...]]:
    return {name: state for name, state in tree(folder).items() if ".sosie-quarantine" not in name}


def _decide_all(anna: Person) -> list[str]:
    """Go through all groups: mostly as suggested, sometimes set apart, opened image by image, or dropped by hand."""
    page = anna.page
    done = page.get_by_role("heading", name="Everything is settled")
    pressed: list[str] = []
    while not done.is_visible():
        heading = page.get_by_role("heading", name=re.compile(r", \d+ images$"))
        expect(heading).to_be_visible()
        found = re.search(r"\d+ / \d+", page.inner_text("main"))
        assert found is not None
        here = found.group()
        similar = heading.inner_text().startswith("Similar")
        if not similar and len(pressed) % 5 == 2:
            anna.press("ArrowRight", "x")
            expect(page.get_by_role("button", name=re.compile(", Dropped, ")).first).to_be_visible()
        pressed.append("a" if similar else "Enter")
        anna.press(pressed[-1])
        try:
            page.wait_for_function(MOVED, arg=here, timeout=60_000)
        except PlaywrightTimeout:
            raise AssertionError(
                f"{pressed[-1]} left the group on the screen: {page.inner_text('main')[:600]}"
            ) from None
    return pressed


def test_the_demo_is_reviewed_by_keyboard_applied_and_undone_to_the_byte(
    anna: Person, server: Server, catalogue: Path
) -> None:
    before, drawn = _visible(catalogue), _visible(catalogue.parent / "drawn")
    assert before == drawn
    page = anna.page
    anna.go("/results")
    total = server.client.get("/api/results/latest")["total"]
    expect(page.get_by_role("link", name=re.compile("images")).first).to_be_visible()
    anna.press("j", "Enter")
    pressed = _decide_all(anna)
    assert len(pressed) == total
    assert {"a", "Enter"} == set(pressed)
    anna.press("g", "a")
    expect(page.get_by_role("heading", name="Clean up")).to_be_visible()
    assert server.client.settled(total) == total, "decisions are recorded one after the other"
    anna.press("p")
    heading = page.get_by_role("heading", name=re.compile("files would go"))
    expect(heading).to_be_visible()
    count = int(heading.inner_text().split()[0])
    assert _visible(catalogue) == before, "a plan touches nothing"
    anna.tab_to(page.get_by_role("button", name=f"Apply to {count} files …"))
    anna.press("Enter")
    expect(page.get_by_label(f"Type {count} to confirm")).to_be_visible()
    anna.tab_to(page.get_by_label(f"Type {count} to confirm"))
    page.keyboard.type(str(count))
    anna.press("Enter")
    expect(page.get_by_text(f"Done: {count} files").first).to_be_visible()
    after = _visible(catalogue)
    assert len([name for name in before if name not in after]) == count
    anna.tab_to(page.get_by_role("button", name="Take back"))
    anna.press("Enter")
    anna.tab_to(page.get_by_role("alertdialog").get_by_role("button", name="Take back"))
    anna.press("Enter")
    expect(page.get_by_text(f"{count} files are back").first).to_be_visible()
    assert _visible(catalogue) == before
    assert _visible(catalogue.parent / "drawn") == drawn
