"""Pictures that look like copies and are none: other views, colour variants, posts of one template.

Each takes a picture (uint8 (h, w, 3) RGB) and a generator, and gives another picture, or None where the picture
holds no such thing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.canvas import Pixels

Rng = np.random.Generator
_TO_BE_SEEN = 26.0
_LEAST_CHANGED = 0.05
"""Levels that a channel differs by where a change is seen, and the share of a picture that has to."""


def other_view(picture: Pixels, rng: Rng) -> Pixels:
    """The same things photographed again: parallax, a camera elsewhere, other light, other noise.

    One thing in six is all but flat (a carpet, a cover) and shows next to no parallax.
    """
    flat = rng.random() < 0.16
    nearest, farthest, cells = (0.0005, 0.0014, (4, 7)) if flat else (0.0015, 0.02, (5, 12))
    depth = float(np.exp(rng.uniform(np.log(nearest), np.log(farthest))))
    seen = displaced(picture, depth, int(rng.integers(*cells)), rng)
    if not flat and rng.random() < 0.4:
        seen = _with_other_things(seen, picture, rng)
    seen = _from_elsewhere(seen, rng)
    height, width = seen.shape[:2]
    low, high = 1.0 - rng.uniform(0.04, 0.3), 1.0 + rng.uniform(0.04, 0.2)
    light = cv2.resize(
        rng.uniform(low, high, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    noisy = seen * light[..., None] + rng.normal(0, rng.uniform(2, 6), seen.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _from_elsewhere(picture: Pixels, rng: Rng) -> Pixels:
    """Turned, moved, nearer or farther and aslant by a little, without a rim."""
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    cut = corners + (np.array([width, height]) / 2 - corners) * rng.uniform(0.02, 0.3)
    aim = cut + rng.normal(0, rng.uniform(0, 0.025) * max(width, height), (4, 2))
    matrix = cv2.getPerspectiveTransform(aim.astype(np.float32), corners)
    return np.asarray(
        cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT),
        np.uint8,
    )


def bent(picture: Pixels, rng: Rng) -> Pixels:
    """The picture on a bent page, or pulled at its corners by a program: still a copy."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32))
    terms = (np.ones_like(x), x, y, x * y, x * x, y * y)
    depth = rng.uniform(0.01, 0.06) * max(height, width)
    pull_x, pull_y = (
        sum((term * np.float32(part) for term, part in zip(terms, rng.normal(0, depth / 2, 6), strict=True)), x * 0)
        for _ in range(2)
    )
    columns, rows = (x + 1) * np.float32((width - 1) / 2), (y + 1) * np.float32((height - 1) / 2)
    return np.asarray(
        cv2.remap(picture, columns + pull_x, rows + pull_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT), np.uint8
    )


def displaced(picture: Pixels, share: float, cells: int, rng: Rng) -> Pixels:
    """Every part moved a little in its own direction, by about `share` of the longest side, as parallax does.

    `cells`: how many parts each way move on their own."""
    height, width = picture.shape[:2]
    wander = rng.normal(0, share * max(height, width), (2, cells, cells)).astype(np.float32)
    shift_x, shift_y = (cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) for grid in wander)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return np.asarray(
        cv2.remap(picture, x + shift_x, y + shift_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.uint8
    )


def look_alike(picture: Pixels, rng: Rng) -> Pixels | None:
    """Another product of the same kind, photographed in the same way: another shape and another colour or pattern.

    None where hardly anything to be seen differs: that would be the picture retouched.
    """
    mask = product_mask(picture, rng)
    if mask is None:
        return None
    painted = colour_variant(picture, rng) if rng.random() < 0.7 else picture
    if painted is None:
        return None
    shaped = displaced(painted, float(rng.uniform(0.008, 0.03)), int(rng.integers(4, 9)), rng)
    near = cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(np.float32)
    soft = cv2.GaussianBlur(near, (0, 0), 2.0)[..., None]
    changed = np.clip(picture + (shaped.astype(np.float32) - picture) * soft, 0, 255)
    differs = np.abs(changed - picture).max(axis=2) > _TO_BE_SEEN
    return np.asarray(changed, np.uint8) if differs.mean() >= _LEAST_CHANGED else None


def _with_other_things(seen: Pixels, picture: Pixels, rng: Rng) -> Pixels:
    """Some patches moved elsewhere: what stands in front hides other parts of what is behind."""
    height, width = picture.shape[:2]
    seen = seen.copy()
    for _ in range(int(rng.integers(0, 5))):
        w, h = (int(rng.uniform(0.1, 0.3) * extent) for extent in (width, height))
        left, top = int(rng.integers(0, width - w)), int(rng.integers(0, height - h))
        other_left, other_top = int(rng.integers(0, width - w)), int(rng.integers(0, height - h))
        seen[top : top + h, left : left + w] = picture[other_top : other_top + h, other_left : other_left + w]
    return seen


def colour_variant(picture: Pixels, rng: Rng) -> Pixels | None:
    """The same shot with the product, or a part of it, in another colour or pattern; the rest untouched."""
    mask = product_mask(picture, rng)
    if mask is None:
        return None
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)[..., None]
    for _ in range(6):
        painted = _repainted(picture, mask, rng)
        changed = picture + (painted - picture) * soft
        if np.abs(changed - picture).max(axis=2)[mask].mean() > 35:
            return np.asarray(np.clip(changed, 0, 255), np.uint8)
    return None


def product_mask(picture: Pixels, rng: Rng) -> NDArray[np.bool_] | None:
    """A connected part in one colour, 4 to 60 % of the picture, that is not its background; None without any."""
    small = cv2.blur(picture, (3, 3))
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    count = int(rng.integers(3, 7))
    _, labels, _ = cv2.kmeans(lab, count, None, (3, 10, 1.0), 1, cv2.KMEANS_PP_CENTERS)
    labels = labels.reshape(picture.shape[:2])
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    parts = []
    for label in range(count):
        area = (labels == label).astype(np.uint8)
        if np.mean(rim == label) > 0.3:
            continue
        area = cv2.morphologyEx(area, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        found, pieces, stats, _ = cv2.connectedComponentsWithStats(area, connectivity=4)
        parts += [pieces == k for k in range(1, found) if 0.04 < stats[k, cv2.CC_STAT_AREA] / area.size < 0.6]
    if not parts:
        return None
    chosen = parts[int(rng.integers(len(parts)))]
    for part in parts:
        if rng.random() < 0.3:
            chosen = chosen | part
    return np.asarray(chosen)


def _repainted(picture: Pixels, mask: NDArray[np.bool_], rng: Rng) -> NDArray[np.float32]:
    """The whole picture as the product's paint: another dye, another colour, or a pattern."""
    kind = rng.integers(4)
    if kind == 0:
        hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(np.int32) + int(rng.integers(25, 155))) % 180
        other_dye = hsv[..., 1:] * rng.uniform((0.4, 0.6), (1.6, 1.4))
        hsv[..., 1:] = np.clip(other_dye, 0, 255).astype(np.uint8)
        return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), np.float32)
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    mean = float(light[mask].mean())
    paint = rng.uniform(10, 245, 3).astype(np.float32)
    relief = (light - mean) * np.float32(rng.uniform(0.4, 1.1))
    painted = paint + relief[..., None]
    return np.asarray(painted if kind < 3 else painted + _pattern(picture.shape[:2], rng), np.float32)


def _pattern(shape: tuple[int, int], rng: Rng) -> NDArray[np.float32]:
    """Stripes, checks or dots of a colour difference, float32 (h, w, 3)."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(0.02, 0.12) * max(shape)
    along = np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2 * np.pi / pitch))
    across = np.sin((y * np.cos(angle) - x * np.sin(angle)) * (2 * np.pi / pitch))
    kind = rng.integers(3)
    field = (along > 0) * 1.0 if kind == 0 else ((along > 0) ^ (across > 0)) * 1.0
    if kind == 2:
        field = (along * across > 0.4) * 1.0
    return np.asarray(field[..., None] * rng.uniform(-120, 120, 3), np.float32)


def same_template(picture: Pixels, other: Pixels, rng: Rng) -> tuple[Pixels, Pixels]:
    """Two posts of one template: equal background, logo and lettering, two different photos in the middle."""
    height, width = 400, int(rng.choice([320, 400, 500]))
    page = np.empty((height, width, 3), np.uint8)
    page[:] = rng.integers(0, 256, 3)
    for _ in range(int(rng.integers(2, 7))):
        start, end = (rng.integers(0, [width, height]).tolist() for _ in range(2))
        cv2.rectangle(page, start, end, rng.integers(0, 256, 3).tolist(), int(rng.choice([-1, 3, 8])))
    for line in range(int(rng.integers(1, 5))):
        words = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUVWXYZ %"), int(rng.integers(5, 14))))
        place = (int(rng.integers(5, width // 3)), 40 + line * int(rng.integers(60, 100)))
        size = float(rng.uniform(0.8, 2.0))
        cv2.putText(page, words, place, int(rng.integers(0, 5)), size, rng.integers(0, 256, 3).tolist(), 3)
    share = rng.uniform(0.65, 0.9)
    w, h = int(width * share), int(height * share)
    left, top = int(rng.integers(0, width - w)), int(rng.integers(0, height - h))
    pages = []
    for photo in (picture, other):
        filled = page.copy()
        filled[top : top + h, left : left + w] = _filling(photo, w, h)
        pages.append(filled)
    return pages[0], pages[1]


def _filling(photo: Pixels, width: int, height: int) -> Pixels:
    scale = max(width / photo.shape[1], height / photo.shape[0])
    size = (max(width, round(photo.shape[1] * scale)), max(height, round(photo.shape[0] * scale)))
    grown = cv2.resize(photo, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.asarray(grown[top : top + height, left : left + width], np.uint8)


def emblem(rng: Rng, paint: Pixels | None = None, side: int = 240) -> Pixels:
    """A plain sign on white, as logos and icons are: one to three shapes, the first of a given colour."""
    page = np.full((side, side, 3), 255, np.uint8)
    for number in range(int(rng.integers(1, 4))):
        colour = (rng.integers(0, 200, 3) if number or paint is None else paint).tolist()
        middle = side / 2 + rng.normal(0, 0.06 * side * (number > 0), 2)
        radius = side * float(rng.uniform(0.22, 0.42)) / (1 + number)
        points = int(rng.choice([3, 4, 4, 5, 6, 8, 40]))
        angles = np.arange(points) * 2 * np.pi / points + float(rng.choice([0, np.pi / points, rng.uniform(0, 6)]))
        reach = radius * np.where(np.arange(points) % 2, rng.choice([1.0, 1.0, 0.55]), 1.0)
        outline = middle + np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]
        cv2.fillPoly(page, [outline.round().astype(np.int32)], colour, cv2.LINE_AA)
        if rng.random() < 0.3:
            cv2.circle(page, middle.round().astype(int).tolist(), round(radius * 0.5), (255, 255, 255), -1, cv2.LINE_AA)
    return page
