"""Look up what the catalogue has that is like one image, or like some words."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sosie.config import Settings
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Backend, Embedder, Rejected
from sosie.fingerprints.embedders.chain import backends
from sosie.fingerprints.embedders.clip import ClipBackend
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.model import Model
from sosie.fingerprints.embedders.rows import from_row
from sosie.fingerprints.embedders.text import TextEmbedder, text_files
from sosie.imaging import DecodeParams, decode
from sosie.matching.similar import nearest_to
from sosie.pipeline.asked import naming, read_asked
from sosie.store.catalogue import Catalogue
from sosie.types import Space


@dataclass(frozen=True, slots=True)
class Hit:
    """One content of the catalogue: where it is, and its cosine with what was asked for."""

    uris: tuple[str, ...]
    sha256: str
    cosine: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, best first, and with which embedder; `threshold` is where its space calls images alike."""

    hits: tuple[Hit, ...]
    embedder: str
    space: str
    threshold: float
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    """All vectors of one space in a catalogue: `keys` are contents, `vectors` float16 (n, dims)."""

    space: Space
    keys: list[bytes]
    vectors: NDArray[np.float16]


Loader = Callable[[Catalogue, Space], Index]
"""Gives all vectors of a space."""


def load_index(catalogue: Catalogue, space: Space) -> Index:
    """Give all vectors of a space; rows that are damaged or of images without a vector are left out."""
    pairs = [(key, from_row(space, row)) for key, row in catalogue.all_rows(space.key)]
    good = [(key, vector) for key, vector in pairs if vector is not None and vector.any()]
    vectors = np.stack([vector for _, vector in good]) if good else np.zeros((0, space.dims), np.float16)
    return Index(space, [key for key, _ in good], vectors)


def similar_to(image: Path, settings: Settings, *, count: int = 20) -> Answer:
    """Give the images of the catalogue that are most like one image, best first, without the image's own content.

    The first back end of the settings that works and has vectors in the catalogue is used. Raises `UnreadableImage`,
    `UsageError` when the image cannot be opened, and `EmbedderFailure` when no back end has vectors here.
    """
    data = read_asked(image, settings)
    with Catalogue.of(settings) as catalogue, naming(image):
        return similar_to_bytes(data, settings, catalogue, count=count)


def similar_to_bytes(
    data: bytes, settings: Settings, catalogue: Catalogue, *, count: int = 20, load: Loader = load_index
) -> Answer:
    """Give the same for the bytes of an image."""
    embedder, index, left = _open_indexed(catalogue, backends(settings), load)
    try:
        vector = _embedded(embedder, data, settings)
    finally:
        embedder.close()
    own = hashlib.sha256(data).digest()
    return answer_of(catalogue, index, vector, embedder.name, embedder.threshold, count, left, without=own)


def search_for(
    text: str, catalogue: Catalogue, model: Model, files: ModelFiles, *, count: int = 20, load: Loader = load_index
) -> Answer:
    """Give the images of the catalogue that fit some words best, best first.

    Raises `EmbedderFailure` for a model without words, and when the catalogue has no vectors of it.
    """
    found = files.find(model)
    if found and model.file.sha256 not in ("", found.sha256):
        raise EmbedderFailure(
            f"The file of {model.name} is one of your own: its images are in another space than its published words.",
            next_step=f"Run sosie models download {model.name} where no file was imported.",
        )
    space = ClipBackend(model=model, files=files).known_space()
    index = load(catalogue, space) if space else None
    if index is None or not index.keys:
        raise EmbedderFailure(
            f"The catalogue has no vectors of {model.name}.",
            next_step="Run sosie scan with --embedder clip on a folder of images first.",
        )
    vector = TextEmbedder(model, text_files(model, files)).embed([text])[0]
    return answer_of(catalogue, index, vector, model.name, model.text_threshold, count)


def answer_of(
    catalogue: Catalogue,
    index: Index,
    query: NDArray[np.float32],
    name: str,
    threshold: float,
    count: int,
    left: tuple[str, ...] = (),
    without: bytes = b"",
) -> Answer:
    """Give the contents nearest to a vector that are still somewhere to be found."""
    rows, cosines = nearest_to(query, index.vectors, min(len(index.keys), count * 2 + 8))
    uris = catalogue.uris(index.keys[row] for row in rows.tolist())
    hits = [
        Hit(tuple(os.fsdecode(uri) for uri in uris[key]), key.hex(), round(float(cosine), 4))
        for key, cosine in zip((index.keys[row] for row in rows.tolist()), cosines.tolist(), strict=True)
        if key in uris and key != without
    ]
    return Answer(tuple(hits[:count]), name, index.space.key, threshold, left)


def _open_indexed(
    catalogue: Catalogue, chain: Sequence[Backend], load: Loader
) -> tuple[Embedder, Index, tuple[str, ...]]:
    left: list[str] = []
    for backend in chain:
        try:
            space = backend.known_space()
            if space is not None and not catalogue.holds(space.key):
                left.append(f"{backend.name}: the catalogue has no vectors of it")
                continue
            embedder = backend.open()
        except EmbedderFailure as error:
            left.append(f"{backend.name}: {error.message}")
            continue
        index = load(catalogue, embedder.space)
        if index.keys:
            return embedder, index, tuple(left)
        embedder.close()
        left.append(f"{backend.name}: the catalogue has no vectors of it")
    raise EmbedderFailure(
        f"Nothing to compare with ({'; '.join(left)}).", next_step="Run sosie scan on a folder of images first."
    )


def _embedded(embedder: Embedder, data: bytes, settings: Settings) -> NDArray[np.float32]:
    limits = DecodeParams(max_pixels=int(settings.max_megapixels * 1e6), min_side=embedder.min_side)
    answer = embedder.embed([embedder.prepare(decode(data, limits))])[0]
    if isinstance(answer, Rejected):
        raise EmbedderFailure(f"The image could not be embedded by {embedder.name} ({answer.reason}).")
    return answer
