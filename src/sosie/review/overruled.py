"""What somebody decided after a plan was made, and what of the plan does not count any more because of it."""

from __future__ import annotations

from sosie.errors import ActionRefused
from sosie.review.plan import Drop, Plan
from sosie.store.decisions import Decision, Decisions, Standing

_AGAIN = "Plan again: then the new decision counts."


class Overruled:
    """Tells whether a file of a plan may still go, by the decisions as they stand now.

    They are read when it is asked first, and again as soon as there is a newer one, also from another process.
    """

    def __init__(self, plan: Plan, decisions: Decisions) -> None:
        self._plan, self._decisions = plan, decisions
        self._contents = {bytes.fromhex(key) for drop in plan.drops for key in (drop.sha256, drop.keeper_sha256)}
        self._standing = Standing()
        self._read = -1

    def check(self, drop: Drop) -> None:
        """Raise `ActionRefused` for a file that was set apart from its keeper, is to be kept by now, is to go no more,
        or whose keeper is to go itself by now.
        """
        reason = self._reason(drop)
        if reason:
            raise ActionRefused(f"{drop.uri} was left as it is: {reason}.", next_step=_AGAIN)

    def _reason(self, drop: Drop) -> str:
        standing = self._current()
        content, keeper = bytes.fromhex(drop.sha256), bytes.fromhex(drop.keeper_sha256)
        apart = standing.apart.get((min(content, keeper), max(content, keeper)))
        if apart is not None:
            return f"{_who(apart)} said that it is no duplicate of its keeper {drop.keeper}"
        made = standing.places.get((content, drop.uri)) or standing.choices.get(content)
        if drop.decision is not None and made is None and drop.decision <= self._read:
            return "the decision to drop it was taken back"
        other = content != keeper
        if made is not None and made.verdict.kind == "keep" and self._counts(made, drop.uri, other=other):
            return f"{_who(made)} decided to keep it since the plan was made"
        made = standing.places.get((keeper, drop.keeper)) or standing.choices.get(keeper)
        if made is not None and made.verdict.kind == "drop" and self._counts(made, drop.keeper, other=other):
            return f"{_who(made)} decided to drop its keeper {drop.keeper} since the plan was made"
        return ""

    def _counts(self, made: Decision, uri: str, *, other: bool) -> bool:
        """Whether a decision is newer than the plan and means the file at a URI. Of files with equal bytes (not
        `other`) only the one that it names is meant.
        """
        newer = made.at > self._plan.created if self._plan.revision is None else made.id > self._plan.revision
        return newer and (other or made.verdict.place == uri)

    def _current(self) -> Standing:
        newest = self._decisions.revision()
        if newest != self._read:
            self._standing, self._read = self._decisions.standing(self._contents), newest
        return self._standing


def _who(made: Decision) -> str:
    return made.person or "somebody"
