"""Keep rules in a form, the audit, and decisions as a file, in the browser over the real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.interface.browser import DESKTOP, LOOKS, PHONE, Person, person
from tests.server.servers import Server


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_rules_and_audit_have_no_barrier(anna: Person) -> None:
    anna.go("/rules")
    anna.page.get_by_role("button", name="Protect images").click()
    anna.page.get_by_role("button", name="Add a condition").click()
    anna.page.get_by_text("More conditions").first.click()
    assert anna.violations() == []
    anna.go("/audit")
    expect(anna.page.get_by_text("compared in full").last).to_be_visible()
    assert anna.violations() == []


def test_a_rule_is_written_in_the_form_tried_out_and_put_in_force_by_keyboard(anna: Person, server: Server) -> None:
    anna.expected = ("400",)
    anna.go("/results")
    anna.press("g", "k")
    page = anna.page
    expect(page.get_by_role("heading", name="Keep rules")).to_be_visible()
    add = page.get_by_role("button", name="Protect images")
    anna.tab_to(add)
    anna.press("Enter")
    anna.tab_to(page.get_by_label("Name", exact=True))
    page.keyboard.type("the second shop")
    anna.press("Tab", "Tab")
    expect(page.get_by_label("Folders or patterns")).to_be_focused()
    page.keyboard.type("zeta/")
    anna.tab_to(page.get_by_role("button", name="Show what would change"))
    anna.press("Enter")
    expect(page.get_by_role("heading", name="would be treated differently")).to_be_visible()
    expect(page.get_by_role("cell", name="stays now").first).to_be_visible()
    assert "second shop" not in server.client.get("/api/rules")["text"]
    anna.tab_to(page.get_by_role("button", name="Put in force"))
    anna.press("Enter")
    expect(page.get_by_text("The rules are in force", exact=True)).to_be_visible()
    page.locator("label", has_text="File").click()
    text = page.get_by_label("Rules as TOML")
    expect(text).to_have_value('version = 1\n\nautomatic = ["identical", "copy"]\n' + _rest(server))
    text.fill("version = 1\nnonsense = 2\n")
    page.locator("label", has_text="Form").first.click()
    expect(page.get_by_text("unknown entry 'nonsense'").first).to_be_visible()
    expect(text).to_have_value("version = 1\nnonsense = 2\n")


def _rest(server: Server) -> str:
    text: str = server.client.get("/api/rules")["text"]
    return text.split("\n", 3)[3]


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=lambda look: look.name)
def test_an_image_tells_its_story_and_decisions_go_out_and_in(anna: Person, server: Server, tmp_path: Path) -> None:
    group = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]
    path = f"/api/results/latest/groups/{group['key']}/decisions"
    server.client.post(path, {"action": "settle", "keep": [group["keeper"]["uri"]], "reason": "the master"})
    anna.go("/audit")
    page = anna.page
    page.get_by_label("Path, address or SHA-256").fill(group["keeper"]["sha256"])
    page.keyboard.press("Enter")
    expect(page.get_by_text("decided: keep").first).to_be_visible()
    expect(page.get_by_text("the master").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Save decisions").click()
    file = tmp_path / "decisions.csv"
    download.value.save_as(file)
    assert "the master" in file.read_text(encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("taken").last).to_be_visible()
    page.get_by_label("Images to draw").fill("3")
    page.get_by_role("button", name="Estimate").click()
    expect(page.get_by_text("missed pairs of copies; with 95 % confidence")).to_be_visible()


def test_two_people_see_what_the_other_decides_and_overrule_nobody_by_accident(
    browser: Browser, server: Server
) -> None:
    server.client.post("/api/results/latest/decisions", {"filter": {}, "action": "open", "preview": False})
    key = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["key"]
    with person(browser, DESKTOP, server.url) as anna, person(browser, DESKTOP, server.url) as ben:
        with person(browser, PHONE, server.url) as carl:
            anna.expected = ("409",)
            for someone in (anna, ben):
                someone.go(f"/results/latest/groups/{key}")
                expect(someone.page.get_by_role("button", name="Keep 1, drop 4")).to_be_visible()
            with carl.page.expect_response(lambda said: "/api/decisions?" in said.url):
                carl.go("/results")
            expect(carl.page.get_by_text("0 of 2")).to_be_visible()
            ben.press("Enter")
            expect(carl.page.get_by_text("1 of 2")).to_be_visible()
        told = anna.page.get_by_text("decided on this group just now")
        expect(told.first).to_be_visible()
        anna.press("Enter")
        dialog = anna.page.get_by_role("dialog", name="Somebody else was faster")
        expect(dialog).to_be_visible()
        dialog.get_by_role("button", name="Look at the group as it is now").click()
        expect(anna.page.get_by_role("button", name=re.compile("Dropped, 2 of 5"))).to_be_visible()
        expect(ben.page.get_by_text("decided on this group just now")).to_have_count(0)
