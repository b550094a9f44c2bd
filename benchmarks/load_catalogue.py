"""A catalogue of any size for the load test: drawn pictures with all their fingerprints, random ones beside them."""

from __future__ import annotations

import hashlib
import io
import os
import random
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, islice
from pathlib import Path

import numpy as np
from PIL import Image

from sosie.config import Settings
from sosie.features import SPOT
from sosie.fingerprints.dhash import DHASH64
from sosie.fingerprints.local import FEATURES, SPOTS, VLAD
from sosie.fingerprints.pdq import PDQ256
from sosie.fingerprints.tones import TONES
from sosie.imaging import DecodeParams
from sosie.pipeline.checking import Described, describe_image
from sosie.report import ImageRecord, Report
from sosie.store.catalogue import Batch, Catalogue, Location
from sosie.store.jobs import Jobs
from sosie.store.results import save_result
from sosie.types import Edge, Edit, Evidence, Group
from training.draw import draw

_BATCH = 500
_SPOTS = 200
_QUALITY = 100


@dataclass
class Drawn:
    """The drawn pictures as bytes: those of the catalogue, edits of them, and strangers. Each call gives new bytes."""

    pictures: list[bytes]
    edits: list[bytes]
    strangers: list[bytes]
    count: int = 0

    def known(self, pick: random.Random) -> bytes:
        """The very bytes of a picture of the catalogue."""
        return pick.choice(self.pictures)

    def edit(self, pick: random.Random) -> bytes:
        """An edited picture of the catalogue."""
        return self._own(pick.choice(self.edits))

    def new(self, pick: random.Random) -> bytes:
        """A picture that the catalogue has not."""
        return self._own(pick.choice(self.strangers))

    def _own(self, jpeg: bytes) -> bytes:
        """The same picture in bytes of its own: with a comment in the file."""
        self.count += 1
        return jpeg[:2] + b"\xff\xfe" + struct.pack(">HQ", 10, self.count) + jpeg[2:]


def build(data: Path, images: int, drawn: int) -> Drawn:
    """Make a catalogue in a data folder with the result of a job over all its images; give the drawn pictures."""
    made = drawn_for(drawn)
    settings = Settings(data_dir=data, embedders=("builtin",))
    described = [describe_image(jpeg, DecodeParams()) for jpeg in made.pictures]
    rng = np.random.default_rng(0)
    with Catalogue.of(settings) as catalogue:
        contents = chain(described, _random(described, images - drawn, rng))
        records: list[ImageRecord] = []
        for start in range(0, images, _BATCH):
            part = list(islice(contents, _BATCH))
            catalogue.save(_batch(part, start))
            records += [_record(image, start + number) for number, image in enumerate(part)]
        _store(catalogue, _report(records))
    return made


def drawn_for(drawn: int) -> Drawn:
    """Give the drawn pictures of a catalogue that was made before."""
    seeds = range(drawn)
    pictures = [_jpeg(seed, 88) for seed in seeds]
    edits = [_jpeg(seed, 60, edit=seed % 4) for seed in seeds]
    return Drawn(pictures, edits, [_jpeg(10_000 + seed, 80) for seed in range(max(8, drawn // 4))])


@cache
def _drawn(seed: int) -> Image.Image:
    small = Image.fromarray(draw("scene", seed, longest=200))
    return small.resize((small.width * 3, small.height * 3), Image.Resampling.BICUBIC)


def _jpeg(seed: int, quality: int, edit: int = -1) -> bytes:
    image = _drawn(seed)
    width, height = image.size
    match edit:
        case 0:
            image = image.crop((width // 10, height // 12, width - 5, height))
        case 1:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        case 2:
            image = image.resize((width // 2, height // 2))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def _random(described: list[Described], count: int, rng: np.random.Generator) -> Iterator[Described]:
    """Contents with random fingerprints of the right kinds; their features are those of drawn pictures."""
    for number in range(count):
        like = described[number % len(described)]
        vector = rng.normal(0, 25, VLAD.dims)
        vector *= 400 / np.linalg.norm(vector)
        spots = np.zeros(_SPOTS, SPOT)
        for name in ("word", "second"):
            spots[name] = rng.integers(0, 1 << 18, _SPOTS)
        for name in ("x", "y"):
            spots[name] = rng.integers(-100, 100, _SPOTS)
        spots["scale"], spots["angle"] = rng.integers(16, 90, _SPOTS), rng.integers(0, 256, _SPOTS)
        rows = {
            PDQ256.key: rng.bytes(256) + bytes([_QUALITY]),
            DHASH64.key: rng.bytes(64) + bytes([_QUALITY]),
            VLAD.key: np.clip(np.rint(vector), -127, 127).astype(np.int8).tobytes(),
            SPOTS.key: spots.tobytes(),
            TONES.key: like.rows[TONES.key],
            FEATURES.key: like.rows[FEATURES.key],
        }
        key = hashlib.sha256(f"random {number}".encode()).digest()
        yield replace(like, content=replace(like.content, sha256=key), rows=rows)


def _uri(number: int) -> str:
    return f"https://shop.example/{number}.jpg"


def _batch(part: list[Described], start: int) -> Batch:
    return Batch(
        locations=[
            Location(os.fsencode(_uri(start + number)), "", image.content.sha256, None, "")
            for number, image in enumerate(part)
        ],
        contents=[image.content for image in part],
        fingerprints=[(space, image.content.sha256, row) for image in part for space, row in image.rows.items()],
    )


def _record(image: Described, number: int) -> ImageRecord:
    content = image.content
    size = (content.width, content.height, content.size)
    return ImageRecord(number, _uri(number), f"brand-{number % 5}", content.sha256.hex(), *size, content.format)


def _report(records: list[ImageRecord]) -> Report:
    """Half of all images in groups of two."""
    edits = (Edit("crop", "cropped to 72 %"), Edit("mirror", "mirrored"))
    evidence = Evidence(pdq_distance=20, inliers=40, agreement=0.9, overlap=(0.7, 1.0), edits=edits)
    pairs = [(number, number + 1) for number in range(0, len(records) // 2 - 1, 2)]
    edges = tuple(Edge(a, b, "copy", 0.9 + 0.01 * (a % 9), evidence) for a, b in pairs)
    groups = tuple(
        Group(number, "copy", pair, pair[0], "most real pixels", records[pair[1]].bytes)
        for number, pair in enumerate(pairs)
    )
    return Report(tuple(records), edges, groups, (), {"method": "auto"}, (), {"total": 1.0})


def _store(catalogue: Catalogue, report: Report) -> None:
    jobs, now = Jobs(catalogue), time.time()
    row, _ = jobs.submit((), {"load": now}, now=now)
    taken = jobs.take(row.id, "load", now=now)
    if taken is None or not save_result(catalogue, row.id, taken.claim, report, now=now):
        raise RuntimeError("The result could not be stored.")
    jobs.end(taken, "done", now=time.time())
