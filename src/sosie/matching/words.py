"""Candidates by shared visual words that lie alike: finds a crop, a collage or a picture on a picture.

First every shared word votes for an image, rare words more (inverted index, Sivic and Zisserman, 2003). Then, for the
best images, every shared spot says where one image would lie in the other (turn, scale, place), and the largest set
of spots that say the same counts (weak geometric consistency, Jégou et al., 2008).

All weights are whole numbers and all angles and scales come from tables, so that results are the same in any order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sosie.features import SCALE_STEPS, WORD_FORMS, Spots

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_WEIGHT_STEPS = 16
_WORDS = 1 << 16
_PRIOR_IMAGES, _PRIOR_SPREAD = 1000, 2.3
"""Images that are thought of beside those of the collection, and how many of them hold a word: a word that both of
two images hold is rare even if there are no others."""
_TURN = np.arange(256) * (2 * np.pi / 256)
_COS, _SIN = np.cos(_TURN).astype(np.float32), np.sin(_TURN).astype(np.float32)
_GROWTH = (2.0 ** (np.arange(-256, 256) / SCALE_STEPS)).astype(np.float32)
_CELL = 50.0
"""Pixels within which two spots agree on the place."""
_TURN_BINS = 12
_SCALE_BIN = 11
"""Scale steps (16 an octave) within which two spots agree on the scale."""


class WordIndex:
    """The spots of all images, by word.

    Memory: about 40 bytes a spot.
    """

    def __init__(self, spots: Spots) -> None:
        self._spots, self._images = spots, len(spots)
        image = np.repeat(np.arange(self._images, dtype=np.int32), np.diff(spots.starts))
        word = spots.rows["word"].astype(np.int32)
        order = np.lexsort((image, word))
        word, self._image, rows = word[order], image[order], spots.rows[order]
        self._x, self._y = rows["x"].astype(np.float32), rows["y"].astype(np.float32)
        self._scale, self._angle = rows["scale"].astype(np.int16), rows["angle"].astype(np.int16)
        self._starts = np.searchsorted(word, np.arange(_WORDS + 1))
        first = np.ones(len(word), np.bool_)
        first[1:] = (word[1:] != word[:-1]) | (self._image[1:] != self._image[:-1])
        spread = np.bincount(word[first], minlength=_WORDS)
        rarity = np.log((self._images + _PRIOR_IMAGES) / (spread + _PRIOR_SPREAD))
        self._weight = np.rint(rarity * _WEIGHT_STEPS).astype(np.int64)
        self._votes = np.where(first, self._weight[word] ** 2, 0).astype(np.float64)

    def votes(self, rows: Ids) -> Floats:
        """Float32 (len(rows), images): squared rarities of the shared words, in the form that shares most."""
        answer = np.empty((len(rows), self._images), np.float32)
        for at, row in enumerate(rows.tolist()):
            entries, form, _ = self._entries(np.unique(self._rows(row)["word"]))
            keys = form * self._images + self._image[entries]
            sums = np.bincount(keys, weights=self._votes[entries], minlength=4 * self._images)
            answer[at] = sums.reshape(4, -1).max(0)
        return answer

    def consistency(self, row: int, candidates: Ids) -> Floats:
        """Float32 (len(candidates),): summed rarities (logarithms) of the spots that agree on where `row` lies."""
        best = np.zeros(len(candidates), np.float32)
        slots = np.full(self._images, -1, np.int64)
        slots[candidates] = np.arange(len(candidates))
        asked = self._rows(row)
        entries, form, spot = self._entries(asked["word"])
        near = slots[self._image[entries]] >= 0
        entries, form, spot = entries[near], form[near], spot[near]
        slot, weight = slots[self._image[entries]], self._weight[asked["word"][spot]]
        placements = self._placements(asked[spot], entries, form)
        for shift in (0.0, 0.5):
            key = _cells(*placements, shift) | (slot * 4 + form) << 24
            order = np.argsort(key, kind="stable")
            begins = np.flatnonzero(np.diff(key[order], prepend=-1))
            if len(begins):
                sums = np.add.reduceat(weight[order], begins)
                np.maximum.at(best, slot[order[begins]], sums.astype(np.float32))
        return np.asarray(best / np.float32(_WEIGHT_STEPS), np.float32)

    @property
    def certain(self) -> float:
        """The consistency of one shared spot of the rarest kind: what chance reaches without copies."""
        return float(np.log((self._images + _PRIOR_IMAGES) / (1 + _PRIOR_SPREAD)))

    def _rows(self, row: int) -> NDArray[np.void]:
        return self._spots.rows[self._spots.starts[row] : self._spots.starts[row + 1]]

    def _entries(self, words: NDArray[np.uint16]) -> tuple[Ids, Ids, Ids]:
        """All entries of the index under the words in all forms; and of each entry its form and which word it was."""
        every = (words[None] ^ WORD_FORMS[:, None]).ravel().astype(np.int64)
        begin, count = self._starts[every], self._starts[every + 1] - self._starts[every]
        which = np.repeat(np.arange(len(every)), count)
        entries = np.arange(len(which)) + (begin - np.cumsum(count) + count)[which]
        form, word = np.divmod(which, max(len(words), 1))
        return entries, form, word

    def _placements(self, asked: NDArray[np.void], entries: Ids, form: Ids) -> tuple[Ids, Ids, Floats, Floats]:
        """Turn, scale steps and centre that each match gives the asked image in the other one."""
        mirrored: Ids = form & 1
        angle = asked["angle"].astype(np.int64)
        angle = np.where(mirrored, 128 - angle, angle) + 64 * (form & 2)
        turn = (self._angle[entries] - angle) % 256
        step: Ids = self._scale[entries].astype(np.int64) - asked["scale"]
        x, y = asked["x"] * (1 - 2 * mirrored).astype(np.float32), asked["y"].astype(np.float32)
        growth, cos, sin = _GROWTH[step + 256], _COS[turn], _SIN[turn]
        across = self._x[entries] - growth * (cos * x - sin * y)
        down = self._y[entries] - growth * (sin * x + cos * y)
        return turn, step, across, down


def _cells(turn: Ids, step: Ids, x: Floats, y: Floats, shift: float) -> Ids:
    """One number for each placement, equal for those that agree: 24 bits."""
    half = round(shift * 256)
    turned = (turn * _TURN_BINS + half) // 256 % _TURN_BINS
    scaled = (step + round(shift * _SCALE_BIN)) // _SCALE_BIN + 32
    cell = np.float32(_CELL) * np.maximum(_GROWTH[(step + 8) // 16 * 16 + 256], np.float32(1))
    across = np.floor(x / cell + np.float32(shift)).astype(np.int64) % 32
    down = np.floor(y / cell + np.float32(shift)).astype(np.int64) % 32
    return np.asarray(turned << 16 | scaled << 10 | across << 5 | down, np.int64)
