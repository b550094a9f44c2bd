"""Edits of pictures as shops, ad teams and social feeds make them, with the truth of where every pixel went.

    edited = apply("crop", photo, seed=7)
    edited.pixels; edited.placements[0].matrix

`EDITS` names all of them. The same name, pictures and seeds give the same pixels. The parameters are drawn anew for
every seed: any angle, any share, many designs. `style` fixes the design of what is laid over, so that one banner can
be laid over many pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training import colours, geometry, layouts, overlays
from training.canvas import Canvas, Pixels, Placement

Rng = np.random.Generator

MOVES: Mapping[str, Callable[[Canvas, Rng], Canvas]] = {
    f.__name__: f
    for f in (
        geometry.crop,
        geometry.tight_crop,
        geometry.format_crop,
        geometry.rotate,
        geometry.quarter_turn,
        geometry.mirror,
        geometry.flip,
        geometry.squeeze,
        geometry.perspective,
        geometry.pulled,
        geometry.border,
        geometry.thumbnail,
        geometry.upscale,
        geometry.scan,
        geometry.half_pixel_shift,
    )
}
"""Edits that move pixels."""

TONES: Mapping[str, Callable[[Canvas, Rng], Canvas]] = {
    f.__name__: f
    for f in (
        colours.brightness,
        colours.contrast,
        colours.curve,
        colours.temperature,
        colours.saturation,
        colours.grey,
        colours.duotone,
        colours.sepia,
        colours.hue,
        colours.invert,
        colours.posterise,
        colours.vignette,
        colours.fade,
    )
}
"""Edits of colour alone."""

LOSSES: Mapping[str, Callable[[Canvas, Rng], Canvas]] = {
    f.__name__: f
    for f in (colours.blur, colours.sharpen, colours.noise, colours.jpeg, colours.webp, colours.generations)
}
"""Edits of quality."""

LAYERS: Mapping[str, Callable[[Canvas, Rng, Rng], Canvas]] = {
    f.__name__: f
    for f in (
        overlays.slogans,
        overlays.banner,
        overlays.sticker,
        overlays.price_tag,
        overlays.watermark,
        overlays.ornament,
        layouts.screenshot,
        layouts.story,
        layouts.poster,
    )
}
"""Things laid over or around, in a design of their own."""

JOINTS: Mapping[str, Callable[[Canvas, Rng, Sequence[Pixels]], Canvas]] = {
    f.__name__: f for f in (layouts.collage, layouts.inset, layouts.corner_inset, layouts.blend)
}
"""Pages of several pictures; they take one to three others."""

EDITS: tuple[str, ...] = (*MOVES, *TONES, *LOSSES, *LAYERS, *JOINTS, "combination")
"""Names of all edits; `combination` is two to four of the others, one after another."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited picture and the truth about it.

    `pixels`: uint8 (h, w, 3) RGB. `placements`: every source that it holds (0 is the picture that was edited, n is
    `others[n - 1]`) with the 3 x 3 matrix from source to edited pixel coordinates; a source can appear in several
    places. `steps`: names of the edits in order. `parameters`: what was drawn.
    """

    pixels: Pixels
    placements: tuple[Placement, ...]
    steps: tuple[str, ...]
    parameters: Mapping[str, float | str]


def apply(name: str, picture: Pixels, *, seed: int, others: Sequence[Pixels] = (), style: int | None = None) -> Edited:
    """Make one edit of a picture (uint8 (h, w, 3) RGB, both sides 32 or more).

    `others` are the further pictures of collages and blends (at least one for those). `style` seeds the design of
    what is laid over; without it the design depends on `seed`. Raises KeyError for an unknown name.
    """
    rng = np.random.default_rng([seed, 1])
    designs = np.random.default_rng([seed if style is None else style, 2])
    steps = _combination(rng) if name == "combination" else (name,)
    canvas = Canvas.of(picture)
    for step in steps:
        canvas = _step(step, canvas, rng, designs, others)
    return Edited(canvas.pixels, canvas.placements, steps, dict(canvas.parameters))


def apply_steps(steps: Sequence[str], picture: Pixels, *, seed: int, others: Sequence[Pixels] = ()) -> Edited:
    """Make several edits, one after another, as `apply` does for one."""
    rng, designs = np.random.default_rng([seed, 1]), np.random.default_rng([seed, 2])
    canvas = Canvas.of(picture)
    for step in steps:
        canvas = _step(step, canvas, rng, designs, others)
    return Edited(canvas.pixels, canvas.placements, tuple(steps), dict(canvas.parameters))


def _step(step: str, canvas: Canvas, rng: Rng, designs: Rng, others: Sequence[Pixels]) -> Canvas:
    if step in LAYERS:
        return LAYERS[step](canvas, rng, designs)
    if step in JOINTS:
        return JOINTS[step](canvas, rng, others)
    return {**MOVES, **TONES, **LOSSES}[step](canvas, rng)


def _combination(rng: Rng) -> tuple[str, ...]:
    """Two to four steps of different kinds, in the order people work: frame, colour, layer, export."""
    kinds: tuple[tuple[str, ...], ...] = (
        tuple(name for name in MOVES if name not in ("tight_crop", "thumbnail", "scan")),
        tuple(TONES),
        tuple(name for name in LAYERS if name not in ("screenshot", "poster")),
        tuple(LOSSES),
    )
    chosen = sorted(rng.choice(len(kinds), int(rng.integers(2, 5)), replace=False).tolist())
    return tuple(str(rng.choice(kinds[kind])) for kind in chosen)
