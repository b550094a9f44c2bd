"""Pairs of pictures whose relation is known, measured: what the judge is fitted on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from sosie.features import Features
from sosie.fingerprints.local.extraction import extract
from sosie.matching.verification.measurements import Measurements, measure
from sosie.matching.verification.params import VerificationParams
from sosie.matching.verification.prepared import Prepared, prepare
from training.canvas import Matrix, Pixels
from training.edits import EDITS, JOINTS, LAYERS, Edited, apply
from training.judge_views import colour_variant, other_view, same_template

Truth = Literal["copy", "variant", "scene", "none"]
LIGHT = ("jpeg", "webp", "thumbnail", "crop", "half_pixel_shift", "generations", "brightness", "squeeze")
RECOLOURS = frozenset({"hue", "duotone", "sepia", "grey", "saturation", "combination", "temperature", "posterise"})


@dataclass(frozen=True, slots=True)
class Sample:
    """A measured pair, its true relation, how it was made, and the number of the photo that it comes from."""

    found: Measurements
    truth: Truth
    made: str
    source: int


@dataclass(frozen=True, slots=True)
class Version:
    """One edited picture, ready to be compared; `reach` is the matrix from its source."""

    name: str
    source: int
    picture: Prepared
    size: tuple[int, int]
    reach: Matrix


def ready(pixels: Pixels) -> Prepared:
    """As the product sees a picture: extracted, written and read again."""
    return prepare(Features.from_bytes(extract(pixels).to_bytes()))


def version(name: str, source: int, edited: Edited) -> Version:
    """A version made by an edit, with the first placement of its own source."""
    height, width = edited.pixels.shape[:2]
    reach = next(p.matrix for p in edited.placements if p.source == 0)
    return Version(name, source, ready(edited.pixels), (width, height), reach)


def versions(photos: Sequence[Pixels], number: int, count: int, rng: np.random.Generator) -> list[Version]:
    """The untouched picture and `count` edits of it."""
    photo = photos[number]
    others = [photos[int(k)] for k in rng.integers(0, len(photos), 3)]
    names = [str(name) for name in rng.choice(EDITS, count, replace=False)]
    made = [version(name, number, apply(name, photo, seed=int(rng.integers(1 << 30)), others=others)) for name in names]
    untouched = Version("orig", number, ready(photo), (photo.shape[1], photo.shape[0]), np.eye(3))
    return [untouched, *made]


def shared_area(a: Version, b: Version) -> float:
    """The common part of two versions of one source, as a share of the one that shows less of it."""
    outlines = []
    for one in (a, b):
        width, height = one.size
        frame = np.array([[[0, 0], [width, 0], [width, height], [0, height]]], np.float64)
        outlines.append(cv2.perspectiveTransform(frame, np.linalg.inv(one.reach))[0].astype(np.float32))
    areas = [abs(cv2.contourArea(outline)) for outline in outlines]
    common, _ = cv2.intersectConvexConvex(*(cv2.convexHull(outline) for outline in outlines))
    return float(common / max(1.0, min(areas)))


def copies(made: Sequence[Version], params: VerificationParams) -> Iterator[Sample]:
    """All pairs of the versions that show enough of one source in common."""
    for i, a in enumerate(made):
        for b in made[i + 1 :]:
            if shared_area(a, b) < 0.2:
                continue
            found = measure(a.picture, b.picture, params)
            if found is not None:
                yield Sample(found, "copy", f"{a.name}+{b.name}", a.source)


def look_alikes(
    photos: Sequence[Pixels], number: int, rng: np.random.Generator, params: VerificationParams
) -> Iterator[Sample]:
    """Pairs that share much and are no copies: variants, other views, one template, one design laid over."""
    photo, other = photos[number], photos[int((number + rng.integers(1, len(photos))) % len(photos))]
    pairs: list[tuple[Truth, str, Pixels, Pixels]] = []
    for _ in range(3):
        variant = colour_variant(photo, rng)
        if variant is not None:
            pairs.append(("variant", "variant", photo, variant))
    pairs += [("scene", "view", photo, other_view(photo, rng)) for _ in range(2)]
    pairs.append(("none", "template", *same_template(photo, other, rng)))
    for name in rng.choice([*LAYERS], 3, replace=False):
        style = int(rng.integers(1 << 30))
        laid = (apply(str(name), each, seed=int(rng.integers(1 << 30)), style=style).pixels for each in (photo, other))
        pairs.append(("none", f"same {name}", *laid))
    for truth, made, a, b in pairs:
        light = str(rng.choice(LIGHT))
        b = apply(light, b, seed=int(rng.integers(1 << 30))).pixels
        found = measure(ready(a), ready(b), params)
        if found is not None:
            yield Sample(found, truth, made, number)


def strangers(
    made: Sequence[Version], count: int, rng: np.random.Generator, params: VerificationParams
) -> Iterator[Sample]:
    """Random pairs of versions of different sources, as far as anything joins them."""
    for _ in range(count):
        a, b = (made[int(k)] for k in rng.integers(0, len(made), 2))
        if a.source == b.source or a.name in JOINTS or b.name in JOINTS:
            continue
        found = measure(a.picture, b.picture, params)
        if found is not None:
            yield Sample(found, "none", "strangers", a.source)


def samples(photos: Sequence[Pixels], *, seed: int, edits: int = 6) -> list[Sample]:
    """Measured pairs of all photos. The same photos and seed give the same pairs."""
    params = VerificationParams()
    every: list[Version] = []
    found: list[Sample] = []
    for number in range(len(photos)):
        rng = np.random.default_rng([seed, number])
        made = versions(photos, number, edits, rng)
        found += copies(made, params)
        found += look_alikes(photos, number, rng, params)
        every += made
    found += strangers(every, 40 * len(photos), np.random.default_rng([seed, 1 << 20]), params)
    return found
