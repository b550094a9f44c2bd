"""A real web server on loopback that answers as badly as a test wants, and what tests of brands need besides."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from sosie.config import Settings
from sosie.sources.download import Allowed, Downloader, Guard, Limits

LOOPBACK = ("127.0.0.0/8",)
QUICK = Limits(seconds=5, connect=2, idle=1, bytes=2_000_000, redirects=3, attempts=3, pause=0.02, patience=5)


@dataclass
class Asked:
    """A request as the server got it; `answer` and `raw` reply to it."""

    path: str
    headers: dict[str, str]
    handler: BaseHTTPRequestHandler

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Reply; `content_type` is the header Content-Type."""
        self.handler.send_response(status)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"content-length": str(len(body)), **named}.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Write to the connection as it is."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def hang_up(self) -> None:
        """Let the connection end after this reply."""
        self.handler.close_connection = True


Reply = Callable[[Asked], None]


@dataclass
class Site:
    """A server whose `pages` say what a path (without its query) is answered with: bytes, or a function."""

    pages: dict[str, bytes | Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0

    def __post_init__(self) -> None:
        site = self
        lock = threading.Lock()
        running = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                nonlocal running
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.path, headers, self)
                with lock:
                    site.asked.append(asked)
                    running += 1
                    site.most_at_once = max(site.most_at_once, running)
                try:
                    site.reply(asked)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with lock:
                        running -= 1

            def log_message(self, format: str, *args: Any) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request: Any, client_address: Any) -> None:
                return  # a client that leaves is what some tests are about

        self._server: socketserver.BaseServer = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def reply(self, asked: Asked) -> None:
        page = self.pages.get(asked.path.partition("?")[0])
        if page is None:
            asked.answer(b"nothing here", 404)
        elif isinstance(page, bytes):
            asked.answer(page)
        else:
            page(asked)

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked.path.partition("?")[0] == path for asked in self.asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def web(limits: Limits = QUICK, allowed: tuple[str, ...] = LOOPBACK) -> Downloader:
    """A downloader that may ask this machine, and has little patience."""
    return Downloader(Guard(Allowed.of(allowed)), limits)


def settings_for(folder: Path, **values: Any) -> Settings:
    """Settings whose data lie in a folder, with which this machine may be asked."""
    return Settings(**{"data_dir": folder, "allowed_networks": LOOPBACK, "embedders": ("none",), **values})
