"""The test of every back end before it is used: one picture, one vector."""

from __future__ import annotations

from typing import TypeVar

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.base import Embedder, Rejected
from sosie.fingerprints.embedders.vectors import probe_picture

Tried = TypeVar("Tried", bound=Embedder)


def tried(embedder: Tried) -> Tried:
    """Give the embedder back after it has embedded a picture; it is closed and the reason raised when it cannot."""
    try:
        answer = embedder.embed([embedder.prepare(probe_picture())])[0]
        if isinstance(answer, Rejected):
            raise EmbedderFailure(f"{embedder.name} refused a plain test picture ({answer.reason}).")
    except BaseException:
        embedder.close()
        raise
    return embedder
