"""Which images of a group stay and which may go: decisions first, then protection, preference, and the criteria."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sosie.grouping.keeper import Facts, choose_keeper
from sosie.review.groups import Member, ReviewGroup
from sosie.review.rules import Rule, Rules
from sosie.review.ways import Ways
from sosie.store.decisions import Decision


@dataclass(frozen=True, slots=True)
class Going:
    """A member that may go, the member that stays for it, and who or which rule says so."""

    member: Member
    keeper: Member
    by: str
    decision: int | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to become of a group: members that stay (with why), that go, and that are left (with why)."""

    stay: tuple[tuple[Member, str], ...]
    go: tuple[Going, ...]
    left: tuple[tuple[Member, str], ...]


def choose(group: ReviewGroup, facts: Mapping[int, Facts], rules: Rules, ways: Ways) -> Chosen:
    """Return what decisions and rules make of a group. One member at least always stays.

    A person's word outranks preferences; protection outranks a person's word to drop, and so does the word that two
    images are no duplicates: neither goes in favour of the other, whichever was said last. Groups of relations that are
    not `automatic` lose only what somebody decided to drop, and so do all groups where `ways` leave a doubt.
    """
    return _Choice(group, facts, rules, ways).chosen()


def who(decision: Decision) -> str:
    """Name a decision as a reason: its number, its person, and why."""
    text = f"decision {decision.id}" + (f" by {decision.person}" if decision.person else "")
    return f"{text} ({decision.reason})" if decision.reason else text


class _Choice:
    def __init__(self, group: ReviewGroup, facts: Mapping[int, Facts], rules: Rules, ways: Ways) -> None:
        self._group = group
        self._facts = facts
        self._rules = rules
        self._ways = ways

    def chosen(self) -> Chosen:
        protected = {m.image.id: rule for m in self._group.members if (rule := self._protecting(m)) is not None}
        keeper, why = self._keeper(protected)
        stay: list[tuple[Member, str]] = [(keeper, why)]
        open_or_dropped = []
        for member in self._group.members:
            if member is keeper:
                continue
            if member.image.id in protected:
                stay.append((member, f"protected by {protected[member.image.id].name}"))
            elif self._kept_by_decision(member, keeper) and member.decision:
                stay.append((member, who(member.decision)))
            else:
                open_or_dropped.append(member)
        go: list[Going] = []
        left: list[tuple[Member, str]] = []
        open_or_dropped.sort(key=lambda member: member.image.id != self._group.group.keeper)
        for member in open_or_dropped:
            outcome = self._outcome(member, keeper, [kept for kept, _ in stay], [waiting for waiting, _ in left])
            if isinstance(outcome, Going):
                go.append(outcome)
            else:
                left.append((member, outcome))
        return Chosen(tuple(stay), tuple(go), tuple(left))

    def _protecting(self, member: Member) -> Rule | None:
        return next((rule for rule in self._rules.protect if self._meant(rule, member)), None)

    def _meant(self, rule: Rule, member: Member) -> bool:
        return rule.where.holds(member.image.brand, self._facts[member.image.id])

    def _kept_by_decision(self, member: Member, keeper: Member) -> bool:
        """A content that is to be kept is kept once: its other files of the same bytes may go."""
        if member.choice != "keep" or member.decision is None:
            return False
        place = member.decision.verdict.place
        if member.content == keeper.content:
            return place == member.image.uri
        twins = [other for other in self._group.members if other.content == member.content and other.choice == "keep"]
        meant = [twin for twin in twins if twin.image.uri == place]
        return member is (meant or twins)[0]

    def _keeper(self, protected: Mapping[int, Rule]) -> tuple[Member, str]:
        members = self._group.members
        kept = [member for member in members if member.choice == "keep"]
        remaining = kept or [m for m in members if m.choice == "open"] or list(members)
        reason = who(kept[0].decision) if kept and kept[0].decision else ""
        here = [m for m in kept if m.decision and m.decision.verdict.place == m.image.uri]
        remaining = here or remaining
        steps: list[tuple[Callable[[Member], bool], str]] = [
            (
                lambda member: member.image.id in protected,
                next((f"protected by {r.name}" for r in protected.values()), ""),
            )
        ]
        steps += [(lambda member, rule=rule: self._meant(rule, member), rule.name) for rule in self._rules.prefer]  # type: ignore[misc]
        for test, name in steps:
            narrowed = [member for member in remaining if test(member)]
            if narrowed and len(narrowed) < len(remaining):
                remaining = narrowed
                reason = reason or name
        keeper, why = self._best(remaining)
        return keeper, reason or why

    def _best(self, members: Sequence[Member]) -> tuple[Member, str]:
        found = next((member for member in members if member.image.id == self._group.group.keeper), None)
        if self._rules.plain and found is not None:
            return found, self._group.group.reason
        facts = [self._facts[member.image.id] for member in members]
        position, reason = choose_keeper(facts, self._rules.order, self._rules.formats)
        return members[position], reason

    def _outcome(
        self, member: Member, keeper: Member, stay: Sequence[Member], waiting: Sequence[Member]
    ) -> Going | str:
        """Return how a member goes, or why it is left. What waits for a decision stays for now, too."""
        if any(member.image.uri == other.image.uri for other in (*stay, *waiting)):
            return "is the very file that is kept, which another brand lists, too"
        safe = list(stay)
        for rule in self._rules.only_when:
            if rule.where.holds(member.image.brand, self._facts[member.image.id]):
                safe = [kept for kept in safe if rule.kept.holds(kept.image.brand, self._facts[kept.image.id])]
                if not safe:
                    return f"stays by {rule.name}: none of the images it asks for is kept"
        decision = member.decision if member.choice == "drop" else None
        safe = [kept for kept in safe if not self._group.are_apart(kept.content, member.content)]
        if not safe:
            return "somebody said that it is no duplicate of the images that are kept"
        if decision is not None and self._group.are_apart(decision.verdict.keeper or b"", member.content):
            return "somebody said that it is no duplicate of the image in favour of which it was dropped"
        keeper = keeper if keeper in safe else safe[0]
        if decision is not None:
            favoured = [kept for kept in safe if kept.content == decision.verdict.keeper]
            return Going(member, (favoured or [keeper])[0], who(decision), decision.id)
        others = safe if len(safe) < len(stay) else [*safe, *waiting]
        return self._by_rules(member, keeper, [other for other in others if other.content == member.content])

    def _by_rules(self, member: Member, keeper: Member, twins: Sequence[Member]) -> Going | str:
        """Return how a member goes that nobody decided on, or why it waits. `twins` stay and have the same bytes."""
        relation, automatic = self._group.group.relation, self._rules.automatic
        by = f"rules ({self._rules.name})"
        if twins and (relation in automatic or "identical" in automatic):
            return Going(member, twins[0], by)
        if relation not in automatic:
            return f"waits for a decision: `{relation}` is not acted on automatically"
        return self._ways.doubt(member.image.id, keeper.image.id) or Going(member, keeper, by)
