"""What the service is started with."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """Limits and secrets of the service.

    `token`: asked of every request but `GET /health` when not empty. `max_bytes`: of a request's body; `max_pixels`:
    of one image; `max_images`: in one request. `max_waiting`: images that wait or are computed before requests are
    turned away with 429. `linger`: seconds that a batch waits for company.

    `fetch`: whether images may be given as http addresses; these go through the guarded downloader, which asks public
    addresses only, and those in `networks` (see `allowed_networks`), through `proxy` when there is one.
    """

    token: str = field(default="", repr=False)
    max_bytes: int = 64 << 20
    max_pixels: int = 50_000_000
    max_images: int = 64
    max_waiting: int = 512
    linger: float = 0.004
    fetch: bool = False
    networks: tuple[str, ...] = ()
    proxy: str = field(default="", repr=False)
