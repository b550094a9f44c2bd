"""Fit the judge on edits of photos, and write its numbers beside the code and its reliability into the docs.

    python -m training.judge_fit PHOTOS [--count 400]

PHOTOS are the training photos; every fourth is held out, with all that is made of it. The same photos and seed give
the same judge. Needs nothing but the package itself.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.matching.verification.verdict import Head, numbers_of
from training.judge_model import Floats, ModelParams, fit, probabilities
from training.judge_pairs import RECOLOURS, Sample, measured, pairs_of
from training.train_vlad import photos

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
    "rest": -1,
}
FLAT = {name: sense for name, sense in SAME.items() if name not in ("inliers", "share", "residual")}
VARIANT = {
    "stain": 1,
    "deep": 1,
    "told": 1,
    "spread": -1,
    "hues": -1,
    "kept": 1,
    "rest": -1,
    "residual": 1,
    "peak": -1,
    "share": -1,
}
SCENE = {"inliers": 1, "share": 1, "correlation": 1, "overlap": 1}


def columns_of(made: list[Sample]) -> dict[str, Floats]:
    """Measurements by name, float64 (n,)."""
    rows = [numbers_of(sample.found) for sample in made]
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def ambiguous(sample: Sample) -> bool:
    """A filter over a picture of one colour on white looks like the product in another colour: nobody can tell."""
    recoloured = any(name in RECOLOURS for name in sample.made.split("+"))
    return sample.truth == "copy" and recoloured and sample.found.colour.spread < 0.02


def balanced(truths: NDArray[np.str_], shares: dict[str, float]) -> Floats:
    """Weights that give every truth its share of the whole."""
    weights = np.zeros(len(truths))
    for truth, share in shares.items():
        here = truths == truth
        weights[here] = share / max(1, int(here.sum()))
    return weights


def fit_heads(made: list[Sample]) -> dict[str, Head]:
    """The four models, each on the samples that its question is asked of."""
    truths, flat = np.array([s.truth for s in made]), np.array([s.found.inliers == 0 for s in made])
    clear = np.array([not ambiguous(sample) for sample in made])

    def head(chosen: NDArray[np.bool_], yes: list[str], shares: dict[str, float], senses: dict[str, int]) -> Head:
        rows = np.flatnonzero(chosen & np.isin(truths, [*shares]))
        columns = columns_of([made[row] for row in rows])
        return fit(columns, np.isin(truths[rows], yes), balanced(truths[rows], shares), senses, ModelParams())

    same = {"copy": 0.5, "variant": 0.1, "scene": 0.2, "none": 0.2}
    return {
        "same": head(~flat, ["copy", "variant"], same, SAME),
        "flat": head(flat, ["copy", "variant"], same, FLAT),
        "variant": head(clear, ["variant"], {"copy": 0.7, "variant": 0.3}, VARIANT),
        "scene": head(~flat, ["scene"], {"scene": 0.5, "none": 0.5}, SCENE),
    }


def write(heads: dict[str, Head], path: Path) -> None:
    """The judge as a file."""
    written = {name: asdict(head) for name, head in heads.items()}
    written |= {"same_from": 0.8, "flat_from": 0.9, "variant_from": 0.6, "scene_from": 0.5}  # type: ignore[dict-item]
    path.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    found = photos(args.photos)
    chosen = [found[int(i)] for i in np.random.default_rng(args.seed).permutation(len(found))[: args.count]]
    made = measured(pairs_of(chosen, seed=args.seed))
    target = Path(__file__).parents[1] / "src" / "sosie" / "matching" / "verification" / "judge.json"
    heads = fit_heads([sample for sample in made if sample.source % 4])
    write(heads, target)
    held = [sample for sample in made if sample.source % 4 == 0]
    columns = columns_of(held)
    for name, head in heads.items():
        print(name, np.round(np.quantile(probabilities(head, columns), [0.05, 0.5, 0.95]), 3))


if __name__ == "__main__":
    main()
