"""What stands around all pages: navigation, palette, help, languages, themes, a lost connection."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interface.browser import DESKTOP, LOOKS, PHONE, Look, Person

GERMAN = Look("german", 1280, 900, "light", language="de-DE")


def test_everything_is_reached_by_keys(anna: Person) -> None:
    anna.go("/")
    anna.press("g", "w")
    expect(anna.page.get_by_role("heading", name="Work", exact=True)).to_be_focused()
    anna.press("?")
    expect(anna.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert anna.violations() == []
    anna.press("Escape")
    anna.press("Control+k")
    expect(anna.page.get_by_role("combobox", name="Commands")).to_be_focused()
    anna.page.keyboard.type("settings")
    expect(anna.page.get_by_role("option", name="Go to: Settings")).to_have_attribute("aria-selected", "true")
    assert anna.violations() == []
    anna.press("Enter")
    expect(anna.page.get_by_role("heading", name="Settings")).to_be_visible()


def test_the_first_tab_stop_leads_to_the_content(anna: Person) -> None:
    anna.go("/")
    anna.press("Tab")
    expect(anna.page.get_by_role("link", name="Skip to the content")).to_be_focused()


@pytest.mark.parametrize("look", [GERMAN], ids=["german"])
def test_the_interface_speaks_the_language_of_the_browser(anna: Person) -> None:
    anna.go("/")
    expect(anna.page.get_by_role("heading", name="Marken")).to_be_visible()
    assert anna.page.locator("html").get_attribute("lang") == "de"
    expect(anna.page.get_by_role("article").first).to_contain_text("Bilder")


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=lambda look: look.name)
def test_theme_and_language_are_chosen_and_kept(anna: Person) -> None:
    anna.go("/settings/browser")
    page = anna.page
    page.get_by_text("Dark", exact=True).last.click()
    dark = "() => getComputedStyle(document.body).colorScheme"
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate(dark) == "dark"
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Einstellungen")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert anna.violations() == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_an_address_that_leads_nowhere_says_so(anna: Person) -> None:
    anna.expected = ("404",)  # the browser notes the status of the page itself
    anna.page.goto(f"{anna.url}/nowhere/at/all")
    expect(anna.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert anna.violations() == []
    anna.page.get_by_role("link", name="To the brands").click()
    expect(anna.page.get_by_role("heading", name="Brands")).to_be_visible()


def test_a_lost_connection_is_told_and_goes_on_by_itself(anna: Person) -> None:
    anna.expected = ("ERR_INTERNET_DISCONNECTED",)
    anna.go("/")
    anna.page.context.set_offline(True)
    anna.press("g", "w")
    expect(anna.page.get_by_text("No connection. Trying again")).to_be_visible(timeout=30_000)
    assert anna.violations() == []
    anna.page.context.set_offline(False)
    expect(anna.page.get_by_text("Connected again", exact=True)).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("look", [PHONE], ids=["phone"])
def test_no_page_scrolls_sideways_on_a_phone(anna: Person) -> None:
    for path in ("/", "/jobs", "/settings/browser"):
        anna.go(path)
        anna.page.wait_for_timeout(200)
        wide = anna.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, path
