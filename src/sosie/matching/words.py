"""Candidates by shared visual words that lie alike: finds a crop, a collage or a picture on a picture.

First every shared word votes, rare words more (inverted index, Sivic and Zisserman, 2003). Then, for the best images,
every shared spot says where one image would lie in the other (turn, scale, place), and the largest set of spots that
say the same counts (weak geometric consistency, Jégou et al., 2008). A spot is asked for under two words, the one it
is and the one it nearly is, and stands in the index under the first.

All weights are whole numbers and all angles and scales come from tables, so that results are the same in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sosie.features import SCALE_STEPS, WORD_BITS, WORD_FORMS, Spots

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_WEIGHT_STEPS = 16
_HEAVIEST = 255
"""A weight fits into a byte: no word is rarer than one that only one of eight million images holds."""
_COMMON, _COMMON_SHARE = 300, 0.01
_BATCH = 500_000
_WORDS = 1 << 2 * WORD_BITS
_PRIOR_IMAGES, _PRIOR_SPREAD = 1000, 1.0
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

    Words that more than 1 % of the images hold (and more than 300) are left out: a template, a logo, a frame.
    Memory: about 20 bytes a spot.
    """

    def __init__(self, spots: Spots) -> None:
        self.images, self.starts, self.asked = len(spots), spots.starts, spots.rows
        image = np.repeat(np.arange(self.images, dtype=np.int32), np.diff(spots.starts))
        order = np.lexsort((image, spots.rows["word"]))
        word, self.image = spots.rows["word"][order].astype(np.int64), image[order]
        self.held = _Columns.of(spots.rows[order])
        self.first = np.ones(len(word), np.bool_)
        self.first[1:] = (word[1:] != word[:-1]) | (self.image[1:] != self.image[:-1])
        spread = np.bincount(word[self.first], minlength=_WORDS)
        begins = np.searchsorted(word, np.arange(_WORDS + 1))
        self.begin, self.count = begins[:-1], np.diff(begins)
        self.count[spread > max(_COMMON, _COMMON_SHARE * self.images)] = 0
        rarity = np.log((self.images + _PRIOR_IMAGES) / (spread + _PRIOR_SPREAD))
        self.weight = np.minimum(np.rint(rarity * _WEIGHT_STEPS), _HEAVIEST).astype(np.int64)

    @property
    def certain(self) -> float:
        """The consistency of one shared spot of the rarest kind: what chance reaches without copies."""
        return float(np.log((self.images + _PRIOR_IMAGES) / (1 + _PRIOR_SPREAD)))

    @property
    def batch(self) -> int:
        """How many images to look up at once, so that memory stays bounded."""
        return int(min(32, max(1, _BATCH // max(self.images, 1))))

    def look(self, rows: Ids, most: int = 0) -> Look:
        """Look up both words of all spots of some images, in all forms.

        With `most`, of each image only its rarest words, which at most so many spots of the index have.
        """
        sizes = self.starts[rows + 1] - self.starts[rows]
        return self._look(self.asked[_ranges(self.starts[rows], sizes)], sizes, most)

    def look_for(self, spots: Spots, most: int = 0) -> Look:
        """Look up images that are not in the index, as `look` does.

        With `most`, only by their rarest words, which at most so many spots of the index have: common words take
        nearly all of the time in large collections and tell least.
        """
        return self._look(spots.rows, np.diff(spots.starts), most)

    def _look(self, asked: NDArray[np.void], sizes: Ids, most: int = 0) -> Look:
        word = np.concatenate([asked["word"], asked["second"]])
        every = (word[None] ^ WORD_FORMS[:, None]).ravel()
        owner = np.tile(np.repeat(np.arange(len(sizes)), sizes), 2)
        count = _rarest(self.count[every], np.tile(owner, 4), most)
        entry = _ranges(self.begin[every], count)
        return Look(self, len(sizes), asked, word, owner, count, entry, self.image[entry])


@dataclass(frozen=True, slots=True)
class _Columns:
    """Places, scales and angles of spots, each for itself."""

    x: NDArray[np.int8]
    y: NDArray[np.int8]
    scale: NDArray[np.uint8]
    angle: NDArray[np.uint8]

    @classmethod
    def of(cls, rows: NDArray[np.void]) -> _Columns:
        x, y, scale, angle = (np.ascontiguousarray(rows[name]) for name in ("x", "y", "scale", "angle"))
        return cls(x, y, scale, angle)


def _rarest(count: Ids, owner: Ids, most: int) -> Ids:
    """The counts with the largest ones of each owner left out, so that they come to `most` at most; all for 0."""
    if not most:
        return count
    order = np.lexsort((count, owner))
    sums, mine = np.cumsum(count[order]), owner[order]
    begins = np.flatnonzero(np.diff(mine, prepend=-1))
    before = np.repeat((sums - count[order])[begins], np.diff(np.append(begins, len(mine))))
    kept = order[sums - before <= most]
    few = np.zeros_like(count)
    few[kept] = count[kept]
    return few


def _ranges(begins: Ids, sizes: Ids) -> Ids:
    """The numbers begins[0] to begins[0] + sizes[0], then those of the next, and so on."""
    return np.arange(int(sizes.sum())) + np.repeat(begins - np.cumsum(sizes) + sizes, sizes)


@dataclass(frozen=True, slots=True)
class Look:
    """What the words of some images (the asked ones) hit in the index.

    `asked`: the spots of the asked images, of which there are `rows`. `word`, `owner`: the words of the spots and then
    their second words, and whose they are. `hits`: how many spots of the index each word hits, for one form after the
    other. `entry`, `image`: those spots, and whose they are.
    """

    index: WordIndex
    rows: int
    asked: NDArray[np.void]
    word: NDArray[np.uint32]
    owner: Ids
    hits: Ids
    entry: Ids
    image: NDArray[np.int32]

    def worth(self) -> Ids:
        """What a hit of each word is worth: its squared rarity, 0 for a word that its image asked for before."""
        worth = np.zeros(len(self.word), np.int64)
        once = np.unique(self.owner * _WORDS + self.word, return_index=True)[1]
        worth[once] = self.index.weight[self.word[once]] ** 2
        return worth

    def votes(self) -> Floats:
        """Float32 (rows, images): squared rarities of the shared words, in the form that shares most."""
        images = self.index.images
        weights = np.repeat(np.tile(self.worth().astype(np.float64), 4), self.hits)
        weights *= self.index.first[self.entry]
        begin = (self.owner * 4 + np.arange(4)[:, None]).ravel() * images
        sums = np.bincount(np.repeat(begin, self.hits) + self.image, weights, self.rows * 4 * images)
        return np.asarray(sums.reshape(self.rows, 4, images).max(1), np.float32)

    def consistency(self, candidates: Ids) -> Floats:
        """Float32, like candidates: summed rarities (logarithms) of the spots that agree on where an image lies.

        `candidates`: int64 (rows, k), images to look at for each asked one; -1 is none.
        """
        index, width = self.index, candidates.shape[1]
        slots = np.full((self.rows, index.images + 1), -1, np.int32)
        np.put_along_axis(slots, candidates, np.arange(self.rows * width).reshape(candidates.shape), 1)
        begin = np.tile(self.owner, 4) * slots.shape[1]
        slot = slots.ravel()[np.repeat(begin, self.hits) + self.image]
        near = np.flatnonzero(slot >= 0)
        which = np.repeat(np.arange(len(self.hits), dtype=np.int32), self.hits)[near].astype(np.int64)
        form, at = np.divmod(which, max(len(self.word), 1))
        slot, spot, weight = slot[near].astype(np.int64), at % max(len(self.asked), 1), index.weight[self.word][at]
        placements = _placements(_Columns.of(self.asked), spot, index.held, self.entry[near], form)
        best = np.zeros(self.rows * width, np.int64)
        for shift in (0.0, 0.5):
            _raise_to_largest_cell(best, (slot * 4 + form) << 24 | _cells(*placements, shift), weight)
        return np.asarray(best.reshape(candidates.shape) / _WEIGHT_STEPS, np.float32)


def _raise_to_largest_cell(best: Ids, key: Ids, weight: Ids) -> None:
    """Sum weights of equal keys, and put the largest sum of each slot (bits 26 and up of its keys) into `best`."""
    if not len(key):
        return
    packed = np.sort(key << 8 | weight)
    key, weight = packed >> 8, packed & 255
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    sums, slot = np.add.reduceat(weight, begins), key[begins] >> 26
    firsts = np.flatnonzero(np.diff(slot, prepend=-1))
    found = slot[firsts]
    best[found] = np.maximum(best[found], np.maximum.reduceat(sums, firsts))


def _placements(asked: _Columns, at: Ids, held: _Columns, entry: Ids, form: Ids) -> tuple[Ids, Ids, Floats, Floats]:
    """Turn, scale steps and centre that each match gives the asked image in the other one."""
    mirrored = (form & 1).astype(np.bool_)
    angle = asked.angle[at].astype(np.int64)
    turn = (held.angle[entry] - np.where(mirrored, 128 - angle, angle) - 64 * (form & 2)) % 256
    step = held.scale[entry].astype(np.int64) - asked.scale[at]
    x, y = asked.x[at].astype(np.float32), asked.y[at].astype(np.float32)
    x = np.where(mirrored, -x, x)
    growth, cos, sin = _GROWTH[step + 256], _COS[turn], _SIN[turn]
    across = held.x[entry] - growth * (cos * x - sin * y)
    down = held.y[entry] - growth * (sin * x + cos * y)
    return turn, step, across, down


def _cells(turn: Ids, step: Ids, x: Floats, y: Floats, shift: float) -> Ids:
    """One number for each placement, equal for those that agree: 20 bits."""
    turned = (turn * _TURN_BINS + round(shift * 256)) // 256 % _TURN_BINS
    scaled = (step + round(shift * _SCALE_BIN)) // _SCALE_BIN + 32
    cell = np.float32(_CELL) * np.maximum(_GROWTH[(step + 8) // 16 * 16 + 256], np.float32(1))
    across = np.floor(x / cell + np.float32(shift)).astype(np.int64) % 32
    down = np.floor(y / cell + np.float32(shift)).astype(np.int64) % 32
    return np.asarray(turned << 16 | scaled << 10 | across << 5 | down, np.int64)
