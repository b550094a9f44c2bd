"""A shop on the loopback interface: pictures at addresses, in a list of addresses, each answered in its own time."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from tests.contract.loopback import Loopback, Reply, Request
from tests.pictures import encoded, picture


@dataclass
class Shop:
    """`pictures` by path. `pause` is how many seconds each takes; `asked` are the paths that were asked for."""

    pictures: dict[str, bytes]
    pause: float = 0.0
    asked: list[str] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Reply:
        if request.path == "/list.txt":
            text = "\n".join(f"{self.url}{path}" for path in sorted(self.pictures))
            return Reply(200, text.encode(), {"content-type": "text/plain"})
        with self.lock:
            self.asked.append(request.path)
        time.sleep(self.pause)
        if request.path not in self.pictures:
            return Reply(404, b"not here", {"content-type": "text/plain"})
        return Reply(200, self.pictures[request.path], {"content-type": "image/jpeg"})

    @property
    def source(self) -> tuple[str, dict[str, Any]]:
        """What a brand says to have these pictures."""
        return "urls", {"url": f"{self.url}/list.txt"}


@contextmanager
def open_shop(pictures: dict[str, bytes]) -> Iterator[Shop]:
    shop = Shop(pictures)
    with Loopback(shop.answer) as server:
        shop.url = server.url
        yield shop


def stock(count: int) -> dict[str, bytes]:
    """A few drawn pictures with smaller copies, unrelated blotches up to `count`, and one file that is no picture."""
    found = {"/broken.jpg": b"\xff\xd8\xff\xe0 broken"}
    for seed in range(6):
        pixels = picture(seed, longest=200)
        small = Image.fromarray(pixels).resize((pixels.shape[1] * 2 // 3, pixels.shape[0] * 2 // 3))
        found |= {f"/{seed}.jpg": encoded(pixels), f"/{seed}-small.jpg": encoded(np.asarray(small), quality=70)}
    rng = np.random.default_rng(5)
    for number in range(count - len(found)):
        coarse = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
        blotch = np.asarray(coarse.resize((400, 300), Image.Resampling.BICUBIC))
        found[f"/blotch-{number:03}.jpg"] = encoded(blotch, quality=85)
    return found
