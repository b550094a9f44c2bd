"""One run, one space: what becomes of the vectors when back ends come, fail and go."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import redis
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sosie.errors import Cancelled, EmbedderFailure
from sosie.fingerprints.base import builtin_hashes
from sosie.fingerprints.embedders.base import Rejected
from sosie.fingerprints.embedders.rows import to_row
from sosie.imaging.picture import Picture
from sosie.pipeline.contents import Contents, contents_of
from sosie.pipeline.embedding import EmbedParams, embed_contents, known_rows
from sosie.pipeline.progress import Progress, ignore
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.updating import read_all
from sosie.sources import FolderSource
from sosie.store.cache import CatalogueCache, VectorCache, open_cache
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef, Space
from tests.pictures import picture, write

COUNT = 12


@dataclass
class Letters:
    """An embedder whose vectors say who made them and of what; it breaks after so many pictures."""

    name: str
    axis: int
    breaks_after: int = 1 << 30
    opens: bool = True
    asks: str = ""
    seen: int = 0
    opened: int = 0
    batch: int = 2
    concurrency: int = 2
    min_side: int = 64
    threshold: float = 0.88
    lock: threading.Lock = field(default_factory=threading.Lock)
    stopped: bool = False

    @property
    def space(self) -> Space:
        return Space(f"letters-{self.name}", "1", 4 + self.axis, "cosine")

    def known_space(self) -> Space | None:
        return None

    def open(self) -> Letters:
        if not self.opens:
            raise EmbedderFailure(f"{self.name} is not there.")
        self.opened += 1
        return self

    def prepare(self, picture: Picture) -> float:
        return float(picture.pixels.mean()) / 255

    def embed(self, prepared: Sequence[float]) -> list[NDArray[np.float32] | Rejected]:
        if self.stopped:
            raise Cancelled("stopped")
        with self.lock:
            self.seen += len(prepared)
            if self.seen > self.breaks_after:
                raise EmbedderFailure(f"{self.name} broke.")
        vectors = np.zeros((len(prepared), self.space.dims), np.float32)
        vectors[:, self.axis], vectors[:, self.axis + 1] = 1, np.asarray(prepared) / 4
        return list(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))

    def estimate(self, count: int) -> str:
        return self.asks

    def cancel(self) -> None:
        self.stopped = True

    def close(self) -> None:
        return


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("images")
    for seed in range(COUNT):
        write(root / f"{seed:02}.png", picture(seed, longest=96))
    return root


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    with Catalogue(tmp_path / "catalogue.db") as opened:
        yield opened


def read(folder: Path, catalogue: Catalogue) -> Contents:
    refs = [ref for ref in FolderSource([str(folder)]).refs() if isinstance(ref, ImageRef)]
    return contents_of(
        read_all(refs, catalogue, [builtin_hashes()["hash"]], ReadParams(), ignore).contents, refs, catalogue
    )


@settings(max_examples=20, deadline=None)
@given(
    breaks=st.lists(st.integers(0, COUNT + 4), min_size=1, max_size=3),
    known=st.lists(st.integers(0, COUNT - 1), max_size=COUNT, unique=True),
)
def test_vectors_of_two_spaces_never_meet(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, breaks: list[int], known: list[int]
) -> None:
    with Catalogue(tmp_path_factory.mktemp("run") / "catalogue.db") as catalogue:
        contents, cache = read(folder, catalogue), CatalogueCache(catalogue)
        chain = [Letters(f"{axis}", axis, breaks_after=after) for axis, after in enumerate(breaks)]
        chain.append(Letters("last", len(breaks)))
        for back in chain:  # some vectors of every space are there from earlier runs
            rows = {
                contents.keys[row]: to_row(back.space, np.eye(back.space.dims, dtype=np.float32)[-1]) for row in known
            }
            cache.put(back.space.key, rows)
        found = embed_contents(contents, chain, cache, EmbedParams(), ignore)
        used = next(back for back in chain if back.name == found.name)
        assert found.space == used.space
        assert found.vectors.shape == (COUNT, used.space.dims)
        fresh = [row for row in range(COUNT) if row not in known]
        assert (found.vectors[fresh, used.axis] > 0.9).all()
        assert (found.vectors[known, -1] == 1).all()
        assert [left.name for left in found.left] == [back.name for back in chain[: chain.index(used)]]


def test_what_a_broken_back_end_finished_is_kept_for_the_next_run(folder: Path, catalogue: Catalogue) -> None:
    contents, cache = read(folder, catalogue), CatalogueCache(catalogue)
    first = Letters("a", 0, breaks_after=6, concurrency=1)
    found = embed_contents(contents, [first, Letters("b", 1)], cache, EmbedParams(), ignore)
    assert (found.name, found.left[0].reason) == ("b", "a broke.")
    kept = len(known_rows(contents, cache, first.space))
    assert kept == 6
    again = Letters("a", 0)
    assert embed_contents(contents, [again], cache, EmbedParams(), ignore).name == "a"
    assert again.seen == COUNT - kept


def test_nothing_is_opened_when_all_vectors_are_known(folder: Path, catalogue: Catalogue) -> None:
    contents, cache = read(folder, catalogue), CatalogueCache(catalogue)

    class Known(Letters):
        def known_space(self) -> Space | None:
            return self.space

    embed_contents(contents, [Known("a", 0)], cache, EmbedParams(), ignore)
    second = Known("a", 0, opens=False)
    assert embed_contents(contents, [second], cache, EmbedParams(), ignore).present.all()


def test_damaged_rows_are_found_and_computed_anew(folder: Path, catalogue: Catalogue) -> None:
    contents, cache, back = read(folder, catalogue), CatalogueCache(catalogue), Letters("a", 0)
    whole = embed_contents(contents, [back], cache, EmbedParams(), ignore).vectors
    rows = cache.get(back.space.key, contents.keys)
    keys = contents.keys
    flipped = bytearray(rows[keys[1]])
    flipped[3] ^= 0x40
    foreign = to_row(Space("another", "1", back.space.dims, "cosine"), np.eye(back.space.dims, dtype=np.float32)[2])
    cache.put(back.space.key, {keys[0]: rows[keys[0]][:-3], keys[1]: bytes(flipped), keys[2]: foreign, keys[3]: b""})
    again = Letters("a", 0)
    np.testing.assert_array_equal(embed_contents(contents, [again], cache, EmbedParams(), ignore).vectors, whole)
    assert again.seen == 4
    assert len(known_rows(contents, cache, back.space)) == COUNT


def test_a_listener_that_cancels_keeps_what_was_finished(folder: Path, catalogue: Catalogue) -> None:
    contents, cache, back = read(folder, catalogue), CatalogueCache(catalogue), Letters("a", 0, concurrency=1)

    def listen(progress: Progress) -> None:
        if progress.done >= 4:
            raise Cancelled("enough")

    with pytest.raises(Cancelled, match="enough"):
        embed_contents(contents, [back, Letters("b", 1)], cache, EmbedParams(), listen)
    assert back.stopped
    assert 4 <= len(known_rows(contents, cache, back.space)) < COUNT


def test_money_is_spent_only_after_a_yes(folder: Path, catalogue: Catalogue) -> None:
    contents, cache = read(folder, catalogue), CatalogueCache(catalogue)
    asked: list[str] = []

    def no(sentence: str) -> bool:
        asked.append(sentence)
        return False

    chain = [Letters("paid", 0, asks="12 images for $1."), Letters("free", 1)]
    found = embed_contents(contents, chain, cache, EmbedParams(free_images=5, confirm=no), ignore)
    assert (found.name, asked) == ("free", ["12 images for $1."])
    assert "12 images for $1, which nobody has agreed to. Agree with --yes" in found.notes()[0]
    paid = embed_contents(contents, chain, cache, EmbedParams(free_images=5, confirm=lambda _: True), ignore)
    assert paid.name == "paid"


def test_an_image_that_is_gone_has_no_vector_and_a_reason(tmp_path: Path, catalogue: Catalogue) -> None:
    for seed in range(3):
        write(tmp_path / "images" / f"{seed}.png", picture(seed, longest=96))
    contents = read(tmp_path / "images", catalogue)
    (tmp_path / "images" / "1.png").write_bytes(b"another file")
    found = embed_contents(contents, [Letters("a", 0)], CatalogueCache(catalogue), EmbedParams(), ignore)
    assert list(found.refused.values()) == ["its file has changed or is gone"]
    assert found.present.sum() == 2
    assert "1 image could not be embedded by a" in found.notes()[0]
    assert not found.lasting


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    try:
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
    except FileNotFoundError:
        pytest.skip("redis-server is not installed")
    client = redis.Redis(port=port)
    for _ in range(100):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    client.close()
    yield f"redis://:@127.0.0.1:{port}/0", process
    process.kill()
    process.wait()


def test_two_machines_share_vectors_through_redis(
    folder: Path, tmp_path: Path, redis_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    url, _ = redis_server
    for name, expected in (("one", COUNT), ("two", 0)):
        with Catalogue(tmp_path / f"{name}.db") as catalogue:
            contents, cache, back = read(folder, catalogue), open_cache(catalogue, url), Letters("a", 0)
            assert embed_contents(contents, [back], cache, EmbedParams(), ignore).present.all()
            assert (back.seen, cache.notes) == (expected, [])
            cache.close()


def test_damaged_rows_in_redis_are_replaced(
    folder: Path, catalogue: Catalogue, redis_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    url, _ = redis_server
    contents, cache, back = read(folder, catalogue), open_cache(catalogue, url), Letters("a", 0)
    whole = embed_contents(contents, [back], cache, EmbedParams(), ignore).vectors
    with redis.Redis.from_url(url) as client:
        for name in list(client.scan_iter())[:5]:
            client.set(name, b"rubbish")
    again = Letters("a", 0)
    np.testing.assert_array_equal(embed_contents(contents, [again], cache, EmbedParams(), ignore).vectors, whole)
    assert again.seen == 5
    assert len(known_rows(contents, cache, back.space)) == COUNT
    cache.close()


def test_when_redis_dies_in_mid_run_the_run_ends_well_and_says_so(
    folder: Path, catalogue: Catalogue, redis_server: tuple[str, subprocess.Popen[bytes]]
) -> None:
    url, process = redis_server
    contents, cache, back = read(folder, catalogue), open_cache(catalogue, url), Letters("a", 0)

    def kill(_progress: Progress) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    assert embed_contents(contents, [back], cache, EmbedParams(), kill).present.all()
    assert len(cache.notes) == 1
    assert "Redis at 127.0.0.1" in cache.notes[0]
    assert len(known_rows(contents, CatalogueCache(catalogue), back.space)) == COUNT


def test_a_redis_that_was_never_there_does_not_end_the_run(folder: Path, catalogue: Catalogue) -> None:
    cache: VectorCache = open_cache(catalogue, "redis://user:geheim@127.0.0.1:9/0")
    found = embed_contents(read(folder, catalogue), [Letters("a", 0)], cache, EmbedParams(), ignore)
    assert found.present.all()
    assert "geheim" not in cache.notes[0]


def test_no_embedder_means_nothing_heavy_is_imported_by_a_rescan(folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from sosie import find_duplicates\n"
        f"find_duplicates({str(folder)!r})\n"
        "print(sorted({'onnxruntime', 'huggingface_hub', 'httpx', 'fastapi', 'redis', 'numpy'} & set(sys.modules)))\n"
    )
    environment = {
        **os.environ,
        "SOSIE_DATA_DIR": str(tmp_path),
        "SOSIE_EMBEDDERS": "clip,builtin",
        "HF_HUB_OFFLINE": "1",
    }
    outputs = [
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert outputs[1].strip() == b"[]"
