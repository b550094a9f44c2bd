"""Fit the judge on edits of photos, and write its numbers beside the code and its reliability into the docs.

    python -m training.judge_fit PHOTOS [--count 240]

PHOTOS are the training photos; every fourth is held out, with all that is made of it. The same photos and seed give
the same judge. Needs nothing but the package itself.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.trees import Trees
from sosie.matching.verification.verdict import numbers_of
from training.judge_model import Floats, ModelParams, fit
from training.judge_pairs import RECOLOURS, Sample, measured, pairs_of
from training.judge_report import report
from training.pictures import photos

SAME = {
    "inliers": 1,
    "share": 1,
    "agreement": 1,
    "correlation": 1,
    "windows": 1,
    "same": 1,
    "together": 1,
    "hole": -1,
    "peak": 1,
    "residual": -1,
    "slip": -1,
    "slips": -1,
    "bow": -1,
    "framing": -1,
    "rest": -1,
}
FLAT = {name: sense for name, sense in SAME.items() if name not in ("inliers", "share", "residual")}
VARIANT = {
    "before": -1,
    "stain": 1,
    "deep": 1,
    "told": 1,
    "spread": -1,
    "hues": -1,
    "exact": 1,
    "kept": 1,
    "worst": 1,
    "left": 1,
    "rest": -1,
}
SCENE = {"inliers": 1, "share": 1, "correlation": 1, "overlap": 1}
"""What each question looks at, and in which sense: +1 if more of it can only mean yes, -1 if only no."""

SHARES = {"copy": 0.5, "variant": 0.1, "scene": 0.2, "none": 0.2}
"""How much each truth weighs, however many pairs of it were made. Scores are calibrated for this mixture."""
LET_PASS = 0.005
"""Share of held-out look-alikes (other views, templates, designs) that may pass as the same pixels."""
LOSE = 0.03
"""Share of held-out copies that may be taken for variants: a copy that stays alone costs a look, a merged variant may
cost a product."""
AMBIGUOUS = 0.05
SINGLE_HUE = 0.3


def ambiguous(sample: Sample) -> bool:
    """A filter over a picture of one colour on white looks like the product in another colour: nobody can tell."""
    recoloured = any(name in RECOLOURS for name in sample.made.split("+"))
    colour = sample.found.colour
    return sample.truth == "copy" and recoloured and colour.spread < AMBIGUOUS and colour.hues < SINGLE_HUE


def columns_of(made: Sequence[Sample]) -> dict[str, Floats]:
    """Measurements by name, float64 (n,)."""
    rows = [numbers_of(sample.found) for sample in made]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def balanced(truths: NDArray[np.str_], shares: Mapping[str, float]) -> Floats:
    """Weights that give every truth its share of the whole."""
    weights = np.zeros(len(truths))
    for truth, share in shares.items():
        here = truths == truth
        weights[here] = share / max(1, int(here.sum()))
    return weights


def fit_heads(made: Sequence[Sample]) -> dict[str, Trees]:
    """The four models, each on the samples that its question is asked of."""
    truths, flat = np.array([s.truth for s in made]), np.array([s.found.inliers == 0 for s in made])
    clear = np.array([not ambiguous(sample) for sample in made])

    def head(chosen: NDArray[np.bool_], yes: list[str], shares: dict[str, float], senses: dict[str, int]) -> Trees:
        rows = np.flatnonzero(chosen & np.isin(truths, [*shares]))
        columns = columns_of([made[int(row)] for row in rows])
        return fit(columns, np.isin(truths[rows], yes), balanced(truths[rows], shares), senses, ModelParams())

    return {
        "same": head(~flat, ["copy", "variant"], SHARES, SAME),
        "flat": head(flat, ["copy", "variant"], {"copy": 0.5, "variant": 0.1, "alike": 0.2, "none": 0.2}, FLAT),
        "variant": head(clear, ["variant"], {"copy": 0.7, "variant": 0.3}, VARIANT),
        "scene": head(~flat, ["scene"], {"scene": 0.5, "none": 0.5}, SCENE),
    }


def limits(heads: Mapping[str, Trees], held: Sequence[Sample]) -> dict[str, float]:
    """From which probability on each question is answered with yes, chosen on what was held out."""

    def said(name: str, truths: tuple[str, ...], flat: bool) -> Floats:
        chosen = [s for s in held if s.truth in truths and (s.found.inliers == 0) == flat and not ambiguous(s)]
        return np.array([heads[name].probability(numbers_of(s.found)) for s in chosen] or [0.5])

    def bounded(values: Floats, share: float) -> float:
        return round(float(np.clip(np.quantile(values, share), 0.5, 0.97)), 3)

    return {
        "same_from": bounded(said("same", ("scene", "none"), False), 1 - LET_PASS),
        "flat_from": bounded(said("flat", ("alike", "scene", "none"), True), 1 - LET_PASS),
        "variant_from": bounded(said("variant", ("copy",), False), 1 - LOSE),
        "scene_from": 0.5,
    }


def write(heads: Mapping[str, Trees], bounds: Mapping[str, float], path: Path) -> None:
    """The judge as a file."""
    written = {**{name: head.written() for name, head in heads.items()}, **bounds}
    path.write_text(json.dumps(written, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    found = photos(args.photos)
    chosen = [found[int(i)] for i in np.random.default_rng(args.seed).permutation(len(found))[: args.count]]
    made = measured(pairs_of(chosen, seed=args.seed))
    root = Path(__file__).parents[1]
    held = [sample for sample in made if sample.source % 4 == 0]
    heads = fit_heads([sample for sample in made if sample.source % 4])
    bounds = limits(heads, held)
    write(heads, bounds, root / "src" / "sosie" / "matching" / "verification" / "judge.json")
    report(held, len(made), root / "docs")


if __name__ == "__main__":
    main()
