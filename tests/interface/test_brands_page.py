"""Brands: choose, add, drop files, and see what went wrong, by mouse and by keyboard alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.interface.browser import LOOKS, PHONE_DARK, Look, Person, by_everybody
from tests.server.servers import Server


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_page_of_brands_has_no_barrier(anna: Person) -> None:
    anna.go("/")
    expect(anna.page.get_by_role("article")).to_have_count(2)
    assert anna.violations() == []
    anna.page.get_by_role("checkbox", name="Select Zeta").click()
    anna.page.get_by_role("button", name="Find duplicates", exact=True).last.wait_for()
    assert anna.violations() == []


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_form_of_a_brand_has_no_barrier(anna: Person) -> None:
    anna.go("/")
    anna.page.get_by_role("button", name="Add brand").first.click()
    anna.page.get_by_label("Name", exact=True).wait_for()
    assert anna.violations() == []


@pytest.mark.parametrize("look", [LOOKS[0], PHONE_DARK], ids=lambda look: look.name)
def test_brands_are_searched_and_selected_and_the_address_remembers_it(anna: Person) -> None:
    anna.go("/")
    page = anna.page
    page.get_by_role("button", name="Select all").click()
    expect(page.get_by_text("2 brands selected")).to_be_visible()
    page.get_by_role("searchbox", name="Search brands").fill("daughters")
    expect(page.get_by_role("article")).to_have_count(1)
    page.reload()
    expect(page.get_by_role("article", name="Acme & Daughters")).to_be_visible()
    expect(page.get_by_text("2 brands selected")).to_be_visible()
    page.get_by_role("searchbox", name="Search brands").fill("nobody")
    page.get_by_role("button", name="Clear the search").click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="Select none").first.click()
    expect(page.get_by_text("brands selected")).to_have_count(0)


def test_a_card_shows_its_pictures_and_counts(anna: Person) -> None:
    anna.go("/")
    card = anna.page.get_by_role("article", name="Acme & Daughters")
    expect(card.get_by_role("img", name="Acme & Daughters").locator("img")).to_have_count(5)
    expect(card).to_contain_text("10 images")
    expect(card).to_contain_text("Fetched")
    loaded = "element => element.complete && element.naturalWidth > 0"
    card.locator("img").last.wait_for()
    assert card.locator("img").first.evaluate(f"element => element.decode().then(() => ({loaded})(element))")


@by_everybody
def test_a_brand_is_added_after_a_look_at_its_source_found_chosen_and_removed(
    anna: Person, server: Server, pictures: Path
) -> None:
    server.client.http.delete("/api/brands/frische-waren")  # of a try before
    anna.go("/")
    page = anna.page
    anna.use(page.get_by_role("button", name="Add brand").first)
    anna.write(page.get_by_label("Name", exact=True), "Frische Waren")
    anna.choose(page.get_by_role("combobox", name="Kind of source"), "Folder on the server")
    anna.write(page.get_by_label("Path of the folder"), str(pictures / "fresh"))
    anna.use(page.get_by_role("button", name="Test this source"))
    expect(page.get_by_text("5 images found")).to_be_visible()
    expect(page.get_by_role("list", name="First images").get_by_role("listitem")).to_have_count(5)
    assert anna.violations() == []
    anna.use(page.get_by_role("dialog").get_by_role("button", name="Add brand"))
    card = page.get_by_role("article", name="Frische Waren")
    expect(card).to_contain_text("5 images")
    anna.write(page.get_by_role("searchbox", name="Search brands"), "frische")
    expect(page.get_by_role("article")).to_have_count(1)
    anna.use(page.get_by_role("button", name="Select all"))
    expect(page.get_by_text("1 brand selected")).to_be_visible()
    anna.use(card.get_by_role("button", name="More for Frische Waren"))
    remove = page.get_by_role("menuitem", name="Remove")
    expect(remove).to_be_visible()
    assert anna.violations() == []
    if anna.keys:
        anna.walk_to(remove)
        anna.press("Enter")
    else:
        anna.use(remove)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("alertdialog").get_by_role("button", name="Remove"))
    expect(card).to_have_count(0)


def test_a_source_that_cannot_be_read_says_why(anna: Person, pictures: Path) -> None:
    anna.go("/")
    page = anna.page
    page.get_by_role("button", name="Add brand").first.click()
    page.get_by_label("Name", exact=True).fill("Lost")
    page.get_by_role("combobox", name="Kind of source").click()
    page.get_by_role("option", name="Folder on the server").click()
    page.get_by_label("Path of the folder").fill("/etc")
    page.get_by_role("button", name="Test this source").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("allowed")


def test_a_brand_is_added_and_edited_with_the_keyboard_alone(anna: Person, pictures: Path, server: Server) -> None:
    for brand in server.client.get("/api/brands")["brands"]:  # of a try before
        if brand["key"].startswith("oeko-laden"):
            server.client.http.delete(f"/api/brands/{brand['key']}")
    anna.go("/")
    page = anna.page
    expect(page.get_by_role("button", name="Add brand").first).to_be_visible()
    anna.press("n")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Öko Laden")
    anna.tab_to(page.get_by_role("combobox", name="Kind of source"))
    anna.press("Enter")
    page.keyboard.type("Folder")
    expect(page.get_by_role("option", name="Folder on the server")).to_be_focused()
    anna.press("Enter")
    anna.tab_to(page.get_by_label("Path of the folder"))
    page.keyboard.type(str(pictures / "fresh"))
    anna.tab_to(page.get_by_role("switch", name="Fetch its images right away"))
    anna.press("Space")
    anna.tab_to(page.get_by_role("dialog").get_by_role("button", name="Add brand"))
    anna.press("Enter")
    card = page.get_by_role("article", name="Öko Laden")
    expect(card).to_contain_text("Never fetched")
    assert server.client.get("/api/brands/oeko-laden")["sources"][0]["kind"] == "folder"
    anna.tab_to(card.get_by_role("button", name="More for Öko Laden"))
    anna.press("Enter")
    edit = page.get_by_role("menuitem", name="Edit")
    expect(edit).to_be_visible()
    for _ in range(6):
        if edit.evaluate("item => item === document.activeElement"):
            break
        anna.press("ArrowDown")
    anna.press("Enter")
    expect(page.get_by_role("dialog", name="Edit Öko Laden")).to_be_visible()
    anna.tab_to(page.get_by_role("combobox", name="Fetch by itself"))
    anna.press("Enter")
    page.keyboard.type("Every day")
    expect(page.get_by_role("option", name="Every day")).to_be_focused()
    anna.press("Enter")
    anna.tab_to(page.get_by_role("dialog").get_by_role("button", name="Save"))
    anna.press("Enter")
    expect(card).to_contain_text("every 24 hr")
    server.client.http.delete("/api/brands/oeko-laden")


@pytest.mark.parametrize("look", [LOOKS[0], PHONE_DARK], ids=lambda look: look.name)
def test_a_zip_becomes_a_brand_and_what_was_not_taken_is_told(
    anna: Person, pictures: Path, server: Server, tmp_path: Path, look: Look
) -> None:
    packed = tmp_path / f"lookbook {look.name}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted((pictures / "fresh").iterdir()):
            archive.write(path, f"autumn/{path.name}")
        archive.writestr("notes.txt", "not a picture")
    anna.go("/")
    page = anna.page
    page.locator("input[type=file]").first.set_input_files(packed)
    expect(page.get_by_label("Name of the new brand")).to_have_value(f"lookbook {look.name}")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("files added to")).to_be_visible()
    assert anna.violations() == []
    page.get_by_role("button", name="Done").click()
    key = f"lookbook-{look.name}"
    assert server.client.get(f"/api/brands/{key}")["sources"][0]["kind"] == "upload"
    server.client.http.delete(f"/api/brands/{key}")


def test_files_dropped_on_the_page_are_taken(anna: Person, server: Server, pictures: Path) -> None:
    anna.go("/")
    path = sorted((pictures / "fresh").iterdir())[0]
    bytes_of = list(path.read_bytes())
    data = anna.page.evaluate_handle(
        """([bytes, name]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name));
            return data;
        }""",
        [bytes_of, path.name],
    )
    anna.page.dispatch_event("main", "dragenter", {"dataTransfer": data})
    expect(anna.page.get_by_text("Drop to make a brand of it")).to_be_visible()
    anna.page.dispatch_event("main", "drop", {"dataTransfer": data})
    expect(anna.page.get_by_role("dialog", name="Upload images")).to_contain_text("1 file")


def test_the_error_of_a_brand_stays_on_its_card(anna: Person, server: Server) -> None:
    server.client.brand("gone", ("urls", {"url": "http://127.0.0.1:9/list.txt"}), name="Gone")
    try:
        server.client.ended(server.client.post("/api/brands/gone/sync")["id"])
        anna.go("/")
        card = anna.page.get_by_role("article", name="Gone")
        expect(card.get_by_role("alert")).to_contain_text("127.0.0.1")
        expect(anna.page.get_by_role("article", name="Zeta").get_by_role("alert")).to_have_count(0)
        assert anna.violations() == []
    finally:
        server.client.http.delete("/api/brands/gone")
