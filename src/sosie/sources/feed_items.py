"""One item of a product feed, whatever the feed was written in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_BETWEEN = re.compile(r"\s*,\s*(?=https?://|//)|\s+(?=https?://)", re.IGNORECASE)
"""Where a list of addresses is split: addresses themselves have commas."""


@dataclass(frozen=True, slots=True)
class Item:
    """What a feed says of one product: names as Google writes them (`image_link`), each with its values in order.

    `place` names the item to people when it has no id; `broken` says why it cannot be read.
    """

    place: str
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)
    broken: str = ""

    def first(self, name: str) -> str:
        """Return the first value that is not empty, or nothing."""
        return next((value for value in self.values.get(name, ()) if value), "")

    def images(self) -> list[str]:
        """Return the addresses of all images, the main one first."""
        listed = [*self.values.get("image_link", ()), *self.values.get("additional_image_link", ())]
        return [part for value in listed for part in _BETWEEN.split(value.strip()) if part]


def attribute(name: str) -> str:
    """Return the name of an attribute as Google writes it: `g:Image Link` is `image_link`."""
    local = name.strip().strip("\ufeff").rpartition(":")[2] if not name.strip().lower().startswith("http") else name
    return "_".join(local.strip().lower().replace("-", " ").replace("_", " ").split())
