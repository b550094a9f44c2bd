"""Processes that read beside the one that scans: what comes out is the same, also when they are lost."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any

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
    monkeypatch.setattr(module, "_MANY", FILES)
    monkeypatch.setattr(module, "_EACH", FILES)
    with Beside("hash", workers=2) as started:
        started.widen(FILES)
        yield started


def reader() -> BatchReader:
    return BatchReader(fingerprinters_of("hash"), ReadParams())


class Idle(BatchReader):
    """Reads nothing in this process, and waits until another one has asked what is known: that one finds the rest."""

    def __init__(self, known: Mapping[bytes, str | None]) -> None:
        super().__init__(fingerprinters_of("hash"), ReadParams(), self.look)
        self.reasons, self.asked = known, threading.Event()

    def look(self, keys: Set[bytes]) -> Mapping[bytes, str | None]:
        self.asked.set()
        return {key: reason for key, reason in self.reasons.items() if key in keys}

    def one_batch(self, refs: Sequence[ImageRef]) -> Found:
        assert refs
        assert self.asked.wait(30)
        return Found()


def said(parts: Iterable[Found]) -> dict[str, list[Any]]:
    """All that some parts hold, in one order."""
    names = ("locations", "contents", "fingerprints", "passed")
    rows = {name: [row for part in parts for row in getattr(part, name)] for name in names}
    return {name: sorted(some, key=repr) for name, some in rows.items()}


def test_another_process_finds_what_this_one_finds(refs: list[ImageRef], beside: Beside) -> None:
    (pid,) = beside.pids
    assert pid != os.getpid()
    assert said(list(beside.read(Idle({}), [refs, refs]))) == said([reader().one_batch(refs)])
    assert beside.pids == []


def test_what_the_catalogue_knows_is_not_decoded_there_again(refs: list[ImageRef], beside: Beside) -> None:
    first, *others = reader().one_batch(refs).contents
    found = said(list(beside.read(Idle({first.sha256: "is known to be broken"}), [refs, refs])))
    assert {row.sha256 for row in found["contents"]} == {row.sha256 for row in others}
    assert {row.reason for row in found["locations"] if row.sha256 == first.sha256} == {"is known to be broken"}


@pytest.mark.skipif(os.name == "nt", reason="ends a process by its number")
def test_what_a_lost_process_was_asked_is_read_here(refs: list[ImageRef], beside: Beside) -> None:
    os.kill(beside.pids[0], signal.SIGKILL)
    assert said(list(beside.read(reader(), [refs[:6], refs[6:]]))) == said(
        [reader().one_batch(refs[:6]), reader().one_batch(refs[6:])]
    )


def test_a_scan_that_is_left_ends_its_processes(refs: list[ImageRef], beside: Beside) -> None:
    parts = beside.read(reader(), [[ref] for ref in refs])
    next(parts)
    parts.close()
    assert beside.pids == []


def test_few_files_and_one_core_start_no_process() -> None:
    with Beside("hash", workers=8) as few, Beside("hash", workers=1) as alone:
        assert few.widen(100) == alone.widen(100_000) == 0
        assert few.pids == alone.pids == []


def test_a_scan_is_the_same_with_and_without_other_processes(
    refs: list[ImageRef], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(refs[0].uri).parent
    settings = Settings(method="hash", workers=2)
    plain = find_duplicates(folder, settings=replace(settings, catalog=tmp_path / "plain.db"))
    monkeypatch.setattr(module, "_MANY", FILES // 2)
    monkeypatch.setattr(module, "_EACH", FILES // 2)
    shared = find_duplicates(folder, settings=replace(settings, catalog=tmp_path / "shared.db"))
    assert replace(shared, timings={}) == replace(plain, timings={})
    assert shared.groups


def test_who_reads_beside_a_scan_never_loads_the_database() -> None:
    loaded = python(
        "import sys, sosie.pipeline.reading_there; print('cv2' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    assert loaded.split() == ["True", "False"]
