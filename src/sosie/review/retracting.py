"""Taking decisions back: what stood before them is recorded again, so that this can be taken back, too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sosie.errors import DecisionConflict, NotFound
from sosie.store.decisions import Decision, Decisions, Standing, Verdict, stand


def retract(decisions: Decisions, numbers: Iterable[int], *, person: str, now: float) -> list[int]:
    """Take back these decisions, all or none, and return the numbers of what was recorded: retracting those redoes.

    Raises `NotFound` for a number that was never given, and `DecisionConflict` when somebody has decided on one of
    their contents since.
    """
    wanted = set(numbers)
    made = decisions.numbered(wanted)
    if missing := sorted(wanted - {one.id for one in made}):
        raise NotFound(f"There is no decision {missing[0]}.", next_step="Look at the decisions again.")
    contents = {key for one in made for key in one.verdict.contents}
    history = decisions.history(contents)
    last = {key: one.id for one in sorted(made, key=lambda one: one.id) for key in one.verdict.contents}
    later = [one for one in history if any(one.id > last.get(key, one.id) for key in one.verdict.contents)]
    if later:
        raise DecisionConflict(
            f"{later[-1].person or 'Somebody'} decided on the same images since ({later[-1].verdict.kind}).",
            next_step="Look at their groups again, then decide.",
            decisions=later,
        )
    verdicts = _restoring(history, wanted, made)
    reason = "taken back"
    return decisions.record(
        verdicts, person=person, now=now, reason=reason, seen=max(one.id for one in history), contents=contents
    )


def _restoring(history: Sequence[Decision], wanted: set[int], made: Sequence[Decision]) -> list[Verdict]:
    """Return the verdicts that lead from what holds now to what held without these decisions."""
    before = [one for one in history if one.id not in wanted]
    chosen = {key for one in made if one.verdict.kind in ("keep", "drop", "open") for key in one.verdict.contents}
    verdicts: list[Verdict] = []
    standing = stand([one for one in before if one.verdict.kind in ("keep", "drop", "open")], chosen)
    held = _held(standing)
    for key in sorted(chosen):
        verdicts += [Verdict("open", (key,)), *(one.verdict for _, one in sorted(held.get(key, {}).items()))]
    for one in made:
        if one.verdict.kind in ("apart", "together"):
            verdicts += _pairs(one, before)
    return verdicts


def _held(standing: Standing) -> dict[bytes, dict[int, Decision]]:
    """Return the decisions that hold, by content and number."""
    held: dict[bytes, dict[int, Decision]] = {}
    for key, one in [*standing.choices.items(), *((key, one) for (key, _), one in standing.places.items())]:
        held.setdefault(key, {})[one.id] = one
    return held


def _pairs(made: Decision, before: Sequence[Decision]) -> list[Verdict]:
    """Return what sets the contents of one decision apart as they were before, or together."""
    contents = set(made.verdict.contents)
    kinds = [one for one in before if one.verdict.kind in ("apart", "together") and one.id < made.id]
    related = [one for one in kinds if len(contents & set(one.verdict.contents)) > 1]
    apart = stand(related, contents).apart if related else {}
    verdicts = [Verdict("together", tuple(sorted(contents)))] if made.verdict.kind == "apart" else []
    return [*verdicts, *(Verdict("apart", pair) for pair in sorted(apart))]
