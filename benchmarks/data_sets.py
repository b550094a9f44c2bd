"""The pictures that benchmarks run on, made once under benchmarks/work/data."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.phone_edits import write_benchmark
from benchmarks.places import Places, Scale

Name = Literal["transformed", "edits", "phone", "real"]
NAMES: tuple[Name, ...] = ("transformed", "edits", "phone", "real")

ABOUT: dict[Name, str] = {
    "transformed": "imagededup's published recipe on real photos: crop of 87.5 %, both flips, 25 degree turn, squeeze",
    "edits": "33 everyday edits and many untouched photos; one banner and one set of slogans on many photos",
    "phone": "our own edits as phones and feeds make them, other letters, angles, crops, filters (phone_edits.py)",
    "real": "real photos with true pairs, look-alike products, other views of one object (data/public)",
}


class MissingDataError(Exception):
    """The photos or the scripts that a benchmark needs are not there; the message says which."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder of images to scan (`images`), the folder with its truth (`truth`), and the number of images."""

    name: Name
    images: Path
    truth: Path
    count: int


def prepare(name: Name, scale: Scale, places: Places) -> DataSet:
    """Give a data set, made if it is not there yet. Raises `MissingDataError` without the photos or scripts."""
    for needed in (places.photos, places.referee / "score.py"):
        if not needed.exists():
            raise MissingDataError(f"skipped {name}, {needed.name} is not there (looked in {places.shared.name}/)")
    if name == "real":
        folder = places.photos if scale.real_files is None else _made("real", scale, places, _few_real)
        return DataSet(name, folder, places.photos.parent, sum(1 for _ in folder.iterdir()))
    folder = _made(name, scale, places, _WRITERS[name])
    with (folder / "manifest.csv").open() as file:
        return DataSet(name, folder, folder, sum(1 for _ in csv.reader(file)) - 1)


def _made(name: str, scale: Scale, places: Places, write: Callable[[Path, Scale, Places], None]) -> Path:
    folder = places.work / "data" / f"{name}-{scale.name}"
    if not folder.exists():
        print(f"making {name} ({scale.name}) ...", file=sys.stderr, flush=True)
        part = folder.with_name(folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        write(part, scale, places)
        part.rename(folder)
    return folder


def _transformed(out: Path, scale: Scale, places: Places) -> None:
    _referee("make_transformed.py", out, places, "--groups", scale.transformed_groups)


def _edits(out: Path, scale: Scale, places: Places) -> None:
    sizes = ("--groups", scale.edit_groups, "--distractors", scale.distractors)
    _referee("make_edits.py", out, places, *sizes)


def _phone(out: Path, scale: Scale, places: Places) -> None:
    sizes = {"groups": scale.edit_groups, "distractors": scale.distractors, "every": scale.every}
    write_benchmark(places.photos, out, **sizes)


def _few_real(out: Path, scale: Scale, places: Places) -> None:
    """Files of the first groups of every set of the truth, for trials."""
    sets: dict[str, list[str]] = defaultdict(list)
    with (places.photos.parent / "groups.csv").open() as file:
        for row in csv.DictReader(file):
            sets[row["set"]].append(row["file"])
    share = -(-(scale.real_files or 0) // len(sets))
    for name in sorted({name for files in sets.values() for name in files[:share]}):
        shutil.copyfile(places.photos / name, out / name)


def _referee(script: str, out: Path, places: Places, *options: str | int) -> None:
    command = [sys.executable, str(places.referee / script), str(places.photos), str(out), *map(str, options)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


_WRITERS: dict[Name, Callable[[Path, Scale, Places], None]] = {
    "transformed": _transformed,
    "edits": _edits,
    "phone": _phone,
}
