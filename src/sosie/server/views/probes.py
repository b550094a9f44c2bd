"""How each back end of the chain stands: asked once a minute at most, all side by side, waited for a moment only."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sosie.config import Settings
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Link
from sosie.fingerprints.embedders.chain import Unavailable, backends
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.server.schemas.system import BackEnd

_PENDING = "It has not answered yet."


@dataclass
class Probes:
    """Asks back ends how they stand, without an image and at no cost.

    What is known is told at once and, when it is older than `fresh` seconds, asked anew meanwhile; a back end that was
    never asked is waited for, up to `patience` seconds.
    """

    fresh: float = 60.0
    patience: float = 3.0
    _known: dict[str, tuple[float, BackEnd]] = field(default_factory=dict)
    _asked: dict[str, Future[None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, "sosie-probe"))

    def states(self, settings: Settings) -> tuple[BackEnd, ...]:
        """Return the state of each back end of the chain, in its order."""
        chain = backends(settings)
        self._ask([link for link in chain if not isinstance(link, Unavailable)], settings)
        return tuple(self._told(link, settings) for link in chain)

    def close(self) -> None:
        """Ask nothing any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, chain: Sequence[Link], settings: Settings) -> None:
        with self._lock:
            for link in chain:
                at, _state = self._known.get(link.name, (-self.fresh, None))
                under_way = link.name in self._asked and not self._asked[link.name].done()
                if not under_way and time.monotonic() - at >= self.fresh:
                    self._asked[link.name] = self._pool.submit(self._look, link, settings)
            new = [self._asked[link.name] for link in chain if link.name not in self._known]
        wait(new, timeout=self.patience)

    def _look(self, link: Link, settings: Settings) -> None:
        found = _checked(link, settings)
        with self._lock:
            self._known[link.name] = (time.monotonic(), found)

    def _told(self, link: Link, settings: Settings) -> BackEnd:
        if isinstance(link, Unavailable):
            return _checked(link, settings)
        with self._lock:
            _at, state = self._known.get(link.name, (0.0, None))
        return state or BackEnd(name=link.name, state="not tried", model=_model(link, settings), detail=_PENDING)


def _checked(link: Link, settings: Settings) -> BackEnd:
    model = _model(link, settings)
    try:
        detail = link.check()
    except EmbedderFailure as error:
        why = {"model": model, "detail": error.message, "next_step": error.next_step}
        if isinstance(link, Unavailable):
            return BackEnd(name=link.name, state="not configured", **why)
        return BackEnd(name=link.name, state="unavailable", **why)
    here = not isinstance(link, ClipBackend) or link.here
    return BackEnd(name=link.name, state="working" if here else "not tried", model=model, detail=detail)


def _model(link: Link, settings: Settings) -> str:
    models = {
        "clip": settings.clip_model,
        "service": settings.service_model,
        "gemini": settings.gemini_model,
        "huggingface": settings.huggingface_model,
    }
    return "" if isinstance(link, Unavailable) else models.get(link.name, "")
