"""From a report, decisions and rules to a plan."""

from __future__ import annotations

import heapq
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sosie.grouping.keeper import Facts
from sosie.report import Report, evidence_to
from sosie.review.choosing import Chosen, Going, choose
from sosie.review.groups import ReviewGroup
from sosie.review.places import is_quarantined
from sosie.review.plan import Drop, Keep, Left, Method, Plan, PlannedGroup, check, is_file
from sosie.review.rules import Rules
from sosie.types import Edge, Relation

_REMOTE: frozenset[Method] = frozenset({"list", "webhook"})
_STRENGTH: Mapping[Relation, int] = {"identical": 0, "copy": 1, "variant": 2, "scene": 3, "similar": 4, "contains": 5}


_SURE = 0.95
"""Score of a copy from which rules may let it go without a person: 95 in 100 such pairs are right."""
_SMALL = 0.03
"""Share of an image below which what is laid over it, a mark or a speck, does not make it another picture."""


def make_plan(
    report: Report,
    groups: Sequence[ReviewGroup],
    facts: Mapping[int, Facts],
    rules: Rules,
    *,
    created: float,
    method: Method = "quarantine",
    quarantine: str | None = None,
    target: str | None = None,
    roots: Iterable[str] = (),
) -> Plan:
    """Return what would happen to the images of a report under decisions and rules; nothing is touched.

    `groups` and `facts` are of the same report (`review_groups`, `facts_of`). Files are looked at (not read) to leave
    alone what cannot be acted on. Raises `UsageError` for a method without its target.
    """
    ways = _Ways(report.edges)
    planned = [_planned(group, choose(group, facts, rules), report, ways, method) for group in groups]
    dropped = {drop.uri for group in planned for drop in group.drops}
    planned = [_without_lost_keepers(group, dropped) for group in planned]
    planned = [group for group in planned if group.drops or group.left]
    plan = Plan(method, tuple(_each_once(planned)), created, rules.name, quarantine, target, tuple(roots))
    check(plan)
    return plan


def _planned(group: ReviewGroup, chosen: Chosen, report: Report, ways: _Ways, method: Method) -> PlannedGroup:
    drops, left = [], [Left(member.image.uri, reason) for member, reason in chosen.left]
    why = chosen.stay[0][1]
    staying = {member.image.uri for member, _ in chosen.stay}
    for going in chosen.go:
        reason = _unfit(going, method) or _unsure(going, ways)
        if going.member.image.uri in staying:
            reason = "is the very file that is kept, which another brand lists, too"
        if reason:
            left.append(Left(going.member.image.uri, reason))
        else:
            drops.append(_drop(going, group, report, ways, why))
    keeps = tuple(Keep(member.image.uri, member.image.sha256, reason) for member, reason in chosen.stay)
    return PlannedGroup(group.key, group.group.relation, keeps, tuple(drops), tuple(left))


def _drop(going: Going, group: ReviewGroup, report: Report, ways: _Ways, why: str) -> Drop:
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


def _unsure(going: Going, ways: _Ways) -> str:
    """Return why a copy waits for a person although rules would let it go, or an empty text.

    What somebody decided is not doubted. An image with something laid over it is a picture of its own to whoever made
    it, and two pictures of one design look the same to geometry.
    """
    if going.decision is not None or going.member.content == going.keeper.content:
        return ""
    for edge in ways.between(going.member.image.id, going.keeper.image.id):
        if edge.relation == "copy" and edge.score < _SURE:
            return f"waits for a decision: only {edge.score:.0%} sure that it is a copy of what is kept"
        if _laid_over(edge) > _SMALL:
            return "waits for a decision: something is laid over it, or over what is kept"
    return ""


def _laid_over(edge: Edge) -> float:
    """Return how much of an image is laid over, as a share of its area."""
    boxes = [box for edit in edge.evidence.edits if edit.kind == "overlay" for box in edit.rectangles]
    return sum((right - left) * (bottom - top) for left, top, right, bottom in boxes)


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
    drops = tuple(drop for drop in group.drops if drop not in lost)
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


class _Ways:
    """Finds the most trustworthy chain of edges between two images."""

    def __init__(self, edges: Iterable[Edge]) -> None:
        self._edges: dict[int, list[Edge]] = {}
        for edge in edges:
            self._edges.setdefault(edge.a, []).append(edge)
            self._edges.setdefault(edge.b, []).append(edge)

    def between(self, start: int, end: int) -> list[Edge]:
        """Return the edges from one image to another, the closest relations first, then the fewest; or none."""
        queue: list[tuple[int, int, int, int, list[Edge]]] = [(0, 0, 0, start, [])]
        seen: set[int] = set()
        count = 0
        while queue:
            weakest, length, _, here, way = heapq.heappop(queue)
            if here == end:
                return way
            if here in seen:
                continue
            seen.add(here)
            for edge in self._edges.get(here, ()):
                there = edge.b if edge.a == here else edge.a
                count += 1
                step = max(weakest, _STRENGTH[edge.relation])
                heapq.heappush(queue, (step, length + 1, count, there, [*way, edge]))
        return []


def _edge(edge: Edge, report: Report) -> dict[str, Any]:
    row: dict[str, Any] = {"a": report.images[edge.a].uri, "b": report.images[edge.b].uri}
    row |= {"relation": edge.relation, "score": edge.score, "evidence": evidence_to(edge.evidence)}
    return row


def changes(before: Plan, after: Plan) -> dict[str, list[dict[str, str]]]:
    """Return what another set of rules would change: files dropped in only one of two plans, and other keepers."""
    old = {drop.uri: drop for drop in before.drops}
    new = {drop.uri: drop for drop in after.drops}
    return {
        "no longer dropped": [_said(old[uri], after) for uri in sorted(old.keys() - new.keys())],
        "dropped as well": [_said(new[uri], after) for uri in sorted(new.keys() - old.keys())],
        "another keeper": [
            {**_said(new[uri], after), "before": old[uri].keeper}
            for uri in sorted(old.keys() & new.keys())
            if old[uri].keeper != new[uri].keeper
        ],
    }


def _said(drop: Drop, after: Plan) -> dict[str, str]:
    stays = {keep.uri: keep.reason for group in after.groups for keep in group.keeps}
    stays |= {left.uri: left.reason for left in after.left}
    row = asdict(drop)
    return {"uri": drop.uri, "keeper": drop.keeper, "why": stays.get(drop.uri) or str(row["why"])}
