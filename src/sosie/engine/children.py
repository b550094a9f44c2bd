"""Processes beside this one that call a function when they are asked to.

They are plain children that read calls from a pipe and end when it closes: nothing of the calling program is imported
again, and whatever ends this process ends them.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any

_LENGTH = struct.Struct("<Q")
_SERVE = "from sosie.engine.children import serve; serve()"
_AT_HAND = "import {}; "


class ChildLost(EOFError):
    """The other process is gone, with what it was asked."""


class Child:
    """Another process that calls functions of modules for this one, one at a time."""

    def __init__(self, at_hand: str = "") -> None:
        """Start it. `at_hand` is a module that it imports before the first call asks for it."""
        # Paths that the calling program added by hand are not known to a new interpreter.
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603 - this very interpreter, and no input of anybody
            [sys.executable, "-c", (_AT_HAND.format(at_hand) if at_hand else "") + _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ask(self, function: Callable[[Any], Any], argument: Any) -> Any:
        """Return what the function gives there, and raise what it raises; `ChildLost` when the process is gone."""
        try:
            calls, answers = self._pipes()
            _send(calls, (function, argument))
            went_well, value = _receive(answers)
        except (OSError, EOFError) as error:
            raise ChildLost from error
        if went_well:
            return value
        raise value

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        calls, answers = self._process.stdin, self._process.stdout
        if calls is None or answers is None:
            raise EOFError
        return calls, answers

    def kill(self) -> None:
        """End it, whatever it does; whoever waits for its answer gets `ChildLost`."""
        self._process.kill()

    def stop(self) -> None:
        """End it, whatever it does, and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes():
            _close(pipe)


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return  # what was still to be written has no reader any more


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    """Return what `_send` wrote. Raises EOFError at the end of the pipe."""
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return pickle.loads(_exactly(pipe, length))  # noqa: S301 - from the process that this one started, or its parent


def _exactly(pipe: IO[bytes], length: int) -> bytes:
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def serve() -> None:
    """Call what stdin asks for until it closes: what the other processes run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            function, argument = _receive(sys.stdin.buffer)
        except EOFError:
            return
        try:
            answer = True, function(argument)
        except Exception as error:  # it is raised where it was asked for
            answer = False, error
        _send(answers, answer)
