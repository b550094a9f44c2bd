"""What looks alike: edges by cosine, and stars of whole pictures that never split a group of copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sosie.grouping.stars import Stars, cliques, stars
from sosie.matching.similar import Joined, SimilarParams, canonical, similar_pairs
from sosie.matching.similar.join import Joins, Told
from sosie.pipeline.alike import Grouped
from sosie.pipeline.assemble import name_of
from sosie.pipeline.embedding import Embedding
from sosie.pipeline.progress import Listener, Progress
from sosie.types import Edge, Evidence, Group, Pairs

_LEAST = 0.05
_MOST_LOOSER = 4_000_000
_REASON = "the one that is most like all others of its group"


@dataclass(frozen=True)
class Alike:
    """Edges between contents (all that were given, with their cosine noted, and the `similar` ones), groups of image
    ids, and what a report has to say of them."""

    edges: list[Edge]
    groups: list[Group]
    notes: list[str]
    recall: float = 1.0
    looser: Pairs | None = None
    lowest: float = 0.0


def look_alikes(
    before: Grouped,
    embedding: Embedding,
    params: SimilarParams,
    *,
    complete: bool,
    listen: Listener,
    slack: float = 0.0,
    joins: Joins | None = None,
) -> Alike:
    """Give the pairs and groups that look alike, for the pictures that were found before.

    The images of a group are one picture, with the vector of its keeper; two pictures are `similar` when their cosine
    reaches the threshold and no closer relation was found. A group holds whole pictures, each at or above the
    threshold to the group's keeper (with `complete`: to each other). With `slack`, `looser` are the pairs of images
    (ids) from `lowest` on, at most that much under the threshold and no more than can be kept.
    """
    pictures = _pictures(before)
    keepers = np.array([picture[0] for picture in pictures], np.int64)

    def told(done: int) -> None:
        listen(Progress("similar", done, len(keepers)))

    taking_part = np.array([before.compared[row] == "yes" for row in keepers.tolist()], np.bool_)
    vectors = np.where(taking_part[:, None], embedding.vectors[keepers], np.float16(0))
    joined, looser, lowest = _joined(vectors, params, slack, told, joins)
    found = cliques(len(keepers), joined.pairs) if complete else stars(len(keepers), joined.pairs)
    closer = {(edge.a, edge.b) for edge in before.edges}
    fresh = [edge for edge in _edges(joined.pairs, keepers, embedding) if (edge.a, edge.b) not in closer]
    return Alike(
        edges=_by_pair([*_with_cosine(before.edges, embedding), *fresh]),
        groups=_groups(found, pictures, before),
        notes=_notes(joined),
        recall=joined.recall,
        looser=None if looser is None else _of_images(looser, keepers, before),
        lowest=lowest,
    )


def _joined(
    vectors: NDArray[np.float16], params: SimilarParams, slack: float, told: Told, joins: Joins | None
) -> tuple[Joined, Pairs | None, float]:
    """Give the pairs at or above the threshold and, with `slack`, also those a little under it and from where on."""
    if slack <= 0:
        return similar_pairs(vectors, params, told, joins), None, 0.0
    lowest = round(max(_LEAST, params.threshold - slack), 4)
    wide = similar_pairs(vectors, replace(params, threshold=lowest), told, joins)
    if wide.thinned:  # so many that the groups at the threshold itself would not be what they are without slack
        return similar_pairs(vectors, params, told, joins), None, 0.0
    kept = wide.pairs.score >= np.float32(params.threshold)
    looser = wide.pairs
    if len(looser) > _MOST_LOOSER:
        looser = _most_similar(looser, params.threshold)
        lowest = round(float(looser.score.min()), 4)
    return replace(wide, pairs=_chosen(wide.pairs, kept)), looser, lowest


def _most_similar(pairs: Pairs, threshold: float) -> Pairs:
    """Give about `_MOST_LOOSER` pairs, the most similar ones, and all that reach the threshold."""
    bar = np.partition(pairs.score, len(pairs) - _MOST_LOOSER)[len(pairs) - _MOST_LOOSER]
    return _chosen(pairs, pairs.score >= min(bar, np.float32(threshold)))


def _chosen(pairs: Pairs, kept: NDArray[np.bool_]) -> Pairs:
    return Pairs(pairs.a[kept], pairs.b[kept], pairs.score[kept])


def _of_images(pairs: Pairs, keepers: NDArray[np.int64], before: Grouped) -> Pairs:
    """Give pairs of pictures as pairs of the images that stand for them, as in the edges of a report."""
    refs = before.contents.refs
    first = np.array([before.ids[name_of(refs[row][0])] for row in keepers.tolist()], np.int64)
    a, b = np.sort(np.stack([first[pairs.a], first[pairs.b]]), axis=0)
    order = np.lexsort((b, a))
    return Pairs(a[order], b[order], pairs.score[order])


def _pictures(before: Grouped) -> list[list[int]]:
    """The contents of each picture, the one to keep first: those of each group, then those that stand alone."""
    row_of = {before.ids[name_of(ref)]: row for row, refs in enumerate(before.contents.refs) for ref in refs}
    pictures = []
    alone = dict.fromkeys(range(len(before.contents)))
    for group in before.groups:
        keeper = row_of[group.keeper]
        rows = sorted({row_of[member] for member in group.members} - {keeper})
        pictures.append([keeper, *rows])
        for row in pictures[-1]:
            alone.pop(row, None)
    return pictures + [[row] for row in alone]


def _edges(pairs: Pairs, keepers: NDArray[np.int64], embedding: Embedding) -> list[Edge]:
    name = embedding.space.name
    ends = np.sort(np.stack([keepers[pairs.a], keepers[pairs.b]], axis=1), axis=1)
    return [
        Edge(a, b, "similar", score, Evidence(cosine={name: score}))
        for (a, b), score in zip(ends.tolist(), _plain(pairs.score), strict=True)
    ]


def _with_cosine(edges: Sequence[Edge], embedding: Embedding) -> list[Edge]:
    """The edges that were found otherwise, with the similarity of their vectors as one more piece of evidence."""
    if not edges:
        return []
    present, name = embedding.present, embedding.space.name
    a, b = (np.array([getattr(edge, end) for edge in edges], np.int64) for end in "ab")
    scores = _plain(canonical(embedding.vectors, a, b))
    return [
        replace(edge, evidence=replace(edge.evidence, cosine={**edge.evidence.cosine, name: score})) if both else edge
        for edge, score, both in zip(edges, scores, (present[a] & present[b]).tolist(), strict=True)
    ]


def _plain(scores: NDArray[np.float32]) -> list[float]:
    return [round(score, 4) for score in scores.tolist()]


def _by_pair(edges: list[Edge]) -> list[Edge]:
    return sorted(edges, key=lambda edge: (edge.a, edge.b))


def _groups(found: Stars, pictures: Sequence[Sequence[int]], before: Grouped) -> list[Group]:
    refs, ids = before.contents.refs, before.ids
    keeper_of = {member: group.keeper for group in before.groups for member in group.members}
    groups = []
    for centre, together in found.groups().items():
        rows = _not_apart(centre, together, pictures, before.contents.apart)
        if len(rows) < 2:
            continue
        members = sorted(ids[name_of(ref)] for row in rows for content in pictures[row] for ref in refs[content])
        first = ids[name_of(refs[pictures[centre][0]][0])]
        groups.append(Group(0, "similar", tuple(members), keeper_of.get(first, first), _REASON))
    return sorted(groups, key=lambda group: group.members)


def _not_apart(
    centre: int, rows: Sequence[int], pictures: Sequence[Sequence[int]], apart: Sequence[tuple[int, int]]
) -> list[int]:
    """Give the centre and those rows that nobody has set apart from what is in the group before them."""
    kept = [centre]
    held = set(pictures[centre])
    for row in rows:
        foes = {a if b in pictures[row] else b for a, b in apart if a in pictures[row] or b in pictures[row]}
        if row != centre and not foes & held:
            kept.append(row)
            held.update(pictures[row])
    return sorted(kept)


def _notes(joined: Joined) -> list[str]:
    notes = []
    if joined.method != "exact":
        notes.append(
            f"What looks alike was found by {joined.method}; {joined.recall:.2%} of a sample's pairs were found."
        )
    if joined.thinned:
        notes.append(
            "So many pairs look alike that only the nearest of each image are kept; raise the similarity threshold."
        )
    return notes
