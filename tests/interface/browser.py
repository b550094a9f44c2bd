"""A person at a browser: Debian's Chromium over the real server, and what must hold on every page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page

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


@dataclass
class Person:
    """Somebody with the interface open. `errors` is what the browser's console complained about."""

    page: Page
    look: Look
    url: str
    errors: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Parts of complaints that belong to the test: an answer 404 that was provoked."""

    def go(self, path: str) -> None:
        self.page.goto(self.url + path)
        self.page.locator("main h1, main h2, main [role=alert]").first.wait_for()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, target: Locator, most: int = 60) -> None:
        """Move the focus to an element as keyboards do. Fails when it cannot be reached so."""
        for _ in range(most):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} cannot be reached with the Tab key")

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
