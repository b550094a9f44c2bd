"""The seam of all sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sosie.types import ImageRef, Skipped


class Source(Protocol):
    """A place that knows images."""

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield each image once, and what cannot be one together with the reason."""
        ...
