"""All images of a result in a plane, near ones being alike: computed at the end of a job, and kept with its result."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sosie.fingerprints.embedders.rows import from_row
from sosie.fingerprints.local import VLAD
from sosie.fingerprints.tones import TONES, read_tones
from sosie.grouping.plane import plane
from sosie.server.schemas.results import Map
from sosie.server.views.columns import Ids
from sosie.server.views.loaded import LoadedResult
from sosie.store.catalogue import Catalogue
from sosie.store.results import find_part, load_part, save_part
from sosie.types import RELATIONS, Space

_COARSE = 6
_computing = threading.Lock()
"""One map at a time in a process: it takes all of a core for some seconds."""


def map_of(result: LoadedResult, catalogue: Catalogue, brands: Sequence[str]) -> Map:
    """Give the map of a result, of some brands only when they are named."""
    images, grouping = result.images, result.grouping
    places = places_of(catalogue, result.id, images.contents, result.report.spaces)
    wanted = [number for number, brand in enumerate(images.brands) if not brands or brand in brands]
    shown = np.flatnonzero(np.isin(images.brand, wanted))
    homes = grouping.home[shown]
    used = np.unique(homes[homes >= 0])
    number = np.where(homes >= 0, np.searchsorted(used, homes), -1)
    x, y = np.round(places[images.content[shown]].astype(np.float64), 4).T
    return Map.model_construct(
        id=shown.tolist(),
        sha256=[images.records[image].sha256 for image in shown.tolist()],
        brand=[images.brands[brand] for brand in images.brand[shown].tolist()],
        x=x.tolist(),
        y=y.tolist(),
        group=number.tolist(),
        groups=[grouping.keys[group] for group in used.tolist()],
        relation=[RELATIONS[code] for code in grouping.relation[used].tolist()],
    )


def places_of(
    catalogue: Catalogue, result: str, contents: Sequence[bytes], spaces: Sequence[str]
) -> NDArray[np.float32]:
    """Give the place of each content of a result, float32 (n, 2), `spaces` being those of its report.

    Places that any result has for the same contents are taken; else they are computed (0.3 ms of a core for each) and
    kept with this one.
    """
    name = _part(contents, spaces)
    packed = load_part(catalogue, result, name)
    if packed is None:
        with _computing:
            packed = find_part(catalogue, name)
            if packed is None:
                places = plane(_vectors(catalogue, contents, spaces))
                packed = zlib.compress(places.astype("<f4").tobytes(), 1)
            save_part(catalogue, result, name, packed)
    return np.frombuffer(zlib.decompress(packed), "<f4").reshape(-1, 2)


def _part(contents: Sequence[bytes], spaces: Sequence[str]) -> str:
    """Give the name under which places are kept: another one as soon as anything that they depend on is."""
    digest = hashlib.blake2b(b"".join(contents), digest_size=16)
    digest.update("\n".join(spaces).encode())
    return f"map {digest.hexdigest()}"


def _vectors(catalogue: Catalogue, keys: Sequence[bytes], names: Sequence[str]) -> NDArray[np.float16]:
    """The vector of each content: of the embedder that the job used, else of local features, else colours."""
    spaces = [space for name in reversed(names) if (space := _space(name)) is not None]
    for space in [*spaces, VLAD]:
        rows = catalogue.rows(space.key, keys)
        if len(rows) * 2 > len(keys):
            return _stacked(space, rows, keys)
    return _colours(catalogue.rows(TONES.key, keys), keys)


def _space(key: str) -> Space | None:
    """Read the key of a space of vectors; None for another one."""
    parts = key.rsplit("/", 5)
    if len(parts) != 6 or parts[4] != "cosine" or not parts[3].isdigit():
        return None
    return Space(parts[0], parts[1], int(parts[3]), "cosine", precision=parts[2], preprocessing=parts[5])


def _stacked(space: Space, rows: dict[bytes, bytes], keys: Sequence[bytes]) -> NDArray[np.float16]:
    blank = np.zeros(space.dims, np.float16)
    found = [from_row(space, rows[key]) if key in rows else None for key in keys]
    return (
        np.stack([blank if vector is None else vector for vector in found]) if found else np.zeros((0, 1), np.float16)
    )


def _colours(rows: dict[bytes, bytes], keys: Sequence[bytes]) -> NDArray[np.float16]:
    """Coarse colours of each content, about their mean: zeros where nothing is known."""
    known: Ids = np.array([row for row, key in enumerate(keys) if key in rows], np.int64)
    found = np.zeros((len(keys), _COARSE * _COARSE * 3), np.float16)
    if len(known):
        grids = read_tones([rows[keys[row]] for row in known.tolist()]).astype(np.float32)
        side = grids.shape[1] // _COARSE
        coarse = grids.reshape(len(known), _COARSE, side, _COARSE, side, 3).mean(axis=(2, 4)).reshape(len(known), -1)
        found[known] = ((coarse - coarse.mean(axis=0)) / 128 + 1e-3).astype(np.float16)
    return found
