"""What is on a page is linked to the page as soon as the page is linked to one of its copies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from sosie.config import load_settings
from sosie.features import Spots
from sosie.matching.asking import Asked
from sosie.matching.near_cells import Reach
from sosie.matching.neighbours import Ids, Nearest
from sosie.pipeline.assemble import leading_pairs
from sosie.pipeline.beside import Beside
from sosie.pipeline.contents import Contents
from sosie.pipeline.scan import scan_with
from sosie.pipeline.verifying import OwnHands
from sosie.pipeline.workshop import own_workshop
from sosie.report import Report
from sosie.sources import FolderSource
from sosie.store.catalogue import Catalogue, Content
from sosie.types import Edge, Evidence, ImageRef, Relation
from tests.pictures import groups, picture, relations, write


@dataclass(frozen=True)
class Overlooking(OwnHands):
    """Hands that give all candidates but one pair of rows."""

    pair: frozenset[int] = frozenset()

    def neighbours(self, vectors: NDArray[np.int8], signs: NDArray[np.int8], spots: Spots) -> Asked:
        """Give what finds all others."""
        every = super().neighbours(vectors, signs, spots)

        def ask(rows: Ids, count: int, _reach: Reach | None) -> Nearest:
            found = every.nearest(rows, count)
            seen = np.array(
                [[{row, other} != self.pair for other in ids] for row, ids in zip(rows, found.ids, strict=True)]
            )
            return Nearest(np.where(seen, found.ids, -1), found.score)

        return Asked(len(vectors), ask)


def scan_overlooking(folder: Path, *names: str) -> Report:
    """A scan in which the search for candidates misses one pair of files."""
    files = sorted(hashlib.sha256(path.read_bytes()).digest() for path in folder.iterdir())
    pair = frozenset(files.index(hashlib.sha256((folder / name).read_bytes()).digest()) for name in names)
    refs = [ref for ref in FolderSource([str(folder)]).refs() if isinstance(ref, ImageRef)]
    settings = load_settings({"workers": 1, "embedders": ("none",)})
    with Catalogue.of(settings) as catalogue, Beside("auto", 1) as beside:
        workshop = replace(own_workshop(settings, beside), hands=lambda: Overlooking(1, pair=pair))
        return scan_with(workshop, catalogue, refs, [], settings, lambda _p: None, lambda _s: False)[0]


def test_a_page_is_linked_to_the_original_that_only_a_copy_of_it_leads_to(tmp_path: Path) -> None:
    photo, page = picture(3, longest=400), picture(40, longest=600).copy()
    small = cv2.resize(photo, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    page[60 : 60 + small.shape[0], 90 : 90 + small.shape[1]] = small
    write(tmp_path / "page.png", page)
    write(tmp_path / "photo.png", photo)
    write(tmp_path / "copy.jpg", photo, quality=70)
    write(tmp_path / "mirror.jpg", photo[:, ::-1])
    write(tmp_path / "other.jpg", picture(5, longest=400))
    report = scan_overlooking(tmp_path, "page.png", "photo.png")
    assert relations(report)[frozenset({"page.png", "photo.png"})] == "contains"
    assert groups(report) == [("copy", frozenset({"photo.png", "copy.jpg", "mirror.jpg"}))]


def contents(count: int) -> Contents:
    """Contents of which nothing but the number matters."""
    rows = [Content(bytes([n]) * 32, 100, "PNG", 64, 64, 1, 8, False, True, None, False, 1.0, 64) for n in range(count)]
    return Contents(rows, [[ImageRef(str(n))] for n in range(count)])


def edge(a: int, b: int, relation: Relation, score: float) -> Edge:
    return Edge(a, b, relation, score, Evidence())


def test_an_outsider_is_asked_against_the_members_that_are_most_like_the_others() -> None:
    """Ten copies: those with two of the rows are worse, the page shows one of these, a stranger doubtfully another."""
    worse = {3, 6}
    copies = [edge(a, b, "copy", 0.9 if worse & {a, b} else 0.99) for a in range(10) for b in range(a + 1, 10)]
    links = [edge(3, 10, "contains", 0.97), edge(4, 11, "contains", 0.7), edge(5, 12, "scene", 0.99)]
    pairs = leading_pairs(contents(13), [*copies, *links])
    assert pairs == [(row, 10) for row in range(10) if row not in worse]


def test_a_page_in_the_group_of_what_it_shows_leads_on_and_images_of_no_group_lead_nowhere() -> None:
    """A page (4) may be a copy of two members of a group, and hold another (3)."""
    family = [edge(a, b, "copy", 0.99) for a in range(4) for b in range(a + 1, 4)]
    page = [edge(1, 4, "copy", 0.99), edge(2, 4, "copy", 0.99), edge(3, 4, "contains", 0.99)]
    alone = [edge(5, 6, "contains", 0.99)]
    assert (0, 4) in leading_pairs(contents(7), [*family, *page, *alone])
    assert leading_pairs(contents(7), [*family, *page[:2], *alone]) == []
