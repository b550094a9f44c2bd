"""What is known of the images of a report: the same facts that a scan chooses keepers by."""

from __future__ import annotations

import os
from collections.abc import Mapping

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
    return {
        image.id: _facts(image, contents.get(bytes.fromhex(image.sha256)), locations.get(os.fsencode(image.uri)))
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


def _mtime(location: Location | None) -> int:
    """The state of a location is size:mtime:inode."""
    parts = location.state.split(":") if location else []
    return int(parts[1]) if len(parts) >= 3 and parts[1].lstrip("-").isdigit() else 0
