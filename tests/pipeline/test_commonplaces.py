"""A copy that rests on what strangers share is looked at again without it, and dropped where nothing else speaks."""

from __future__ import annotations

from itertools import combinations

import cv2
import pytest

from sosie.features import Features
from sosie.fingerprints.local.extraction import extract
from sosie.imaging.picture import ImageInfo
from sosie.matching.verification import Prepared, measure, prepare
from sosie.pipeline.commonplaces import Commonplaces
from sosie.types import Edge, Evidence
from tests.pictures import Pixels, picture
from training.edits import apply

INFO = ImageInfo("JPEG", 400, 300)


def with_logo(pixels: Pixels) -> Pixels:
    """The same large logo over the lower half of any picture."""
    height, width = pixels.shape[:2]
    page = pixels.copy()
    page[height - height // 2 :] = cv2.resize(picture(90, longest=300), (width, height // 2))
    return page


@pytest.fixture(scope="module")
def images() -> dict[int, Prepared]:
    """Four pictures under one logo, and the first of them once more, under a banner."""
    pages = [with_logo(picture(seed, longest=300)) for seed in (41, 42, 43, 44)]
    pages.append(apply("banner", pages[0], seed=3).pixels)
    return {n: prepare(Features.from_bytes(extract(page).to_bytes())) for n, page in enumerate(pages)}


@pytest.fixture(scope="module")
def shared(images: dict[int, Prepared]) -> Commonplaces:
    """What the strangers among them share."""
    found = Commonplaces()
    for a, b in combinations(images, 2):
        if (a, b) != (0, 4):
            measured = measure(images[a], images[b])
            assert measured is not None
            found.note(a, b, [rows.tolist() for rows in measured.followed])
    return found


def copy(a: int, b: int, agreement: float) -> Edge:
    return Edge(a, b, "copy", 0.97, Evidence(agreement=agreement))


def test_only_copies_that_differ_somewhere_and_share_with_strangers_are_doubted(shared: Commonplaces) -> None:
    edges = [copy(0, 1, 0.5), copy(0, 2, 0.99), copy(0, 9, 0.5)]
    assert shared.doubtful(edges) == edges[:1]
    once = Commonplaces()
    once.note(0, 1, [[1, 2, 300], [4, 5, 6]])
    assert once.doubtful(edges) == []


def test_two_pictures_that_share_a_logo_are_no_copies_and_a_picture_under_a_banner_stays_one(
    images: dict[int, Prepared], shared: Commonplaces
) -> None:
    edges = [copy(0, 1, 0.5), copy(2, 3, 0.5), copy(0, 4, 0.7)]
    findings = {(edge.a, edge.b): found for edge, found in shared.again(edges, images, dict.fromkeys(images, INFO))}
    called = {pair: found and found["relation"] for pair, found in findings.items()}
    assert called[0, 4] == "copy"
    assert called[0, 1] not in ("copy", "contains")
    assert called[2, 3] not in ("copy", "contains")
