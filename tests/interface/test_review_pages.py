"""Results, comparison, decisions, checking, the map and cleaning up, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.interface.browser import DESKTOP, LOOKS, PHONE, Look, Person, person
from tests.pictures import picture, write
from tests.server.servers import Server
from tests.server.service import processed


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two groups of copies: one of two brands, one of `acme` alone."""
    folder = tmp_path_factory.mktemp("review")
    processed(folder)
    return folder


@pytest.fixture(scope="module")
def server(_needs: None, data: Path) -> Iterator[Server]:
    with Server(data, {"SOSIE_ALLOWED_ROOTS": str(data / "pictures")}) as running:
        yield running


@pytest.fixture(autouse=True)
def _undecided(server: Server) -> None:
    server.client.post("/api/results/latest/decisions", {"filter": {}, "action": "open", "preview": False})


def _first(server: Server) -> str:
    key: str = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["key"]
    return f"/results/latest/groups/{key}"


def _settled(server: Server) -> int:
    count: int = server.client.get("/api/results/latest")["settled"]
    return count


def _matrices(page: Page) -> list[str]:
    return [
        image.evaluate("element => element.style.transform")
        for image in page.locator("section[aria-label=Compare] img").all()
    ]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_no_page_of_the_review_has_a_barrier(anna: Person, server: Server) -> None:
    anna.go("/results")
    expect(anna.page.get_by_role("link", name=re.compile("Copy ?5 images"))).to_be_visible()
    assert anna.violations() == []
    anna.go(_first(server))
    expect(anna.page.get_by_role("table")).to_be_visible()
    assert anna.violations() == []
    for path in ("/check", "/actions", "/map"):
        anna.go(path)
        anna.page.wait_for_load_state("networkidle")
        assert anna.violations() == [], path


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=lambda look: look.name)
def test_the_summary_answers_and_filters_stand_in_the_address(anna: Person) -> None:
    anna.go("/results")
    page = anna.page
    expect(page.get_by_text("6 of 9 images are copies")).to_be_visible()
    expect(page.get_by_text("2 groups, 8 images")).to_be_visible()
    page.get_by_role("button", name="More filters").click()
    page.get_by_role("switch", name="Several brands only").click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 group, 5 images")).to_be_visible()
    page.reload()
    expect(page.get_by_text("1 group, 5 images")).to_be_visible()
    assert "cross=1" in page.url
    page.get_by_role("searchbox").fill("nothing is called so")
    expect(page.get_by_text("No group matches these filters")).to_be_visible()
    page.get_by_role("button", name="Clear filters").last.click()
    expect(page.get_by_text("2 groups, 8 images")).to_be_visible()


def test_pictures_are_compared_in_every_way_and_move_together(anna: Person, server: Server) -> None:
    anna.go(_first(server))
    page = anna.page
    expect(page.get_by_text("Score").first).to_be_visible()
    before = _matrices(page)
    page.get_by_role("group", name=re.compile("^A\\.")).hover()
    page.mouse.wheel(0, -400)
    page.wait_for_function(
        "before => document.querySelector('section[aria-label=Compare] img').style.transform !== before", arg=before[0]
    )
    after = _matrices(page)
    assert all(old != new for old, new in zip(before, after, strict=True))
    for name in ("Overlay", "Slider", "Blink", "Difference", "Side by side"):
        page.get_by_role("radio", name=name).check(force=True)
        expect(page.locator("section[aria-label=Compare] img").first).to_be_attached()
    page.get_by_role("radio", name="Difference").check(force=True)
    page.get_by_text("Marked differences").click()
    marked = page.get_by_role("img", name="Marked differences")
    expect(marked).to_be_visible()
    assert marked.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_a_whole_review_by_keyboard(anna: Person, server: Server) -> None:
    anna.go("/results?sort=size")
    page = anna.page
    expect(page.get_by_text("2 groups, 8 images")).to_be_visible()
    anna.press("j", "Enter")
    expect(page.get_by_role("heading", name="Copy, 5 images")).to_be_visible()
    anna.press("2", "+", "0", "1", "ArrowRight", "x")
    expect(page.get_by_role("button", name=re.compile("Dropped, 3 of 5"))).to_be_visible()
    anna.press("Control+z")
    expect(page.get_by_role("button", name=re.compile("Open, 3 of 5"))).to_be_visible()
    anna.press("Control+Shift+z")
    expect(page.get_by_role("button", name=re.compile("Dropped, 3 of 5"))).to_be_visible()
    anna.press("l")
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    anna.press("Enter")
    expect(page.get_by_role("heading", name="Copy, 5 images")).to_be_visible()
    anna.press("Enter")
    expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert _settled(server) == 2
    anna.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


@pytest.mark.parametrize("look", [PHONE], ids=lambda look: look.name)
def test_a_review_by_touch(anna: Person, server: Server) -> None:
    anna.go(_first(server))
    page = anna.page
    page.get_by_role("button", name=re.compile("3 of 5")).tap()
    page.get_by_role("button", name="Keep", exact=True).tap()
    expect(page.get_by_role("button", name=re.compile("Kept, 3 of 5"))).to_be_visible()
    page.get_by_role("button", name="Keep 1, drop 4").tap()
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    page.get_by_role("button", name="Not duplicates").tap()
    expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert _settled(server) >= 1


def test_who_comes_too_late_is_told_and_overwrites_nothing(anna: Person, server: Server) -> None:
    anna.expected = ("409",)
    path = _first(server)
    anna.go(path)
    expect(anna.page.get_by_role("button", name="Keep 1, drop 4")).to_be_visible()
    server.client.post(f"/api{path}/decisions", {"action": "apart"})
    anna.press("Enter")
    dialog = anna.page.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Look at the group as it is now").click()
    expect(dialog).to_have_count(0)
    rows = server.client.get("/api/decisions", limit=1000)["decisions"]
    assert rows[-1]["kind"] == "apart"


def test_all_groups_are_decided_after_a_count_cleaned_up_and_brought_back(
    anna: Person, server: Server, data: Path
) -> None:
    before = _tree(data / "pictures")
    anna.go("/results")
    page = anna.page
    page.get_by_role("button", name="Decide all …").click()
    expect(page.get_by_text(re.compile("^2 groups: 2 images kept, 6 dropped"))).to_be_visible()
    page.get_by_role("button", name="Decide 2 groups").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Clean up").last.click()
    page.get_by_role("button", name="Make a plan").click()
    expect(page.get_by_role("heading", name=re.compile("^6 files would go"))).to_be_visible()
    assert _tree(data / "pictures") == before
    assert anna.violations() == []
    page.get_by_role("button", name="Apply to 6 files …").click()
    apply = page.get_by_role("button", name="Apply", exact=True)
    expect(apply).to_be_disabled()
    page.get_by_label("Type 6 to confirm").fill("6")
    apply.click()
    expect(page.get_by_text("Done: 6 files").first).to_be_visible()
    assert len(_tree(data / "pictures")) < len(before) or _tree(data / "pictures") != before
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Take back").click()
    expect(page.get_by_text("6 files are back").first).to_be_visible()
    assert _tree(data / "pictures") == before


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


@pytest.mark.parametrize("look", [DESKTOP, PHONE], ids=lambda look: look.name)
def test_an_image_is_checked(anna: Person, tmp_path: Path) -> None:
    edited, strange = tmp_path / "edited.png", tmp_path / "strange.png"
    write(edited, picture(1, longest=300)[:, ::-1])
    write(strange, picture(55, longest=300))
    anna.go("/check")
    page = anna.page
    page.locator("input[type=file]").set_input_files(edited)
    expect(page.get_by_role("heading", name="An edit of it is in the catalogue")).to_be_visible()
    expect(page.get_by_text("mirrored").first).to_be_visible()
    assert anna.violations() == []
    page.locator("input[type=file]").set_input_files(strange)
    expect(page.get_by_role("heading", name="It is new: nothing in the catalogue matches")).to_be_visible()


def test_the_map_is_read_with_keys_and_its_list_leads_to_groups(anna: Person) -> None:
    anna.go("/map")
    page = anna.page
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    page.wait_for_function(
        "() => { const c = document.querySelector('canvas'); return c.width > 0 &&"
        " c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0) }"
    )
    canvas.focus()
    anna.press("+", "ArrowLeft", "0")
    page.get_by_role("complementary", name="Groups in sight").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=re.compile("^Copy, "))).to_be_visible()


def test_the_review_speaks_german(browser: Browser, server: Server) -> None:
    look = Look("german", 1280, 900, "light", language="de-DE")
    with person(browser, look, server.url) as someone:
        someone.go("/results")
        expect(someone.page.get_by_text("6 von 9 Bildern sind Kopien")).to_be_visible()
