"""The answers that people look for first, and how scores are spread."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from sosie.server.schemas.results import Bin, BrandShare, Histogram, Summary
from sosie.server.views.columns import CODE, Ids
from sosie.server.views.grouping import Grouping
from sosie.server.views.loaded import LoadedResult
from sosie.types import MERGED, RELATIONS, Relation

_BINS = 50


def summary_of(result: LoadedResult) -> Summary:
    """Give how many images are unique, copies, of which brands, and how they were compared."""
    report, grouping = result.report, result.grouping
    asked = result.standings.asked(grouping)
    copies = _copies(grouping)
    return Summary(
        id=result.id,
        created=result.created,
        brands=_shares(grouping, copies),
        images=len(report.images),
        contents=len(grouping.images.contents),
        unique=len(report.images) - len(copies),
        copies=len(copies),
        groups=_counts(grouping.relation),
        edges=_counts(result.edges.relation),
        cross_brand=int((grouping.brand_count > 1).sum()),
        gain=int(grouping.gain.sum()),
        skipped=len(report.skipped),
        method=str(report.params.get("method", "")),
        embedder=str(report.params.get("embedder", "")),
        threshold=result.threshold,
        seconds=float(report.timings.get("total", 0)),
        timings=dict(report.timings),
        fallbacks=list(report.fallbacks),
        settled=int((asked == 0).sum()),
        total=len(grouping),
    )


def _copies(grouping: Grouping) -> Ids:
    """Give the images that are copies of a keeper."""
    keepers = np.array([group.keeper for group in grouping.groups], np.int64)
    merged = np.isin(grouping.relation[grouping.owner], [CODE[relation] for relation in MERGED])
    return np.unique(grouping.members[merged & (grouping.members != keepers[grouping.owner])])


def _shares(grouping: Grouping, copies: Ids) -> list[BrandShare]:
    images = grouping.images
    wide = len(images.brands)
    every, spare = (np.bincount(brand, minlength=wide) for brand in (images.brand, images.brand[copies]))
    groups = np.bincount(grouping.in_brand[1], minlength=wide)
    return [
        BrandShare(brand=brand, images=int(every[number]), copies=int(spare[number]), groups=int(groups[number]))
        for number, brand in enumerate(images.brands)
    ]


def _counts(codes: NDArray[np.int8]) -> dict[Relation, int]:
    counts = Counter(codes.tolist())
    return {relation: counts[code] for code, relation in enumerate(RELATIONS) if counts[code]}


def histogram_of(result: LoadedResult) -> Histogram:
    """Give how many pairs have which score, by relation, and how many have a cosine that a threshold may cut."""
    edges, looser = result.edges, result.looser
    cosines = looser.cosines if looser else edges.score[edges.relation == CODE["similar"]]
    lowest = looser.lowest if looser else result.threshold
    return Histogram(
        scores=_bins(edges.score, edges.relation, 0.0, 1.0),
        cosine=_bins(cosines, np.full(len(cosines), CODE["similar"], np.int8), lowest or 0.0, 1.0),
        threshold=result.threshold,
        lowest=lowest,
    )


def _bins(values: NDArray[np.float32], codes: NDArray[np.int8], low: float, high: float) -> list[Bin]:
    """Give bins of equal width; the last one holds the upper end, too."""
    borders = np.linspace(low, high, _BINS + 1)
    place = np.clip(np.searchsorted(borders, values.astype(np.float64) + 1e-9, side="right") - 1, 0, _BINS - 1)
    counts = np.bincount(place * len(RELATIONS) + codes, minlength=_BINS * len(RELATIONS)).reshape(_BINS, -1)
    return [
        Bin(
            low=round(float(borders[row]), 6),
            high=round(float(borders[row + 1]), 6),
            counts={relation: int(counts[row, code]) for code, relation in enumerate(RELATIONS) if counts[row, code]},
        )
        for row in range(_BINS)
    ]
