"""Is a file in the catalogue already: for programs and the command line, without a server."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sosie.config import Settings
from sosie.imaging import DecodeParams
from sosie.pipeline.asked import naming, read_asked
from sosie.pipeline.check_index import load_check_index
from sosie.pipeline.checking import Checker, describe_image
from sosie.pipeline.threads import single_threaded_libraries
from sosie.store.catalogue import Catalogue
from sosie.types import Edge, Evidence, Relation
from sosie.wording import in_words, verdict


@dataclass(frozen=True, slots=True)
class Relative:
    """A content of the catalogue that an image relates to: where it is, as what, and why in words."""

    sha256: str
    uris: tuple[str, ...]
    relation: Relation
    score: float
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whether an image is in the catalogue: `known` as the very same bytes; `matches` the closest first."""

    sha256: str
    known: bool
    verdict: str
    matches: tuple[Relative, ...]


@single_threaded_libraries()
def look_up(image: Path, settings: Settings) -> Found:
    """Return what the catalogue has that is the same picture as a file, by the built-in method. Nothing is kept.

    Raises `UsageError` when the file cannot be opened, and `UnreadableImage`.
    """
    data = read_asked(image, settings)
    key = hashlib.sha256(data).digest()
    own = os.path.abspath(image)
    with Catalogue.of(settings) as catalogue:
        here = [uri for uri in _uris(catalogue, key) if uri != own]
        edges: list[tuple[bytes, Edge]] = []
        if here:
            edges.append((key, Edge(0, 1, "identical", 1.0, Evidence(equal="bytes"))))
        with naming(image):
            described = describe_image(data, DecodeParams(max_pixels=int(settings.max_megapixels * 1e6)))
        index = load_check_index(catalogue, list(catalogue.placed()))
        edges += [(match.key, match.edge) for match in Checker(catalogue, index).matches(described)]
        matches = tuple(
            Relative(other.hex(), tuple(_uris(catalogue, other)), edge.relation, edge.score, in_words(edge))
            for other, edge in edges
        )
    return Found(key.hex(), bool(here), verdict(len(here), [edge for _, edge in edges]), matches)


def _uris(catalogue: Catalogue, key: bytes) -> list[str]:
    return [os.fsdecode(uri) for uri in catalogue.uris([key]).get(key, ())]
