"""Which image of a group to keep, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_FORMATS = ("TIFF", "PNG", "HEIF", "AVIF", "WEBP", "JPEG2000", "JPEG", "BMP", "PPM", "ICO", "GIF")
"""Formats from the one to keep first, when pixels, compression and depth are the same."""

SAME_PIXELS = 0.85
"""Estimates of real pixels this close are taken as equal: they are estimates."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice of a keeper is made from.

    `share` is the part of the image that shows the picture itself (a border or page around it lowers it), and
    `detail` the part of its pixels that carry detail (an upscaled copy has few), both 0 to 1.
    """

    uri: str
    width: int
    height: int
    format: str = ""
    frames: int = 1
    bits: int = 8
    lossless: bool = False
    quality: int | None = None
    metadata: bool = False
    share: float = 1.0
    detail: float = 1.0
    mtime_ns: int = 0

    @property
    def real_pixels(self) -> float:
        """Pixels of the picture itself that carry detail."""
        return self.width * self.height * self.share * self.detail


@dataclass(frozen=True, slots=True)
class _Criterion:
    value: Callable[[Facts], float]
    reason: Callable[[Facts], str]
    tolerance: float = 1.0


_CRITERIA = (
    _Criterion(lambda f: min(f.frames, 2), lambda f: f"the only one with all {f.frames} frames"),
    _Criterion(lambda f: f.real_pixels, lambda f: "most real pixels", SAME_PIXELS),
    _Criterion(lambda f: f.lossless, lambda f: f"not compressed with loss ({f.format})"),
    _Criterion(lambda f: f.quality or 0, lambda f: f"least compressed (JPEG quality {f.quality})", 0.97),
    _Criterion(lambda f: f.bits, lambda f: f"most bits a channel ({f.bits})"),
    _Criterion(lambda f: f.width * f.height, lambda f: "most pixels"),
    _Criterion(lambda f: -_rank(f.format), lambda f: f"better format ({f.format})"),
    _Criterion(lambda f: f.metadata, lambda f: "keeps its metadata"),
    _Criterion(lambda f: -f.mtime_ns, lambda f: "the oldest of equal ones"),
    _Criterion(lambda f: -len(f.uri), lambda f: "the shortest name of equal ones"),
)


def choose_keeper(members: Sequence[Facts]) -> tuple[int, str]:
    """Return the position of the member to keep and the first criterion that tells it from the others.

    The choice does not depend on the order of the members: what no criterion separates, the name does.
    """
    left = sorted(range(len(members)), key=lambda position: members[position].uri)
    reason = ""
    for criterion in _CRITERIA:
        values = {position: criterion.value(members[position]) for position in left}
        best = max(values.values())
        least = best * criterion.tolerance if best > 0 else best
        narrowed = [position for position in left if values[position] >= least]
        if len(narrowed) < len(left) and not reason:
            reason = criterion.reason(members[narrowed[0]])
        left = narrowed
        if len(left) == 1:
            break
    return left[0], reason or "the first by name of equal ones"


def _rank(name: str) -> int:
    return _FORMATS.index(name) if name in _FORMATS else len(_FORMATS)
