"""Results, comparison, decisions, checking, the map and cleaning up, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.interface.browser import DESKTOP, DESKTOP_DARK, LOOKS, PHONE, PHONE_DARK, Look, Person, by_everybody, person
from tests.pictures import picture, write
from tests.server.servers import Server

pytestmark = pytest.mark.usefixtures("undecided")


def _first(server: Server) -> str:
    key: str = server.client.get("/api/results/latest/groups", sort="size")["groups"][0]["key"]
    return f"/results/latest/groups/{key}"


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
        expect(anna.page.locator("[aria-busy=true], .animate-shimmer")).to_have_count(0)
        assert anna.violations() == [], path


@by_everybody
def test_the_summary_answers_and_filters_stand_in_the_address(anna: Person) -> None:
    anna.go("/results")
    page = anna.page
    expect(page.get_by_text("6 of 9 images are copies")).to_be_visible()
    expect(page.get_by_text("2 groups, 8 images")).to_be_visible()
    anna.use(page.get_by_role("button", name="More filters"))
    expect(page.get_by_role("switch", name="Several brands only")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("switch", name="Several brands only"))
    anna.press("Escape")
    expect(page.get_by_text("1 group, 5 images")).to_be_visible()
    anna.choose(page.get_by_role("combobox", name="Sort by"), "Images")
    page.reload()
    expect(page.get_by_text("1 group, 5 images")).to_be_visible()
    assert "cross=1" in page.url
    assert "sort=size" in page.url
    anna.write(page.get_by_role("searchbox"), "nothing is called so")
    expect(page.get_by_text("No group matches these filters")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("button", name="Clear filters").last)
    expect(page.get_by_text("2 groups, 8 images")).to_be_visible()


@by_everybody
def test_pictures_are_compared_in_every_way_and_move_together(anna: Person, server: Server) -> None:
    anna.go(_first(server))
    page = anna.page
    expect(page.get_by_text("Score").first).to_be_visible()
    before = _matrices(page)
    pane = page.get_by_role("group", name=re.compile("^A\\."))
    if anna.keys:
        anna.press("+")
    elif anna.look.phone:
        anna.pinch(pane)
    else:
        pane.hover()
        page.mouse.wheel(0, -400)
    page.wait_for_function(
        "before => document.querySelector('section[aria-label=Compare] img').style.transform !== before", arg=before[0]
    )
    after = _matrices(page)
    assert all(old != new for old, new in zip(before, after, strict=True))
    for name in ("Overlay", "Slider", "Blink", "Side by side", "Difference"):
        anna.pick(page.get_by_role("radio", name=name, exact=True))
        expect(page.get_by_role("radio", name=name, exact=True)).to_be_checked()
        expect(page.locator("section[aria-label=Compare] img").first).to_be_attached()
        if name in ("Slider", "Blink"):
            assert anna.violations() == []
    anna.pick(page.get_by_role("radio", name="Marked differences"))
    marked = page.get_by_role("img", name="Marked differences")
    expect(marked).to_be_visible()
    assert marked.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


@by_everybody
def test_an_image_and_a_group_are_decided_taken_back_and_decided_again(anna: Person, server: Server) -> None:
    anna.go(f"{_first(server)}?sort=size")
    page = anna.page
    anna.use(page.get_by_role("button", name=re.compile("3 of 5")))
    dropped = page.get_by_role("button", name=re.compile("Dropped, 3 of 5"))
    anna.use(page.get_by_role("button", name="Drop", exact=True))
    expect(dropped).to_be_visible()
    anna.use(page.get_by_role("button", name=re.compile("^Undo")))
    expect(dropped).to_have_count(0)
    anna.use(page.get_by_role("button", name=re.compile("^(Redo|Do again)")))
    expect(dropped).to_be_visible()
    anna.use(page.get_by_role("button", name="Keep 1, drop 4"))
    expect(page.get_by_role("heading", name="Copy, 3 images")).to_be_visible()
    anna.use(page.get_by_role("button", name="Later", exact=True))
    expect(page.get_by_role("heading", name="1 group waits for later")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("button", name="Look at them now"))
    anna.use(page.get_by_role("button", name="Not duplicates"))
    expect(page.get_by_role("heading", name="Everything is settled")).to_be_visible()
    assert anna.violations() == []
    assert server.client.settled(2) == 2


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
    assert server.client.settled(2) == 2
    anna.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_who_comes_too_late_is_told_and_overwrites_nothing(anna: Person, server: Server) -> None:
    anna.expected = ("409",)
    path = _first(server)
    anna.go(path)
    expect(anna.page.get_by_role("button", name="Keep 1, drop 4")).to_be_visible()
    server.client.post(f"/api{path}/decisions", {"action": "apart"})
    anna.press("Enter")
    dialog = anna.page.get_by_role("dialog", name="Somebody else was faster")
    expect(dialog).to_be_visible()
    assert anna.violations() == []
    dialog.get_by_role("button", name="Look at the group as it is now").click()
    expect(dialog).to_have_count(0)
    rows = server.client.get("/api/decisions", limit=1000)["decisions"]
    assert rows[-1]["kind"] == "apart"


@pytest.mark.parametrize(
    ("look", "keys"),
    [(DESKTOP, False), (DESKTOP_DARK, True), (PHONE, True), (PHONE_DARK, False)],
    ids=lambda value: getattr(value, "name", "keys" if value else "hand"),
)
def test_all_groups_are_decided_after_a_count_cleaned_up_and_brought_back_in_parts(
    anna: Person, server: Server, data: Path
) -> None:
    before = _tree(data / "pictures")
    anna.go("/results")
    page = anna.page
    anna.use(page.get_by_role("button", name="Decide all …"))
    expect(page.get_by_text(re.compile("^2 groups: 2 images kept, 6 dropped"))).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("button", name="Decide 2 groups"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    anna.use(page.get_by_role("link", name="Clean up").locator("visible=true").last)
    anna.use(page.get_by_role("button", name="Make a plan"))
    expect(page.get_by_role("heading", name=re.compile("^6 files would go"))).to_be_visible()
    assert _tree(data / "pictures") == before
    assert anna.violations() == []
    anna.use(page.get_by_role("button", name="Apply to 6 files …"))
    apply = page.get_by_role("button", name="Apply", exact=True)
    expect(apply).to_be_disabled()
    assert anna.violations() == []
    anna.write(page.get_by_label("Type 6 to confirm"), "6")
    anna.use(apply)
    expect(page.get_by_text("Done: 6 files").first).to_be_visible()
    assert len(_tree(data / "pictures")) == len(before) - 6
    _take_one_back(anna)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(_tree(data / "pictures")) == len(before) - 5
    anna.use(page.get_by_role("button", name="Take back", exact=True).first)
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("alertdialog").get_by_role("button", name="Take back"))
    expect(page.get_by_text("5 files are back").first).to_be_visible()
    assert _tree(data / "pictures") == before


def _take_one_back(anna: Person) -> None:
    anna.use(anna.page.get_by_role("button", name="Files …").first)
    dialog = anna.page.get_by_role("dialog")
    expect(dialog.get_by_role("checkbox")).to_have_count(6)
    assert anna.violations() == []
    anna.use(dialog.get_by_role("checkbox").first)
    anna.use(dialog.get_by_role("button", name="Take back 1 file"))


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


@by_everybody
def test_an_image_is_checked(anna: Person, tmp_path: Path) -> None:
    edited, strange = tmp_path / "edited.png", tmp_path / "strange.png"
    write(edited, picture(1, longest=300)[:, ::-1])
    write(strange, picture(55, longest=300))
    anna.go("/check")
    page = anna.page
    answers = {
        edited: "An edit of it is in the catalogue",
        strange: "It is new: nothing in the catalogue matches",
    }
    for path, answer in answers.items():
        with page.expect_file_chooser() as chooser:
            anna.use(page.get_by_role("button", name="Choose a file").first)
        chooser.value.set_files(path)
        expect(page.get_by_role("heading", name=answer)).to_be_visible()
        assert anna.violations() == []
        if path == edited:
            expect(page.get_by_text("mirrored").first).to_be_visible()


@by_everybody
def test_the_map_is_moved_zoomed_into_and_leads_to_groups(anna: Person) -> None:
    anna.go("/map")
    page = anna.page
    canvas = page.get_by_role("application")
    expect(canvas).to_be_visible()
    page.wait_for_function(
        "() => { const c = document.querySelector('canvas'); return c.width > 0 &&"
        " c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0) }"
    )
    farther = page.get_by_role("button", name="Zoom out")
    expect(farther).to_be_disabled()
    if anna.keys:
        anna.tab_to(canvas)
        anna.press("+", "ArrowLeft")
    elif anna.look.phone:
        anna.pinch(canvas)
    else:
        canvas.hover()
        page.mouse.wheel(0, -400)
    expect(farther).to_be_enabled()
    anna.use(page.get_by_role("button", name="Show all"))
    expect(farther).to_be_disabled()
    anna.use(page.get_by_role("switch", name="Grouped images only"))
    anna.use(page.get_by_role("complementary", name="Groups in sight").get_by_role("link").first)
    expect(page.get_by_role("heading", name=re.compile("^Copy, "))).to_be_visible()


def test_the_review_speaks_german(browser: Browser, server: Server) -> None:
    look = Look("german", 1280, 900, "light", language="de-DE")
    with person(browser, look, server.url) as someone:
        someone.go("/results")
        expect(someone.page.get_by_text("6 von 9 Bildern sind Kopien")).to_be_visible()
