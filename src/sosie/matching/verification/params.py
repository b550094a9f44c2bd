"""What can be set for the verification of pairs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationParams:
    """How strictly two images are compared. Lengths are pixels of the 200 px thumbnails.

    `ratio` is Lowe's ratio of the nearest to the second nearest descriptor; `enough_matches` such matches of one
    form are needed before geometry is tried at all. A keypoint is an inlier within `tolerance` of where the
    transform puts it; `enough_inliers` are needed before pixels are compared. Pixels are compared in windows of
    `window` by `window`: textured from a standard deviation of `texture` grey levels on, and agreeing from a
    normalised cross-correlation of `agreeing` on. `refinements` bounds the steps of the alignment by pixels.
    """

    ratio: float = 0.88
    enough_matches: int = 4
    tolerance: float = 3.0
    enough_inliers: int = 4
    window: int = 15
    texture: float = 5.0
    agreeing: float = 0.8
    refinements: int = 3
