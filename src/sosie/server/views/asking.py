"""An image at an address that somebody named, fetched while they wait."""

from __future__ import annotations

import threading

from sosie.config import Settings
from sosie.errors import SourceFailure, UsageError
from sosie.sources.download import Allowed, Downloader, Guard, Limits, Memory

_SECONDS = 20.0


def fetch_image(url: str, settings: Settings) -> bytes:
    """Give the bytes of an image at an address, through the guard of the network.

    Raises `UsageError` with the reason when it cannot be had.
    """
    limits = Limits(
        seconds=_SECONDS,
        connect=5.0,
        idle=10.0,
        bytes=int(min(settings.download_megabytes, settings.max_megabytes) * 1e6),
        attempts=2,
        patience=3.0,
        connections=1,
    )
    body = Memory()
    try:
        guard = Guard(Allowed.of(settings.allowed_networks))
        with Downloader(guard, limits, threading.Event(), proxy=settings.download_proxy) as web:
            web.fetch(url, body)
    except SourceFailure as error:
        raise UsageError(error.message, next_step=error.next_step or "Upload the image itself.") from error
    return bytes(body.data)
