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
from training.judge_pairs import RECOLOURS, Sample, samples
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
}
VARIANT = {"before": 1, "plain": 1, "strong": 1, "patch": 1, "told": 1, "hole": 1, "spread": -1, "neutral": 1}
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
    """The three models, each on the samples that its question is asked of."""
    columns, truths = columns_of(made), np.array([sample.truth for sample in made])
    params = ModelParams()
    shares = {"copy": 0.5, "variant": 0.1, "scene": 0.15, "none": 0.25}
    same = fit(columns, np.isin(truths, ["copy", "variant"]), balanced(truths, shares), SAME, params)
    clear = np.array([not ambiguous(sample) for sample in made]) & np.isin(truths, ["copy", "variant"])
    part = {name: values[clear] for name, values in columns.items()}
    weights = balanced(truths[clear], {"copy": 0.7, "variant": 0.3})
    variant = fit(part, truths[clear] == "variant", weights, VARIANT, params)
    rest = np.isin(truths, ["scene", "none"])
    part = {name: values[rest] for name, values in columns.items()}
    scene = fit(part, truths[rest] == "scene", balanced(truths[rest], {"scene": 0.5, "none": 0.5}), SCENE, params)
    return {"same": same, "variant": variant, "scene": scene}


def write(heads: dict[str, Head], path: Path) -> None:
    """The judge as a file."""
    written = {name: asdict(head) for name, head in heads.items()}
    written |= {"same_from": 0.5, "variant_from": 0.5, "scene_from": 0.5}  # type: ignore[dict-item]
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
    made = samples(chosen, seed=args.seed)
    target = Path(__file__).parents[1] / "src" / "sosie" / "matching" / "verification" / "judge.json"
    heads = fit_heads([sample for sample in made if sample.source % 4])
    write(heads, target)
    held = [sample for sample in made if sample.source % 4 == 0]
    columns = columns_of(held)
    for name, head in heads.items():
        print(name, np.round(np.quantile(probabilities(head, columns), [0.05, 0.5, 0.95]), 3))


if __name__ == "__main__":
    main()
