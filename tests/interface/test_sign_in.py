"""Signing in: asked for where a password is set, and back to where one wanted to be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.interface.browser import DESKTOP, PHONE_DARK, Look, Person, person
from tests.server.servers import Server

PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def guarded(_needs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("guarded"), {"SOSIE_PASSWORD": PASSWORD}) as running:
        yield running


@pytest.fixture
def bea(browser: Browser, guarded: Server, look: Look) -> Iterator[Person]:
    with person(browser, look, guarded.url) as someone:
        someone.expected = ("401",)
        yield someone


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=lambda look: look.name)
def test_a_person_signs_in_by_keyboard_and_comes_back_to_the_page(bea: Person) -> None:
    page = bea.page
    page.goto(f"{bea.url}/settings/browser")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert bea.violations() == []
    bea.tab_to(page.get_by_label("Password"))
    page.keyboard.type("wrong")
    bea.press("Enter")
    expect(page.get_by_text("Name or password is wrong.")).to_be_visible()
    assert bea.violations() == []
    page.get_by_label("Password").fill(PASSWORD)
    bea.press("Enter")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    assert page.url.endswith("/settings/browser")
