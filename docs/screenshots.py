"""Write docs/images/ui-*.webp: every page of the interface over the drawn demo catalogue.

    python -m docs.screenshots [--all]

Needs the built interface (`make ui`) and Chromium. Two pictures a page, wide and light, narrow and dark; with `--all`
each in both themes.
"""

from __future__ import annotations

import argparse
import io
import shutil
import socket
import tempfile
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
    """Return the address of each page by the name of its picture."""
    job = client.get("/api/jobs").json()["jobs"][0]["id"]
    found = client.get(f"/api/results/{job}/groups", params={"relation": "copy", "sort": "size"}).json()["groups"]
    return {
        "brands": "/",
        "work": f"/jobs/{job}",
        "results": f"/results/{job}",
        "group": f"/results/{job}/groups/{found[0]['key']}",
        "map": f"/map/{job}",
        "check": "/check",
        "actions": "/actions",
        "settings": "/settings",
    }


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def shoot(browser: Browser, url: str, named: dict[str, str], *, everything: bool) -> None:
    """Take the pictures of all pages."""
    for width, theme, options in (*_SIZES, *(_MORE if everything else ())):
        context = browser.new_context(color_scheme=theme, locale="en-GB", reduced_motion="reduce", **options)
        page = context.new_page()
        for name, path in named.items():
            page.goto(url + path)
            _settle(page)
            with Image.open(io.BytesIO(page.screenshot())) as picture:
                picture.save(IMAGES / f"ui-{name}-{width}-{theme}.webp", quality=82, method=6)
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
            shoot(browser, url, named, everything=args.all)
            browser.close()


if __name__ == "__main__":
    main()
