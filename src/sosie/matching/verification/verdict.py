"""From measurements to a relation and a score that means what it says.

Questions are asked in turn, each of a small model (`trees.py`): do the two show the same pixels (with keypoints, or
without any, by the frames alone); if so, did the product alone change colour or pattern; if not, is it at least the
same object or place. The numbers are fitted by `training/judge_fit.py` and read from `judge.json` beside this file.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sosie.matching.verification.measurements import Measurements
from sosie.matching.verification.surroundings import SEAM
from sosie.matching.verification.trees import Trees
from sosie.types import Relation

_ANOTHER = 0.056
_MOST_OF_IT = 0.6
_PART = 0.75
"""A picture of its own shows most of itself, is a part of the other, has a seam around it on a third of its outline
at least, and beyond it a twentieth of the other is busy: screenshots and frames stay below, collages above."""


@dataclass(frozen=True, slots=True)
class Judge:
    """The fitted models and the probabilities from which on each question is answered with yes."""

    same: Trees
    flat: Trees
    variant: Trees
    scene: Trees
    same_from: float
    flat_from: float
    variant_from: float
    scene_from: float


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
        flat=Trees.read(written["flat"]),
        variant=Trees.read(written["variant"]),
        scene=Trees.read(written["scene"]),
        same_from=float(written["same_from"]),
        flat_from=float(written["flat_from"]),
        variant_from=float(written["variant_from"]),
        scene_from=float(written["scene_from"]),
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
        "busy": around.busy,
        "seam": around.seam,
        "before": colour.before,
        "plain": colour.plain,
        "strong": colour.strong,
        "stain": colour.stain,
        "deep": colour.deep,
        "worst": colour.worst[0],
        "left": colour.worst[1],
        "exact": colour.exact,
        "hues": colour.hues,
        "kept": colour.kept,
        "spread": colour.spread,
        "told": max(0.0, colour.stain - 2.0 * colour.spread),
        "chroma": abs(colour.chroma[0] - colour.chroma[1]),
        "neutral": min(colour.chroma),
    }


def judge(found: Measurements | None, model: Judge | None = None) -> Verdict:
    """What two images are to each other, by their measurements; strangers where nothing was measured."""
    if found is None:
        return Verdict(None, 0.0)
    model = model or fitted()
    numbers = numbers_of(found)
    if found.inliers:
        same, enough = model.same.probability(numbers), model.same_from
    else:
        same, enough = model.flat.probability(numbers), model.flat_from
    if same < enough:
        scene = model.scene.probability(numbers) * (1.0 - same) if found.inliers else 0.0
        return Verdict("scene", scene) if scene >= model.scene_from else Verdict(None, scene)
    variant = model.variant.probability(numbers)
    if variant >= model.variant_from:
        return Verdict("variant", same * variant)
    inner = inner_of(found)
    score = same * (1.0 - variant)
    return Verdict("contains", score, inner) if inner else Verdict("copy", score)


def inner_of(found: Measurements) -> str | None:
    """Which of the two stands inside the other as a picture of its own; None where neither does.

    A picture of its own is one whose outline is a seam in the larger image, with more than a plain frame beyond it.
    """
    for name, side, own, others in (
        ("a", found.around[1], found.overlap[0], found.overlap[1]),
        ("b", found.around[0], found.overlap[1], found.overlap[0]),
    ):
        pasted = side.seam > SEAM and side.busy * side.beyond > _ANOTHER
        if own > _MOST_OF_IT and others < _PART and pasted:
            return name
    return None
