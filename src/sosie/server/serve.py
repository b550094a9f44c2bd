"""Start the service in this process."""

from __future__ import annotations

import socket
import sys
import threading
import webbrowser

import uvicorn

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.server import logs
from sosie.server.app import create_app
from sosie.server.security.access import check_access, is_near

_TURN = 0.001
"""Seconds that a thread which computes keeps those waiting that only have to answer."""
_GRACE = 10
"""Seconds that requests have to finish when the server is told to stop."""


def serve(settings: Settings, *, host: str, port: int, browse: bool = False) -> None:
    """Serve until the process is told to stop.

    Raises `UsageError` when the address cannot be listened on and when other machines could reach a server that asks
    nobody to sign in, and `CatalogueError` when the catalogue cannot be opened.
    """
    logs.configure(settings)
    sys.setswitchinterval(_TURN)
    listener = _listen(host, port)
    everywhere = not is_near(listener.getsockname()[0])
    try:
        check_access(settings, everywhere=everywhere)
    except BaseException:
        listener.close()
        raise
    address = _address(host, listener.getsockname()[1])
    config = uvicorn.Config(
        create_app(settings, everywhere=everywhere),
        log_config=None,
        timeout_graceful_shutdown=_GRACE,
        server_header=False,
        access_log=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    server = _Server(config, address, browse=browse)
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
    if not server.started:
        raise SystemExit(3)


class _Server(uvicorn.Server):
    """Says where it is once it answers."""

    def __init__(self, config: uvicorn.Config, address: str, *, browse: bool) -> None:
        super().__init__(config)
        self._address = address
        self._browse = browse

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address, the one thing that people wait for."""
        await super().startup(sockets)
        if self.started:
            print(f"Sosie is at {self._address} (Ctrl-C stops it)", file=sys.stderr, flush=True)
            if self._browse:
                threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()


def _listen(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(
            f"Port {port} of {host} cannot be listened on ({error.strerror or error}).",
            next_step="Another program may be using it: choose one with --port, or --port 0 for any free one.",
        ) from error
    return listener


def _address(host: str, port: int) -> str:
    shown = "localhost" if host in ("", "0.0.0.0", "::") else host  # noqa: S104  # it is compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"
