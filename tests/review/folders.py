"""A folder of small files, the report that a scan of it would give, and pictures of whole trees to compare.

Files whose text starts with the same word are copies of each other: acting on files needs no real images.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from sosie.grouping import connected
from sosie.report import ImageRecord, Report
from sosie.review import Desk, Plan, Rules
from sosie.review.plan import Method
from sosie.sources.folder import FolderSource
from sosie.store.catalogue import Catalogue
from sosie.store.journal import Runs
from sosie.types import Edge, Evidence, Group, ImageRef, Pairs, Relation


def write(path: Path, text: str, *, mtime: int = 1_600_000_000, mode: int = 0o644) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    os.utime(path, (mtime, mtime))
    return path


def report_of(folder: Path, apart: Iterable[tuple[bytes, bytes]] = (), relation: Relation = "copy") -> Report:
    refs = [ref for ref in FolderSource([folder]).refs() if isinstance(ref, ImageRef)]
    images = tuple(_image(number, ref) for number, ref in enumerate(sorted(refs, key=lambda ref: ref.uri)))
    edges = tuple(
        Edge(a.id, b.id, "identical" if a.sha256 == b.sha256 else relation, 1.0, Evidence(agreement=0.9))
        for a, b in combinations(images, 2)
        if _picture(a.uri) == _picture(b.uri)
    )
    return Report(images, edges, _groups(images, edges, set(apart), relation), ())


def _image(number: int, ref: ImageRef) -> ImageRecord:
    data = Path(ref.uri).read_bytes()
    size = 10 + len(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return ImageRecord(number, ref.uri, ref.brand, sha256, size, size, len(data), "PNG", aliases=ref.aliases)


def _picture(uri: str) -> bytes:
    return Path(uri).read_bytes().split()[0]


def _groups(
    images: tuple[ImageRecord, ...], edges: tuple[Edge, ...], apart: set[tuple[bytes, bytes]], relation: Relation
) -> tuple[Group, ...]:
    labels = connected(len(images), _pairs((e.a, e.b) for e in edges), _pairs(_foes(images, apart)))
    groups: list[Group] = []
    for label in sorted(set(labels.tolist())):
        members = tuple(int(row) for row in np.flatnonzero(labels == label))
        if len(members) > 1:
            same = len({images[m].sha256 for m in members}) == 1
            keeper = max(members, key=lambda m: (images[m].width, -m))
            groups.append(Group(len(groups), "identical" if same else relation, members, keeper, "most real pixels"))
    return tuple(groups)


def _foes(images: tuple[ImageRecord, ...], apart: set[tuple[bytes, bytes]]) -> list[tuple[int, int]]:
    keys = [bytes.fromhex(image.sha256) for image in images]
    return [(a, b) for a, b in combinations(range(len(keys)), 2) if tuple(sorted((keys[a], keys[b]))) in apart]


def _pairs(pairs: Iterable[tuple[int, int]]) -> Pairs:
    a, b = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2).T
    return Pairs(a, b, np.ones(len(a), np.float32))


def tree(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Everything that undo must bring back: names, bytes, times, permissions, owners, which names are one file."""
    found: dict[str, tuple[Any, ...]] = {}
    first: dict[int, str] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        status = path.lstat()
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", status.st_mode)
        else:
            same = first.setdefault(status.st_ino, name)
            state = (status.st_mode, status.st_mtime_ns, status.st_uid, status.st_gid, same)
            found[name] = ("file", path.read_bytes(), *state)
    return found


def contents(folder: Path) -> set[bytes]:
    """Every content below a folder, hidden folders included."""
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def desk_of(folder: Path) -> Desk:
    return Desk(Catalogue(folder.parent / "data/catalogue.db"), report_of(folder), (str(folder),))


def planned(folder: Path, method: Method = "quarantine") -> tuple[Plan, Runs]:
    desk = desk_of(folder)
    with desk.catalogue:
        return desk.plan(Rules(), method=method), desk.runs
