"""The contents of one run: what all comparisons are made between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sosie.store.catalogue import Catalogue, Content
from sosie.types import ImageRef


@dataclass(frozen=True)
class Contents:
    """Distinct contents in the order of their SHA-256, so that no result depends on names or order of files.

    `refs` are the images that hold each content, sorted by brand and URI.
    """

    rows: Sequence[Content]
    refs: Sequence[Sequence[ImageRef]]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def keys(self) -> list[bytes]:
        """The SHA-256 of each content."""
        return [row.sha256 for row in self.rows]


def contents_of(found: Mapping[str, bytes], refs: Sequence[ImageRef], catalogue: Catalogue) -> Contents:
    """Return the contents that `found` (URI to SHA-256) names, each with its images."""
    images: dict[bytes, list[ImageRef]] = {}
    for ref in sorted(refs, key=lambda ref: (ref.brand, ref.uri)):
        if ref.uri in found:
            images.setdefault(found[ref.uri], []).append(ref)
    known = catalogue.contents(images)
    keys = sorted(images)
    return Contents([known[key] for key in keys], [images[key] for key in keys])
