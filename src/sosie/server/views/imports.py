"""Decisions from a CSV file that somebody sent: images of the catalogue, never files of the server."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from fastapi import UploadFile

from sosie.errors import UsageError
from sosie.review.importing import Imported, read_decisions
from sosie.store.catalogue import Catalogue
from sosie.store.decisions import Decisions, check

_MOST = 50_000_000


def read_uploaded(file: UploadFile, catalogue: Catalogue) -> list[Imported]:
    """Give the decisions in a CSV file. Raises `UsageError` for one that is too large or has a row that cannot be."""
    data = file.file.read(_MOST + 1)
    if len(data) > _MOST:
        raise UsageError("The file is too large.", next_step=f"Send at most {_MOST // 1_000_000} MB at a time.")

    def content(image: str) -> bytes:
        return _content(image, catalogue)

    def place(image: str) -> str | None:
        return None if _sha256(image) else image

    with tempfile.TemporaryDirectory(prefix="sosie-") as folder:
        path = Path(folder) / "decisions.csv"
        path.write_bytes(data)
        try:
            return read_decisions(path, content, place)
        except UsageError as error:
            raise UsageError(error.message.replace(str(path), path.name), next_step=error.next_step) from error


def record_imported(rows: Sequence[Imported], decisions: Decisions, person: str) -> list[int]:
    """Record decisions as they were given, and give their numbers.

    Raises `UsageError`, and records none, when one of them cannot be.
    """
    for row in rows:
        check(row.verdict)
    made: list[int] = []
    for (who, why), part in groupby(rows, key=lambda row: (row.person or person, row.reason)):
        made += decisions.record([row.verdict for row in part], person=who, now=time.time(), reason=why)
    return made


def _sha256(image: str) -> bytes | None:
    try:
        return bytes.fromhex(image) if len(image) == 64 else None
    except ValueError:
        return None


def _content(image: str, catalogue: Catalogue) -> bytes:
    """Give the SHA-256 that is written out, or that was found at a URI. Raises `UsageError` for neither."""
    key = _sha256(image)
    if key is not None:
        return key
    location = catalogue.locations([os.fsencode(image)]).get(os.fsencode(image))
    if location is None or location.sha256 is None:
        raise UsageError(f"{image} is not in the catalogue.", next_step="Name its SHA-256, or process its brand first.")
    return location.sha256
