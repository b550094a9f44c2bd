"""Fit how far the colours of two pictures with near hashes may differ: the limit of `matching/tones.py`.

    python -m training.tones_fit PHOTOS [--count 200]

Makes copies of photos (compressed, resized, mirrored, turned, other brightness, contrast or balance) and pictures of
the product in another colour, and keeps those pairs whose hashes are near, as a scan would. The limit is taken at which
the share of copies that are lost and the share of variants that are merged come to least, and written to `tones.json`
beside the code.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.hashes import HashFingerprinter, read_rows
from sosie.fingerprints.pdq import PDQ256
from sosie.fingerprints.tones import tones
from sosie.imaging.picture import ImageInfo, Picture
from sosie.pipeline.hashing import Hashes, hash_pairs, left_unexplained
from training.canvas import Pixels
from training.edits import apply
from training.judge_views import colour_variant
from training.pictures import photos

COPIES = ("jpeg", "webp", "generations", "thumbnail", "upscale", "mirror", "flip", "quarter_turn", "half_pixel_shift")
TONES = ("brightness", "contrast", "temperature", "saturation", "fade", "curve")
_STEP = 0.1


def pairs_of(photo: Pixels, rng: np.random.Generator) -> Iterator[tuple[bool, Pixels]]:
    """What is compared with the photo, and whether it is a copy."""
    for name in (*rng.choice(COPIES, 3, replace=False), *rng.choice(TONES, 2, replace=False)):
        yield True, apply(str(name), photo, seed=int(rng.integers(1 << 30))).pixels
    for _ in range(3):
        variant = colour_variant(photo, rng)
        if variant is not None:
            light = str(rng.choice(COPIES))
            yield False, apply(light, variant, seed=int(rng.integers(1 << 30))).pixels


def near(photo: Pixels, other: Pixels) -> float | None:
    """What no change of colour as a whole explains between two pictures; None where no hash is near."""
    both = [Picture(ImageInfo("PNG", each.shape[1], each.shape[0]), each) for each in (photo, other)]
    dhash, pdq = zip(*HashFingerprinter().compute(both), strict=True)
    hashes = Hashes(*read_rows(DHASH64, dhash), *read_rows(PDQ256, pdq), np.zeros(2, np.bool_))
    found = hash_pairs(hashes)
    if not len(found):
        return None
    return float(left_unexplained(found, np.arange(2), np.stack([tones(each) for each in (photo, other)]), 1)[0])


def best_limit(left: NDArray[np.float64], copies: NDArray[np.bool_]) -> float:
    """The limit at which lost copies and merged variants, as shares of all, come to least."""
    tried = np.arange(_STEP, left.max() + _STEP, _STEP)
    lost = (left[copies][None] > tried[:, None]).mean(axis=1)
    merged = (left[~copies][None] <= tried[:, None]).mean(axis=1)
    return round(float(tried[int((lost + merged).argmin())]), 1)


def main() -> None:
    """Fit from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=3)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    found = photos(args.photos)
    rows: list[tuple[float, bool]] = []
    for number in np.random.default_rng(args.seed).permutation(len(found))[: args.count].tolist():
        for copy, other in pairs_of(found[number], np.random.default_rng([args.seed, number])):
            apart = near(found[number], other)
            rows += [] if apart is None else [(apart, copy)]
    left, copies = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    limit = best_limit(left, copies)
    path = Path(__file__).parents[1] / "src" / "sosie" / "matching" / "tones.json"
    path.write_text(json.dumps({"limit": limit}) + "\n", encoding="utf-8")
    print(f"{np.count_nonzero(copies)} copies and {np.count_nonzero(~copies)} variants have near hashes; limit {limit}")
    print(f"lost: {(left[copies] > limit).mean():.1%} of the copies, merged: {(left[~copies] <= limit).mean():.1%}")


if __name__ == "__main__":
    main()
