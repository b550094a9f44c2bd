"""Trying again: waits that grow, are never equal, follow what the other side asks, and end when a run is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sosie.errors import Cancelled, EmbedderFailure

if TYPE_CHECKING:
    from tenacity import RetryCallState, Retrying

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
    """How long to try: at most `attempts` and `deadline` seconds in all, first waiting about `first` seconds, then
    twice as long each time up to `longest`, each with a random addition of up to its own length.

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
    when `stop` is set, at once: also while waiting, and while the other side does not answer.
    """
    trying = _trying(patience, stop)
    try:
        return trying(lambda: _unless_stopped(call, stop))
    except TryAgainError as error:
        tried = trying.statistics["attempt_number"]
        raise EmbedderFailure(f"{who} {error.reason} (tried {tried} times).") from error


def _unless_stopped(call: Callable[[], Result], stop: threading.Event) -> Result:
    """Give what `call` gives. It runs in a thread of its own, which is left to itself when `stop` is set."""
    if stop.is_set():
        raise Cancelled("Embedding was stopped.")
    answer: Future[Result] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # raised again by whoever waits for the answer
            answer.set_exception(error)

    threading.Thread(target=run, name="sosie-request", daemon=True).start()
    while not wait([answer], timeout=_LOOK).done:
        if stop.is_set():
            raise Cancelled("Embedding was stopped.")
    return answer.result()


def _trying(patience: Patience, stop: threading.Event) -> Retrying:
    import tenacity  # Imported here: only back ends over a network try again.

    growing = {"multiplier": patience.first, "max": patience.longest}
    own = tenacity.wait_exponential(**growing) + tenacity.wait_random_exponential(**growing)

    def pause(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, TryAgainError) else None
        return own(state) if asked is None else asked

    limits = tenacity.stop_after_attempt(patience.attempts), tenacity.stop_before_delay(patience.deadline)

    def enough(state: RetryCallState) -> bool:
        return state.upcoming_sleep > 2 * patience.longest or any(limit(state) for limit in limits)

    def rest(seconds: float) -> None:
        if stop.wait(seconds):
            raise Cancelled("Embedding was stopped.")

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(TryAgainError),
        wait=pause,
        stop=enough,
        sleep=rest,
        reraise=True,
    )
