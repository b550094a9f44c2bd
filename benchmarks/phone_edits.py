"""A benchmark of everyday edits of our own, as phones, feeds and shops make them.

    python -m benchmarks.phone_edits PHOTOS OUT --groups 60 --distractors 600

GROUPS photos, spread evenly over a folder, become originals with all their edits; DISTRACTORS others are written
untouched. manifest.csv (file, sources, edit) names the photos that each file holds: "12", or "12+840" for a
page of two photos. Two files are a true pair exactly when they share a source. Photos that a groups.csv or
hard_negative_candidates.csv beside the folder names are left out, so that two sources are never one picture.

The edits share no parameter with those that the judge is fitted on; two kinds, `drawn` and `drawn_chain`, are that
engine itself (`training.edits`), on photos and seeds that it was not fitted with.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.phone_filters import FILTERS, Pixels, Rng
from benchmarks.phone_frames import FRAMES, scaled
from benchmarks.phone_layers import HOLDS, JOINTS, LAYERS
from training import edits as engine

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
DRAWN = (*engine.MOVES, *engine.TONES, *engine.LOSSES, *engine.LAYERS)
CHAINS = (
    ("film", "crop_most", "caption", "messenger"),
    ("selfie", "vivid", "smileys", "webp"),
    ("straighten", "hdr", "date_stamp", "messenger"),
    ("portrait", "post", "player", "webp"),
)
"""What happens to one picture on its way through a phone, one of these by turns."""

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo by its number in the benchmark and its file."""

    number: int
    path: Path


def distinct_photos(folder: Path) -> list[Path]:
    """All photos under a folder, sorted, without those that a table beside it lists as pairs or look-alikes."""
    listed: set[str] = set()
    for table in ("groups.csv", "hard_negative_candidates.csv"):
        path = folder.parent / table
        if path.exists():
            with path.open() as file:
                listed |= {row[key] for row in csv.DictReader(file) for key in ("file", "a", "b") if key in row}
    photos = sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)
    return [p for p in photos if p.name not in listed]


def load(path: Path, longest: int = 720) -> Pixels:
    """A photo with its longest side at `longest` pixels."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), np.uint8)
    return scaled(pixels, longest / max(pixels.shape[:2]))


def single_edits(pixels: Pixels, seed: int) -> Iterator[tuple[str, Pixels]]:
    """Every edit of one picture, by name."""
    steps = {**FILTERS, **FRAMES, **LAYERS}
    for number, (name, edit) in enumerate(steps.items()):
        yield name, edit(pixels, np.random.default_rng([seed, number, 77]))
    rng = np.random.default_rng([seed, 99])
    chained = pixels
    for name in CHAINS[seed % len(CHAINS)]:
        chained = steps[name](chained, rng)
    yield "chain", chained
    yield "drawn", engine.apply(DRAWN[seed % len(DRAWN)], pixels, seed=9_000_000 + seed).pixels
    yield "drawn_chain", engine.apply("combination", pixels, seed=9_500_000 + seed).pixels


def write_group(photo: Photo, others: Sequence[Photo], out: Path, every: int = 1) -> list[Row]:
    """Write an original and its edits, or each `every`-th of them; return the rows of the manifest."""
    cv2.setNumThreads(1)
    rng, pixels, extra = np.random.default_rng([photo.number, 5]), load(photo.path), [load(o.path) for o in others]
    rows = [_write(out, photo, "orig", pixels, str(photo.number), rng)]
    for name, edited in list(single_edits(pixels, photo.number))[::every]:
        rows.append(_write(out, photo, name, edited, str(photo.number), rng))
    for name, join in JOINTS.items():
        sources = "+".join(str(p.number) for p in (photo, *(others[i] for i in HOLDS[name])))
        rows.append(_write(out, photo, name, join(pixels, extra), sources, rng))
    return rows


def _write(out: Path, photo: Photo, edit: str, pixels: Pixels, sources: str, rng: Rng) -> Row:
    suffix = str(rng.choice([".jpg", ".jpg", ".jpg", ".webp", ".png"])) if edit != "orig" else ".jpg"
    name = f"{photo.number:05d}_{edit}{suffix}"
    Image.fromarray(pixels).save(out / name, quality=84)  # PNG does not look at it
    return name, sources, edit


def write_benchmark(photos: Path, out: Path, *, groups: int, distractors: int, every: int = 1) -> int:
    """Write the benchmark and its manifest; return the number of files. `every` thins out the edits for trials."""
    out.mkdir(parents=True, exist_ok=True)
    found = [Photo(number, path) for number, path in enumerate(distinct_photos(photos))]
    picked = {int(n) for n in np.linspace(len(found) - 1, min(60, len(found) // 2), groups)}
    chosen = [photo for photo in found if photo.number in picked]
    rest = [photo for photo in found if photo.number not in picked][-distractors:]
    rng = np.random.default_rng(23)
    others = [[rest[int(i)] for i in rng.choice(len(rest), 3, replace=False)] for _ in chosen]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        rows = [
            row for written in pool.map(partial(write_group, out=out, every=every), chosen, others) for row in written
        ]
    rows += [_write(out, photo, "orig", load(photo.path), str(photo.number), rng) for photo in rest]
    with (out / "manifest.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "sources", "edit"))
        writer.writerows(rows)
    return len(rows)


def main() -> None:
    """Write the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--groups", type=int, default=60)
    parser.add_argument("--distractors", type=int, default=600)
    args = parser.parse_args()
    count = write_benchmark(args.photos, args.out, groups=args.groups, distractors=args.distractors)
    print(f"{args.groups} groups, {count} files in {args.out}")


if __name__ == "__main__":
    main()
