"""Images, edges and groups in the words of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sosie.report import ImageRecord, evidence_to
from sosie.server.schemas.images import Edge as EdgeView
from sosie.server.schemas.images import Image
from sosie.server.schemas.results import GroupSummary
from sosie.server.views.columns import Ids
from sosie.server.views.grouping import Grouping
from sosie.types import Edge
from sosie.wording import in_words

PREVIEW = 8
_FIELDS = ("id", "sha256", "uri", "brand", "title", "width", "height", "bytes", "format", "compared")


def printable(text: str) -> str:
    """Give a name as JSON can carry it: bytes that are no text (PEP 383) as \\xNN."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def image_fields(record: ImageRecord) -> dict[str, Any]:
    """Give what the API says of an image."""
    fields = {name: getattr(record, name) for name in _FIELDS}
    return fields | {name: printable(fields[name]) for name in ("uri", "title")}


def image_view(record: ImageRecord) -> Image:
    """Give an image as the API shows it."""
    return Image.model_construct(**image_fields(record))


def edge_view(edge: Edge) -> EdgeView:
    """Give an edge with its evidence and its words."""
    return EdgeView.model_construct(
        a=edge.a,
        b=edge.b,
        relation=edge.relation,
        score=edge.score,
        inner=edge.inner,
        evidence=evidence_to(edge.evidence),
        words=in_words(edge),
    )


def group_views(grouping: Grouping, numbers: Sequence[int], asked: Ids) -> list[GroupSummary]:
    """Give groups as a list shows them; `asked` is how many images of every group wait for a decision."""
    return [GroupSummary.model_construct(**group_fields(grouping, number, int(asked[number]))) for number in numbers]


def group_fields(grouping: Grouping, number: int, asked: int) -> dict[str, Any]:
    """Give what the API says of a group in a list."""
    group, records = grouping.groups[number], grouping.images.records
    first = [group.keeper, *(member for member in group.members if member != group.keeper)][:PREVIEW]
    return {
        "key": grouping.keys[number],
        "relation": group.relation,
        "size": len(group.members),
        "keeper": image_view(records[group.keeper]),
        "preview": [image_view(records[member]) for member in first],
        "brands": sorted({records[member].brand for member in group.members}),
        "gain": group.gain,
        "score": round(float(grouping.score[number]), 4),
        "average": round(float(grouping.average[number]), 4),
        "reason": group.reason,
        "asked": asked,
        "settled": asked == 0,
    }
