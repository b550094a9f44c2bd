"""Trying again: waits that grow, are never equal, follow what the other side asks, and end when a run is stopped."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TypeVar

from sosie.errors import Cancelled, EmbedderFailure

log = logging.getLogger(__name__)
Result = TypeVar("Result")
_LOOK = 0.1
"""Seconds between two looks whether to stop."""


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
    """How long to try: at most `attempts` and `deadline` seconds in all, first waiting `first` seconds, then twice as
    long each time up to `longest`, each with a random addition of up to twice `first`.

    `answer`: seconds without a byte after which one attempt is given up.
    """

    attempts: int = 6
    deadline: float = 180.0
    first: float = 0.5
    longest: float = 60.0
    answer: float = 60.0


def with_patience(call: Callable[[], Result], patience: Patience, stop: threading.Event, who: str) -> Result:
    """Give what `call` gives, trying again when it raises `TryAgainError`.

    Raises `EmbedderFailure` when patience ends or the other side asks for more of it than there is, and `Cancelled`
    when `stop` is set, at once: also while waiting, and while the other side does not answer. Calls and waits are in a
    thread of their own, which is then left to itself and calls no more.
    """
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(_trying(call, patience, stop, who))
        except BaseException as error:  # raised again by whoever waits for the answer
            answer.set_exception(error)

    _heed(stop)
    threading.Thread(target=run, name="sosie-request", daemon=True).start()
    while not wait([answer], timeout=_LOOK).done:
        _heed(stop)
    return answer.result()


def _heed(stop: threading.Event) -> None:
    if stop.is_set():
        raise Cancelled("Embedding was stopped.")


def _trying(call: Callable[[], Result], patience: Patience, stop: threading.Event, who: str) -> Result:
    retry_context = _stamina().retry_context
    end = time.monotonic() + patience.deadline

    def pause(error: Exception) -> float | bool:
        """Tell whether to try again, or how long to wait before where the other side says so."""
        if not isinstance(error, TryAgainError):
            return False
        seconds = attempt.next_wait if error.after is None else error.after
        if seconds > 2 * patience.longest or time.monotonic() + seconds > end:
            return False
        log.info("%s %s", who, error.reason)
        return True if error.after is None else error.after

    attempt: Any = None
    try:
        for attempt in retry_context(
            on=pause,
            attempts=patience.attempts,
            timeout=patience.deadline,
            wait_initial=patience.first,
            wait_max=patience.longest,
            wait_jitter=2 * patience.first,
        ):
            with attempt:
                _heed(stop)
                return call()
    except TryAgainError as error:
        raise EmbedderFailure(f"{who} {error.reason} (tried {attempt.num} times).") from error
    raise AssertionError("the last attempt gives or raises")


def _stamina() -> ModuleType:
    """Give stamina, imported here since only back ends over a network try again.

    It tells of retries by hooks of the whole process, by default as lines on stdout, where results go. Where nobody
    else has set it up, it keeps silent: what is worth telling is in our own log.
    """
    alone = "stamina" not in sys.modules
    import stamina

    if alone:
        stamina.instrumentation.set_on_retry_hooks(())
    return stamina
