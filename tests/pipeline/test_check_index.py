"""Looking one image up among the fingerprints of many."""

from __future__ import annotations

import numpy as np
import pytest

from sosie.features import SPOT, Spots
from sosie.fingerprints.local import VLAD, signs
from sosie.fingerprints.local.fingerprinter import UNIT
from sosie.matching.neighbours import NeighbourParams
from sosie.matching.ranking import by_words
from sosie.matching.words import WordIndex
from sosie.pipeline.check_index import Prints, Segment


def prints_of(rng: np.random.Generator, words: int = 1 << 18) -> Prints:
    """The fingerprints of an image of nothing in particular."""
    vector = rng.normal(0, 25, VLAD.dims)
    vector *= UNIT / np.linalg.norm(vector)
    spots = np.zeros(40, SPOT)
    for name in ("word", "second"):
        spots[name] = rng.integers(0, words, len(spots))
    for name in ("x", "y"):
        spots[name] = rng.integers(-100, 100, len(spots))
    spots["scale"], spots["angle"] = rng.integers(16, 90, len(spots)), rng.integers(0, 256, len(spots))
    whole = np.clip(np.rint(vector), -127, 127).astype(np.int8)
    return Prints(rng.bytes(256) + b"\x64", rng.bytes(64) + b"\x64", whole.tobytes(), spots.tobytes(), tiny=False)


def edit_of(prints: Prints, rng: np.random.Generator, form: int) -> Prints:
    """An edit: other hashes, and in one of the four forms a vector and spots that are nearly the same."""
    vector = np.frombuffer(prints.vector or b"", np.int8) * signs()[form]
    noisy = np.clip(vector + np.rint(rng.normal(0, 8, len(vector))), -127, 127).astype(np.int8)
    stranger = prints_of(rng)
    return Prints(stranger.pdq, stranger.dhash, noisy.tobytes(), prints.spots if not form else b"", tiny=False)


def keys(count: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(count)]


def test_a_small_index_names_what_a_look_at_every_image_names() -> None:
    rng = np.random.default_rng(1)
    every = [prints_of(rng, words=300) for _ in range(250)]
    every[7] = Prints(every[7].pdq, every[7].dhash, bytes(VLAD.dims), b"", tiny=False)
    segment, params = Segment(keys(250), every), NeighbourParams()
    for asked in [edit_of(every[3], rng, 0), edit_of(every[100], rng, 2), prints_of(rng, words=300)]:
        look = WordIndex(Spots.from_bytes([row.spots for row in every])).look_for(Spots.from_bytes([asked.spots]))
        rows = np.array([np.frombuffer(row.vector or b"", np.int8) for row in every], np.float32)
        forms = np.frombuffer(asked.vector or b"", np.int8).astype(np.float32) * signs()
        similarity = (rows @ forms.T).max(axis=1)[None] / np.float32(UNIT**2)
        similarity[:, 7] = -np.inf
        ids, score = np.full((1, 8), -1, np.int64), np.zeros((1, 8), np.float32)
        by_words(look, look.votes(), similarity, params.shortlist, params.rare, params.always, ids, score)
        found = {int.from_bytes(near.key, "big"): near.score for near in segment.look_up(asked, 8) if near.score}
        assert found == pytest.approx(
            dict(zip(ids[ids >= 0].tolist(), score[ids >= 0].tolist(), strict=True)), abs=1e-4
        )


@pytest.mark.parametrize("form", range(4))
def test_an_edit_is_found_among_thousands_in_any_form(form: int) -> None:
    rng = np.random.default_rng(form)
    every = [prints_of(rng) for _ in range(3000)]
    segment = Segment(keys(3000), every)
    for number in (0, 1234, 2999):
        near = max(segment.look_up(edit_of(every[number], rng, form), 8), key=lambda row: row.score)
        assert near.key == keys(3000)[number]
