"""The built interface: its files, and its one page for every address that is its own."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from sosie.server.problems import problem
from sosie.server.security.roles import anyone

BUILT = Path(__file__).parents[1] / "_ui"
"""Where `make ui` puts it and the wheel has it."""

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Code comes from our own files alone. Styles may be inline: that is how menus are placed."""

_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Sosie</title><div id="root">
<h1>The interface is not built</h1>
<p>Run <code>make ui</code> (it needs Node.js) and start the server again. The API works without it:
<a href="/openapi.json">/openapi.json</a>.</p></div></html>"""

PAGES = (
    "",
    "sign-in",
    "jobs",
    "jobs/*",
    "settings",
    "settings/*",
    "results",
    "results/*",
    "results/*/groups/*",
    "map",
    "map/*",
    "check",
    "actions",
    "rules",
    "audit",
)
"""The addresses of the interface's pages; `*` is one part. All others get the page that says that nothing is there."""
_PARTS = tuple(page.split("/") for page in PAGES)
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


def mount(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the interface at every address that no other route has taken; call it after all other routes."""
    build = _Build(folder)

    def interface(path: str, request: Request) -> Response:
        files = build.files()
        accepted = request.headers.get("accept-encoding", "")
        if path in files:
            return _file(files, path, accepted)
        if path.split("/")[0] in ("api", "assets") or "." in path.rpartition("/")[2]:
            return problem(404, "Not there", f"There is nothing at /{path}.")
        if "index.html" not in files:
            return HTMLResponse(_NOT_BUILT, status_code=503)
        return _file(files, "index.html", accepted, status=200 if is_page(path) else 404)

    app.add_api_route(
        "/{path:path}", interface, methods=["GET", "HEAD"], include_in_schema=False, dependencies=[anyone]
    )


def is_page(path: str) -> bool:
    """Tell whether the interface has a page at an address (without the slash that it begins with)."""
    parts = path.rstrip("/").split("/")
    return any(len(page) == len(parts) and all(map(fnmatchcase, parts, page)) for page in _PARTS)


class _Build:
    """What may be served, by its address. Only what stands here is ever opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._files: dict[str, Path] = {}

    def files(self) -> dict[str, Path]:
        """Return the files of the build, looked up anew when it was built anew."""
        page = self._folder / "index.html"
        made = page.stat().st_mtime_ns if page.is_file() else 0
        if made != self._made:
            self._files = dict(self._found())
            self._made = made
        return self._files

    def _found(self) -> Iterator[tuple[str, Path]]:
        for path in self._folder.rglob("*"):
            name = path.relative_to(self._folder)
            if path.is_file() and not name.parts[0].startswith("."):
                yield name.as_posix(), path


def _file(files: Mapping[str, Path], name: str, accepted: str, *, status: int = 200) -> Response:
    """Return a file as it is sent: compressed as it lies there, hashed names to be kept for good."""
    headers = {"cache-control": "no-cache", "vary": "accept-encoding", "x-content-type-options": "nosniff"}
    if name.startswith("assets/"):
        headers["cache-control"] = "public, max-age=31536000, immutable"
    if name == "index.html":
        headers["content-security-policy"] = _POLICY
    media = mimetypes.guess_type(name)[0] or "application/octet-stream"
    offered = {part.split(";")[0].strip() for part in accepted.split(",")}
    for encoding, ending in _ENCODINGS:
        if encoding in offered and name + ending in files:
            headers["content-encoding"] = encoding
            return FileResponse(files[name + ending], status, headers, media)
    return FileResponse(files[name], status, headers, media)
