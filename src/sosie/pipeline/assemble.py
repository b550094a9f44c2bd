"""From edges between contents to the report: images, edges, groups with their keepers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from sosie.grouping import Facts, choose_keeper, connected
from sosie.pipeline.contents import Contents
from sosie.report import ImageRecord
from sosie.types import MERGED, Edge, Evidence, Group, ImageRef, Pairs

Ids = Mapping[str, int]


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
            bytes=content.bytes,
            format=content.format,
            title=ref.title,
            frames=content.frames,
            compared=how,
            aliases=ref.aliases,
        )
        for number, (ref, content, how) in enumerate(rows)
    ]


def image_edges(contents: Contents, edges: Sequence[Edge], ids: Ids) -> list[Edge]:
    """Return edges between images: those of contents by their first image, and equal bytes to that one."""
    first = [ids[refs[0].uri] for refs in contents.refs]
    found = [_between(edge, first[edge.a], first[edge.b], first) for edge in edges]
    for refs in contents.refs:
        same = sorted(ids[ref.uri] for ref in refs)
        found += [Edge(same[0], other, "identical", 1.0, Evidence(equal="bytes")) for other in same[1:]]
    return sorted(found, key=lambda edge: (edge.a, edge.b))


def _between(edge: Edge, a: int, b: int, first: Sequence[int]) -> Edge:
    inner = None if edge.inner is None else first[edge.inner]
    evidence = edge.evidence if a < b else reverse(edge.evidence)
    return replace(edge, a=min(a, b), b=max(a, b), inner=inner, evidence=evidence)


def reverse(evidence: Evidence) -> Evidence:
    """Return the evidence as seen from the other image: the transform inverted, the shares swapped."""
    changes: dict[str, object] = {"origin": "b" if evidence.origin == "a" else "a"}
    if evidence.transform is not None:
        inverse = np.linalg.inv(np.array(evidence.transform))
        changes["transform"] = tuple(tuple(float(x) for x in row) for row in inverse / inverse[2, 2])
    if evidence.overlap is not None:
        changes["overlap"] = (evidence.overlap[1], evidence.overlap[0])
    return replace(evidence, **changes)  # type: ignore[arg-type]


def groups_of(
    contents: Contents, edges: Sequence[Edge], ids: Ids, decided: Iterable[tuple[bytes, bytes]] = ()
) -> list[Group]:
    """Return the groups of images that are one picture, sorted by their first member.

    Variants are never in one group, nor are the pairs of contents (SHA-256) that somebody `decided` are no duplicates.
    """
    rows = {key: row for row, key in enumerate(contents.keys)}
    foes = [sorted((rows[a], rows[b])) for a, b in decided]
    foes += [[edge.a, edge.b] for edge in edges if edge.relation == "variant"]
    a, b = np.array(sorted(foes), dtype=np.int64).reshape(-1, 2).T
    labels = connected(len(contents), _pairs(edges, MERGED), Pairs(a, b, np.ones(len(a), np.float32)))
    members: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        members.setdefault(label, []).append(row)
    found = (own for own in members.values() if sum(len(contents.refs[row]) for row in own) > 1)
    groups = [_group(contents, own, ids) for own in found]
    groups.sort(key=lambda group: group.members)
    return [replace(group, id=number) for number, group in enumerate(groups)]


def _pairs(edges: Sequence[Edge], relations: frozenset[str]) -> Pairs:
    wanted = [edge for edge in edges if edge.relation in relations]
    a, b = (np.array([getattr(edge, end) for edge in wanted], dtype=np.int64) for end in "ab")
    return Pairs(a, b, np.array([edge.score for edge in wanted], dtype=np.float32))


def _group(contents: Contents, rows: Sequence[int], ids: Ids) -> Group:
    members = [(ref, contents.rows[row]) for row in rows for ref in contents.refs[row]]
    pixels = {content.pixels_sha256 or content.sha256 for _, content in members}
    position, reason = choose_keeper([facts_of(ref, content) for ref, content in members])
    return Group(
        id=0,
        relation="identical" if len(pixels) == 1 else "copy",
        members=tuple(sorted(ids[ref.uri] for ref, _ in members)),
        keeper=ids[members[position][0].uri],
        reason=reason,
        gain=sum(content.bytes for _, content in members) - members[position][1].bytes,
    )


def facts_of(ref: ImageRef, content: object) -> Facts:
    """Return what the keeper is chosen by."""
    names = ("width", "height", "format", "frames", "bits", "lossless", "quality", "metadata", "detail")
    values = {name: getattr(content, name) for name in names}
    return Facts(uri=ref.uri, mtime_ns=ref.state.mtime_ns if ref.state else 0, **values)
