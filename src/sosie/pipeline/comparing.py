"""What joins two contents of the catalogue, found anew from what is stored of them: no file is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sosie.errors import NotFound
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.local import FEATURES
from sosie.fingerprints.pdq import PDQ256
from sosie.pipeline.assemble import reverse
from sosie.pipeline.contents import Contents
from sosie.pipeline.hashing import Hashes, closest_hashes, hash_edges, hash_pairs, load_hashes
from sosie.pipeline.progress import ignore
from sosie.pipeline.scan import strongest
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, Evidence, ImageRef


@dataclass(frozen=True, slots=True)
class Compared:
    """Two contents: the edge from the first (0) to the second (1), None for strangers, and how far their hashes are
    apart in the orientation in which PDQ is nearest."""

    edge: Edge | None
    pdq_distance: int
    dhash_distance: int
    orientation: str


def compare_contents(catalogue: Catalogue, a: bytes, b: bytes) -> Compared:
    """Return what a scan of just these two contents would find between them.

    Raises `NotFound` when the catalogue does not hold both with their fingerprints.
    """
    if a == b:
        return Compared(Edge(0, 1, "identical", 1.0, Evidence(equal="bytes")), 0, 0, "same")
    contents, hashes, first = _both(catalogue, a, b)
    edge = _edge(contents, hashes, catalogue)
    if edge is not None and first == 1:
        edge = turned(edge)
    return Compared(edge, *closest_hashes(hashes, first, 1 - first))


def hash_distances(catalogue: Catalogue, a: bytes, b: bytes) -> tuple[int, int, str]:
    """Return the PDQ and dHash distances of two contents and the turn of the first in which PDQ is nearest.

    Raises as `compare_contents` does.
    """
    if a == b:
        return 0, 0, "same"
    _, hashes, first = _both(catalogue, a, b)
    return closest_hashes(hashes, first, 1 - first)


def _both(catalogue: Catalogue, a: bytes, b: bytes) -> tuple[Contents, Hashes, int]:
    """Return the two as the contents of a run, their hashes, and which of them is the first one asked for."""
    keys = sorted((a, b))
    known = catalogue.contents(keys)
    described = [catalogue.having(space.key, keys) for space in (PDQ256, DHASH64)]
    if any(key not in known or any(key not in having for having in described) for key in keys):
        raise NotFound("These images are not both in the catalogue.", next_step="Process their brands first.")
    contents = Contents([known[key] for key in keys], [[ImageRef(key.hex())] for key in keys])
    return contents, load_hashes(contents, catalogue), keys.index(a)


def turned(edge: Edge) -> Edge:
    """Return the edge between 0 and 1 as seen from the other end."""
    inner = None if edge.inner is None else 1 - edge.inner
    return replace(edge, evidence=reverse(edge.evidence), inner=inner)


def _edge(contents: Contents, hashes: Hashes, catalogue: Catalogue) -> Edge | None:
    one, other = contents.rows
    if one.pixels_sha256 and one.pixels_sha256 == other.pixels_sha256:
        return Edge(0, 1, "identical", 1.0, Evidence(equal="pixels"))
    edges = hash_edges(hash_pairs(hashes), contents, catalogue, workers=1)
    if len(catalogue.having(FEATURES.key, contents.keys)) == 2:
        from sosie.pipeline.verifying import OwnHands, Prover

        with Prover(contents, catalogue, OwnHands(1), ignore) as prover:
            prover.prove([(0, 1)])
            edges = [*(edges if (0, 1) in prover.undecided else ()), *prover.edges]
    return next(iter(strongest(edges)), None)
