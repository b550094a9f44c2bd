"""Processes that read beside the one that scans: what comes out is the same, also when they are lost."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.pipeline import beside as module
from sosie.pipeline import find_duplicates
from sosie.pipeline.beside import Beside
from sosie.pipeline.describing import fingerprinters_of
from sosie.pipeline.reading import BatchReader, Found, ReadParams
from sosie.sources import FolderSource
from sosie.types import ImageRef
from tests.pictures import folder_of, picture, write
from tests.processes import python

FILES = 12


@pytest.fixture(scope="module")
def refs(tmp_path_factory: pytest.TempPathFactory) -> list[ImageRef]:
    folder = tmp_path_factory.mktemp("shop")
    folder_of(folder, FILES - 2, longest=96)
    write(folder / "again.png", picture(2, longest=96))
    (folder / "notes.txt").write_text("no picture")
    return [ref for ref in FolderSource([folder]).refs() if isinstance(ref, ImageRef)]


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    """One process, started for the few files of a test."""
    monkeypatch.setattr(module, "_FILES", FILES)
    with Beside("hash", workers=2) as started:
        started.widen(FILES)
        yield started


def reader(known: Mapping[bytes, str | None] | None = None) -> BatchReader:
    def look(keys: Set[bytes]) -> Mapping[bytes, str | None]:
        return {key: reason for key, reason in (known or {}).items() if key in keys}

    return BatchReader(fingerprinters_of("hash"), ReadParams(), look)


def said(found: Found) -> Found:
    return replace(found, contents=sorted(found.contents, key=lambda row: row.sha256))


def test_another_process_finds_what_this_one_finds(refs: list[ImageRef], beside: Beside) -> None:
    (pid,) = beside.pids
    assert pid != os.getpid()
    found = beside.one_batch(reader(), refs)
    assert len(found.contents) == FILES - 1
    assert said(found) == said(reader().one_batch(refs))


def test_what_the_catalogue_knows_is_not_decoded_there_again(refs: list[ImageRef], beside: Beside) -> None:
    first, *others = reader().one_batch(refs).contents
    found = beside.one_batch(reader({first.sha256: "is known to be broken"}), refs)
    assert {row.sha256 for row in found.contents} == {row.sha256 for row in others}
    assert first.sha256 not in {key for _, key, _ in found.fingerprints}
    assert [row.reason for row in found.locations if row.sha256 == first.sha256] == ["is known to be broken"]


@pytest.mark.skipif(os.name == "nt", reason="ends a process by its number")
def test_what_a_lost_process_was_asked_is_read_here(refs: list[ImageRef], beside: Beside) -> None:
    os.kill(beside.pids[0], signal.SIGKILL)
    for _ in range(2):
        assert said(beside.one_batch(reader(), refs)) == said(reader().one_batch(refs))


def test_few_files_and_one_core_start_no_process() -> None:
    with Beside("hash", workers=8) as few, Beside("hash", workers=1) as alone:
        few.widen(100)
        alone.widen(100_000)
        assert few.pids == alone.pids == []


def test_a_scan_is_the_same_with_and_without_other_processes(
    refs: list[ImageRef], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(refs[0].uri).parent
    settings = Settings(method="hash", workers=2)
    plain = find_duplicates(folder, settings=replace(settings, catalog=tmp_path / "plain.db"))
    monkeypatch.setattr(module, "_FILES", FILES // 2)
    shared = find_duplicates(folder, settings=replace(settings, catalog=tmp_path / "shared.db"))
    assert replace(shared, timings={}) == replace(plain, timings={})
    assert shared.groups


def test_who_reads_beside_a_scan_never_loads_the_database() -> None:
    loaded = python(
        "import sys, sosie.pipeline.reading_there; print('cv2' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    assert loaded.split() == ["True", "False"]
