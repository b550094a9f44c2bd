"""A person at a browser: Debian's Chromium over the real server, and what must hold on every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ROOT / "src" / "sosie" / "_ui" / "index.html"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Look:
    """A screen and a theme."""

    name: str
    width: int
    height: int
    theme: str
    phone: bool = False
    language: str = "en-GB"

    def options(self) -> dict[str, Any]:
        return {
            "viewport": {"width": self.width, "height": self.height},
            "color_scheme": self.theme,
            "locale": self.language,
            "has_touch": self.phone,
            "is_mobile": self.phone,
            "reduced_motion": "reduce",
        }


DESKTOP = Look("desktop-light", 1280, 900, "light")
DESKTOP_DARK = Look("desktop-dark", 1280, 900, "dark")
PHONE = Look("phone-light", 390, 844, "light", phone=True)
PHONE_DARK = Look("phone-dark", 390, 844, "dark", phone=True)
LOOKS = (DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK)


def by_everybody(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test with the mouse or a finger and with keys alone, on a desktop and a phone, light and dark."""
    looks = pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
    hands = pytest.mark.parametrize("keys", [False, True], ids=["hand", "keys"])
    done: Callable[..., None] = looks(hands(test))
    return done


@dataclass
class Person:
    """Somebody with the interface open. `errors` is what the browser's console complained about."""

    page: Page
    look: Look
    url: str
    errors: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of complaints that belong to the test: an answer 404 that was provoked."""
    keys: bool = False
    """Has a keyboard and nothing else."""

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.page.locator("main h1, main h2, main [role=alert]").first.wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, target: Locator, most: int = 90, *, within: bool = False) -> None:
        """Move the focus to an element (`within`: or into it) as keyboards do. Fails when it cannot be reached so."""
        there = "element => element === document.activeElement"
        if within:
            there = "element => element.contains(document.activeElement)"
        for _ in range(most):
            if target.evaluate(there):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the Tab key")

    def reach(self, target: Locator) -> None:
        """Bring something under the hand: into sight for a mouse, under the focus for keys."""
        if self.keys:
            target.wait_for(state="attached")
            self.tab_to(target)
        else:
            target.scroll_into_view_if_needed()

    def use(self, target: Locator) -> None:
        """Press something with the mouse, with a finger on a phone, or, where there are only keys, by Tab and Enter."""
        if self.keys:
            expect(target).to_be_enabled()
            self.reach(target)
            self.press("Space" if target.get_attribute("role") in ("checkbox", "switch") else "Enter")
        elif self.look.phone:
            target.tap()
        else:
            target.click()

    def write(self, target: Locator, text: str) -> None:
        """Write into a field, in place of what stands in it."""
        if self.keys:
            self.reach(target)
        else:
            self.use(target)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, box: Locator, option: str) -> None:
        """Choose from a list that opens."""
        self.use(box)
        found = self.page.get_by_role("option", name=option, exact=True)
        if self.keys:
            self.walk_to(found)
            self.press("Enter")
        else:
            self.use(found)

    def pick(self, option: Locator) -> None:
        """Choose one of some options that stand side by side (radio buttons, tabs)."""
        if self.keys:
            self.walk_to(option, "ArrowRight", begin=True)
        else:
            label = option.locator("xpath=ancestor::label")
            self.use(label if label.count() else option)

    def walk_to(self, target: Locator, key: str = "ArrowDown", most: int = 30, *, begin: bool = False) -> None:
        """Move by arrows to one of some things that take the focus together; `begin`: the focus is not there yet."""
        target.wait_for(state="attached")
        if begin:
            self.tab_to(target.locator("xpath=ancestor::*[@role='radiogroup' or @role='tablist'][1]"), within=True)
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"{target} cannot be reached with {key}")

    def pinch(self, target: Locator) -> None:
        """Draw two fingers apart on something."""
        box = target.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        session = self.page.context.new_cdp_session(self.page)
        moves = (("touchStart", 15), ("touchMove", 30), ("touchMove", 45), ("touchMove", 60), ("touchEnd", 0))
        for kind, apart in moves:
            fingers = [{"x": x - apart, "y": y, "id": 0}, {"x": x + apart, "y": y, "id": 1}] if apart else []
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Go on when the server has answered the decision that is made within: the page shows it before."""
        with self.page.expect_response(lambda said: said.request.method == "POST" and "/decisions" in said.url):
            yield

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
        return [
            f"{row['id']}: {row['help']} ({node['target']}: {node['failureSummary']})"
            for row in found["violations"]
            for node in row["nodes"]
        ]

    def hear(self, message: ConsoleMessage) -> None:
        said = f"{message.type}: {message.text} {message.location.get('url', '')}"
        if message.type in ("error", "warning") and not any(part in said for part in self.expected):
            self.errors.append(said)


@contextmanager
def person(browser: Browser, look: Look, url: str) -> Iterator[Person]:
    """Somebody at a fresh browser; fails at the end when the console has complained."""
    context = browser.new_context(**look.options())
    context.set_default_timeout(15_000)
    page = context.new_page()
    someone = Person(page, look, url)
    page.on("console", someone.hear)
    page.on("pageerror", lambda error: someone.errors.append(f"uncaught: {error}"))
    try:
        yield someone
        if someone.errors:
            raise AssertionError("The console complains: " + "; ".join(someone.errors))
    finally:
        context.close()
