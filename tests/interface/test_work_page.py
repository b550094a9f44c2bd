"""Work in progress: watch, leave, return, cancel, try again, by mouse and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.contract.loopback import Loopback
from tests.contract.test_gemini import KEY, gemini
from tests.interface.browser import DESKTOP, LOOKS, Person, by_everybody, person
from tests.pictures import folder_of
from tests.server.servers import Server
from tests.server.shops import Shop, open_shop, stock


@pytest.fixture
def slow(server: Server) -> Iterator[Shop]:
    """A brand whose shop takes its time."""
    with open_shop(stock(60)) as shop:
        shop.pause = 1.5
        server.client.brand("slow", shop.source, name="Slow Goods")
        yield shop
        shop.pause = 0.0
        for job in server.client.get("/api/jobs", brand="slow")["jobs"]:
            if job["state"] in ("queued", "running"):
                server.client.post(f"/api/jobs/{job['id']}/cancel")
            server.client.ended(job["id"])
        server.client.http.delete("/api/brands/slow")


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_list_of_runs_and_the_page_of_one_have_no_barrier(anna: Person, server: Server) -> None:
    anna.go("/jobs")
    anna.page.get_by_role("link", name="Acme & Daughters").first.wait_for()
    assert anna.violations() == []
    anna.page.get_by_role("link", name="Acme & Daughters").first.click()
    expect(anna.page.get_by_role("heading", name="Acme & Daughters")).to_be_visible()
    expect(anna.page.get_by_text("Finished", exact=True).first).to_be_visible()
    assert anna.violations() == []


@by_everybody
def test_a_run_is_started_watched_left_found_again_and_cancelled(anna: Person, slow: Shop) -> None:
    anna.go("/")
    page = anna.page
    anna.use(page.get_by_role("checkbox", name="Select Slow Goods"))
    anna.use(page.get_by_role("switch", name="Fetch the sources anew first"))
    anna.use(page.get_by_role("button", name="Find duplicates", exact=True).last)
    expect(page.get_by_role("heading", name="Slow Goods")).to_be_visible()
    now = page.locator("li[aria-current=step]")
    expect(now).to_contain_text("Fetch")
    expect(now).to_contain_text("of 60")
    expect(now).to_contain_text("images/s")
    assert anna.violations() == []
    anna.use(page.get_by_role("link", name="Work").locator("visible=true").first)
    expect(page.get_by_role("progressbar", name="Progress of Slow Goods")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("link", name="Slow Goods").first)
    anna.use(page.get_by_role("button", name="Cancel run"))
    expect(page.get_by_role("alertdialog")).to_be_visible()
    assert anna.violations() == []
    anna.use(page.get_by_role("alertdialog").get_by_role("button", name="Cancel run"))
    expect(page.get_by_text("Cancelled")).to_be_visible()
    expect(page.get_by_role("button", name="Run again")).to_be_visible()


def test_a_run_is_started_and_cancelled_and_started_again_with_the_keyboard_alone(anna: Person, slow: Shop) -> None:
    anna.go("/?q=slow")
    page = anna.page
    page.get_by_role("article", name="Slow Goods").wait_for()
    anna.press("a")
    anna.tab_to(page.get_by_role("switch", name="Fetch the sources anew first"))
    anna.press("Space")
    anna.tab_to(page.get_by_role("button", name="Find duplicates", exact=True).last)
    anna.press("Enter")
    expect(page.get_by_role("heading", name="Slow Goods")).to_be_visible()
    expect(page.locator("li[aria-current=step]")).to_contain_text("of 60")
    anna.press("c")
    expect(page.get_by_role("alertdialog")).to_be_visible()
    anna.tab_to(page.get_by_role("alertdialog").get_by_role("button", name="Cancel run"))
    anna.press("Enter")
    expect(page.get_by_role("button", name="Run again")).to_be_visible()
    slow.pause = 0.0
    anna.press("r")
    expect(page.get_by_role("button", name="See the results")).to_be_visible(timeout=60_000)


def test_a_finished_run_announces_itself_on_another_page(anna: Person, server: Server, slow: Shop) -> None:
    slow.pause = 0.0
    anna.go("/settings/browser")
    job = server.client.job("slow")
    server.client.ended(job)
    expect(anna.page.get_by_text("Finished: Slow Goods", exact=True)).to_be_visible(timeout=30_000)


def test_what_was_skipped_is_told_with_its_reason(anna: Person, server: Server) -> None:
    job = next(one for one in server.client.get("/api/jobs", brand="acme")["jobs"] if one["progress"]["skipped"])
    anna.go(f"/jobs/{job['id']}")
    expect(anna.page.get_by_text("1 image skipped")).to_be_visible()
    expect(anna.page.get_by_text("broken.jpg")).to_be_visible()


def test_a_run_that_is_not_there_is_told(anna: Person) -> None:
    anna.expected = ("404",)
    anna.page.goto(f"{anna.url}/jobs/nothing")
    expect(anna.page.get_by_role("heading", name="There is nothing here")).to_be_visible()
    assert anna.violations() == []


def test_a_cost_is_agreed_to_where_it_is_named(browser: Browser, tmp_path: Path) -> None:
    folder_of(tmp_path / "shop", 6)
    with Loopback(gemini) as google:
        env = {
            "SOSIE_ALLOWED_ROOTS": str(tmp_path / "shop"),
            "SOSIE_EMBEDDERS": "gemini",
            "SOSIE_GEMINI_API_KEY": KEY,
            "SOSIE_GEMINI_BASE_URL": google.url,
            "SOSIE_PAID_IMAGES": "5",
        }
        with Server(tmp_path / "data", env) as paid, person(browser, DESKTOP, paid.url) as anna:
            paid.client.brand("shop", ("folder", {"path": str(tmp_path / "shop")}))
            job = paid.client.ended(paid.client.job("shop"))
            anna.go(f"/jobs/{job['id']}")
            expect(anna.page.get_by_text("6 images will be sent to Google")).to_be_visible()
            assert anna.violations() == []
            anna.page.get_by_role("button", name="Agree to the cost and run again").click()
            expect(anna.page).not_to_have_url(re.compile(job["id"]))
            expect(anna.page.get_by_text("Finished", exact=True).first).to_be_visible()
            expect(anna.page.get_by_role("button", name="Agree to the cost and run again")).to_have_count(0)
            newest = paid.client.get("/api/jobs")["jobs"][0]
    assert newest["params"]["confirm_cost"] is True
    assert newest["progress"]["fallbacks"] == []
