"""The full way: read, compare, verify, group."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sosie import __version__
from sosie.config import Settings
from sosie.imaging import DecodeParams
from sosie.pipeline.alike import Confirm, Grouped, find_alike
from sosie.pipeline.assemble import (
    groups_of,
    image_edges,
    image_records,
    keeper_pairs,
    leading_pairs,
    name_of,
    with_identical,
)
from sosie.pipeline.beside import Beside
from sosie.pipeline.contents import Contents, contents_of
from sosie.pipeline.describing import fingerprinters_of
from sosie.pipeline.hashing import HashPairs, equal_edges, hash_edges, hash_pairs, how_compared, load_hashes
from sosie.pipeline.progress import Accountant, Listener, Progress
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.sharpness import measure_sharpness
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.updating import read_all
from sosie.pipeline.workshop import Workshop, workshop_for
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.types import RELATIONS, Edge, ImageRef, Skipped

if TYPE_CHECKING:
    from sosie.pipeline.verifying import Hands


@dataclass
class _Clock:
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[stage] = round(time.perf_counter() - started, 3)


def scan(
    catalogue: Catalogue,
    refs: Sequence[ImageRef],
    passed: Sequence[Skipped],
    settings: Settings,
    listen: Listener,
    confirm: Confirm,
    slack: float = 0.0,
    beside: Beside | None = None,
) -> tuple[Report, bool]:
    """Return the report on these files, and whether an equal call may be answered with it later.

    The setting `engine` says who does what takes long; the report is the same. With `slack`, the report also has the
    pairs whose cosine is up to that much under the threshold (`looser`). `beside` are
    processes that were started early.
    """
    with workshop_for(settings, lambda: _run_key(catalogue, refs, settings), beside) as workshop:
        accountant = Accountant(listen, workshop.costs)
        found = scan_with(workshop, catalogue, refs, passed, settings, accountant, confirm, slack)
        accountant.end()
        return found


def _run_key(catalogue: Catalogue, refs: Sequence[ImageRef], settings: Settings) -> str:
    """Return one name for equal runs."""
    parts = [__version__, catalogue.name, settings.method, str(settings.shards), *sorted({ref.uri for ref in refs})]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


@single_threaded_libraries()
def scan_with(
    workshop: Workshop,
    catalogue: Catalogue,
    refs: Sequence[ImageRef],
    passed: Sequence[Skipped],
    settings: Settings,
    listen: Listener,
    confirm: Confirm,
    slack: float = 0.0,
) -> tuple[Report, bool]:
    """Return what `scan` returns; `workshop` does what takes long."""
    clock = _Clock()
    params = _limits(settings)
    fingerprinters = fingerprinters_of(settings.method)
    with clock("read"):
        shards = workshop.shards(refs, params)
        reading = read_all(refs, catalogue, fingerprinters, params, listen, shards, workshop.beside)
    contents = contents_of(reading.contents, refs, catalogue)
    with clock("compare"):
        listen(Progress("compare", 0, len(contents), len(reading.skipped)))
        hashes = load_hashes(contents, catalogue)
        pairs = hash_pairs(hashes, workshop.join)
        equal = equal_edges(pairs, hashes, contents, catalogue, params)
        by_hash = hash_edges(pairs, contents, catalogue, settings.workers)
        listen(Progress("compare", len(contents), len(contents), len(reading.skipped)))
    if settings.method == "auto":
        with clock("verify"):
            contents, edges, described, notes = _proved(
                contents, pairs, equal, by_hash, catalogue, params, listen, workshop.hands()
            )
    else:
        edges, described, notes = [*equal, *by_hash], np.zeros(len(contents), np.bool_), list[str]()
        contents = measure_sharpness(contents, edges, catalogue, params)
    edges = with_identical(contents, strongest(edges))
    with clock("group"):
        listen(Progress("group"))
        compared = how_compared(hashes, described)
        images = image_records(contents, compared)
        ids = {name_of(image): image.id for image in images}
        groups = groups_of(contents, edges, ids)
    with clock("similar"):
        before = Grouped(contents, edges, groups, ids, compared)
        alike = find_alike(before, catalogue, settings, params, listen, confirm, slack, workshop.joins, workshop.spread)
    groups += [replace(group, id=len(groups) + number) for number, group in enumerate(alike.groups)]
    skipped = sorted([*passed, *reading.skipped], key=lambda skipped: skipped.uri)
    report = Report(
        images=tuple(images),
        edges=tuple(image_edges(contents, alike.edges, ids)),
        groups=tuple(groups),
        skipped=tuple(skipped),
        params={"method": settings.method, "max_megapixels": settings.max_megapixels, **alike.params},
        spaces=(*(space.key for fingerprinter in fingerprinters for space in fingerprinter.spaces), *alike.spaces),
        timings=clock.seconds,
        fallbacks=(*notes, *alike.notes),
        looser=alike.looser,
    )
    return report, alike.settled and not reading.transient


def _limits(settings: Settings) -> ReadParams:
    """Return how files are read."""
    return ReadParams(
        decode=DecodeParams(max_pixels=int(settings.max_megapixels * 1e6)),
        max_bytes=int(settings.max_megabytes * 1e6),
        workers=settings.workers,
    )


def _proved(
    contents: Contents,
    pairs: HashPairs,
    equal: Sequence[Edge],
    by_hash: Sequence[Edge],
    catalogue: Catalogue,
    params: ReadParams,
    listen: Listener,
    hands: Hands,
) -> tuple[Contents, list[Edge], NDArray[np.bool_], list[str]]:
    """Return the contents with what was measured of them, all edges, which contents have local features, and notes.

    What hashes say stands only where verification has nothing to go by.
    """
    from sosie.pipeline.verifying import Prover

    with Prover(contents, catalogue, hands, listen) as prover:
        prover.prove_nearest(list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)))
        unproved = [*equal, *(edge for edge in by_hash if (edge.a, edge.b) in prover.undecided)]
        prover.prove(leading_pairs(contents, strongest([*unproved, *prover.edges])), spare=False)
        contents = measure_sharpness(contents, [*unproved, *prover.edges], catalogue, params)
        prover.prove(keeper_pairs(contents, strongest([*unproved, *prover.edges])), spare=False)
        prover.look_again()
        return contents, [*unproved, *prover.edges], (prover.vectors != 0).any(axis=1), prover.notes


def strongest(edges: Sequence[Edge]) -> list[Edge]:
    """Return one edge a pair, sorted by pair: the closest relation, then the best score."""
    ranked = sorted(edges, key=lambda edge: (edge.a, edge.b, RELATIONS.index(edge.relation), -edge.score))
    best = {(edge.a, edge.b): edge for edge in reversed(ranked)}
    return [best[pair] for pair in sorted(best)]
