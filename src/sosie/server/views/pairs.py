"""Two contents side by side: what joins them, how to lay one onto the other, what is said differently of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sosie.errors import NotFound
from sosie.pipeline.comparing import Compared, compare_contents, hash_distances, turned
from sosie.pipeline.drawing import transform_of
from sosie.pipeline.explaining import Explanation
from sosie.report import ImageRecord
from sosie.server.schemas.results import Pair
from sosie.server.views.loaded import LoadedResult
from sosie.server.views.places import Said
from sosie.server.views.showing import edge_view, image_view
from sosie.store.catalogue import Catalogue, Content
from sosie.types import Edge

_FACTS = ("format", "width", "height", "size", "frames", "bits", "alpha", "lossless", "quality", "metadata")


def explained(result: LoadedResult, catalogue: Catalogue, a: str, b: str) -> Explanation:
    """Give two contents of a result and the edge from the first (0) to the second (1): that of the report, else anew.

    Raises `NotFound` for a content that is not in the result.
    """
    one, other = (_record(result, sha256) for sha256 in (a, b))
    keys = bytes.fromhex(a), bytes.fromhex(b)
    known = _reported(result, one.id, other.id)
    found = compare_contents(catalogue, *keys) if known is None else Compared(known, *hash_distances(catalogue, *keys))
    return Explanation(one, other, found.edge, found.pdq_distance, found.dhash_distance, found.orientation)


def _record(result: LoadedResult, sha256: str) -> ImageRecord:
    images = result.images.by_content.get(bytes.fromhex(sha256))
    if not images:
        raise NotFound(f"There is no image {sha256} in this result.", next_step="Look at the groups again.")
    return result.images.records[images[0]]


def _reported(result: LoadedResult, one: int, other: int) -> Edge | None:
    edges = result.edges
    ends = edges.first(one), edges.first(other)
    number = edges.find(one, other)
    number = edges.find(*ends) if number is None else number
    if number is None or ends[0] == ends[1]:
        return None if number is None else replace(edges.edge(number), a=0, b=1)
    edge = edges.edge(number)
    forward = edge.a in (one, ends[0])
    inner = None if edge.inner is None else int(edge.inner == edge.b)
    plain = replace(edge, a=0, b=1, inner=inner)
    return plain if forward else turned(plain)


def pair_view(found: Explanation, catalogue: Catalogue, said: Said) -> Pair:
    """Give two explained images in the words of the API; ends of the edge are the ids of the two images."""
    a, b, edge = found.a, found.b, found.edge
    if edge is not None:
        inner = None if edge.inner is None else (a.id, b.id)[edge.inner]
        edge = replace(edge, a=a.id, b=b.id, inner=inner)
    transform = transform_of(found)
    return Pair(
        a=image_view(a),
        b=image_view(b),
        edge=None if edge is None else edge_view(edge),
        transform=None if transform is None else transform.tolist(),
        pdq_distance=found.pdq_distance,
        dhash_distance=found.dhash_distance,
        differences=_differences(a, b, catalogue, said),
    )


def _differences(a: ImageRecord, b: ImageRecord, catalogue: Catalogue, said: Said) -> dict[str, list[Any]]:
    """Give what files and sources say differently of two images, by name: the two values."""
    contents = catalogue.contents([bytes.fromhex(image.sha256) for image in (a, b)])
    told = said([a, b])
    values = [
        {"brand": image.brand, "title": image.title, **_facts(contents.get(bytes.fromhex(image.sha256)))}
        | dict(told.get(image.id, {}))
        for image in (a, b)
    ]
    names = list(dict.fromkeys([*values[0], *values[1]]))
    pairs = {name: [value.get(name) for value in values] for name in names}
    return {name: both for name, both in pairs.items() if both[0] != both[1]}


def _facts(content: Content | None) -> dict[str, Any]:
    return {} if content is None else {name: getattr(content, name) for name in _FACTS}
