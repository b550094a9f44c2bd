"""The guarded downloader: the one door to the network for everything that users' addresses lead to."""

from sosie.sources.download.addresses import Allowed
from sosie.sources.download.body import image_bytes
from sosie.sources.download.downloader import Downloader, Fetched, Limits, Sink
from sosie.sources.download.failures import NotFetched
from sosie.sources.download.guard import Guard
from sosie.sources.download.memory import Memory
from sosie.sources.download.spread import spread

__all__ = [
    "Allowed",
    "Downloader",
    "Fetched",
    "Guard",
    "Limits",
    "Memory",
    "NotFetched",
    "Sink",
    "image_bytes",
    "shown",
    "spread",
]
