"""The largest of the pictures that one element offers."""

# https://html.spec.whatwg.org/multipage/images.html#parsing-a-srcset-attribute

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_ADDRESS = re.compile(r"[\s,]*+(\S++)")
_DESCRIPTORS = re.compile(r"[^,]*+")
_DESCRIPTOR = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([wx])")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address and how large its picture is said to be; widths beat densities."""

    address: str
    width: float = 0.0
    density: float = 1.0

    @property
    def rank(self) -> tuple[bool, float, float]:
        """What is larger for larger pictures, and least for those that lie in the page itself."""
        return self.address[:5].lower() != "data:", self.width, self.density


def candidates(srcset: str) -> Iterator[Candidate]:
    """Yield what a `srcset` offers, in its order. Addresses may have commas inside, not at their ends."""
    position = 0
    while match := _ADDRESS.match(srcset, position):
        address, position = match[1], match.end()
        if address.endswith(","):
            yield Candidate(address.rstrip(","))
            continue
        described = _DESCRIPTORS.match(srcset, position)
        position = described.end() if described else position
        yield _described(address, described[0] if described else "")


def _described(address: str, text: str) -> Candidate:
    for part in text.split():
        match = _DESCRIPTOR.fullmatch(part)
        if match:
            value = float(match[1])
            return Candidate(address, width=value) if match[2] == "w" else Candidate(address, density=value)
    return Candidate(address)


def largest(offered: Iterable[Candidate]) -> Candidate | None:
    """Return the largest, the first of equals, or None when nothing is offered."""
    return max(offered, key=lambda candidate: candidate.rank, default=None)
