"""Trying again: waits that grow, are never equal, follow what the other side asks, and end when a run is stopped."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sosie.errors import Cancelled, EmbedderFailure

Result = TypeVar("Result")


class TryAgainError(Exception):
    """A failure that may pass. `after`: seconds that the other side asks to wait, if it says so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class RefusedError(Exception):
    """A request that will fail however often it is sent, for what is in it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to try: at most `attempts` and `deadline` seconds in all, first waiting about `first` seconds, then
    twice as long each time up to `longest`, each with a random addition of up to its own length."""

    attempts: int = 6
    deadline: float = 180.0
    first: float = 0.5
    longest: float = 60.0


def with_patience(
    call: Callable[[], Result], patience: Patience, stop: threading.Event, who: str, draw: random.Random | None = None
) -> Result:
    """Give what `call` gives, trying again when it raises `TryAgainError`.

    Raises `EmbedderFailure` when patience ends or the other side asks for more of it than there is, and `Cancelled`
    when `stop` is set, at once also while waiting.
    """
    draw = draw or random.Random()  # noqa: S311 - spreads load, keeps no secret
    end = time.monotonic() + patience.deadline
    wait = patience.first
    for attempt in range(1, patience.attempts + 1):
        if stop.is_set():
            raise Cancelled("Embedding was stopped.")
        try:
            return call()
        except TryAgainError as error:
            pause = error.after if error.after is not None else wait + draw.uniform(0, wait)
            over = time.monotonic() + pause > end or pause > max(patience.longest, wait * 2)
            if attempt == patience.attempts or over:
                raise EmbedderFailure(f"{who} {error.reason} (tried {attempt} times).") from error
        if stop.wait(pause):
            raise Cancelled("Embedding was stopped.")
        wait = min(wait * 2, patience.longest)
    raise EmbedderFailure(f"{who} was not tried.")
