"""The groups of a report as a reviewer sees them: what is settled, and what is still asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sosie.report import ImageRecord, Report
from sosie.store.decisions import Decision, Decisions, Standing
from sosie.types import Group

Choice = Literal["keep", "drop", "open"]


@dataclass(frozen=True, slots=True)
class Member:
    """One image of a group and what was decided of it: `choice` with the decision that made it, if any."""

    image: ImageRecord
    choice: Choice
    decision: Decision | None = None

    @property
    def content(self) -> bytes:
        """Its SHA-256."""
        return bytes.fromhex(self.image.sha256)


@dataclass(frozen=True, slots=True)
class ReviewGroup:
    """A group with its decisions.

    `key` names its contents, so it is the same in every scan that finds them together. `revision` is what a decision
    must give as `seen` to be refused when somebody was faster. `asked` are the contents nobody has decided on yet:
    once a group was settled, only those that joined it since. `apart` are the pairs of its contents (a < b) that
    somebody called no duplicates of each other since the scan.
    """

    key: str
    group: Group
    members: tuple[Member, ...]
    revision: int
    apart: frozenset[tuple[bytes, bytes]] = frozenset()

    @property
    def contents(self) -> tuple[bytes, ...]:
        """The distinct contents, sorted."""
        return tuple(sorted({member.content for member in self.members}))

    @property
    def by_uri(self) -> dict[str, list[Member]]:
        """The members at each URI: several where brands share one, each as it was when its brand was fetched."""
        found: dict[str, list[Member]] = {}
        for member in self.members:
            found.setdefault(member.image.uri, []).append(member)
        return found

    @property
    def asked(self) -> tuple[bytes, ...]:
        """The contents that wait for a decision, sorted. One that is apart from all others needs none."""
        decided = {member.content for member in self.members if member.choice != "open"}
        alone = self.alone
        return tuple(key for key in self.contents if key not in decided and key not in alone)

    @property
    def alone(self) -> frozenset[bytes]:
        """The contents that somebody called no duplicates of any other of the group."""
        foes = Counter(key for pair in self.apart for key in pair)
        others = len(self.contents) - 1
        return frozenset(key for key, count in foes.items() if count >= others > 0)

    def are_apart(self, one: bytes, other: bytes) -> bool:
        """Whether somebody called these two contents no duplicates of each other."""
        return (min(one, other), max(one, other)) in self.apart

    @property
    def settled(self) -> bool:
        """Whether nothing is left to ask."""
        return not self.asked


def review_groups(report: Report, decisions: Decisions) -> list[ReviewGroup]:
    """Return all groups of a report, in its order, with what was decided of their members."""
    grouped = {member for group in report.groups for member in group.members}
    contents = {bytes.fromhex(report.images[member].sha256) for member in grouped}
    history = decisions.history(contents)
    return groups_with(report, decisions.standing(contents), newest_by_content(history))


def groups_with(report: Report, standing: Standing, newest: Mapping[bytes, int]) -> list[ReviewGroup]:
    """Return the groups of a report under a standing; `newest` is the last decision's number by content."""
    found = []
    foes: dict[bytes, set[bytes]] = {}
    for one, other in standing.apart:
        foes.setdefault(one, set()).add(other)
    for group in report.groups:
        members = tuple(_member(report.images[number], standing) for number in group.members)
        revision = max((newest.get(member.content, 0) for member in members), default=0)
        key = group_key(member.content for member in members)
        found.append(ReviewGroup(key, group, members, revision, _apart(members, foes)))
    return found


def _apart(members: Sequence[Member], foes: Mapping[bytes, set[bytes]]) -> frozenset[tuple[bytes, bytes]]:
    contents = {member.content for member in members}
    return frozenset((one, other) for one in contents & foes.keys() for other in contents & foes[one])


def newest_by_content(history: Sequence[Decision]) -> dict[bytes, int]:
    """Return the number of the newest decision on each content; the history is oldest first."""
    return {key: made.id for made in history for key in made.verdict.contents}


def group_key(contents: Iterable[bytes]) -> str:
    """Return one short name (16 hexadecimal digits) for a set of contents."""
    return hashlib.sha256(b"".join(sorted(set(contents)))).hexdigest()[:16]


def _member(image: ImageRecord, standing: Standing) -> Member:
    content = bytes.fromhex(image.sha256)
    made = standing.places.get((content, image.uri)) or standing.choices.get(content)
    if made is None:
        return Member(image, "open")
    return Member(image, "drop" if made.verdict.kind == "drop" else "keep", made)
