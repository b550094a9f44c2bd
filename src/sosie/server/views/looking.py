"""Comparing two images that somebody brings, and finding what is like an image or like some words."""

from __future__ import annotations

import base64
import io
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from sosie.config import Settings
from sosie.errors import EmbedderFailure, UnreadableImage, UsageError
from sosie.fingerprints.embedders.chain import model_files
from sosie.fingerprints.embedders.registry import find_model
from sosie.pipeline.drawing import drawn
from sosie.pipeline.explaining import explain
from sosie.pipeline.similar_search import Answer, Index, load_index, search_for, similar_to_bytes
from sosie.server.schemas.looking import Explained, Like, Likes
from sosie.server.views.loaded import Results
from sosie.server.views.showing import edge_view, image_view, printable
from sosie.store.catalogue import Catalogue
from sosie.types import Space

_explaining = threading.Lock()
"""One pair at a time in a process: it is read as a scan reads, on all cores."""


def explain_files(a: tuple[str, bytes], b: tuple[str, bytes], settings: Settings, *, picture: bool) -> Explained:
    """Give what joins two images, each with its name. Nothing is kept. Raises `UnreadableImage`."""
    with tempfile.TemporaryDirectory(prefix="sosie-") as folder, _explaining:
        paths = [Path(folder) / name for name in ("a", "b")]
        for path, (_, data) in zip(paths, (a, b), strict=True):
            path.write_bytes(data)
        try:
            found = explain(*paths, settings=settings)
        except UnreadableImage as error:
            raise UnreadableImage(_renamed(error.message, paths, (a[0], b[0])), next_step=error.next_step) from error
    named = replace(found, a=replace(found.a, uri=a[0]), b=replace(found.b, uri=b[0]))
    return Explained(
        a=image_view(named.a),
        b=image_view(named.b),
        edge=None if named.edge is None else edge_view(named.edge),
        pdq_distance=named.pdq_distance,
        dhash_distance=named.dhash_distance,
        orientation=named.orientation,
        picture=_data_url(drawn(named, a[1], b[1], int(settings.max_megapixels * 1e6))) if picture else "",
    )


def _renamed(text: str, paths: list[Path], names: tuple[str, str]) -> str:
    for path, name in zip(paths, names, strict=True):
        text = text.replace(str(path), name)
    return text


def _data_url(pixels: NDArray[np.uint8]) -> str:
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode("ascii")


class Likenesses:
    """Finds what is like an image, or like some words, among all that jobs have embedded. Safe in threads.

    The vectors of the space that was asked for last stay in memory until there is a newer result.
    """

    def __init__(self, catalogue: Catalogue, results: Results) -> None:
        self._catalogue, self._results = catalogue, results
        self._held: tuple[tuple[str, str | None], Index] | None = None
        self._lock = threading.Lock()

    def like_image(self, data: bytes, settings: Settings, count: int) -> Likes:
        """Give what is most like an image. Raises `UnreadableImage`, and `UsageError` where nothing can be compared."""
        with self._lock, _plainly():
            return _view(similar_to_bytes(data, settings, self._catalogue, count=count, load=self._index))

    def like_words(self, text: str, settings: Settings, count: int) -> Likes:
        """Give what fits some words best. Raises `UsageError` where no model with words was used or is here."""
        model, files = find_model(settings.clip_model), model_files(settings)
        with self._lock, _plainly():
            return _view(search_for(text, self._catalogue, model, files, count=count, load=self._index))

    def _index(self, catalogue: Catalogue, space: Space) -> Index:
        key = space.key, self._results.newest()
        if self._held is None or self._held[0] != key:
            self._held = key, load_index(catalogue, space)
        return self._held[1]


@contextmanager
def _plainly() -> Iterator[None]:
    """Tell that there is nothing to compare with as what it is: nothing is wrong with the server."""
    try:
        yield
    except EmbedderFailure as error:
        raise UsageError(error.message, next_step=error.next_step) from error


def _view(found: Answer) -> Likes:
    hits = [Like(uris=[printable(uri) for uri in hit.uris], sha256=hit.sha256, cosine=hit.cosine) for hit in found.hits]
    return Likes(
        hits=hits, embedder=found.embedder, space=found.space, threshold=found.threshold, left=list(found.left)
    )
