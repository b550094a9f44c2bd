"""From what a reviewer says of images and groups to the verdicts that are recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sosie.errors import UsageError
from sosie.grouping.keeper import Facts
from sosie.review.choosing import Chosen, choose
from sosie.review.groups import Choice, Member, ReviewGroup
from sosie.review.rules import Rules
from sosie.review.ways import Ways
from sosie.store.decisions import Verdict


def reopening(group: ReviewGroup) -> list[Verdict]:
    """Return the verdicts that take back all that is decided of a group: it is asked about again."""
    verdicts = [Verdict("open", (key,)) for key in group.contents]
    return [*verdicts, Verdict("together", group.contents)] if group.apart else verdicts


def singled_out(group: ReviewGroup, uris: Sequence[str], kind: Literal["apart", "together"] = "apart") -> list[Verdict]:
    """Return the verdicts that the images at these URIs are no duplicates of any other of a group (or may be again).

    What was chosen for them is taken back. Raises `UsageError` for an image that is not in the group.
    """
    _refuse_strangers(uris, group.by_uri)
    meant = [member for uri in uris for member in group.by_uri[uri]]
    named = {member.content for member in meant}
    chosen = {member.content for member in meant if member.choice != "open"}
    pairs = {(min(one, other), max(one, other)) for one in named for other in group.contents if one != other}
    return [*(Verdict("open", (key,)) for key in sorted(chosen)), *(Verdict(kind, pair) for pair in sorted(pairs))]


def choosing(group: ReviewGroup, choices: Mapping[str, Choice]) -> list[Verdict]:
    """Return the verdicts that set single images of a group, by URI; the others stay as they are.

    Raises `UsageError` for an image that is not in the group, and when nothing of the group would be kept.
    """
    at = group.by_uri
    _refuse_strangers(choices, at)
    after = {member.image.id: choices.get(member.image.uri, member.choice) for member in group.members}
    staying = [member for member in group.members if after[member.image.id] != "drop"]
    if not staying:
        raise UsageError("A group must keep one image at least.", next_step="Keep or leave open one of its images.")
    said: dict[Choice, list[Member]] = {"open": [], "keep": [], "drop": []}
    for uri, choice in choices.items():
        said[choice] += at[uri]
    favoured = _favoured(group, staying, after)
    verdicts = [Verdict("open", (key,)) for key in dict.fromkeys(member.content for member in said["open"])]
    verdicts += [Verdict("keep", (member.content,), None, member.image.uri) for member in said["keep"]]
    stay = {member.content for member in staying}
    for member in said["drop"]:
        place = member.image.uri if member.content in stay else None
        verdicts.append(Verdict("drop", (member.content,), favoured.content, place))
    return list(dict.fromkeys(verdicts))


def _refuse_strangers(uris: Iterable[str], at: Collection[str]) -> None:
    unknown = sorted(set(uris).difference(at))
    if unknown:
        raise UsageError(f"{unknown[0]} is not in the group.", next_step=f"Its images are {', '.join(sorted(at))}.")


def _favoured(group: ReviewGroup, staying: Sequence[Member], after: Mapping[int, Choice]) -> Member:
    """Return the member in whose favour others go: one that is kept, the group's own keeper before others."""

    def rank(member: Member) -> tuple[bool, bool]:
        return after[member.image.id] != "keep", member.image.id != group.group.keeper

    return min(staying, key=rank)


@dataclass
class Suggestions:
    """What rules suggest for many groups: the verdicts, and what they come to.

    `left` counts groups for which nothing is suggested, by the reason.
    """

    verdicts: list[Verdict] = field(default_factory=list)
    groups: list[ReviewGroup] = field(default_factory=list)
    images: int = 0
    dropped: int = 0
    gain: int = 0
    left: Counter[str] = field(default_factory=Counter)


def suggestions(groups: Iterable[ReviewGroup], facts: Mapping[int, Facts], rules: Rules, ways: Ways) -> Suggestions:
    """Return what rules make of what nobody has decided on: of each group the keeper is kept, the copies go.

    What was decided stays as it was. Relations that are not `automatic`, and copies in doubt, are left to people.
    """
    found = Suggestions()
    for group in groups:
        if group.settled:
            found.left["settled already"] += 1
        elif group.group.relation not in rules.automatic:
            found.left[f"`{group.group.relation}` is never settled automatically"] += 1
        else:
            _suggest(found, group, choose(group, facts, rules, ways))
    return found


def _suggest(found: Suggestions, group: ReviewGroup, chosen: Chosen) -> None:
    going = [step for step in chosen.go if step.member.choice == "open"]
    if not going:
        found.left["its copies are in doubt" if chosen.left else "rules keep all of its images"] += 1
        return
    staying = {member.content for member, _ in chosen.stay} | {member.content for member, _ in chosen.left}
    verdicts = [
        Verdict("keep", (member.content,), None, member.image.uri)
        for member, _ in chosen.stay
        if member.choice == "open"
    ]
    for step in going:
        place = step.member.image.uri if step.member.content in staying else None
        verdicts.append(Verdict("drop", (step.member.content,), step.keeper.content, place))
    found.verdicts += list(dict.fromkeys(verdicts))
    found.groups.append(group)
    found.images += len(group.members)
    found.dropped += len(going)
    found.gain += sum(step.member.image.bytes for step in going)
