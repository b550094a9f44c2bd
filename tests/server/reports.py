"""Reports of any size without any image: groups of copies, look-alikes, links, several brands."""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise

from sosie.report import ImageRecord, Report
from sosie.types import Edge, Edit, Evidence, Group, Relation, Skipped

BRANDS = ("acme", "nike", "puma", "zeta")


def report_of(groups: int, *, seed: int = 0, alone: int = 0, similar: int = 0, largest: int = 6) -> Report:
    """So many groups of copies, images alone, and groups of `similar` pictures made of groups and images alone."""
    draw = random.Random(seed)
    images: list[ImageRecord] = []
    edges: list[Edge] = []
    found: list[Group] = []
    for number in range(groups):
        size = draw.choice([2, 2, 2, 3, 4, largest])
        members = tuple(_image(images, draw, f"set-{number}") for _ in range(size))
        edges += [_edge(members[0], other, draw) for other in members[1:]]
        edges += [_edge(a, b, draw) for a, b in pairwise(members[1:])]
        gain = sum(images[member].bytes for member in members[1:])
        found.append(Group(number, "copy", members, members[0], "most real pixels", gain))
    pictures = [group.members for group in found]
    pictures += [(_image(images, draw, f"alone-{number}"),) for number in range(alone)]
    draw.shuffle(pictures)
    for number in range(similar):
        part = pictures[number * 3 : number * 3 + 3]
        edges += [_similar(part[0][0], other[0], draw) for other in part[1:]]
        members = tuple(sorted(member for picture in part for member in picture))
        found.append(Group(len(found), "similar", members, part[0][0], "the one that is most like all others", 0))
    edges.sort(key=lambda edge: (edge.a, edge.b))
    params = {"method": "auto", "embedder": "builtin", "similarity_threshold": 0.9}
    skipped = tuple(Skipped(f"/pictures/broken-{number}.jpg", "is no image") for number in range(5))
    return Report(tuple(images), tuple(edges), tuple(found), skipped, params, ("pdq",), {"total": 1.5})


def _image(images: list[ImageRecord], draw: random.Random, name: str) -> int:
    number = len(images)
    brand = draw.choice(BRANDS)
    uri = f"https://{brand}.example/{name}/{number}.jpg" if number % 2 else f"/pictures/{brand}/{name}/{number}.jpg"
    sha256 = hashlib.sha256(uri.encode()).hexdigest()
    size = draw.randrange(10_000, 2_000_000)
    images.append(ImageRecord(number, uri, brand, sha256, 640, 480, size, "JPEG", title=f"Title {number}"))
    return number


def _edge(a: int, b: int, draw: random.Random, relation: Relation = "copy") -> Edge:
    a, b = sorted((a, b))
    edits = (Edit("crop", "cropped to 72 %", 0.0, ((0.0, 0.1, 0.9, 1.0),)), Edit("mirror", "mirrored"))
    matrix = ((1.0, 0.0, 3.0), (0.0, 1.0, -2.0), (0.0, 0.0, 1.0))
    evidence = Evidence(pdq_distance=20, inliers=40, agreement=0.9, overlap=(0.7, 1.0), transform=matrix, edits=edits)
    return Edge(a, b, relation, round(draw.uniform(0.6, 1.0), 4), evidence)


def _similar(a: int, b: int, draw: random.Random) -> Edge:
    a, b = sorted((a, b))
    score = round(draw.uniform(0.9, 1.0), 4)
    return Edge(a, b, "similar", score, Evidence(cosine={"builtin": score}))
