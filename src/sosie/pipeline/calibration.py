"""Where to draw the line between alike and not, by the user's own images."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sosie.config import Settings
from sosie.errors import UsageError, why_not
from sosie.matching.similar import canonical
from sosie.pipeline.similar_search import Index, load_index
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.store.scans import last_scan
from sosie.types import MERGED, Space

_PAIRS = 200_000
_STEP = 0.01


@dataclass(frozen=True)
class Calibration:
    """Similarities of a catalogue. `random`: of random pairs of different pictures; `copies`: of verified copies;
    both float32, sorted. `images`: how many have a vector. `wrong`: the share of random pairs that was allowed, and
    `proposed` the lowest threshold that allows no more."""

    space: Space
    images: int
    random: NDArray[np.float32]
    copies: NDArray[np.float32]
    wrong: float
    proposed: float

    def reached(self, threshold: float) -> tuple[float, float]:
        """The shares of random pairs and of copies (0 when there are none) at or above a threshold."""
        return _share(self.random, threshold), _share(self.copies, threshold)


def calibrate(settings: Settings, *, wrong: float = 0.001, seed: int = 0) -> Calibration:
    """Measure the similarities of the images of the last scan, in the space that it used.

    `wrong`: the share of pairs of unrelated images that may be called alike. Raises `UsageError` without such a scan.
    """
    with Catalogue.of(settings) as catalogue:
        newest = last_scan(catalogue)
        report = newest.report if newest else None
        space = _space(report) if report else None
        if report is None or space is None:
            raise UsageError("No scan with an embedder is remembered.", next_step="Run sosie scan on a folder first.")
        index = _index_of(report, load_index(catalogue, space))
    if len(index.keys) < 3:
        raise UsageError("Fewer than three images have a vector.", next_step="Scan more images.")
    same = _copies(report, index)
    random = _random_pairs(index, same, seed)
    copies = np.sort(canonical(index.vectors, same[:, 0], same[:, 1]))
    return Calibration(space, len(index.keys), random, copies, wrong, _propose(random, wrong))


def _space(report: Report) -> Space | None:
    """The space of the report's embedder, taken apart from its key."""
    if "embedder" not in report.params:
        return None
    head, precision, dims, metric, preprocessing = report.spaces[-1].rsplit("/", 4)
    name, revision = head.rsplit("/", 1)
    return Space(name, revision, int(dims), "cosine" if metric == "cosine" else "none", precision, preprocessing)


def _index_of(report: Report, index: Index) -> Index:
    """Return the part of an index that a report is about: of no other pair is it known whether it is of copies."""
    scanned = {image.sha256 for image in report.images}
    rows = [row for row, key in enumerate(index.keys) if key.hex() in scanned]
    return Index(index.space, [index.keys[row] for row in rows], index.vectors[rows])


def _copies(report: Report, index: Index) -> NDArray[np.int64]:
    """Rows of the index that verified copies join: int64 (n, 2), each pair once."""
    row_of = {key.hex(): row for row, key in enumerate(index.keys)}
    digests = [image.sha256 for image in report.images]
    pairs = {
        (min(a, b), max(a, b))
        for edge in report.edges
        if edge.relation in MERGED
        and (a := row_of.get(digests[edge.a])) is not None
        and (b := row_of.get(digests[edge.b])) is not None
        and a != b
    }
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)


def _random_pairs(index: Index, same: NDArray[np.int64], seed: int) -> NDArray[np.float32]:
    count = len(index.keys)
    every = count * (count - 1) // 2
    if every <= _PAIRS:
        a, b = np.triu_indices(count, k=1)
    else:
        a, b = np.sort(np.random.default_rng(seed).integers(0, count, (2, _PAIRS)), axis=0)
    apart = (a != b) & ~np.isin(a * count + b, same[:, 0] * count + same[:, 1])
    return np.sort(canonical(index.vectors, a[apart].astype(np.int64), b[apart].astype(np.int64)))


def _propose(random: NDArray[np.float32], wrong: float) -> float:
    for threshold in np.arange(0.3, 1.0, _STEP).round(2).tolist():
        if _share(random, threshold) <= wrong:
            return float(threshold)
    return 1.0


def _share(values: NDArray[np.float32], threshold: float) -> float:
    if not len(values):
        return 0.0
    return 1 - float(np.searchsorted(values, np.float32(threshold))) / len(values)


def save_picture(found: Calibration, path: Path) -> None:
    """Write a picture of both distributions with the proposed line. Raises `UsageError` when it cannot be written."""
    width, height, margin = 900, 420, 50
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    for values, colour in ((found.random, (120, 120, 130)), (found.copies, (30, 130, 80))):
        counts, _ = np.histogram(values, bins=100, range=(0, 1))
        tallest = max(1, int(counts.max(initial=0)))
        for at, count in enumerate(counts.tolist()):
            left = margin + at * (width - 2 * margin) / 100
            top = height - margin - (height - 2 * margin) * count / tallest
            draw.rectangle((left, top, left + 5, height - margin), fill=colour)
    line = margin + found.proposed * (width - 2 * margin)
    draw.line((line, margin - 10, line, height - margin), fill=(200, 30, 30), width=2)
    draw.text((line - 60, margin - 26), f"threshold {found.proposed:.2f}", fill=(200, 30, 30))
    draw.text((margin, 8), f"{found.space.name}: random pairs (grey), verified copies (green)", fill="black")
    for tick in range(11):
        place = margin + tick * (width - 2 * margin) / 10
        draw.text((place - 8, height - margin + 8), f"{tick / 10:.1f}", fill="black")
    try:
        image.save(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"The picture cannot be written to {path} ({why_not(error)}).") from error
