"""Write docs/images/ui-*.webp: every page of the interface over the drawn demo catalogue.

    python -m docs.screenshots [--all] [--locale de-DE] [--to FOLDER]

Needs the built interface (`make ui`) and Chromium. Two pictures a page, wide and light, narrow and dark; with `--all`
each in both themes. What stands in the documents is what comes without options.
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from demo.serve import draw, serving

IMAGES = Path(__file__).parent / "images"
_WIDE: dict[str, Any] = {"viewport": {"width": 1360, "height": 850}}
_NARROW: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
_SIZES = (("wide", "light", _WIDE), ("narrow", "dark", _NARROW))
_MORE = (("wide", "dark", _WIDE), ("narrow", "light", _NARROW))


def pages(client: httpx.Client) -> dict[str, str]:
    """Return the address of each page by the name of its picture, with something to see on it."""
    job = client.get("/api/jobs").json()["jobs"][0]["id"]
    found = client.get(f"/api/results/{job}/groups", params={"relation": "copy", "sort": "size"}).json()["groups"]
    settled = found[1]
    kept = {"action": "settle", "keep": [settled["keeper"]["uri"]], "reason": "the one for the shop"}
    _sent(client, "post", f"/api/results/{job}/groups/{settled['key']}/decisions", kept)
    _sent(client, "put", "/api/rules", {"text": _RULES})
    plan = _sent(client, "post", "/api/plans", {"result": job, "method": "quarantine"})["id"]
    return {
        "brands": "/",
        "work": f"/jobs/{job}",
        "results": f"/results/{job}",
        "group": f"/results/{job}/groups/{found[0]['key']}",
        "map": f"/map/{job}",
        "check": "/check",
        "actions": f"/actions?result={job}&plan={plan}",
        "rules": "/rules",
        "audit": f"/audit?image={settled['keeper']['sha256']}",
        "settings": "/settings",
    }


_RULES = """version = 1

[[protect]]
name = "what the studio sent"
path = "shots/"
"""


def _sent(client: httpx.Client, method: str, path: str, body: dict[str, Any]) -> Any:
    answer = client.request(method, path, json=body)
    if not answer.is_success:
        raise SystemExit(f"{path} answered {answer.status_code}: {answer.text}")
    return answer.json()


def edited(pictures: Path) -> Path:
    """Draw a picture to ask about: one of the catalogue's, turned over and cut."""
    original = sorted(pictures.glob("*/shots/*.jpg"))[0]
    path = pictures.parent / "campaign-draft.jpg"
    with Image.open(original) as picture:
        width, height = picture.size
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).crop((0, height // 8, width, height)).save(path)
    return path


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@dataclass(frozen=True)
class Shooting:
    """What is photographed, how, and where the pictures go."""

    url: str
    named: dict[str, str]
    asked: Path
    """The picture that the page of checks is asked about."""
    to: Path
    locale: str
    everything: bool


def shoot(browser: Browser, shooting: Shooting) -> None:
    """Take the pictures of all pages."""
    for width, theme, options in (*_SIZES, *(_MORE if shooting.everything else ())):
        context = browser.new_context(color_scheme=theme, locale=shooting.locale, reduced_motion="reduce", **options)
        page = context.new_page()
        for name, path in shooting.named.items():
            page.goto(shooting.url + path)
            _settle(page)
            if name == "check":
                page.locator("input[type=file]").set_input_files(shooting.asked)
                page.locator("main h2").first.wait_for()
                _settle(page)
            with Image.open(io.BytesIO(page.screenshot())) as picture:
                picture.save(shooting.to / f"ui-{name}-{width}-{theme}.webp", quality=82, method=6)
        context.close()


def _settle(page: Page) -> None:
    """Wait until the page has its content, and all pictures in sight are there."""
    page.locator("main h1, main h2").first.wait_for()
    for _ in range(40):
        page.wait_for_timeout(500)
        if page.evaluate("[...document.images].every(image => image.loading === 'lazy' || image.complete)"):
            break
    page.wait_for_timeout(1500)


def main() -> None:
    """Write all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="both themes at both widths")
    parser.add_argument("--locale", default="en-GB", help="language and region of the browser")
    parser.add_argument("--to", type=Path, default=IMAGES, help="the folder for the pictures")
    args = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("Chromium is missing: on Debian, apt install chromium.")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        draw(Path(folder) / "pictures", 0.5)
        with serving(Path(folder), port, {"SOSIE_EMBEDDERS": "builtin"}):
            with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
                named = pages(client)
            browser = playwright.chromium.launch(executable_path=chromium, args=flags)
            shoot(browser, Shooting(url, named, edited(Path(folder) / "pictures"), args.to, args.locale, args.all))
            browser.close()


if __name__ == "__main__":
    main()
