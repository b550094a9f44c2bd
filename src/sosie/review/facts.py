"""What is known of the images of a report: the same facts that a scan chooses keepers by."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from sosie.grouping.keeper import Facts
from sosie.report import ImageRecord, Report
from sosie.store.catalogue import Catalogue, Content, Location


def facts_of(report: Report, catalogue: Catalogue | None = None) -> dict[int, Facts]:
    """Return the facts of each image by its id: from the catalogue, and from the report alone for what it lacks."""
    contents: Mapping[bytes, Content] = {}
    locations: Mapping[bytes, Location] = {}
    grouped = {member for group in report.groups for member in group.members}
    images = [image for image in report.images if image.id in grouped]
    if catalogue is not None:
        contents = catalogue.contents({bytes.fromhex(image.sha256) for image in images})
        locations = catalogue.locations({os.fsencode(image.uri) for image in images})
    shares = _shares(report)
    return {
        image.id: replace(
            _facts(image, contents.get(bytes.fromhex(image.sha256)), locations.get(os.fsencode(image.uri))),
            share=shares.get(image.id, 1.0),
        )
        for image in images
    }


def _facts(image: ImageRecord, content: Content | None, location: Location | None) -> Facts:
    plain = Facts(image.uri, image.width, image.height, image.format, image.frames, mtime_ns=_mtime(location))
    if content is None:
        return plain
    return Facts(
        uri=image.uri,
        width=content.width,
        height=content.height,
        format=content.format,
        frames=content.frames,
        bits=content.bits,
        lossless=content.lossless,
        quality=content.quality,
        metadata=content.metadata,
        detail=content.detail,
        mtime_ns=plain.mtime_ns,
    )


def _shares(report: Report) -> dict[int, float]:
    """How much of an image is the picture itself, where an edit added a frame."""
    shares: dict[int, float] = {}
    for edge in report.edges:
        evidence = edge.evidence
        if evidence.overlap and any(edit.kind == "border" for edit in evidence.edits):
            framed, overlap = (edge.b, evidence.overlap[1]) if evidence.origin == "a" else (edge.a, evidence.overlap[0])
            shares[framed] = min(shares.get(framed, 1.0), overlap)
    return shares


def _mtime(location: Location | None) -> int:
    """The state of a location is size:mtime:inode."""
    parts = location.state.split(":") if location else []
    return int(parts[1]) if len(parts) >= 3 and parts[1].lstrip("-").isdigit() else 0
