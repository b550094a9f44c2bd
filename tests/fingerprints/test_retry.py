"""Trying again: waits that end with a run, and nothing said where results are written."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time

import pytest

from sosie.errors import Cancelled, EmbedderFailure
from sosie.fingerprints.embedders.retry import Patience, TryAgainError, with_patience

QUICK = Patience(attempts=3, deadline=10, first=0.01, longest=1)


class Busy:
    """A call that fails `times` times, asking to wait `after` seconds each time."""

    def __init__(self, times: int, after: float | None = None) -> None:
        self.times, self.after = times, after
        self.called: list[float] = []

    def __call__(self) -> str:
        self.called.append(time.monotonic())
        if len(self.called) <= self.times:
            raise TryAgainError("is busy", self.after)
        return "done"


def test_what_passes_is_tried_again_and_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    call = Busy(2)
    assert with_patience(call, QUICK, threading.Event(), "somebody") == "done"
    assert len(call.called) == 3
    assert caplog.messages == ["somebody is busy"] * 2


def test_patience_ends_with_its_attempts() -> None:
    call = Busy(9)
    with pytest.raises(EmbedderFailure, match=r"somebody is busy \(tried 3 times\)"):
        with_patience(call, QUICK, threading.Event(), "somebody")
    assert len(call.called) == 3


@pytest.mark.parametrize(("after", "deadline"), [(30.0, 600.0), (1.5, 1.0)])
def test_a_wait_beyond_patience_is_not_begun(after: float, deadline: float) -> None:
    call = Busy(9, after)
    with pytest.raises(EmbedderFailure, match="tried 1 times"):
        with_patience(call, Patience(deadline=deadline, longest=10), threading.Event(), "somebody")
    assert len(call.called) == 1


def test_the_wait_that_is_asked_for_is_kept() -> None:
    call = Busy(1, after=0.5)
    with_patience(call, QUICK, threading.Event(), "somebody")
    assert call.called[1] - call.called[0] >= 0.5


def test_what_is_no_passing_failure_comes_as_it_is() -> None:
    def call() -> None:
        raise KeyError("other")

    with pytest.raises(KeyError, match="other"):
        with_patience(call, QUICK, threading.Event(), "somebody")


def test_a_stop_ends_a_wait_and_no_call_comes_after_it() -> None:
    stop, call = threading.Event(), Busy(9, after=2.0)
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Cancelled):
        with_patience(call, QUICK, stop, "somebody")
    left = [thread for thread in threading.enumerate() if thread.name == "sosie-request"]
    for thread in left:
        thread.join(30)
    assert len(call.called) == 1


_TRIES = """
import threading
from sosie.fingerprints.embedders.retry import Patience, TryAgainError, with_patience
left = [TryAgainError("is busy"), TryAgainError("is busy")]
def call():
    if left:
        raise left.pop()
    print("result")
with_patience(call, Patience(first=0.01), threading.Event(), "somebody")
"""
_HOOKED = """
import stamina
stamina.instrumentation.set_on_retry_hooks([lambda told: print("hook", told.retry_num)])
"""


def test_nothing_but_results_is_on_stdout() -> None:
    done = subprocess.run([sys.executable, "-c", _TRIES], check=True, capture_output=True, text=True)
    assert done.stdout == "result\n"
    assert not done.stderr


def test_a_program_that_set_up_stamina_keeps_its_hooks() -> None:
    done = subprocess.run([sys.executable, "-c", _HOOKED + _TRIES], check=True, capture_output=True, text=True)
    assert done.stdout == "hook 1\nhook 2\nresult\n"
