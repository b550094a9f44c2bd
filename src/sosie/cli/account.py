"""What a scan took, as a table on stderr: each stage, and each step where tasks did the work."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sosie.pipeline.progress import Listener, Progress

if TYPE_CHECKING:
    from sosie.engine.costs import StepCost


class Account:
    """Listens to a scan beside somebody else, and tells at the end what it took."""

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._steps: tuple[StepCost, ...] = ()

    def before(self, listen: Listener) -> Listener:
        """Give a listener that notes what it hears and hands it on."""

        def note(progress: Progress) -> None:
            self._done[progress.stage] = max(progress.done, self._done.get(progress.stage, 0))
            self._steps = progress.steps or self._steps
            listen(progress)

        return note

    def tell(self, timings: Mapping[str, float]) -> None:
        """Write what was noted; `timings` are seconds by stage."""
        stages = [name for name in timings if name != "total"]
        if not stages:
            sys.stderr.write("Nothing had changed: the report is that of an earlier scan.\n")
            return
        rows: list[tuple[str, ...]] = [("stage", "done", "seconds", "a second")]
        rows += [_stage(name, self._done.get(name, 0), timings[name]) for name in stages]
        rows.append(("all", "", f"{timings['total']:,.1f}", ""))
        lines = _table(rows)
        if self._steps:
            lines += ["", *_table([_HEAD, *map(_step, self._steps)])]
            lines += [
                f"straggler: {one.task} took {one.seconds:,.1f} s on {one.worker} (median {step.median:,.1f} s)"
                for step in self._steps
                for one in step.slowest
            ]
        sys.stderr.write("\n".join(lines) + "\n")


_HEAD = (
    *("step", "tasks", "kept", "images or pairs", "a second", "seconds", "CPU s", "read MB", "written MB"),
    *("begun again", "stragglers"),
)


def _stage(name: str, done: int, seconds: float) -> tuple[str, ...]:
    return name, f"{done:,}" if done else "", f"{seconds:,.1f}", f"{done / seconds:,.1f}" if done and seconds else ""


def _step(cost: StepCost) -> tuple[str, ...]:
    return (
        cost.step,
        f"{cost.tasks:,}",
        f"{cost.kept:,}",
        f"{cost.rows:,}",
        f"{cost.rate:,.1f}",
        f"{cost.seconds:,.1f}",
        f"{cost.cpu:,.1f}",
        f"{cost.read / 1e6:,.1f}",
        f"{cost.written / 1e6:,.1f}",
        f"{cost.lost:,}",
        f"{cost.stragglers:,}",
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = ([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in rows)
    return ["  ".join(parts).rstrip() for parts in aligned]
