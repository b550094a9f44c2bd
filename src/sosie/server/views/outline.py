"""A report in the words of the product's first outline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sosie.report import Report
from sosie.server.schemas.outline import OutlineCluster, OutlineImage, OutlineResults
from sosie.types import Group

Given = Mapping[str, OutlineImage]
"""Images as they were named by whoever asked, by address."""


def outline_of(report: Report, given: Given) -> OutlineResults:
    """Give clusters and statistics; images that were `given` keep the ids and brands that they came with."""
    similarity = _similarity(report)
    clusters = [_cluster(group, report, given, similarity.get(group.id, 1.0)) for group in report.groups]
    return OutlineResults(clusters=clusters, stats=_stats(report))


def image_id(brand: str, uri: str) -> str:
    """Give the id of an image that has none of its own: it stays the same as long as its place does."""
    import hashlib

    return hashlib.sha256(f"{brand}\0{uri}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _cluster(group: Group, report: Report, given: Given, similarity: float) -> OutlineCluster:
    images = [_image(member, report, given) for member in group.members]
    keeper = _image(group.keeper, report, given)
    return OutlineCluster(
        id=group.id,
        size=len(images),
        avgSimilarity=round(similarity, 4),
        images=images,
        relation=group.relation,
        keeper=keeper["id"],
    )


def _image(number: int, report: Report, given: Given) -> dict[str, Any]:
    image = report.images[number]
    named = given.get(image.uri)
    return {
        "id": named.id if named else image_id(image.brand, image.uri),
        "brand": named.brand if named else image.brand,
        "url": image.uri,
        "sha256": image.sha256,
        "width": image.width,
        "height": image.height,
    }


def _similarity(report: Report) -> dict[int, float]:
    """Give the mean score of the edges inside each group; a group without any is of equal images."""
    groups: dict[int, list[int]] = {}
    for group in report.groups:
        for member in group.members:
            groups.setdefault(member, []).append(group.id)
    sums: dict[int, list[float]] = {}
    for edge in report.edges:
        for shared in set(groups.get(edge.a, ())) & set(groups.get(edge.b, ())):
            sums.setdefault(shared, []).append(edge.score)
    return {number: sum(scores) / len(scores) for number, scores in sums.items()}


def _stats(report: Report) -> dict[str, Any]:
    copies = {member for group in report.groups if group.relation != "similar" for member in group.members}
    kept = {group.keeper for group in report.groups if group.relation != "similar"}
    return {
        "totalImages": len(report.images),
        "uniqueImages": len(report.images) - len(copies - kept),
        "skipped": len(report.skipped),
        "byRelation": dict(Counter(group.relation for group in report.groups)),
        "byBrand": dict(Counter(image.brand for image in report.images)),
        "bytesToGain": report.gain,
    }
