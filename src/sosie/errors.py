"""Every error that Sosie raises, each with a sentence and a next step.

    SosieError
    ├── UsageError            a call or a setting that cannot be right
    ├── NotFound              what was asked for by its name is not there (any longer)
    ├── Gone                  the bytes that were known are nowhere any more, or were changed since
    ├── Busy                  more is asked for than can be queued now; later it can
    ├── UnreadableImage       this one image cannot be used; the run goes on without it
    │   ├── NotAnImage        its bytes are of no image format
    │   └── TooLarge          over a limit that was checked before decoding
    ├── CatalogueError        the catalogue cannot be opened or is of another program
    ├── DecisionConflict      somebody else decided on the same group meanwhile
    ├── ActionRefused         this one file was left as it is; the run goes on
    ├── SourceFailure         a source of images cannot be read (any longer); other brands go on
    ├── RunStopped            a run of actions cannot go on; apply or undo finishes it later
    ├── EmbedderFailure       an embedding back end cannot be used (any longer); the next one takes over
    │   └── ModelFailure      the file of a model is missing, damaged or not what it should be
    ├── EngineFailure         the files or workers that a run's steps need cannot be had; a later run goes on
    │   └── WorkerLost        a task lost its process or machine again and again
    └── Cancelled             somebody asked to stop

Errors of other libraries are mapped to these where they enter.
"""

from __future__ import annotations

from collections.abc import Sequence


class SosieError(Exception):
    """Base of all errors of this package: one sentence, and what to do next."""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(f"{message} {next_step}".strip())
        self.message = message
        self.next_step = next_step


def why_not(error: Exception) -> object:
    """Return what an error of another library says in a sentence of ours: without numbers and names of its own."""
    if isinstance(error, OSError):
        return error.strerror or error
    return "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else error


class UsageError(SosieError):
    """A call or a setting that cannot be right."""


class NotFound(SosieError):
    """What was asked for by its name is not there (any longer)."""


class Gone(SosieError):
    """The bytes that were known are nowhere any more, or were changed since."""


class Busy(SosieError):
    """More is asked for than can be queued now; `after` is how many seconds to wait before asking again."""

    def __init__(self, message: str, *, next_step: str = "", after: int = 5) -> None:
        super().__init__(message, next_step=next_step)
        self.after = after


class UnreadableImage(SosieError):
    """One image that cannot be used; its message is the reason in the report's `skipped`."""


class NotAnImage(UnreadableImage):
    """The bytes are of no image format that Sosie reads."""


class TooLarge(UnreadableImage):
    """An image over a limit (pixels, bytes) that was checked before decoding it."""


class CatalogueError(SosieError):
    """The catalogue cannot be opened, or belongs to another program or a newer version."""


class DecisionConflict(SosieError):
    """Somebody else decided on the same group meanwhile; `decisions` are what was decided since."""

    def __init__(self, message: str, *, next_step: str = "", decisions: Sequence[object] = ()) -> None:
        super().__init__(message, next_step=next_step)
        self.decisions = tuple(decisions)


class ActionRefused(SosieError):
    """One file that was left as it is, with the reason; the run goes on with the next."""


class SourceFailure(SosieError):
    """A source of images that cannot be read (any longer); what it gave before stays."""


class RunStopped(SosieError):
    """A run of actions that cannot go on. What is done is in the journal; apply or undo finishes it later."""


class EmbedderFailure(SosieError):
    """An embedding back end that cannot be used, or that stopped working; the chain goes on to the next one.

    `lasting` says that trying again will not help until a setting, a file or a package of this machine changes: then
    an equal scan may be answered with the same report.
    """

    def __init__(self, message: str, *, next_step: str = "", lasting: bool = False) -> None:
        super().__init__(message, next_step=next_step)
        self.lasting = lasting


class ModelFailure(EmbedderFailure):
    """The file of a model cannot be had, or its bytes are not those that were published."""

    def __init__(self, message: str, *, next_step: str = "") -> None:
        super().__init__(message, next_step=next_step, lasting=True)


class Cancelled(SosieError):
    """The run was stopped on request; what was finished is kept."""


class EngineFailure(SosieError):
    """What carries out the steps of a run cannot go on (a full disk, no cluster); a later run uses what is finished."""


class WorkerLost(EngineFailure):
    """One task lost its process or machine as often as it was begun."""
