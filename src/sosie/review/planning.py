"""From a report, decisions and rules to a plan."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sosie.grouping.keeper import Facts
from sosie.report import Report, evidence_to
from sosie.review.choosing import Chosen, Going, choose
from sosie.review.groups import ReviewGroup
from sosie.review.places import is_quarantined
from sosie.review.plan import Drop, Keep, Left, Method, Plan, PlannedGroup, check, is_file
from sosie.review.remote import check_target
from sosie.review.rules import Rules
from sosie.review.ways import Ways
from sosie.types import Edge

_REMOTE: frozenset[Method] = frozenset({"list", "webhook"})


def make_plan(
    report: Report,
    groups: Sequence[ReviewGroup],
    facts: Mapping[int, Facts],
    rules: Rules,
    ways: Ways,
    *,
    created: float,
    method: Method = "quarantine",
    quarantine: str | None = None,
    target: str | None = None,
    roots: Iterable[str] = (),
    revision: int | None = None,
) -> Plan:
    """Return what would happen to the images of a report under decisions and rules; nothing is touched.

    `groups`, `facts` and `ways` are of the same report (`review_groups`, `facts_of`). Files are looked at (not read) to
    leave alone what cannot be acted on. `revision` as in `Plan`. Raises `UsageError` for a target that the method
    cannot use.
    """
    check_target(method, target)
    planned = [_planned(group, choose(group, facts, rules, ways), report, ways, method) for group in groups]
    dropped = {drop.uri for group in planned for drop in group.drops}
    planned = [_without_lost_keepers(group, dropped) for group in planned]
    planned = [group for group in planned if group.drops or group.left]
    plan = Plan(method, tuple(_each_once(planned)), created, rules.name, quarantine, target, tuple(roots), revision)
    check(plan)
    return plan


def _planned(group: ReviewGroup, chosen: Chosen, report: Report, ways: Ways, method: Method) -> PlannedGroup:
    drops, left = [], [Left(member.image.uri, reason) for member, reason in chosen.left]
    why = chosen.stay[0][1]
    for going in chosen.go:
        reason = _unfit(going, method)
        if reason:
            left.append(Left(going.member.image.uri, reason))
        else:
            drops.append(_drop(going, group, report, ways, why))
    keeps = tuple(Keep(member.image.uri, member.image.sha256, reason) for member, reason in chosen.stay)
    return PlannedGroup(group.key, group.group.relation, keeps, tuple(drops), tuple(left))


def _drop(going: Going, group: ReviewGroup, report: Report, ways: Ways, why: str) -> Drop:
    image, keeper = going.member.image, going.keeper.image
    same = image.sha256 == keeper.sha256
    return Drop(
        uri=image.uri,
        sha256=image.sha256,
        bytes=image.bytes,
        keeper=keeper.uri,
        keeper_sha256=keeper.sha256,
        relation="identical" if same else group.group.relation,
        by=going.by,
        why=why,
        names=tuple(name for name in image.aliases if not _is_link(name)),
        brand=image.brand,
        decision=going.decision,
        evidence=tuple(_edge(edge, report) for edge in ways.between(image.id, keeper.id)),
    )


def _unfit(going: Going, method: Method) -> str:
    """Return why a file cannot be acted on by a method, or an empty text."""
    image, keeper = going.member.image, going.keeper.image
    if method in _REMOTE:
        return "" if not is_file(image.uri) else "is a file of this machine: plan it with another --method"
    if not is_file(image.uri):
        return "is no file of this machine: plan it with --method list or --method webhook"
    if not is_file(keeper.uri):
        return f"its keeper {keeper.uri} is no file of this machine and cannot be read again first"
    if is_quarantined(image.uri) or is_quarantined(keeper.uri):
        return "is in a quarantine or trash already, or its keeper is"
    if _is_link(image.uri):
        return "is a symbolic link: the picture is elsewhere"
    links = [name for name in image.aliases if _is_link(name)]
    if links:
        return f"the symbolic link {links[0]} leads to it and would lead nowhere"
    return ""


def _is_link(path: str) -> bool:
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False  # it is gone or out of reach: applying says so when it reads the file again


def _without_lost_keepers(group: PlannedGroup, dropped: set[str]) -> PlannedGroup:
    """Leave alone whatever relies on a file that another group drops, and what another group keeps."""
    lost = [drop for drop in group.drops if drop.keeper in dropped]
    if not lost:
        return group
    left = tuple(Left(drop.uri, f"its keeper {drop.keeper} is itself dropped in another group") for drop in lost)
    drops = tuple(drop for drop in group.drops if drop.keeper not in dropped)
    return replace(group, drops=drops, left=group.left + left)


def _each_once(groups: Iterable[PlannedGroup]) -> Iterable[PlannedGroup]:
    """A file in several groups, or of several brands, is dropped once, by the first group that drops it.

    It is no keep of another.
    """
    groups = list(groups)
    dropped = {drop.uri for group in groups for drop in group.drops}
    seen: set[str] = set()
    for group in groups:
        once = {drop.uri: drop for drop in reversed(group.drops) if drop.uri not in seen}
        drops = tuple(drop for drop in group.drops if once.get(drop.uri) is drop)
        seen.update(once)
        yield replace(group, drops=drops, keeps=tuple(keep for keep in group.keeps if keep.uri not in dropped))


def _edge(edge: Edge, report: Report) -> dict[str, Any]:
    row: dict[str, Any] = {"a": report.images[edge.a].uri, "b": report.images[edge.b].uri}
    row |= {"relation": edge.relation, "score": edge.score, "evidence": evidence_to(edge.evidence)}
    return row


def changes(before: Plan, after: Plan) -> dict[str, list[dict[str, str]]]:
    """Return what another set of rules would change: files dropped in only one of two plans, and other keepers."""
    old = {drop.uri: drop for drop in before.drops}
    new = {drop.uri: drop for drop in after.drops}
    stays = {keep.uri: keep.reason for group in after.groups for keep in group.keeps}
    stays |= {left.uri: left.reason for left in after.left}

    def said(drop: Drop) -> dict[str, str]:
        return {"uri": drop.uri, "keeper": drop.keeper, "why": stays.get(drop.uri) or drop.why}

    return {
        "no longer dropped": [said(old[uri]) for uri in sorted(old.keys() - new.keys())],
        "dropped as well": [said(new[uri]) for uri in sorted(new.keys() - old.keys())],
        "another keeper": [
            {**said(new[uri]), "before": old[uri].keeper}
            for uri in sorted(old.keys() & new.keys())
            if old[uri].keeper != new[uri].keeper
        ],
    }
