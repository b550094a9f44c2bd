"""Pairs of pictures whose relation is known, measured: what the judge is fitted on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

import cv2
import numpy as np

from demo.brands import BRANDS
from demo.pictures import banner, post, shot, still_life
from sosie.features import Features
from sosie.fingerprints.local.extraction import extract
from sosie.matching.verification.measurements import Measurements, enlargement, measure
from sosie.matching.verification.params import VerificationParams
from training.canvas import Matrix, Pixels
from training.designs import pages
from training.edits import EDITS, JOINTS, LAYERS, Edited, apply, apply_steps
from training.judge_views import bent, colour_variant, emblem, look_alike, other_view, same_template

Truth = Literal["copy", "variant", "alike", "scene", "none"]
LIGHT = ("jpeg", "webp", "thumbnail", "crop", "half_pixel_shift", "generations", "brightness", "squeeze")
DESIGNS = (*LAYERS, *LAYERS, "border")
PLAIN_EDITS = (
    "jpeg",
    "webp",
    "thumbnail",
    "mirror",
    "quarter_turn",
    "flip",
    "border",
    "blur",
    "noise",
    "upscale",
    "brightness",
)
GOODS_EDITS = (
    "hue",
    "sepia",
    "grey",
    "temperature",
    "saturation",
    "duotone",
    "price_tag",
    "watermark",
    "mirror",
    "curve",
)
HARD = (
    ("perspective",),
    ("pulled",),
    ("pulled", "rotate"),
    ("blend",),
    ("blend",),
    ("blend", "mirror"),
    ("banner",),
    ("banner", "sticker"),
    ("slogans", "banner"),
    ("slogans",),
    ("watermark",),
    ("poster",),
    ("crop", "mirror", "jpeg", "saturation"),
    ("crop", "mirror", "curve"),
    ("inset",),
    ("hue",),
    ("hue", "crop"),
    ("saturation", "crop", "mirror"),
    ("temperature", "curve"),
    ("sepia",),
)
"""Edits that leave little of a picture as it was, or of its colours, singly and together."""
RECOLOURS = frozenset(
    {
        "hue",
        "curve",
        "fade",
        "contrast",
        "duotone",
        "sepia",
        "grey",
        "saturation",
        "combination",
        "temperature",
        "posterise",
    }
)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, their true relation, how they were made, and the number of the photo that they come from.

    `enlarged`: how many times the smaller one was enlarged to its thumbnail, as `measure` takes it.
    """

    a: Features
    b: Features
    truth: Truth
    made: str
    source: int
    enlarged: float

    @classmethod
    def of(cls, a: Pixels, b: Pixels, truth: Truth, made: str, source: int) -> Pair:
        """The pair that two pictures make."""
        return cls(ready(a), ready(b), truth, made, source, enlargement(_size(a), _size(b)))


def _size(pixels: Pixels) -> tuple[int, int]:
    return pixels.shape[1], pixels.shape[0]


@dataclass(frozen=True, slots=True)
class Sample:
    """A measured pair; see `Pair`."""

    found: Measurements
    truth: Truth
    made: str
    source: int


@dataclass(frozen=True, slots=True)
class Version:
    """One edited picture, ready to be compared; `reach` is the matrix from its source."""

    name: str
    source: int
    picture: Features
    size: tuple[int, int]
    reach: Matrix


def ready(pixels: Pixels) -> Features:
    """As the product sees a picture: extracted, written and read again."""
    return Features.from_bytes(extract(pixels).to_bytes())


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


def copies(made: Sequence[Version]) -> Iterator[Pair]:
    """All pairs of the versions that show enough of one source in common."""
    for i, a in enumerate(made):
        for b in made[i + 1 :]:
            if shared_area(a, b) >= 0.2:
                yield _versions_pair(a, b, "copy", f"{a.name}+{b.name}")


def _versions_pair(a: Version, b: Version, truth: Truth, made: str) -> Pair:
    return Pair(a.picture, b.picture, truth, made, a.source, enlargement(a.size, b.size))


def look_alikes(photos: Sequence[Pixels], number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Pairs that share much and are no copies: variants, other views, posts of one template."""
    photo, other = photos[number], photos[int((number + rng.integers(1, len(photos))) % len(photos))]
    pairs: list[tuple[Truth, str, Pixels, Pixels]] = []
    for _ in range(3):
        for truth, made, make in (("variant", "variant", colour_variant), ("alike", "look alike", look_alike)):
            changed = make(photo, rng)
            if changed is not None:
                pairs.append((cast("Truth", truth), made, photo, changed))
    pairs += [("scene", "view", photo, other_view(photo, rng)) for _ in range(4)]
    pairs += [("copy", "bent", photo, bent(photo, rng)) for _ in range(2)]
    pairs.append(("none", "template", *same_template(photo, other, rng)))
    veil, share = photos[int((number + rng.integers(1, len(photos))) % len(photos))], int(rng.integers(1 << 30))
    veiled = [apply("blend", each, seed=share, others=[veil]).pixels for each in (photo, other)]
    if veil is not other:
        pairs.append(("none", "same veil", veiled[0], veiled[1]))
    for truth, made, a, b in pairs:
        light = str(rng.choice(LIGHT))
        b = apply(light, b, seed=int(rng.integers(1 << 30))).pixels
        yield Pair.of(a, b, truth, made, number)


def one_design(photos: Sequence[Pixels], number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Different photos under one design, half of them in the very same place: strangers, whatever they share."""
    photo = photos[number]
    for name in DESIGNS:
        other = photos[int((number + rng.integers(1, len(photos))) % len(photos))]
        style, seeds = int(rng.integers(1 << 30)), rng.integers(0, 1 << 30, 2).tolist()
        if rng.random() < 0.7:
            seeds[1] = seeds[0]
            other = cv2.resize(other, (photo.shape[1], photo.shape[0]), interpolation=cv2.INTER_AREA)
        a, b = (
            apply(name, each, seed=seed, style=style).pixels for each, seed in zip((photo, other), seeds, strict=True)
        )
        yield Pair.of(a, b, "none", f"same {name}", number)


def hard_copies(photos: Sequence[Pixels], number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """The untouched photo beside edits that leave little of it."""
    photo = photos[number]
    for choice in rng.choice(len(HARD), 9, replace=False).tolist():
        others = [photos[int(k)] for k in rng.integers(0, len(photos), 2)]
        edited = apply_steps(HARD[choice], photo, seed=int(rng.integers(1 << 30)), others=others)
        yield Pair.of(photo, edited.pixels, "copy", f"orig+{' '.join(HARD[choice])}", number)


def designs(photos: Sequence[Pixels], number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Pages of one series with different goods, and a page beside an edit of itself."""
    for _ in range(2):
        other = photos[int((number + rng.integers(1, len(photos))) % len(photos))]
        page, next_page = pages(photos[number], other, rng)
        light, layer = str(rng.choice(LIGHT)), str(rng.choice((*LAYERS, *LIGHT)))
        seeds = rng.integers(0, 1 << 30, 2).tolist()
        other_page = apply(light, next_page, seed=seeds[0]).pixels
        yield Pair.of(page, other_page, "none", "goods in one design", number)
        yield Pair.of(page, apply(layer, page, seed=seeds[1]).pixels, "copy", f"page+{layer}", number)


def emblems(number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Plain signs: edits of one, and others of the same colour."""
    paint = rng.integers(0, 200, 3).astype(np.uint8)
    sign = emblem(rng, paint)
    for name in rng.choice(PLAIN_EDITS, 3, replace=False):
        edited = apply(str(name), sign, seed=int(rng.integers(1 << 30))).pixels
        yield Pair.of(sign, edited, "copy", "emblem", number)
    for _ in range(6):
        yield Pair.of(sign, emblem(rng, paint), "none", "other emblem", number)


def drawn_goods(number: int, rng: np.random.Generator) -> Iterator[Pair]:
    """Shots of drawn goods: other colours of one article, other articles of one kind, and edits of a page of several.

    Nothing but the article has a colour in such shots, so that many a filter would explain another colour of it.
    """
    brand = BRANDS[number % len(BRANDS)]
    kinds, item = len(brand.goods), int(rng.integers(10_000))
    plain = shot(brand, item, side=480)
    pairs: list[tuple[Truth, str, Pixels, Pixels]] = [
        ("variant", "article in another colour", plain, shot(brand, item, colour=int(rng.integers(1, 6)), side=480)),
        ("variant", "article in another colour", plain, shot(brand, item, colour=int(rng.integers(1, 6)), side=480)),
        ("alike", "other article", plain, shot(brand, item + kinds * int(rng.integers(1, 9)), side=480)),
    ]
    make = (still_life, banner, post)[int(rng.integers(3))]
    page = make(brand, item)
    page = cv2.resize(page, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    edited = [(str(name), int(rng.integers(1 << 30))) for name in rng.choice(GOODS_EDITS, 3, replace=False)]
    pairs += [("copy", name, page, apply(name, page, seed=seed).pixels) for name, seed in edited]
    for truth, made, a, b in pairs:
        b = apply(str(rng.choice(LIGHT)), b, seed=int(rng.integers(1 << 30))).pixels
        yield Pair.of(a, b, truth, made, number)


def strangers(made: Sequence[Version], others: Sequence[Version], rng: np.random.Generator) -> Iterator[Pair]:
    """Pairs of versions of two different photos."""
    for _ in range(10):
        a, b = made[int(rng.integers(len(made)))], others[int(rng.integers(len(others)))]
        if a.source != b.source and a.name not in JOINTS and b.name not in JOINTS:
            yield _versions_pair(a, b, "none", "strangers")


def pairs_of(photos: Sequence[Pixels], number: int, *, seed: int, edits: int = 6) -> Iterator[Pair]:
    """Pairs made of one of the photos. The same photos, number and seed give the same pairs."""
    rng = np.random.default_rng([seed, number])
    made = versions(photos, number, edits, rng)
    yield from copies(made)
    yield from look_alikes(photos, number, rng)
    if number % 3 == 0:
        yield from one_design(photos, number, rng)
    yield from drawn_goods(number, rng)
    if number % 2 == 0:
        yield from emblems(number, rng)
    yield from hard_copies(photos, number, rng)
    yield from designs(photos, number, rng)
    other = (number + int(rng.integers(1, len(photos)))) % len(photos)
    yield from strangers(made, versions(photos, other, 2, rng), rng)


def without_keypoints(pair: Pair) -> Pair:
    """The same two pictures as if nothing in them made a keypoint: only their frames can be compared."""
    a, b = (Features(side.thumbnail, side.points[:0], side.descriptors[:0]) for side in (pair.a, pair.b))
    return replace(pair, a=a, b=b)


def measured(pairs: Iterable[Pair], params: VerificationParams | None = None) -> list[Sample]:
    """The pairs that anything joins, with their measurements; every third again as if it had no keypoints."""
    samples = []
    for number, pair in enumerate(pairs):
        for way in (pair, without_keypoints(pair)) if number % 3 == 0 else (pair,):
            found = measure(way.a, way.b, params, enlarged=way.enlarged)
            if found is not None:
                samples.append(Sample(found, pair.truth, pair.made, pair.source))
    return samples


def samples_of(photos: Sequence[Pixels], number: int, *, seed: int) -> list[Sample]:
    """All that is measured of the pairs made of one photo."""
    return measured(pairs_of(photos, number, seed=seed))
