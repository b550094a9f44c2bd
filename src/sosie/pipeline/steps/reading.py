"""Reading as tasks: some files in, one file with what was found in them out."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from sosie.config import Method
from sosie.engine.files import RunFiles
from sosie.engine.run import Run
from sosie.engine.tables import Column, Columns
from sosie.pipeline.describing import fingerprinters_of
from sosie.pipeline.reading import BatchReader, Found, ReadParams, batches, state_key
from sosie.pipeline.threads import single_threaded_libraries
from sosie.pipeline.updating import Shards
from sosie.store.catalogue import Content, Location
from sosie.types import ImageRef, Skipped

_LEAST, _MOST = 8, 256
_STEP = "read"


@dataclass(frozen=True, slots=True)
class ReadTask:
    """Some files to read, and how."""

    refs: tuple[ImageRef, ...]
    params: ReadParams
    method: Method

    def __len__(self) -> int:
        return len(self.refs)

    @property
    def outside(self) -> int:
        """Bytes of these files."""
        return sum(ref.state.size for ref in self.refs if ref.state)

    @property
    def key(self) -> str:
        """All that the result depends on."""
        spaces = (space.key for fingerprinter in fingerprinters_of(self.method) for space in fingerprinter.spaces)
        parts = [self.params.reader, *spaces]
        parts += [f"{ref.uri}\0{ref.path}\0{state_key(ref.state) if ref.state else ''}" for ref in self.refs]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def shards_of(run: Run, refs: Sequence[ImageRef], params: ReadParams, method: Method) -> Shards:
    """Return what reads files by tasks of a run; `refs` are all images of the run, known ones too.

    Where the tasks begin and end goes by all images, so that a run that is taken up again has the same ones.
    """
    uris = sorted({ref.uri for ref in refs})
    parts = run.parts(len(uris), _LEAST, _MOST, _STEP)
    shard = {uris[row]: number for number, part in enumerate(parts) for row in part}

    def read(work: Sequence[ImageRef]) -> Generator[Found, None, None]:
        cut: dict[int, list[ImageRef]] = {}
        for ref in sorted(work, key=lambda ref: ref.uri):
            cut.setdefault(shard[ref.uri], []).append(ref)
        tasks = [ReadTask(tuple(part), params, method) for part in cut.values()]
        keys = [task.key for task in tasks]
        for number, columns in run.map(_STEP, read_files, keys, tasks.__getitem__):
            found = _found(columns, params.reader)
            if found.passed:
                run.forget(_STEP, keys[number])
            yield found

    return read


@single_threaded_libraries()
def read_files(_files: RunFiles, task: ReadTask) -> Columns:
    """Read, decode and fingerprint the files of one task."""
    whole = Found()

    def known(keys: Set[bytes]) -> Mapping[bytes, str | None]:
        return {row.sha256: row.reason for row in whole.locations if row.sha256 and row.sha256 in keys}

    reader = BatchReader(fingerprinters_of(task.method), task.params, known)
    for batch in batches(task.refs, 1):
        part = reader.one_batch(batch)
        whole.locations += part.locations
        whole.contents += part.contents
        whole.fingerprints += part.fingerprints
        whole.passed += part.passed
    return dict(_columns(whole, task.method))


def _columns(found: Found, method: Method) -> Iterator[tuple[str, Column]]:
    """One row a file; what a content is and its fingerprints stand in the first row that holds it."""
    locations, contents = found.locations, {row.sha256: row for row in found.contents}
    first = _where_first([row.sha256 or b"" for row in locations])
    blank = [None] * len(found.passed)
    yield "uri", [*(row.uri for row in locations), *(os.fsencode(row.uri) for row in found.passed)]
    yield "state", [*(row.state for row in locations), *blank]
    yield "sha256", [*(row.sha256 for row in locations), *blank]
    yield "reason", [*(row.reason for row in locations), *(row.reason for row in found.passed)]
    yield "passed", np.arange(len(locations) + len(blank)) >= len(locations)
    yield "content", [*(_content_text(contents.get(key)) for key in first), *blank]
    for space in (space.key for fingerprinter in fingerprinters_of(method) for space in fingerprinter.spaces):
        rows = {key: row for name, key, row in found.fingerprints if name == space}
        yield space, [*(rows.get(key) for key in first), *blank]


def _where_first(keys: Sequence[bytes]) -> list[bytes]:
    """Return the keys, blank wherever one was before."""
    at = {key: row for row, key in reversed(list(enumerate(keys)))}
    return [key if at[key] == row else b"" for row, key in enumerate(keys)]


def _content_text(content: Content | None) -> str | None:
    if content is None:
        return None
    values = {name: getattr(content, name) for name in Content.__slots__ if name not in ("sha256", "pixels_sha256")}
    return json.dumps(values)


def _found(columns: Mapping[str, Any], reader: str) -> Found:
    """Return what `_columns` wrote."""
    found = Found()
    named = ("uri", "state", "sha256", "reason", "passed", "content")
    for uri, state, key, reason, passed, content in zip(*(columns[name] for name in named), strict=True):
        if passed:
            found.passed.append(Skipped(os.fsdecode(uri), cast("str", reason)))
            continue
        found.locations.append(Location(uri, state, key, reason, reader))
        if content is not None:
            found.contents.append(Content(sha256=key, **json.loads(content)))
    for space in columns.keys() - set(named):
        rows = zip(columns["sha256"], columns[space], strict=True)
        found.fingerprints += [(space, key, row) for key, row in rows if row is not None]
    return found
