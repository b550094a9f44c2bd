"""Is this image in the catalogue already, as what, and why: the built-in method, without a scan."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sosie.fingerprints.base import builtin_hashes
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD, LocalFingerprinter
from sosie.fingerprints.pdq import PDQ256
from sosie.fingerprints.tones import TONES, TonesFingerprinter, read_tones
from sosie.imaging import DecodeParams, ImageInfo, decode
from sosie.imaging.quality import detail
from sosie.pipeline.check_index import CheckIndex, Near, Prints, is_tiny
from sosie.pipeline.examining import Examiner, Finding, Task, edge_of
from sosie.pipeline.hashing import HashPairs, tone_edges
from sosie.pipeline.reading import content_of
from sosie.pipeline.verifying import info_of
from sosie.store.catalogue import Catalogue, Content
from sosie.types import MERGED, RELATIONS, Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckParams:
    """How closely is looked: `candidates` are compared at most; `enough` copies end the search."""

    candidates: int = 8
    enough: int = 2


@dataclass(frozen=True, slots=True)
class Described:
    """An image that was read and described: its row for the catalogue, and all its fingerprints by space."""

    content: Content
    rows: Mapping[str, bytes]
    info: ImageInfo

    @property
    def prints(self) -> Prints:
        """What it is looked up by."""
        tiny = is_tiny(self.content.width, self.content.height)
        return Prints(self.rows[PDQ256.key], self.rows[DHASH64.key], self.rows[VLAD.key], self.rows[SPOTS.key], tiny)


def describe_image(data: bytes, params: DecodeParams) -> Described:
    """Return what a scan would compute of an image. Raises `UnreadableImage`."""
    picture = decode(data, params)
    fingerprinters = (builtin_hashes()["hash"], TonesFingerprinter(), LocalFingerprinter())
    rows: dict[str, bytes] = {}
    for fingerprinter in fingerprinters:
        (parts,) = fingerprinter.compute([picture])
        rows |= {space.key: part for space, part in zip(fingerprinter.spaces, parts, strict=True)}
    content = content_of(hashlib.sha256(data).digest(), len(data), picture, detail(picture.pixels))
    return Described(content, rows, picture.info)


@dataclass(frozen=True, slots=True)
class Match:
    """A content of the catalogue and the edge from the asked image (0) to it (1)."""

    key: bytes
    edge: Edge


class Checker:
    """Compares images with the contents of an index. Safe in threads."""

    def __init__(self, catalogue: Catalogue, index: CheckIndex, params: CheckParams | None = None) -> None:
        self._catalogue, self._params = catalogue, params or CheckParams()
        self.index = index
        self._local = threading.local()

    def matches(self, image: Described) -> list[Match]:
        """Return the contents that the image relates to, the closest relations first."""
        found: list[Match] = []
        copies = 0
        for match in self._verified(image, self._candidates(image)):
            found.append(match)
            copies += match.edge.relation in MERGED
            if copies >= self._params.enough:
                break
        return sorted(found, key=lambda match: (RELATIONS.index(match.edge.relation), -match.edge.score, match.key))

    def _candidates(self, image: Described) -> list[Near]:
        near = self.index.look_up(image.prints, self._params.candidates)
        return [row for row in near if row.key != image.content.sha256][: self._params.candidates]

    def _verified(self, image: Described, candidates: Sequence[Near]) -> Iterator[Match]:
        keys = [near.key for near in candidates]
        contents = self._catalogue.contents(keys)
        features = self._catalogue.rows(FEATURES.key, keys)
        for near in candidates:
            if near.key not in contents:
                continue  # it was forgotten since the index was made
            finding = None
            if near.key in features and not is_tiny(image.content.width, image.content.height):
                finding = self._finding(image, contents[near.key], features[near.key])
            edge = self._by_hash(image, near) if finding is None else None
            if finding is not None and finding["relation"] is not None:
                edge = edge_of(finding, 0, 1)
            if edge is not None:
                yield Match(near.key, edge)

    def _finding(self, image: Described, content: Content, features: bytes) -> Finding:
        rows = (image.rows[FEATURES.key], features)
        keys = (image.content.sha256, content.sha256)
        ((_, finding),) = self._examiner().examine(Task(keys, rows, (image.info, info_of(content)), ((0, 1),)))
        return finding

    def _examiner(self) -> Examiner:
        """Each thread has an examiner of its own, which remembers what it saw last."""
        if not hasattr(self._local, "examiner"):
            self._local.examiner = Examiner()
        examiner: Examiner = self._local.examiner
        return examiner

    def _by_hash(self, image: Described, near: Near) -> Edge | None:
        """What hashes and colours say where verification has nothing to go by."""
        tones = self._catalogue.rows(TONES.key, [near.key])
        if not near.by_hash or near.key not in tones:
            return None
        one, other, turn, pdq, dhash = (np.array([x], np.int64) for x in (0, 1, near.turn, near.pdq, near.dhash))
        grids = read_tones([image.rows[TONES.key], tones[near.key]])
        return next(iter(tone_edges(HashPairs(one, other, turn, pdq, dhash), np.arange(2), grids, workers=1)), None)
