"""Alignment without keypoints: whole frames, or what stands on a plain ground, laid edge to edge.

Logos, icons and plain product shots have few keypoints or none. Their frames, or the boxes around what stands on the
ground, are compared at 24 x 24 pixels in all eight orientations; what agrees there is aligned and compared in full.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 24
_ALIKE = 0.9
_GROUND = 24
_LEAST_BOX = 16

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Frames:
    """The small pictures of one image: `whole` of its frame, `content` of the box of what stands on the ground.

    Both float32 (8, 576): the eight orientations, each of zero mean and unit length (all zero where it is blank).
    `box`: left, top, right, bottom of the content in thumbnail pixels.
    """

    whole: NDArray[np.float32]
    content: NDArray[np.float32]
    box: Box


@dataclass(frozen=True, slots=True)
class Guess:
    """A matrix from thumbnail to thumbnail that lays frames edge to edge, and how alike they are, -1 to 1."""

    matrix: NDArray[np.float64]
    mirrored: bool
    inverted: bool
    likeness: float


def frames_of(thumbnail: NDArray[np.uint8], grey: NDArray[np.float32]) -> Frames:
    """The small pictures of a thumbnail, uint8 (h, w, 3), and its grey."""
    box = content_box(thumbnail)
    whole = _orientations(grey)
    left, top, right, bottom = box
    trimmed = (right - left, bottom - top) != (grey.shape[1], grey.shape[0])
    return Frames(whole, _orientations(grey[top:bottom, left:right]) if trimmed else whole, box)


def content_box(thumbnail: NDArray[np.uint8]) -> Box:
    """The box of what differs from the colour of the rim; the whole frame where that says nothing."""
    height, width = thumbnail.shape[:2]
    rim = np.concatenate([thumbnail[0], thumbnail[-1], thumbnail[:, 0], thumbnail[:, -1]])
    ground = np.median(rim, axis=0).astype(np.uint8)
    low, high = np.maximum(ground, _GROUND) - _GROUND, np.minimum(ground, 255 - _GROUND) + _GROUND
    content = cv2.bitwise_not(cv2.inRange(thumbnail, tuple(low.tolist()), tuple(high.tolist())))
    left, top, across, down = cv2.boundingRect(content)
    if min(across, down) < _LEAST_BOX:
        return (0, 0, width, height)
    return (left, top, left + across, top + down)


def _orientations(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four turns, and four turns of the mirrored picture, each a row of unit length."""
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = small - small.mean()
    length = float(np.linalg.norm(small))
    if length < SIDE:
        return np.zeros((8, SIDE * SIDE), np.float32)
    turns = [np.rot90(each, turn) for each in (small, small[:, ::-1]) for turn in range(4)]
    return np.asarray(np.stack([turn.ravel() for turn in turns]) / np.float32(length), np.float32)


def guesses(a: Frames, b: Frames, size_a: tuple[int, int], size_b: tuple[int, int]) -> list[Guess]:
    """The alignments of two images by frame or content that look alike at 24 x 24, the most alike first."""
    found = []
    options = [(a.whole, b.whole, (0, 0, *size_a), (0, 0, *size_b))]
    if a.content is not a.whole or b.content is not b.whole:
        options.append((a.content, b.content, a.box, b.box))
    for small_a, small_b, box_a, box_b in options:
        likeness = small_a @ small_b[0]
        best = int(np.abs(likeness).argmax())
        if abs(likeness[best]) >= _ALIKE:
            matrix = _edge_to_edge(box_a, box_b, best)
            found.append(Guess(matrix, best >= 4, bool(likeness[best] < 0), float(likeness[best])))
    return sorted(found, key=lambda guess: -abs(guess.likeness))


def _edge_to_edge(box_a: Box, box_b: Box, orientation: int) -> NDArray[np.float64]:
    """The affinity that carries box `a`, mirrored and turned as the orientation says, to box `b`."""
    x, y = np.meshgrid([0.0, 1.0], [0.0, 1.0])
    start = np.stack([x, y], axis=2)
    turned = np.rot90(start[:, ::-1] if orientation >= 4 else start, orientation % 4)
    unit = np.stack([turned[0, 1] - turned[0, 0], turned[1, 0] - turned[0, 0], turned[0, 0]], axis=1)
    to_a = np.eye(3)
    to_a[:2] = unit
    return np.asarray(_from_unit(box_b) @ np.linalg.inv(to_a) @ np.linalg.inv(_from_unit(box_a)))


def _from_unit(box: Box) -> NDArray[np.float64]:
    """From the unit square to a box, edges at pixel borders."""
    left, top, right, bottom = box
    return np.array([[right - left, 0, left - 0.5], [0, bottom - top, top - 0.5], [0, 0, 1.0]])
