"""The live progress bar on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from sosie.pipeline.progress import Listener, Progress, ignore

_TITLES = {
    "find": "Looking",
    "fetch": "Fetching",
    "read": "Reading",
    "compare": "Comparing",
    "verify": "Verifying",
    "embed": "Embedding",
    "similar": "Pairing",
    "group": "Grouping",
}
_INTERVAL = 0.1


@contextmanager
def show_progress(*, quiet: bool) -> Iterator[Listener]:
    """Give a listener that draws a bar while stderr is a terminal, and one that does nothing otherwise."""
    if quiet or not sys.stderr.isatty():
        yield ignore
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("[bold]{task.description:<9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[note]}", table_column=None),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        yield _Painter(bar)


def asker(listen: Listener, *, yes: bool) -> Callable[[str], bool]:
    """Give what asks a person whether money may be spent: yes at once with `yes`, no where nobody can be asked."""

    def ask(sentence: str) -> bool:
        if yes or not isinstance(listen, _Painter) or not sys.stdin.isatty():
            return yes
        with listen.paused():
            return typer.confirm(sentence + " Go on?", err=True)

    return ask


class _Painter:
    """Draws one line a stage, at most ten times a second."""

    def __init__(self, bar: object) -> None:
        self._bar = bar
        self._tasks: dict[str, object] = {}
        self._started: dict[str, float] = {}
        self._drawn = 0.0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bar away for a question."""
        self._bar.stop()  # type: ignore[attr-defined]
        yield
        self._bar.start()  # type: ignore[attr-defined]

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        new = progress.stage not in self._tasks
        if not new and now - self._drawn < _INTERVAL and progress.done < progress.total:
            return
        self._drawn = now
        bar = self._bar
        if new:
            self._started[progress.stage] = now
            title = _TITLES[progress.stage]
            self._tasks[progress.stage] = bar.add_task(title, total=None, rate="", note="")  # type: ignore[attr-defined]
        bar.update(  # type: ignore[attr-defined]
            self._tasks[progress.stage],
            completed=progress.done,
            total=progress.total or None,
            rate=self._rate(progress, now),
            note=_note(progress),
        )

    def _rate(self, progress: Progress, now: float) -> str:
        seconds = now - self._started[progress.stage]
        if seconds < 0.5 or not progress.done:
            return ""
        unit = "pairs" if progress.stage == "verify" else "images"
        return f"{progress.done / seconds:,.0f} {unit}/s"


def _note(progress: Progress) -> str:
    if not progress.skipped:
        return ""
    return f"{progress.skipped:,} skipped, last: {progress.last_skipped}"[:60] if progress.last_skipped else ""
