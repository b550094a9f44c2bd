"""What a person sees when the server fails, forgets who they are, or does not have what they ask for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from sosie.config import Settings
from tests.interface.browser import DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK, Look, person
from tests.server.servers import Server

PASSWORD = "a long enough password"
GERMAN = Look("german", 1280, 900, "dark", language="de-DE")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("trouble")


@pytest.fixture(scope="module")
def server(_needs: None, data: Path) -> Iterator[Server]:
    with Server(data, {"SOSIE_PASSWORD": PASSWORD}) as running:
        yield running


@contextmanager
def broken(data: Path) -> Iterator[None]:
    """The table of brands is not where the server looks for it."""
    path = Settings(data_dir=data).catalogue_path
    for old, new in (("brand", "brand_away"), ("brand_away", "brand")):
        with closing(sqlite3.connect(path, timeout=30)) as database:
            database.execute(f"ALTER TABLE {old} RENAME TO {new}")
            database.commit()
        if new == "brand_away":
            try:
                yield
            except BaseException:
                with closing(sqlite3.connect(path, timeout=30)) as database:
                    database.execute("ALTER TABLE brand_away RENAME TO brand")
                    database.commit()
                raise


@pytest.mark.parametrize(
    ("look", "title", "retry"),
    [
        (DESKTOP, "The server made a mistake", "Try again"),
        (PHONE_DARK, "The server made a mistake", "Try again"),
        (GERMAN, "Der Server hat einen Fehler gemacht", "Erneut versuchen"),
    ],
    ids=["desktop-light", "phone-dark", "german"],
)
def test_a_failing_server_is_told_with_a_way_on(
    browser: Browser, server: Server, data: Path, look: Look, title: str, retry: str
) -> None:
    with person(browser, look, server.url) as someone:
        someone.expected = ("401", "503")
        page = someone.page
        page.goto(f"{server.url}/settings/browser")
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("main")).to_be_visible()
        expect(page.locator("input[type=password]")).to_have_count(0)
        with broken(data):
            page.goto(server.url)
            expect(page.get_by_role("heading", name=title)).to_be_visible()
            assert someone.violations() == []
        page.get_by_role("button", name=retry).click()
        expect(page.get_by_role("heading", name=title)).to_have_count(0)


@pytest.mark.parametrize("look", [DESKTOP_DARK, PHONE], ids=lambda look: look.name)
def test_who_is_no_longer_known_signs_in_again_and_is_where_they_were(
    browser: Browser, server: Server, look: Look
) -> None:
    with person(browser, look, server.url) as someone:
        someone.expected = ("401",)
        page = someone.page
        page.goto(f"{server.url}/jobs")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Work", exact=True)).to_be_visible()
        page.context.clear_cookies()
        page.get_by_role("link", name="Brands").first.click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Brands", exact=True)).to_be_visible()


def test_a_result_and_a_group_that_are_gone_are_told(browser: Browser, server: Server) -> None:
    with person(browser, DESKTOP, server.url) as someone:
        someone.expected = ("401", "404")
        page = someone.page
        page.goto(f"{server.url}/results/gone/groups/gone")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("There is no result gone.")
        assert someone.violations() == []
        page.goto(f"{server.url}/map/gone")
        expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_person_who_is_cut_off_reads_on_and_is_told_when_it_goes_on(browser: Browser, server: Server) -> None:
    with person(browser, PHONE, server.url) as someone:
        someone.expected = ("401", "ERR_FAILED")
        page = someone.page
        page.goto(f"{server.url}/settings/browser")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Settings")).to_be_visible()
        page.route("**/api/**", lambda route: route.abort())
        page.get_by_role("link", name="Brands").first.click()
        expect(page.get_by_role("heading", name="No connection to the server")).to_be_visible()
        assert someone.violations() == []
        page.unroute("**/api/**")
        expect(page.get_by_role("heading", name="Brands", exact=True)).to_be_visible()
