"""From measurements to a relation and a score that means what it says.

Questions are asked in turn, each of a small model (`trees.py`): do the two show the same pixels (one model where the
frames coincide, one where they do not, one where there are no keypoints); if so, did the product alone change colour
or pattern; if not, is it at least the same object or place. The numbers are fitted by `training/judge_fit.py` and
read from `judge.json` beside this file.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from sosie.matching.verification.measurements import Measurements
from sosie.matching.verification.trees import Trees
from sosie.types import Relation

COINCIDING = 0.03
"""How far corners may be from corners, as a share of the longer side, for frames to coincide."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The fitted models and the probabilities from which on each question is answered with yes."""

    same: Trees
    moved: Trees
    flat: Trees
    variant: Trees
    scene: Trees
    inner: Trees
    same_from: float
    moved_from: float
    flat_from: float
    variant_from: float
    scene_from: float
    inner_from: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """A relation, or None for strangers, and how likely it is right. `inner` is "a" or "b" for `contains`."""

    relation: Relation | None
    score: float
    inner: str | None = None


@cache
def fitted() -> Judge:
    """The judge that comes with the package, read once."""
    written = json.loads((files(__package__) / "judge.json").read_text(encoding="utf-8"))
    return Judge(
        same=Trees.read(written["same"]),
        moved=Trees.read(written["moved"]),
        flat=Trees.read(written["flat"]),
        variant=Trees.read(written["variant"]),
        scene=Trees.read(written["scene"]),
        inner=Trees.read(written["inner"]),
        same_from=float(written["same_from"]),
        moved_from=float(written["moved_from"]),
        flat_from=float(written["flat_from"]),
        variant_from=float(written["variant_from"]),
        scene_from=float(written["scene_from"]),
        inner_from=float(written["inner_from"]),
    )


def numbers_of(found: Measurements) -> dict[str, float]:
    """The measurements as the models take them: plain numbers by name, the same when the images change places."""
    around = max(found.around, key=lambda side: side.beyond)
    colour = found.colour
    return {
        "inliers": math.log1p(found.inliers),
        "share": found.share,
        "agreement": found.agreement,
        "correlation": found.correlation,
        "peak": found.peak,
        "residual": found.residual,
        "slip": found.slip[0],
        "bow": found.bow,
        "wander": found.wander,
        "slips": found.slip[1],
        "rest": found.colour.rest,
        "textured": found.textured,
        "windows": math.log1p(found.windows),
        "same": max(found.same),
        "less": min(found.same),
        "overlap": max(found.overlap),
        "framing": found.framing,
        "together": found.together,
        "hole": found.hole,
        "clash": found.clash,
        "own": found.own,
        "through": found.through,
        "busy": around.busy,
        "seam": around.seam,
        "before": colour.before,
        "plain": colour.plain,
        "strong": colour.strong,
        "stain": colour.stain,
        "deep": colour.deep,
        "worst": colour.worst[0],
        "left": colour.worst[1],
        # A filter over the whole picture would not have left other colours beside the changed ones as they were.
        "exact": max(colour.exact, colour.deep * colour.kept),
        "hues": colour.hues,
        "kept": colour.kept,
        "shade": colour.shade,
        "spread": colour.spread,
        "told": max(0.0, colour.stain - 2.0 * colour.spread),
        "chroma": abs(colour.chroma[0] - colour.chroma[1]),
        "neutral": min(colour.chroma),
        "step": colour.contour.step,
        "steep": colour.contour.steep,
        "coherent": colour.contour.coherent,
    }


def judge(found: Measurements | None, model: Judge | None = None) -> Verdict:
    """What two images are to each other, by their measurements; strangers where nothing was measured."""
    if found is None:
        return Verdict(None, 0.0)
    model = model or fitted()
    numbers = numbers_of(found)
    head, enough = {
        "same": (model.same, model.same_from),
        "moved": (model.moved, model.moved_from),
        "flat": (model.flat, model.flat_from),
    }[asked_of(found)]
    same = head.probability(numbers)
    if same < enough:
        scene = model.scene.probability(numbers) * (1.0 - same) if found.inliers else 0.0
        return Verdict("scene", scene) if scene >= model.scene_from else Verdict(None, scene)
    variant = model.variant.probability(numbers)
    if variant >= model.variant_from:
        return Verdict("variant", same * variant)
    inner = inner_of(found, model)
    score = same * (1.0 - variant)
    return Verdict("contains", score, inner) if inner else Verdict("copy", score)


def asked_of(found: Measurements) -> Literal["same", "moved", "flat"]:
    """Which model says whether two images show the same pixels: frames that coincide are no other view of a thing.

    "flat" where there are no keypoints, "same" where the frames coincide, "moved" where they do not.
    """
    if not found.inliers:
        return "flat"
    return "same" if found.framing < COINCIDING else "moved"


def inner_of(found: Measurements, model: Judge) -> str | None:
    """Which of the two stands inside the other as a picture of its own, "a" or "b"; None where neither does.

    A picture of its own is one whose outline is a seam in the larger image, with more than a plain frame beyond it.
    """
    sides = ((model.inner.probability(inside_numbers(found, name)), name) for name in ("a", "b"))
    likely, name = max(sides)
    return name if likely >= model.inner_from else None


def inside_numbers(found: Measurements, name: str) -> dict[str, float]:
    """The numbers by which the image `name` ("a" or "b") may stand inside the other as a picture of its own."""
    own, others = found.overlap if name == "a" else found.overlap[::-1]
    around = found.around[1 if name == "a" else 0]
    return {
        "own": own,
        "others": others,
        "seam": around.seam,
        "another": around.busy * around.beyond,
    }
