"""Why something happened, and what never could: the story of an image, the runs, and what was not compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sosie.errors import CatalogueError
from sosie.report import Report
from sosie.review.applying import plan_of
from sosie.review.choosing import who
from sosie.store.decisions import Decisions
from sosie.store.journal import Journal, Runs

_COMPARED = {
    "flat": "too little in it for a hash: compared for equality only",
    "tiny": "too few pixels: compared for equality only",
}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an image: when (seconds since 1970), what, by whom or which rule, and the details."""

    at: float
    what: str
    by: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """The time as people read it (ISO 8601, UTC)."""
        return datetime.fromtimestamp(self.at, UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run at a glance. `state` is "done", "stopped", "partly undone", "undone" or "damaged"."""

    run: str
    at: float
    person: str
    method: str
    state: str
    done: int
    refused: int
    undone: int


def story(runs: Runs, decisions: Decisions | None, *, uri: str = "", content: bytes | None = None) -> list[Event]:
    """Return what was decided on and done to an image, oldest first: by its path, its content, or both.

    A drop names the run, the rule or decision, the keeper, the evidence that joined the two, and where the file is.
    A damaged journal may have held more: it is an event of its own.
    """
    events: list[Event] = []
    if decisions is not None and content is not None:
        for made in decisions.history([content]):
            keeper = made.verdict.keeper
            details = {"keeper_sha256": keeper.hex()} if keeper else {}
            others = [key.hex() for key in made.verdict.contents if key != content]
            details |= {"others": " ".join(others)} if others else {}
            details |= {"uri": made.verdict.place} if made.verdict.place else {}
            events.append(Event(made.at, f"decided: {made.verdict.kind}", who(made), dict(details)))
    for run, journal in runs.newest_first():
        if isinstance(journal, CatalogueError):
            events.append(Event(_changed(runs, run), "a run that cannot be read", run, {"reason": str(journal)}))
        else:
            events += _events(journal, uri, content.hex() if content else "")
    return sorted(events, key=lambda event: event.at)


def run_summaries(runs: Runs) -> list[RunSummary]:
    """Return all runs, oldest first; one whose journal cannot be read as "damaged"."""
    return [
        damaged_run(run, runs) if isinstance(journal, CatalogueError) else summary_of_run(journal)
        for run, journal in runs.newest_first()
    ][::-1]


def damaged_run(run: str, runs: Runs) -> RunSummary:
    """Return what is known of a run whose journal cannot be read: its name, and when the file was last changed."""
    return RunSummary(run, _changed(runs, run), "", "", "damaged", 0, 0, 0)


def evidence_in_words(edge: Mapping[str, Any]) -> str:
    """Return in one line what a plan's evidence says of a pair: the edits, the points and pixels that agree."""
    measured = edge["evidence"]
    parts = [edit["text"] for edit in measured.get("edit_details", ())]
    parts += [f"equal {measured['equal']}"] if "equal" in measured else []
    names = {"inliers": "points agree", "agreement": "of the pixels agree", "pdq_distance": "of 256 bits differ"}
    parts += [f"{measured[name]:g} {words}" for name, words in names.items() if name in measured]
    pair = f"{Path(edge['a']).name} and {Path(edge['b']).name}"
    return f"{pair}: {edge['relation']}, score {edge['score']:.2f}; {', '.join(parts)}"


def not_compared(report: Report) -> list[tuple[str, str]]:
    """Return every image that was not compared in full (URI, reason): skipped ones, flat ones, tiny ones."""
    found = [(skipped.uri, skipped.reason) for skipped in report.skipped]
    found += [
        (image.uri, _COMPARED.get(image.compared, image.compared)) for image in report.images if image.compared != "yes"
    ]
    return sorted(found)


def _changed(runs: Runs, run: str) -> float:
    try:
        return runs.path_of(run).stat().st_mtime
    except OSError:
        return 0.0  # the journal cannot be read, and its folder says no more


def _events(journal: Journal, uri: str, sha256: str) -> Iterable[Event]:
    plan = plan_of(journal)
    for number, item in sorted(journal.items.items()):
        drop = plan.drops[number]
        if uri not in (drop.uri, *drop.names) and sha256 != drop.sha256:
            continue
        details: dict[str, Any] = {"run": journal.run, "uri": drop.uri, "method": plan.method, "rules": plan.rules}
        details |= {"keeper": drop.keeper, "why": drop.why, "relation": drop.relation, "evidence": list(drop.evidence)}
        if item.step == "refused":
            details["reason"] = item.reason
        if item.step in ("done", "begin"):
            details["now_at"] = [target for _, target in item.begun["moves"]]
        words = {"done": "dropped", "begin": "dropping, interrupted", "refused": "left as it is"}
        words |= {"undone": "restored", "undoing": "restoring, interrupted"}
        yield Event(item.at, words[item.step], drop.by, details)


def summary_of_run(journal: Journal) -> RunSummary:
    """Return a run at a glance."""
    steps = Counter(item.step for item in journal.items.values())
    done = steps["done"] + steps["begin"] + steps["undoing"]
    state = "done" if journal.finished else "stopped"
    if steps["undone"]:
        state = "partly undone" if done else "undone"
    head = journal.head
    return RunSummary(
        run=journal.run,
        at=float(head["at"]),
        person=str(head["person"]),
        method=str(head["plan"]["method"]),
        state=state,
        done=done,
        refused=steps["refused"],
        undone=steps["undone"],
    )
