"""The real server over drawn pictures, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.interface.browser import AXE, BUILT, CHROMIUM, DESKTOP, FLAGS, Look, Person, person
from tests.pictures import folder_of, picture, write
from tests.server.servers import Server

expect.set_options(timeout=30_000)  # machines of tests are slow; what is there is seen at once


@pytest.fixture(scope="session", autouse=True)
def _needs() -> None:
    if not CHROMIUM:
        pytest.skip("needs Chromium (Debian: apt install chromium)")
    if not (BUILT.is_file() and AXE.is_file()):
        pytest.skip("needs the built interface (make ui)")


@pytest.fixture(scope="session")
def browser(_needs: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of two brands; `acme` has a copy of one of its pictures and a file that is none."""
    folder = tmp_path_factory.mktemp("pictures")
    folder_of(folder / "acme", 8)
    write(folder / "acme" / "again.png", picture(3, longest=120))
    (folder / "acme" / "broken.jpg").write_bytes(b"no picture")
    folder_of(folder / "zeta", 6)
    folder_of(folder / "fresh", 5)
    return folder


@pytest.fixture(scope="module")
def server(_needs: None, pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two brands, one of which was processed."""
    with Server(tmp_path_factory.mktemp("data"), {"SOSIE_ALLOWED_ROOTS": str(pictures)}) as running:
        running.client.brand("acme", ("folder", {"path": str(pictures / "acme")}), name="Acme & Daughters")
        running.client.brand("zeta", ("folder", {"path": str(pictures / "zeta")}), name="Zeta")
        running.client.ended(running.client.job("acme"))
        yield running


@pytest.fixture
def look() -> Look:
    """The screen of tests that do not ask for another."""
    return DESKTOP


@pytest.fixture
def keys() -> bool:
    """Tests that do not ask for it are no test of the keyboard alone."""
    return False


@pytest.fixture
def anna(browser: Browser, server: Server, look: Look, keys: bool) -> Iterator[Person]:
    with person(browser, look, server.url) as someone:
        someone.keys = keys
        yield someone
