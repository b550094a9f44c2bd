"""From edges between contents to the report: images, edges, groups with their keepers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sosie.fingerprints.base import INVERSE, ORIENTATIONS
from sosie.grouping import Facts, choose_keeper, connected, lone_copies, outvoted_copies, standing_variants
from sosie.pipeline.contents import Contents
from sosie.pipeline.ties import LIKELY, Pair
from sosie.report import ImageRecord
from sosie.store.catalogue import Content
from sosie.types import MERGED, RELATIONS, Edge, Evidence, Group, ImageRef, Pairs

Ids = Mapping[tuple[str, str], int]
"""Ids of images by brand and URI: one address may be an image of several brands."""

_LEADING = MERGED | {"contains"}
_SURE = 0.95
"""Score of an edge from which on it leads from an image to the rest of a group, and other views confirm it."""
_TYPICAL = 8
"""Members of a group that such an image is asked against: in families of 33 edits the original is among them."""


def image_records(contents: Contents, compared: Sequence[str]) -> list[ImageRecord]:
    """Return the images sorted by brand and URI, their ids being their positions."""
    rows = [
        (ref, content, how)
        for refs, content, how in zip(contents.refs, contents.rows, compared, strict=True)
        for ref in refs
    ]
    rows.sort(key=lambda row: (row[0].brand, row[0].uri))
    return [
        ImageRecord(
            id=number,
            uri=ref.uri,
            brand=ref.brand,
            sha256=content.sha256.hex(),
            width=content.width,
            height=content.height,
            bytes=content.size,
            format=content.format,
            title=ref.title,
            frames=content.frames,
            compared=how,
            aliases=ref.aliases,
        )
        for number, (ref, content, how) in enumerate(rows)
    ]


def name_of(image: ImageRef | ImageRecord) -> tuple[str, str]:
    """Return what tells an image from all others of a run."""
    return image.brand, image.uri


def image_edges(contents: Contents, edges: Sequence[Edge], ids: Ids) -> list[Edge]:
    """Return edges between images: those of contents by their first image, and equal bytes to that one."""
    first = [ids[name_of(refs[0])] for refs in contents.refs]
    found = [_between(edge, first[edge.a], first[edge.b], first) for edge in edges]
    for refs in contents.refs:
        same = sorted(ids[name_of(ref)] for ref in refs)
        found += [Edge(same[0], other, "identical", 1.0, Evidence(equal="bytes")) for other in same[1:]]
    return sorted(found, key=lambda edge: (edge.a, edge.b))


def _between(edge: Edge, a: int, b: int, first: Sequence[int]) -> Edge:
    inner = None if edge.inner is None else first[edge.inner]
    evidence = edge.evidence if a < b else reverse(edge.evidence)
    return replace(edge, a=min(a, b), b=max(a, b), inner=inner, evidence=evidence)


def reverse(evidence: Evidence) -> Evidence:
    """Return the evidence as seen from the other image: transform and orientation inverted, the shares swapped."""
    changes: dict[str, object] = {}
    if evidence.edits:
        changes["origin"] = "b" if evidence.origin == "a" else "a"
    if evidence.orientation is not None:
        changes["orientation"] = ORIENTATIONS[INVERSE[ORIENTATIONS.index(evidence.orientation)]]
    if evidence.transform is not None:
        inverse = np.linalg.inv(np.array(evidence.transform))
        changes["transform"] = tuple(tuple(float(x) for x in row) for row in inverse / inverse[2, 2])
    if evidence.overlap is not None:
        changes["overlap"] = (evidence.overlap[1], evidence.overlap[0])
    return replace(evidence, **changes)  # type: ignore[arg-type]


def groups_of(contents: Contents, edges: Sequence[Edge], ids: Ids) -> list[Group]:
    """Return the groups of images that are one picture, sorted by their first member."""
    shares = shares_of(contents, edges)
    same = connected(len(contents), _pairs(edges, frozenset({"identical"})))
    groups = [
        _group(contents, rows, shares, ids, identical=len(set(same[rows])) == 1) for rows in components(contents, edges)
    ]
    groups.sort(key=lambda group: group.members)
    return [replace(group, id=number) for number, group in enumerate(groups)]


def with_identical(contents: Contents, edges: Sequence[Edge]) -> list[Edge]:
    """Return the edges with every pair called identical that a chain of identical pairs joins."""
    same = connected(len(contents), _pairs(edges, frozenset({"identical"})))
    equal = Evidence(equal="pixels")
    return [
        replace(edge, relation="identical", score=1.0, evidence=equal, inner=None)
        if same[edge.a] == same[edge.b]
        else edge
        for edge in edges
    ]


def keeper_pairs(contents: Contents, edges: Sequence[Edge]) -> list[tuple[int, int]]:
    """Return the pairs of contents that a group's keeper makes with members that no edge joins it to."""
    known = {(edge.a, edge.b) for edge in edges}
    shares = shares_of(contents, edges)
    missing = []
    for rows in components(contents, edges):
        keeper, _ = _keeper(contents, rows, shares)
        pairs = [(min(row, keeper), max(row, keeper)) for row in rows if row != keeper]
        missing += [pair for pair in pairs if pair not in known]
    return missing


def leading_pairs(contents: Contents, edges: Sequence[Edge]) -> list[Pair]:
    """Return the pairs of contents that an image makes with the most typical members of groups of which it surely shows
    a member, or is a copy of one without being in the group.

    Typical are those with the best copies in the group: the original, more often than not. What is on a page has few
    keypoints there, so that candidates lead to some of its copies, and not to all.
    """
    groups = components(contents, edges)
    group = {row: number for number, rows in enumerate(groups) for row in rows}
    likeness: Counter[int] = Counter()
    led = set[Pair]()
    for edge in edges:
        a, b = group.get(edge.a), group.get(edge.b)
        if a == b and edge.relation in MERGED:
            likeness[edge.a] += round(edge.score * 1e4)
            likeness[edge.b] += round(edge.score * 1e4)
        elif edge.relation in _LEADING and edge.score >= _SURE:
            led |= {(row, there) for row, there in ((edge.a, b), (edge.b, a)) if there is not None}
    typical = [sorted(rows, key=lambda row: (-likeness[row], row))[:_TYPICAL] for rows in groups]
    pairs = {(min(row, other), max(row, other)) for row, there in led for other in typical[there] if row != other}
    return sorted(pairs)


def components(contents: Contents, edges: Sequence[Edge]) -> list[list[int]]:
    """Return the contents of each group that has two images or more."""
    called = {relation: [(edge.a, edge.b) for edge in edges if edge.relation == relation] for relation in RELATIONS}
    merged = [*called["identical"], *called["copy"]]
    foes = {*contents.apart, *standing_variants(called["variant"], merged)}
    a, b = np.array(sorted(foes), dtype=np.int64).reshape(-1, 2).T
    outvoted = outvoted_copies(merged, called["contains"]) | _lone(edges, merged, called["scene"])
    trusted = [edge for edge in edges if edge.relation == "identical" or (edge.a, edge.b) not in outvoted]
    labels = connected(len(contents), _pairs(trusted, MERGED), Pairs(a, b, np.ones(len(a), np.float32)))
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    return [rows for rows in members.values() if sum(len(contents.refs[row]) for row in rows) > 1]


def _lone(edges: Sequence[Edge], merged: Sequence[Pair], scenes: Sequence[Pair]) -> set[Pair]:
    """Return the likely copies that nothing confirms: no other copy, however doubtful, and where one is sure, no pair
    that shows at least the same thing either."""
    likely = {(edge.a, edge.b): edge.score for edge in edges if edge.relation in MERGED and edge.score >= LIKELY}
    lone = lone_copies(likely, confirming=merged)
    seen = lone_copies(likely, confirming=[*merged, *scenes]) if lone else lone
    return {pair for pair in lone if pair in seen or likely[pair] < _SURE}


def shares_of(contents: Contents, edges: Sequence[Edge]) -> list[float]:
    """Return what part of a whole picture each content is: a frame around it does not count, nor what a crop lost."""
    shares = [1.0] * len(contents)
    for edge in edges:
        if edge.evidence.overlap is None or edge.relation not in MERGED:
            continue
        ends = [(edge.a, edge.evidence.overlap[0]), (edge.b, edge.evidence.overlap[1])]
        (_, kept), (row, shown) = ends if edge.evidence.origin == "a" else ends[::-1]
        kinds = {edit.kind for edit in edge.evidence.edits}
        shares[row] = min(shares[row], kept if "crop" in kinds else 1.0, shown if "border" in kinds else 1.0)
    return shares


def _pairs(edges: Sequence[Edge], relations: frozenset[str]) -> Pairs:
    wanted = [edge for edge in edges if edge.relation in relations and edge.score >= LIKELY]
    a, b = (np.array([getattr(edge, end) for edge in wanted], dtype=np.int64) for end in "ab")
    return Pairs(a, b, np.array([edge.score for edge in wanted], dtype=np.float32))


def keeper_of(contents: Contents, rows: Sequence[int], shares: Sequence[float]) -> int:
    """Return the content of a group to keep; `shares` as `shares_of` gives them."""
    return _keeper(contents, rows, shares)[0]


def _keeper(contents: Contents, rows: Sequence[int], shares: Sequence[float]) -> tuple[int, tuple[ImageRef, str]]:
    """Return the content to keep, its image to keep, and why."""
    members = [(row, ref) for row in rows for ref in contents.refs[row]]
    position, reason = choose_keeper([facts_of(ref, contents.rows[row], shares[row]) for row, ref in members])
    row, ref = members[position]
    return row, (ref, reason)


def _group(contents: Contents, rows: Sequence[int], shares: Sequence[float], ids: Ids, *, identical: bool) -> Group:
    keeper, (ref, reason) = _keeper(contents, rows, shares)
    total = sum(contents.rows[row].size * len(contents.refs[row]) for row in rows)
    return Group(
        id=0,
        relation="identical" if identical else "copy",
        members=tuple(sorted(ids[name_of(ref)] for row in rows for ref in contents.refs[row])),
        keeper=ids[name_of(ref)],
        reason=reason,
        gain=total - contents.rows[keeper].size,
    )


def facts_of(ref: ImageRef, content: Content, share: float = 1.0) -> Facts:
    """Return what the keeper is chosen by."""
    names = ("width", "height", "format", "frames", "bits", "lossless", "quality", "metadata", "detail")
    values = {name: getattr(content, name) for name in names}
    return Facts(uri=ref.uri, mtime_ns=ref.state.mtime_ns if ref.state else 0, share=share, **values)
