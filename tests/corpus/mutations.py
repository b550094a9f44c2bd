"""A seeded mutator of image files: what disks, networks and vandals do to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.corpus.samples import samples

Mutation = Callable[[bytearray, np.random.Generator], bytearray]


def flip_bits(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to sixteen bits turned, anywhere."""
    for at in rng.integers(0, len(data), rng.integers(1, 17)):
        data[at] ^= 1 << rng.integers(0, 8)
    return data


def flip_head(data: bytearray, rng: np.random.Generator) -> bytearray:
    """One to eight bytes of the first 128 replaced: sizes, depths and offsets lie."""
    for at in rng.integers(0, min(len(data), 128), rng.integers(1, 9)):
        data[at] = int(rng.choice([0, 1, 0x7F, 0x80, 0xFF, int(rng.integers(0, 256))]))
    return data


def truncate(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Cut off anywhere."""
    return data[: rng.integers(0, len(data))]


def splice(data: bytearray, rng: np.random.Generator) -> bytearray:
    """The head of one file on the body of another."""
    other = samples()[rng.integers(0, len(samples()))].data
    cut = int(rng.integers(4, 256))
    return bytearray(other[:cut]) + data[cut:]


def zero_block(data: bytearray, rng: np.random.Generator) -> bytearray:
    """A block of zeros, as a failed disk or download leaves."""
    start, size = int(rng.integers(0, len(data))), int(rng.integers(1, 513))
    size = min(size, len(data) - start)
    data[start : start + size] = bytes(size)
    return data


def duplicate_chunk(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Some bytes twice, or many times."""
    start, size = int(rng.integers(0, len(data))), int(rng.integers(1, 1025))
    return data[: start + size] + data[start : start + size] * int(rng.choice([1, 1, 2, 50])) + data[start + size :]


def drop_chunk(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Some bytes missing in the middle."""
    start, size = int(rng.integers(0, len(data))), int(rng.integers(1, 257))
    del data[start : start + size]
    return data


def big_number(data: bytearray, rng: np.random.Generator) -> bytearray:
    """Two, four or eight bytes that read as a very large or a negative number."""
    at, size = int(rng.integers(0, len(data))), int(rng.choice([2, 4, 8]))
    data[at : at + size] = bytes([rng.choice([0xFF, 0x7F, 0x80])]) * size
    return data


MUTATIONS: tuple[Mutation, ...] = (
    flip_bits,
    flip_head,
    truncate,
    splice,
    zero_block,
    duplicate_chunk,
    drop_chunk,
    big_number,
)


def mutated(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """`count` names and damaged files of all formats: some suffixes are swapped, every file is made from the seed."""
    originals = samples()
    for number in range(count):
        rng = np.random.default_rng((seed, number))
        original = originals[number % len(originals)]
        data, kinds = bytearray(original.data), []
        for kind in rng.choice(len(MUTATIONS), rng.choice([1, 1, 1, 2, 3])):
            if data:
                data = MUTATIONS[kind](data, rng)
                kinds.append(MUTATIONS[kind].__name__)
        suffix = originals[rng.integers(0, len(originals))].suffix if rng.random() < 0.1 else original.suffix
        yield f"{number:06}-{original.name.replace(' ', '-')}-{'-'.join(kinds)}.{suffix}", bytes(data)


def write_mutated(folder: Path, count: int, seed: int = 0) -> list[Path]:
    """The files of `mutated`, written into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, data in mutated(count, seed):
        path = folder / name
        path.write_bytes(data)
        paths.append(path)
    return paths
