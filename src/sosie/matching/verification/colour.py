"""Whether one filter over the whole picture explains the colours, or only the product changed.

A filter treats equal colours equally everywhere: brightness, contrast, gamma and white balance (the *plain*
change), or grey, sepia, a duotone, a hue turn, more or less saturation (a *strong* one). A plain change is believed
wherever it fits. A strong change fits a recoloured product on white as well, so it is believed only as far as the
picture shows other colours that it treats alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.contour import NO_CONTOUR, Contour, contour

_BINS = 16
_OFF = 26.0
"""Levels (of 255) that a channel may be off: compression and misalignment stay below, another colour does not."""
_PARTS = 4
_BALANCE = 1.35
_FEWEST = 12
_EXPLAINED = 0.01
_COLOURLESS = 0.02
_COLOURFUL = 40.0
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_SEPIA = np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]], np.float32)
"""The matrix of the sepia filter that most programs have."""


@dataclass(frozen=True, slots=True)
class ColourChange:
    """What happened to the colours where the shapes are the same. Shares are of those windows, 0 to 1.

    `shift`: mean difference before any fit, 0 to 1. `before`: windows of another colour before any fit; `plain`:
    after the best plain change; `strong`: after the best strong one. `stain` and `deep` are `plain` and `strong`
    without patches whose edge is not in both pictures: those were laid over. `spread`: how varied the colours of
    the more colourful picture are, beyond its lightness (0 where lightness tells them all, as with one product on
    white; 1 where a plain change explains everything anyway). `hues`: how varied the hues are that changed, 0 to 1.
    `kept`: windows with colour that stayed as they were, as a share of all with colour. `chroma`: mean
    colourfulness of source and target. `gain`: how much lighter the target is. `rest`: the median difference that
    the best change leaves, 0 to 1; `worst`: what 97 in 100 windows, but for what was laid over, stay below after
    the best plain and after the best change of all. `exact`: the median difference, 0 to 1, that a filter with a
    dial or two leaves where colours changed and nothing was laid over: a hue that is turned on a dial keeps
    lightness and saturation, goods in another colour do not. `shade`: how much light and shade differ from one part
    of the picture to the next, 0 to 1: they change when something is photographed again, and hardly when a picture
    is edited.
    """

    shift: float
    before: float
    plain: float
    strong: float
    stain: float
    deep: float
    spread: float
    hues: float
    kept: float
    chroma: tuple[float, float]
    gain: float
    rest: float
    worst: tuple[float, float]
    exact: float
    shade: float
    contour: Contour


UNCHANGED = ColourChange(
    0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, (0.0, 0.0), 1.0, 0.0, (0.0, 0.0), 0.0, 0.0, NO_CONTOUR
)


@dataclass(frozen=True, slots=True)
class Grid:
    """What the windows at which colours are compared say of shapes: bool (h, w) each."""

    covered: NDArray[np.bool_]
    textured: NDArray[np.bool_]
    agreeing: NDArray[np.bool_]


def colour_change(target: NDArray[np.uint8], source: NDArray[np.uint8], grid: Grid, *, inverted: bool) -> ColourChange:
    """The change from `source` to `target`, aligned uint8 (h, w, 3), where shapes agree or both are flat."""
    area = grid.agreeing | (grid.covered & ~grid.textured)
    if np.count_nonzero(area) < _FEWEST:
        return UNCHANGED
    # Colours as rows, float32 (3, n): short rows would be slow to reduce.
    t, s = (np.ascontiguousarray(image[area].T, dtype=np.float32) for image in (target, source))
    if inverted:
        s = 255.0 - s
    raw = _off(s, t)
    before = float((raw > _OFF).mean())
    plain = raw if before < _EXPLAINED else _better(raw, _off(_plain(s, t), t))
    left = plain > _OFF
    explained = float(left.mean()) < _EXPLAINED
    best = plain if explained else np.minimum(plain, _explained(s, t))
    framed = left if explained else _framed(left, area, grid)
    seen, both = framed | ~left, ((s, t), (t, s))
    return ColourChange(
        shift=float(raw.mean() / 255.0),
        before=before,
        plain=float(left.mean()),
        strong=float((best > _OFF).mean()),
        stain=float(framed.mean()),
        deep=float((framed & (best > _OFF)).mean()),
        spread=1.0 if explained else max(_spread(s), _spread(t)),
        hues=1.0 if explained else min(_hues(s[:, left]), _hues(t[:, left])),
        kept=0.0 if explained else _kept(s, t, raw),
        chroma=(float(_chroma(s).mean()), float(_chroma(t).mean())),
        gain=float((_LUMA @ t).mean() / max(1.0, float((_LUMA @ s).mean()))),
        rest=float(np.median(best)) / 255.0,
        worst=(_top(plain[seen]), _top(best[seen])),
        exact=0.0 if explained else min(_exact(one[:, seen], other[:, seen], raw[seen]) for one, other in both),
        shade=_shade(s, t, area, seen),
        contour=NO_CONTOUR if explained else contour(_on_grid(left, area), area, (target, source)),
    )


def _on_grid(chosen: NDArray[np.bool_], area: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is said of the windows of `area` in order, bool (n,), where these are, bool (h, w)."""
    grid = np.zeros(area.shape, np.bool_)
    grid[area] = chosen
    return grid


def _shade(s: NDArray[np.float32], t: NDArray[np.float32], area: NDArray[np.bool_], seen: NDArray[np.bool_]) -> float:
    """How much light and shade differ from one part of the picture to the next, 0 to 1: the spread of parts' means."""
    light = _LUMA @ s
    left = (_LUMA @ t - _curve(light, _LUMA @ t))[seen]
    rows, columns = (places[seen] * _PARTS // side for places, side in zip(np.nonzero(area), area.shape, strict=True))
    part = rows * _PARTS + columns
    counts, sums = (np.bincount(part, weights=each, minlength=_PARTS**2) for each in (None, left))
    full = counts >= _FEWEST // 2
    if np.count_nonzero(full) < 2:
        return 0.0
    means = sums[full] / counts[full]
    return (
        float(np.sqrt(np.average((means - np.average(means, weights=counts[full])) ** 2, weights=counts[full]))) / 255
    )


def _top(left: NDArray[np.float32]) -> float:
    """What all but three in a hundred windows stay below, 0 to 1; 0 where there are none."""
    if not len(left):
        return 0.0
    place = (97 * len(left)) // 100
    return float(np.partition(left, place)[place]) / 255.0


def _framed(left: NDArray[np.bool_], area: NDArray[np.bool_], grid: Grid) -> NDArray[np.bool_]:
    """Those of the windows left whose patch has an edge that both pictures show.

    `left`: bool (n,), the windows of `area` in order.
    """
    count, labels = cv2.connectedComponents(_on_grid(left, area).astype(np.uint8), connectivity=8)
    reach = cv2.dilate(labels.astype(np.float32), np.ones((5, 5), np.uint8)).astype(np.intp)
    edges = np.bincount(reach[grid.textured], minlength=count)
    common = np.bincount(reach[grid.agreeing], minlength=count)
    kept = (common >= 0.5 * edges) & (edges > 0)
    return np.asarray(kept[labels[area]] & left)


def _better(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Whichever leaves fewer windows of another colour."""
    return one if np.count_nonzero(one > _OFF) <= np.count_nonzero(other > _OFF) else other


def _off(fitted: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float32]:
    """The difference of the channel that differs most, float32 (n,)."""
    return np.asarray(np.abs(fitted - target).max(axis=0))


def _chroma(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(colours.max(axis=0) - colours.min(axis=0))


def _curve(x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """`x` through the monotone curve that carries it to `y` best: medians of bins, held monotone."""
    bins = (x * np.float32(_BINS / 256.0)).astype(np.int32)
    order = np.argsort(bins * np.float32(1024) + y)
    edges = np.searchsorted(bins[order], np.arange(_BINS + 1))
    counts = np.diff(edges)
    filled = counts > max(3, len(x) // 500)
    if not filled.any():
        return np.full_like(x, np.median(y))
    middles = y[order[(edges[:-1] + counts // 2)[filled]]]
    sums = np.bincount(bins, weights=x, minlength=_BINS)
    knots = sums[filled] / counts[filled]
    rising = (np.maximum.accumulate(middles) + np.minimum.accumulate(middles[::-1])[::-1]) / 2
    return np.interp(x, knots, rising).astype(np.float32)


def _plain(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """One monotone curve for all channels, then a moderate white balance."""
    curved = _curve(s.ravel(), t.ravel()).reshape(s.shape)
    balance = np.median(t / np.maximum(curved, 8.0), axis=1).astype(np.float32)
    return np.asarray(curved * np.clip(balance, 1 / _BALANCE, _BALANCE)[:, None], np.float32)


def _explained(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the best strong change leaves, from source to target or, where that is better, the other way round."""
    left = _strong(s, t)
    return left if float((left > _OFF).mean()) < _EXPLAINED else np.minimum(left, _strong(t, s))


def _strong(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is left after the best of a tint by lightness, a hue turn and a change of saturation, float32 (n,).

    Only filters that people use: any mix of channels would explain most products' change as well.
    """
    changed = [each for each in (_hue_turned(s, t), _saturated(s, t)) if each is not None]
    left = [_off(_tint(s, t), t), *(_off(_plain(each, t), t) for each in changed)]
    return min(left, key=lambda each: float((each > _OFF).mean()))


def _hue_turned(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """`s` with the hue turned as `t` shows it, in HSV; None where there is too little colour to tell."""
    hsv, aim = (cv2.cvtColor(each.T[None] / np.float32(255), cv2.COLOR_RGB2HSV)[0] for each in (s, t))
    weight = np.minimum(hsv[:, 1] * hsv[:, 2], aim[:, 1] * aim[:, 2])
    if float(weight.mean()) < _COLOURLESS:
        return None
    turn = np.deg2rad(aim[:, 0] - hsv[:, 0])
    angle = np.angle(np.sum(weight * np.exp(1j * turn)))
    for _ in range(3):
        off = np.angle(np.exp(1j * (turn - angle)))
        trust = weight / (1.0 + (off / 0.3) ** 2)
        angle = angle + float((trust * off).sum() / trust.sum())
    hsv[:, 0] = (hsv[:, 0] + np.rad2deg(angle)) % 360
    return np.ascontiguousarray(cv2.cvtColor(hsv[None], cv2.COLOR_HSV2RGB)[0].T) * np.float32(255)


def _saturated(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    """`s` with its distance from grey multiplied, and turned, as `t` shows it: a linear filter that keeps lightness."""
    light_s, light_t = _LUMA @ s, _LUMA @ t
    red_s, blue_s, red_t, blue_t = s[0] - light_s, s[2] - light_s, t[0] - light_t, t[2] - light_t
    weight = np.ones_like(light_s)
    factor, cross = 1.0, 0.0
    for _ in range(3):
        total = float((weight * (red_s * red_s + blue_s * blue_s)).sum()) + 1e-3
        factor = float((weight * (red_s * red_t + blue_s * blue_t)).sum()) / total
        cross = float((weight * (red_s * blue_t - blue_s * red_t)).sum()) / total
        off = np.abs(factor * red_s - cross * blue_s - red_t) + np.abs(factor * blue_s + cross * red_s - blue_t)
        weight = 1.0 / (1.0 + (off / np.float32(12.0)) ** 2)
    red, blue = factor * red_s - cross * blue_s, factor * blue_s + cross * red_s
    green = -(_LUMA[0] * red + _LUMA[2] * blue) / _LUMA[1]
    return np.asarray(np.clip(np.stack([red, green, blue]) + light_s, 0, 255), np.float32)


def _exact(s: NDArray[np.float32], t: NDArray[np.float32], raw: NDArray[np.float32]) -> float:
    """The median difference where colours changed, 0 to 1, after the best filter that has a dial or two.

    Tried are lightness and contrast of all channels alike, the angle of hues, the strength of grey and of sepia.
    """
    changed = raw > _OFF / 2
    if np.count_nonzero(changed) < _FEWEST:
        return 0.0
    s, t = np.ascontiguousarray(s[:, changed]), np.ascontiguousarray(t[:, changed])
    turned = _hue_turned(s, t)
    tones = [_LUMA @ s * np.ones((3, 1), np.float32), np.clip(_SEPIA @ s, 0, 255)]
    tries = [] if turned is None else [turned]
    middle, aim = s.mean(), t.mean()
    gain = ((s - middle) * (t - aim)).mean() / max(1.0, float(((s - middle) ** 2).mean()))
    tries.append(np.clip(gain * (s - middle) + aim, 0, 255))
    tries += [s + (tone - s) * np.float32(share) for tone in tones for share in (0.5, 0.75, 1.0)]
    return min(float(np.median(_off(each, t))) for each in tries) / 255.0


def _tint(s: NDArray[np.float32], t: NDArray[np.float32]) -> NDArray[np.float32]:
    light = _LUMA @ s
    return np.stack([_curve(light, channel) for channel in t])


def _spread(colours: NDArray[np.float32]) -> float:
    """How far the colours are from what lightness alone says, as a share of the windows."""
    return float((_off(_tint(colours, colours), colours) > _OFF).mean())


def _hues(colours: NDArray[np.float32]) -> float:
    """0 where all have one hue or none, up to 1 where the hues cancel out; weighed by colourfulness."""
    red, blue = colours[0] - _LUMA @ colours, colours[2] - _LUMA @ colours
    total = float(np.hypot(red, blue).sum())
    if total < _COLOURLESS * 255 * colours.shape[1]:
        return 0.0
    return float(1.0 - np.hypot(red.sum(), blue.sum()) / total)


def _kept(s: NDArray[np.float32], t: NDArray[np.float32], raw: NDArray[np.float32]) -> float:
    """Colourful windows that stayed as they were, as a share of all that are colourful in either picture."""
    colourful = np.maximum(_chroma(s), _chroma(t)) > _COLOURFUL
    return float(int(np.count_nonzero(colourful & (raw < _OFF / 2))) / max(_FEWEST, int(np.count_nonzero(colourful))))
