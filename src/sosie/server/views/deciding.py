"""Decisions on the groups of a result: one, all that a filter shows, and taking them back."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal, assert_never

from sosie.errors import DecisionConflict
from sosie.review import Desk, ReviewGroup, Rules
from sosie.review.deciding import Suggestions, choosing, reopening, singled_out, suggestions
from sosie.review.desk import settling
from sosie.review.groups import review_groups
from sosie.server.schemas.decisions import BulkDecided, BulkDecision, Decided, GroupDecision
from sosie.server.views.choosing import matching
from sosie.server.views.detail import numbered, reviewed
from sosie.server.views.grouping import Grouping
from sosie.server.views.loaded import LoadedResult
from sosie.server.views.showing import group_views, printable
from sosie.store.decisions import Verdict

_SAMPLE = 12


def decide_group(result: LoadedResult, grouping: Grouping, key: str, body: GroupDecision, person: str) -> Decided:
    """Record a decision on one group and give the group as it is then.

    Raises `NotFound` for a group that is not there, `DecisionConflict` when somebody was faster than `body.seen`.
    """
    number = numbered(grouping, key)
    group = reviewed(result, grouping.groups[number])
    verdicts = _verdicts(group, body)
    made = result.decisions.record(
        verdicts, person=person, now=time.time(), reason=body.reason, seen=body.seen, contents=group.contents
    )
    (view,) = group_views(grouping, [number], result.standings.asked(grouping))
    return Decided(decisions=made, group=view, revision=max([group.revision, *made]))


def _verdicts(group: ReviewGroup, body: GroupDecision) -> list[Verdict]:
    uris = {printable(member.image.uri): member.image.uri for member in group.members}
    match body.action:
        case "settle":
            return settling(group, [uris.get(name, name) for name in body.keep])
        case "apart":
            return _related(group, [uris.get(name, name) for name in body.images], "apart")
        case "together":
            return _related(group, [uris.get(name, name) for name in body.images], "together")
        case "choose":
            return choosing(group, {uris.get(name, name): choice for name, choice in body.choices.items()})
        case "open":
            return reopening(group)
        case _:
            assert_never(body.action)


def _related(group: ReviewGroup, uris: list[str], kind: Literal["apart", "together"]) -> list[Verdict]:
    """Give the verdicts on some images against all others, or on all of a group; equal bytes leave nothing to say."""
    if uris:
        return singled_out(group, uris, kind)
    return [Verdict(kind, group.contents)] if len(group.contents) > 1 else []


def setting_apart(group: ReviewGroup) -> list[Verdict]:
    """Give the verdict that no two contents of a group are duplicates."""
    return _related(group, [], "apart")


def decide_many(
    result: LoadedResult, grouping: Grouping, desk: Desk, rules: Rules, body: BulkDecision, person: str
) -> BulkDecided:
    """Give what a decision on all groups of a filter comes to, and record it unless it is a preview.

    Raises `DecisionConflict`, and records nothing, when there are other groups than the preview showed, or when
    somebody decided on one of them meanwhile.
    """
    revision = result.decisions.revision()
    asked = result.standings.asked(grouping)
    chosen = matching(grouping, body.filter, asked).nonzero()[0].tolist()
    groups = review_groups(
        replace(result.report, groups=tuple(grouping.groups[number] for number in chosen)), result.decisions
    )
    found = _come_to(groups, desk, rules, body)
    if body.expected is not None and len(found.groups) != body.expected:
        raise DecisionConflict(
            f"The filter shows {len(found.groups):,} groups by now, not {body.expected:,}.",
            next_step="Look at the preview again, then decide.",
        )
    made: list[int] = []
    if not body.preview and found.verdicts:
        contents = {key for group in found.groups for key in group.contents}
        made = result.decisions.record(
            found.verdicts, person=person, now=time.time(), reason=body.reason, seen=revision, contents=contents
        )
    shown = [grouping.by_key[group.key] for group in found.groups[:_SAMPLE]]
    return BulkDecided(
        groups=len(found.groups),
        images=found.images,
        dropped=found.dropped,
        gain=found.gain,
        sample=group_views(grouping, shown, result.standings.asked(grouping)),
        left_out=dict(found.left),
        decisions=made,
    )


def _come_to(groups: Iterable[ReviewGroup], desk: Desk, rules: Rules, body: BulkDecision) -> Suggestions:
    if body.action == "suggested":
        return suggestions(groups, desk.facts, rules, desk.ways)
    found = Suggestions()
    for group in groups:
        verdicts = setting_apart(group) if body.action == "apart" else _reopened(group)
        if not verdicts:
            found.left["its images have the same bytes" if body.action == "apart" else "nothing is decided"] += 1
            continue
        found.verdicts += verdicts
        found.groups.append(group)
        found.images += len(group.members)
    return found


def _reopened(group: ReviewGroup) -> list[Verdict]:
    decided = group.apart or any(member.choice != "open" for member in group.members)
    return reopening(group) if decided else []
