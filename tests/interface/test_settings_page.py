"""Settings and health: what works and what to do, values, storage, tokens, by mouse and by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interface.browser import DESKTOP, LOOKS, PHONE_DARK, Person, by_everybody
from tests.server.servers import Server

SECTIONS = ("health", "values", "models", "storage", "access", "browser")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_no_section_has_a_barrier(anna: Person) -> None:
    for section in SECTIONS:
        anna.go(f"/settings/{section}")
        expect(anna.page.get_by_role("status", name="Loading")).to_have_count(0)
        assert anna.violations() == [], section


@by_everybody
def test_health_tells_each_back_end_and_a_threshold_is_set_and_taken_back(anna: Person, server: Server) -> None:
    def stored() -> tuple[object, str]:
        rows = server.client.get("/api/settings")["settings"]
        row = next(row for row in rows if row["name"] == "similarity_threshold")
        return row["value"], row["source"]

    anna.go("/settings")
    page = anna.page
    expect(page.get_by_role("heading", name="Who looks at the images")).to_be_visible()
    chain = page.get_by_role("tabpanel").get_by_role("listitem")
    expect(chain.first).to_contain_text("Working")
    expect(page.get_by_role("tabpanel")).to_contain_text("SQLite")
    anna.use(page.get_by_role("button", name="Check again"))
    expect(page.get_by_text("Checked now")).to_be_visible()
    anna.pick(page.get_by_role("tab", name="Settings"))
    anna.write(page.get_by_label("Similarity threshold"), "0.93")
    anna.press("Enter")
    expect(page.get_by_text("Similarity threshold is saved", exact=True)).to_be_visible()
    assert stored() == (0.93, "server")
    anna.use(page.get_by_role("button", name="Take back to the default"))
    expect(page.get_by_role("button", name="Take back to the default")).to_have_count(0)
    assert stored()[1] == "default"
    anna.pick(page.get_by_role("tab", name="Models"))
    expect(page.get_by_role("tabpanel", name="Models")).to_be_visible()
    assert anna.violations() == []


def test_settings_are_searched_and_the_address_remembers_it(anna: Person) -> None:
    anna.go("/settings/values")
    anna.page.get_by_role("searchbox", name="Search settings").fill("gemini key")
    expect(anna.page.get_by_text("gemini_api_key")).to_be_visible()
    expect(anna.page.get_by_text("data_dir")).to_have_count(0)
    anna.page.reload()
    expect(anna.page.get_by_text("gemini_api_key")).to_be_visible()


@pytest.mark.parametrize("look", [DESKTOP, PHONE_DARK], ids=lambda look: look.name)
def test_a_token_is_made_shown_once_and_removed(anna: Person, server: Server) -> None:
    anna.go("/settings/access")
    page = anna.page
    page.get_by_role("button", name="New token").click()
    page.get_by_label("What is it for?").fill("Nightly export")
    page.get_by_role("button", name="Make token").click()
    secret = page.get_by_role("textbox", name="Copy the token")
    assert len(secret.input_value()) >= 20
    assert anna.violations() == []
    page.get_by_role("button", name="I have it").click()
    expect(page.get_by_role("listitem").filter(has_text="Nightly export")).to_contain_text("never used")
    page.get_by_role("button", name="Remove the token Nightly export").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert anna.violations() == []
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No tokens yet")).to_be_visible()
    assert server.client.get("/api/tokens")["tokens"] == []


def test_storage_is_listed_and_freed_on_request(anna: Person) -> None:
    anna.go("/settings/storage")
    page = anna.page
    expect(page.get_by_role("row", name="Thumbnails")).to_be_visible()
    page.get_by_role("button", name="Free space").click()
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert anna.violations() == []
    page.get_by_role("alertdialog").get_by_role("button", name="Free space").click()
    expect(
        page.get_by_text("free again", exact=False).or_(page.get_by_text("Nothing could be removed")).first
    ).to_be_visible()
