"""Asking about a picture by every way there is, and being told of a finished run while one is elsewhere."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.interface.browser import DESKTOP, DESKTOP_DARK, PHONE, Person
from tests.pictures import picture, write
from tests.server.servers import Server
from tests.web import Site

PASTE = """([bytes, name]) => {
    const data = new DataTransfer();
    const raw = Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0));
    data.items.add(new File([raw], name, {type: "image/png"}));
    const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""
ELSEWHERE = """
window.__told = [];
const Told = window.Notification;
window.Notification = class extends Told {
  constructor(title, options) { super(title, options); window.__told.push(title); }
};
Object.defineProperty(document, "visibilityState", {get: () => "hidden"});
"""


@pytest.fixture
def edited(tmp_path: Path) -> bytes:
    """One of the catalogue's pictures, mirrored."""
    path = tmp_path / "edited.png"
    write(path, picture(1, longest=300)[:, ::-1])
    return path.read_bytes()


def _answered(page: Page) -> None:
    expect(page.get_by_role("heading", name="An edit of it is in the catalogue")).to_be_visible()
    expect(page.get_by_text("mirrored").first).to_be_visible()


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=lambda look: look.name)
def test_a_picture_in_the_clipboard_is_checked(anna: Person, edited: bytes) -> None:
    anna.go("/check")
    anna.page.evaluate(PASTE, [base64.b64encode(edited).decode(), "pasted.png"])
    _answered(anna.page)


def test_a_dropped_picture_is_checked(anna: Person, edited: bytes) -> None:
    anna.go("/check")
    data = anna.page.evaluate_handle(
        """bytes => {
            const data = new DataTransfer();
            data.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], "dropped.png"));
            return data;
        }""",
        base64.b64encode(edited).decode(),
    )
    anna.page.dispatch_event("main form", "drop", {"dataTransfer": data})
    _answered(anna.page)


@pytest.mark.parametrize("look", [DESKTOP_DARK], ids=lambda look: look.name)
def test_a_picture_is_checked_by_its_address_with_the_keyboard_alone(anna: Person, edited: bytes) -> None:
    anna.expected = ("502", "400")
    with Site({"/edited.png": edited}) as site:
        anna.go("/check")
        address = anna.page.get_by_label("Or its address")
        anna.tab_to(address)
        anna.page.keyboard.type(f"{site.url}/edited.png")
        anna.press("Enter")
        _answered(anna.page)
        assert anna.violations() == []
        anna.tab_to(address)
        anna.press("Control+a")
        anna.page.keyboard.type(f"{site.url}/gone.png")
        anna.press("Enter")
        expect(anna.page.get_by_role("alert")).to_contain_text("404")


def test_a_finished_run_tells_the_system_and_marks_the_title(anna: Person, server: Server) -> None:
    anna.page.context.grant_permissions(["notifications"], origin=anna.url)
    anna.page.add_init_script(ELSEWHERE)
    anna.go("/settings/browser")
    switch = anna.page.get_by_role("switch", name="Tell me when a run has finished")
    switch.click()
    expect(switch).to_be_checked()
    server.client.ended(server.client.job("acme"))
    anna.page.wait_for_function("() => window.__told.length > 0", timeout=30_000)
    assert anna.page.evaluate("window.__told") == ["Finished: acme"]
    assert anna.page.title().startswith("✓ ")


@pytest.mark.parametrize("look", [PHONE], ids=lambda look: look.name)
def test_two_fingers_zoom_all_pictures_together(anna: Person, server: Server) -> None:
    groups = server.client.get("/api/results/latest/groups", sort="size")["groups"]
    anna.go(f"/results/latest/groups/{groups[0]['key']}")
    page = anna.page
    pane = page.get_by_role("group", name="A.")
    expect(page.locator("section[aria-label=Compare] img").nth(1)).to_be_visible()
    before = _widths(page)
    anna.pinch(pane)
    page.wait_for_timeout(200)
    after = _widths(page)
    assert all(new > 2 * old for old, new in zip(before, after, strict=True)), (before, after)


def _widths(page: Page) -> list[float]:
    return [image.bounding_box()["width"] for image in page.locator("section[aria-label=Compare] img").all()]  # type: ignore[index]
