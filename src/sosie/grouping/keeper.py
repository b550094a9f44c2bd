"""Which image of a group to keep, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

FORMATS = ("TIFF", "PNG", "HEIF", "AVIF", "WEBP", "JPEG2000", "JPEG", "BMP", "PPM", "ICO", "GIF")
"""Formats from the one to keep first, when pixels, compression and depth are the same."""

SAME_PIXELS = 0.85
"""Estimates of real pixels this close are taken as equal: they are estimates."""

_TYPICAL = {"HEIF": 92, "AVIF": 70}
"""Quality that lossy formats are taken to have which do not say: HEIF comes from cameras, AVIF from shops' servers."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the choice of a keeper is made from.

    `share` is the part of a whole picture that the image is (a frame around it and a crop lower it), and
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


def _quality(facts: Facts) -> int:
    return facts.quality or _TYPICAL.get(facts.format, 0)


def _in_words(facts: Facts) -> str:
    about = "" if facts.format == "JPEG" else "about "
    return f"{facts.format} quality {about}{facts.quality}" if facts.quality else facts.format


def _criteria(formats: Sequence[str]) -> dict[str, _Criterion]:
    ranks = {name: rank for rank, name in enumerate(formats)}
    return {
        "frames": _Criterion(lambda f: min(f.frames, 2), lambda f: f"the only one with all {f.frames} frames"),
        "pixels": _Criterion(lambda f: f.real_pixels, lambda f: "most real pixels", SAME_PIXELS),
        "lossless": _Criterion(lambda f: f.lossless, lambda f: f"not compressed with loss ({f.format})"),
        "quality": _Criterion(_quality, lambda f: f"least compressed ({_in_words(f)})", 0.97),
        "bits": _Criterion(lambda f: f.bits, lambda f: f"most bits a channel ({f.bits})"),
        "size": _Criterion(lambda f: f.width * f.height, lambda f: "most pixels"),
        "format": _Criterion(lambda f: -ranks.get(f.format, len(ranks)), lambda f: f"better format ({f.format})"),
        "metadata": _Criterion(lambda f: f.metadata, lambda f: "keeps its metadata"),
        "oldest": _Criterion(lambda f: -f.mtime_ns, lambda f: "the oldest of equal ones"),
        "newest": _Criterion(lambda f: f.mtime_ns, lambda f: "the newest of equal ones"),
        "name": _Criterion(lambda f: -len(f.uri), lambda f: "the shortest name of equal ones"),
    }


CRITERIA: tuple[str, ...] = tuple(_criteria(()))
"""Names of all criteria."""

DEFAULT_ORDER: tuple[str, ...] = tuple(name for name in CRITERIA if name != "newest")
"""The criteria that choose when no rules say otherwise, the weightiest first."""


def choose_keeper(
    members: Sequence[Facts], order: Sequence[str] = DEFAULT_ORDER, formats: Sequence[str] = FORMATS
) -> tuple[int, str]:
    """Return the position of the member to keep and the first criterion that tells it from the others.

    `order` names criteria (of `CRITERIA`), `formats` image formats, both from the first to the last. The choice does
    not depend on the order of the members: what no criterion separates, the name does.
    """
    criteria = _criteria(formats)
    left = sorted(range(len(members)), key=lambda position: members[position].uri)
    reason = ""
    for criterion in (criteria[name] for name in order):
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
