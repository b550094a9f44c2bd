"""Why two files are, or are not, the same picture."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from sosie.config import Settings, load_settings
from sosie.errors import UnreadableImage, UsageError
from sosie.pipeline.contents import contents_of
from sosie.pipeline.hashing import closest_hashes, load_hashes
from sosie.pipeline.run import PathLike, find_duplicates
from sosie.report import ImageRecord
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, ImageRef


@dataclass(frozen=True, slots=True)
class Explanation:
    """Two images, in the order given, and the edge between them; None when nothing joins them.

    In `edge`, `a` is 0 and `b` is 1. The distances are those of the closest orientation, also for strangers;
    `compared` says for each whether its hash carries information ("yes", "flat" or "tiny").
    """

    a: ImageRecord
    b: ImageRecord
    edge: Edge | None
    pdq_distance: int
    dhash_distance: int
    orientation: str


def explain(a: PathLike, b: PathLike, *, settings: Settings | None = None) -> Explanation:
    """Return what a scan of just these two files finds between them, with all that was measured.

    Nothing is remembered. Raises `UsageError` when the two are one file or one is no file, and `UnreadableImage` when
    one cannot be read.
    """
    settings = settings or load_settings()
    paths = [os.path.abspath(path) for path in (a, b)]
    for path in paths:
        if not os.path.isfile(path):
            raise UsageError(f"There is no file at {path}.", next_step="Name two image files.")
    with tempfile.TemporaryDirectory(prefix="sosie-") as folder:
        alone = replace(settings, catalog=Path(folder) / "catalogue.db", database_url="")
        report = find_duplicates(paths, settings=alone)
        for skipped in report.skipped:
            raise UnreadableImage(f"{skipped.uri} {skipped.reason}.")
        if len(report.images) < 2:
            raise UsageError(f"{paths[0]} and {paths[1]} are one file.", next_step="Name two different files.")
        first, second = sorted(report.images, key=lambda image: image.uri != paths[0])
        pdq, dhash, orientation = _hashes(first, second, alone.catalogue_path)
    edge = report.edges[0] if report.edges else None
    if edge is not None and first.id != 0:
        from sosie.pipeline.assemble import reverse

        inner = None if edge.inner is None else 1 - edge.inner
        edge = replace(edge, evidence=reverse(edge.evidence), inner=inner)
    return Explanation(replace(first, id=0), replace(second, id=1), edge, pdq, dhash, orientation)


def _hashes(first: ImageRecord, second: ImageRecord, path: Path) -> tuple[int, int, str]:
    found = {image.uri: bytes.fromhex(image.sha256) for image in (first, second)}
    with Catalogue(path) as catalogue:
        contents = contents_of(found, [ImageRef(uri) for uri in found], catalogue)
        a, b = (contents.keys.index(key) for key in found.values())
        return closest_hashes(load_hashes(contents, catalogue), a, b)
