"""The full way: read, compare, verify, group."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from sosie.config import Settings
from sosie.fingerprints.base import Fingerprinter, builtin_hashes
from sosie.fingerprints.local import LocalFingerprinter
from sosie.fingerprints.tones import TonesFingerprinter
from sosie.imaging import DecodeParams
from sosie.pipeline.alike import find_alike
from sosie.pipeline.assemble import groups_of, image_edges, image_records, keeper_pairs, with_identical
from sosie.pipeline.contents import contents_of
from sosie.pipeline.embedding import Confirm, EmbedParams
from sosie.pipeline.hashing import equal_edges, hash_edges, hash_pairs, how_compared, load_hashes
from sosie.pipeline.progress import Listener, Progress
from sosie.pipeline.reading import ReadParams, read_all
from sosie.pipeline.similar import Grouped
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.verifying import Prover
from sosie.report import Report
from sosie.store.catalogue import Catalogue
from sosie.types import RELATIONS, Edge, ImageRef, Skipped


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
) -> tuple[Report, bool]:
    """Return the report on these files, and whether an equal call may be answered with it later."""
    with single_threaded_libraries():
        return _scan(catalogue, refs, passed, settings, listen, confirm)


def _scan(
    catalogue: Catalogue,
    refs: Sequence[ImageRef],
    passed: Sequence[Skipped],
    settings: Settings,
    listen: Listener,
    confirm: Confirm,
) -> tuple[Report, bool]:
    clock = _Clock()
    params = ReadParams(
        decode=DecodeParams(max_pixels=int(settings.max_megapixels * 1e6)),
        max_bytes=int(settings.max_megabytes * 1e6),
        workers=settings.workers,
    )
    fingerprinters: list[Fingerprinter] = [builtin_hashes()["hash"], TonesFingerprinter()]
    if settings.method == "auto":
        fingerprinters.append(LocalFingerprinter())
    with clock("read"):
        reading = read_all(refs, catalogue, fingerprinters, params, listen)
    contents = contents_of(reading.contents, refs, catalogue)
    with clock("compare"):
        listen(Progress("compare", 0, len(contents), len(reading.skipped)))
        hashes = load_hashes(contents, catalogue)
        pairs = hash_pairs(hashes)
        equal = equal_edges(pairs, hashes, contents, catalogue, params)
        by_hash = hash_edges(pairs, contents, catalogue, settings.workers)
        listen(Progress("compare", len(contents), len(contents), len(reading.skipped)))
    proved: list[Edge] = []
    described: NDArray[np.bool_] = np.zeros(len(contents), np.bool_)
    if settings.method == "auto":
        with clock("verify"):
            prover = Prover(contents, catalogue, settings.workers, listen)
            prover.prove(list(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)))
            prover.prove_nearest()
            by_hash = [edge for edge in by_hash if (edge.a, edge.b) in prover.undecided]
            unproved = [*equal, *by_hash]
            prover.prove(keeper_pairs(contents, strongest([*unproved, *prover.edges])))
            proved, described = prover.edges, (prover.vectors != 0).any(axis=1)
    edges = with_identical(contents, strongest([*equal, *by_hash, *proved]))
    with clock("group"):
        listen(Progress("group"))
        compared = how_compared(hashes, described)
        images = image_records(contents, compared)
        ids = {image.uri: image.id for image in images}
        groups = groups_of(contents, edges, ids)
    with clock("similar"):
        embedding = EmbedParams(reading=params, free_images=settings.paid_images, confirm=confirm)
        alike = find_alike(Grouped(contents, edges, groups, ids, compared), catalogue, settings, embedding, listen)
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
        fallbacks=tuple(alike.notes),
    )
    return report, alike.settled and not reading.transient


def strongest(edges: Sequence[Edge]) -> list[Edge]:
    """Return one edge a pair, sorted by pair: the closest relation, then the best score."""
    ranked = sorted(edges, key=lambda edge: (edge.a, edge.b, RELATIONS.index(edge.relation), -edge.score))
    best = {(edge.a, edge.b): edge for edge in reversed(ranked)}
    return [best[pair] for pair in sorted(best)]
