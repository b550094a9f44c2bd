"""Vectors that tasks of a run compute are those of one process, whatever they are cut into."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from sosie.engine.executors import Inline, Pool
from sosie.engine.files import Folder
from sosie.engine.run import Done, Run
from sosie.errors import EmbedderFailure
from sosie.fingerprints.base import builtin_hashes
from sosie.fingerprints.embedders.base import Backend
from sosie.fingerprints.embedders.builtin import BuiltinBackend
from sosie.fingerprints.embedders.fake import FakeBackend
from sosie.pipeline.contents import Contents, contents_of
from sosie.pipeline.embedding import Embedding, EmbedParams, Spread, embed_contents
from sosie.pipeline.progress import ignore
from sosie.pipeline.reading import ReadParams
from sosie.pipeline.steps.embedding import EmbedTask, embed_some, spread_of
from sosie.pipeline.updating import read_all
from sosie.sources import FolderSource
from sosie.store.cache import CatalogueCache
from sosie.store.catalogue import Catalogue
from sosie.types import ImageRef
from tests.contract.backends import tiny_clip
from tests.pictures import picture, write

COUNT = 70


@pytest.fixture
def contents(tmp_path: Path) -> Contents:
    """Pictures, and a plain one."""
    for seed in range(COUNT - 1):
        write(tmp_path / "shop" / f"{seed:02}.png", picture(seed, longest=48))
    write(tmp_path / "shop" / "plain.png", np.full((40, 40, 3), 90, np.uint8))
    refs = [ref for ref in FolderSource([str(tmp_path / "shop")]).refs() if isinstance(ref, ImageRef)]
    with Catalogue(tmp_path / "catalogue.db") as catalogue:
        found = read_all(refs, catalogue, [builtin_hashes()["hash"]], ReadParams(), ignore).contents
        return contents_of(found, refs, catalogue)


def embedded(contents: Contents, backend: Backend, place: Path, spread: Spread | None = None) -> Embedding:
    """Embed with a cache that holds nothing yet."""
    with Catalogue(place / f"{uuid4().hex}.db") as empty:
        return embed_contents(contents, [backend], CatalogueCache(empty), EmbedParams(), ignore, spread)


@pytest.mark.parametrize("kind", ["builtin", "clip"])
@pytest.mark.parametrize("shards", [1, 3])
def test_tasks_give_the_vectors_of_one_process(kind: str, shards: int, contents: Contents, tmp_path: Path) -> None:
    backend = BuiltinBackend() if kind == "builtin" else replace(tiny_clip(tmp_path / "model"), batch=8)
    here = embedded(contents, backend, tmp_path)
    told: list[Done] = []
    run = Run(Folder(tmp_path / "run"), Inline(), shards, told.append)
    there = embedded(contents, backend, tmp_path, spread_of(run))
    assert np.array_equal(here.vectors, there.vectors)
    assert here.vectors.any(axis=1).sum() >= COUNT - 1
    assert here.refused == there.refused
    assert sum(done.rows for done in told) == COUNT
    assert len(told) >= shards


def test_other_processes_are_handed_the_model(contents: Contents, tmp_path: Path) -> None:
    backend = replace(tiny_clip(tmp_path / "model"), batch=8)
    here = embedded(contents, backend, tmp_path)
    run = Run(Folder(tmp_path / "run"), Pool(2), 4)
    try:
        assert np.array_equal(embedded(contents, backend, tmp_path, spread_of(run)).vectors, here.vectors)
    finally:
        run.close()
    assert run.costs.shown()[0].step == "embed"


def test_a_picture_that_is_gone_is_refused_and_asked_for_again(contents: Contents, tmp_path: Path) -> None:
    gone = Path(contents.refs[5][0].uri)
    data = gone.read_bytes()
    gone.unlink()
    backend, run = tiny_clip(tmp_path / "model"), Run(Folder(tmp_path / "run"), Inline(), 2)
    assert dict(embedded(contents, backend, tmp_path, spread_of(run)).refused) == {5: "its file has changed or is gone"}
    gone.write_bytes(data)
    assert not embedded(contents, backend, tmp_path, spread_of(run)).refused


def test_another_model_on_another_machine_is_no_model_of_this_run(contents: Contents, tmp_path: Path) -> None:
    backend = pickle.dumps(tiny_clip(tmp_path / "model"))
    refs = tuple(tuple(refs) for refs in contents.refs[:3])
    task = EmbedTask(backend, "another/1", tuple(contents.keys[:3]), refs, ReadParams(), 2)
    with pytest.raises(EmbedderFailure, match="on another machine"):
        embed_some(Folder(tmp_path), task)


def test_a_back_end_that_cannot_be_handed_on_works_here(contents: Contents, tmp_path: Path) -> None:
    told: list[Done] = []
    run = Run(Folder(tmp_path / "run"), Inline(), 3, told.append)
    assert embedded(contents, FakeBackend(), tmp_path, spread_of(run)).present.any()
    assert not told
