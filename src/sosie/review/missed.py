"""How many pairs a scan has probably missed, from a sample, with an interval.

Some images are drawn at random, and each is verified against *every* other one, without the short cuts by which a scan
chooses what to compare. What turns up is scaled to all images. It measures what the choice of candidates misses; what
verification itself cannot see is not in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sosie.errors import UsageError
from sosie.features import Features
from sosie.fingerprints.local import FEATURES
from sosie.matching.verification import verify
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.types import MERGED

Listener = Callable[[int, int], None]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The number of missed pairs in all, with the bounds of a 95 % interval.

    `sampled` images of `population` were verified against all others, `verified` pairs in all; `found` are the pairs
    (URIs) that the scan has missed among them. A pair that it reported without merging it was not missed.
    """

    missed: float
    low: float
    high: float
    sampled: int
    population: int
    verified: int
    found: tuple[Pair, ...]


def estimate_missed(
    report: Report, catalogue: Catalogue, *, sample: int, seed: int = 0, listen: Listener = lambda done, total: None
) -> Estimate:
    """Return how many pairs of copies the scan of a report has probably missed.

    Takes five to ten milliseconds for each pair of a sampled image with another one. Raises `UsageError` when the scan
    was made without local features (`--method hash`), or the sample is no number of images.
    """
    contents = _compared(report)
    rows = catalogue.rows(FEATURES.key, [bytes.fromhex(key) for key, _ in contents])
    uris = [uri for key, uri in contents if bytes.fromhex(key) in rows]
    keys = [bytes.fromhex(key) for key, _ in contents if bytes.fromhex(key) in rows]
    if sample < 1 or len(keys) < 2:
        raise UsageError(
            "There is nothing to sample.", next_step="Scan with --method auto, and give --missed a number of images."
        )
    drawn = np.random.default_rng(seed).permutation(len(keys))[:sample].tolist()
    pairs = list(_pairs(drawn, keys, _joined(report), _reported(report)))
    found: list[tuple[int, int]] = []
    for done, item in enumerate(verify(pairs, lambda number: Features.from_bytes(rows[keys[number]]))):
        if item.verdict.relation in MERGED:
            found.append((item.a, item.b))
        if done % 256 == 0:
            listen(done, len(pairs))
    return _scaled(found, drawn, uris, len(pairs))


def sampled_pairs(report: Report, *, sample: int) -> int:
    """Return how many pairs an estimate from so many images verifies at most."""
    population = len(_compared(report))
    drawn = min(sample, population)
    return drawn * (population - 1) - drawn * (drawn - 1) // 2


def _compared(report: Report) -> list[tuple[str, str]]:
    """The contents that were compared in full with a URI of each, sorted."""
    return sorted({image.sha256: image.uri for image in reversed(report.images) if image.compared == "yes"}.items())


def _pairs(
    drawn: Sequence[int], keys: Sequence[bytes], joined: Mapping[str, int], reported: frozenset[frozenset[str]]
) -> Iterable[tuple[int, int]]:
    names = [key.hex() for key in keys]
    earlier: set[int] = set()
    for a in drawn:
        group = joined.get(names[a])
        for b in range(len(keys)):
            if b == a or b in earlier or (group is not None and joined.get(names[b]) == group):
                continue
            if frozenset((names[a], names[b])) not in reported:
                yield a, b
        earlier.add(a)


def _reported(report: Report) -> frozenset[frozenset[str]]:
    """The pairs of contents that the scan has compared and reported, whether or not it put them into one group."""
    images = report.images
    return frozenset(frozenset((images[edge.a].sha256, images[edge.b].sha256)) for edge in report.edges)


def _joined(report: Report) -> dict[str, int]:
    """The group of each content that the scan has put into one."""
    return {
        report.images[member].sha256: group.id
        for group in report.groups
        if group.relation in MERGED
        for member in group.members
    }


def _scaled(found: Sequence[tuple[int, int]], drawn: Sequence[int], uris: Sequence[str], verified: int) -> Estimate:
    """A pair is seen when one of its images is drawn: scale by how likely that is (Horvitz and Thompson, 1952)."""
    population, sampled = len(uris), len(drawn)
    unseen = (population - sampled) * (population - sampled - 1) / (population * (population - 1))
    seen = 1 - unseen
    low, high = poisson_interval(len(found)) if unseen else (float(len(found)), float(len(found)))
    pairs = tuple((uris[min(pair)], uris[max(pair)]) for pair in found)
    return Estimate(len(found) / seen, low / seen, high / seen, sampled, population, verified, pairs)


def poisson_interval(count: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the bounds of the mean of a Poisson count (exact; Garwood, 1936)."""
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - _at_most(count - 1, mean) - tail, 0.0, float(count))
    high = _solve(lambda mean: tail - _at_most(count, mean), float(count), count + 20 + 10 * math.sqrt(count))
    return low, high


def _at_most(count: int, mean: float) -> float:
    """The probability that a Poisson count is at most `count`."""
    if mean == 0:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))


def _solve(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function is zero, by halving."""
    for _ in range(80):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
