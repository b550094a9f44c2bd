"""Hash packages used as people use them: every file hashed, then grouped. Prints {"near": [[path, ...], ...]}.

python benchmarks/peers.py imagehash-dhash|imagehash-phash|pdqhash|imagededup-phash FOLDER
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"}
PDQ_LIMIT = 31
Groups = list[list[str]]


def files_of(folder: Path) -> list[Path]:
    """The images under a folder, by name."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES)


def equal_hashes(kind: str) -> Callable[[Path], Groups]:
    """Files whose hash of the `imagehash` package is the same."""

    def find(folder: Path) -> Groups:
        import imagehash
        from PIL import Image

        groups: dict[str, list[str]] = defaultdict(list)
        for path in files_of(folder):
            with Image.open(path) as image:
                groups[str(getattr(imagehash, kind)(image))].append(str(path))
        return list(groups.values())

    return find


def near_pdq(folder: Path) -> Groups:
    """Files joined by PDQ hashes of the `pdqhash` package within 31 bits, every hash compared with every other."""
    import numpy as np
    import pdqhash
    from PIL import Image

    files = files_of(folder)
    rows = []
    for path in files:
        with Image.open(path) as image:
            bits, quality = pdqhash.compute(np.asarray(image.convert("RGB")))
        rows.append(np.packbits(bits.astype(bool)) if quality >= 50 else None)
    used = [n for n, row in enumerate(rows) if row is not None]
    words = np.stack([row for row in rows if row is not None]).view(np.uint64)
    pairs = []
    for n in range(len(used) - 1):
        distance = np.bitwise_count(words[n + 1 :] ^ words[n]).sum(1)
        pairs += [(used[n], used[n + 1 + int(m)]) for m in np.flatnonzero(distance <= PDQ_LIMIT)]
    return joined([str(p) for p in files], pairs)


def near_imagededup(folder: Path) -> Groups:
    """Files joined by `imagededup`'s PHash at its default distance of 10; torch, which hashes do not need, left out."""
    for module, name in (("imagededup.methods.cnn", "CNN"), ("imagededup.utils.models", "CustomModel")):
        network: Any = ModuleType(module)
        setattr(network, name, None)
        sys.modules[module] = network
    from imagededup.methods import PHash  # type: ignore[import-not-found]

    files = files_of(folder)
    found = PHash(verbose=False).find_duplicates(image_dir=str(folder), max_distance_threshold=10)
    number = {path.name: n for n, path in enumerate(files)}
    pairs = [(number[a], number[b]) for a, others in found.items() for b in others if a in number and b in number]
    return joined([str(p) for p in files], pairs)


def joined(names: list[str], pairs: list[tuple[int, int]]) -> Groups:
    """The connected components of pairs, as groups of names."""
    root = list(range(len(names)))

    def top(n: int) -> int:
        while root[n] != n:
            root[n] = n = root[root[n]]
        return n

    for a, b in pairs:
        root[top(a)] = top(b)
    groups: dict[int, list[str]] = defaultdict(list)
    for n, name in enumerate(names):
        groups[top(n)].append(name)
    return list(groups.values())


FINDERS: dict[str, Callable[[Path], Groups]] = {
    "imagehash-dhash": equal_hashes("dhash"),
    "imagehash-phash": equal_hashes("phash"),
    "pdqhash": near_pdq,
    "imagededup-phash": near_imagededup,
}

if __name__ == "__main__":
    found = FINDERS[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"near": [group for group in found if len(group) > 1]}))
