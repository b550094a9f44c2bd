"""The back end "clip": a model of the registry, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sosie.fingerprints.embedders.files import LocalFile, ModelFiles, hub_host, published
from sosie.fingerprints.embedders.model import Model
from sosie.fingerprints.embedders.onnx import OnnxEmbedder
from sosie.fingerprints.embedders.trial import tried
from sosie.types import Space


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipBackend:
    """Opens a model: its file is downloaded when it is not there, checked, loaded and tried on a picture."""

    model: Model
    files: ModelFiles
    batch: int = 0
    concurrency: int = 0
    name: str = "clip"
    carried: ClassVar[bool] = True

    @property
    def threshold(self) -> float:
        """The model's."""
        return self.model.threshold

    @property
    def here(self) -> bool:
        """Whether the model's file is on this machine."""
        return self.files.find(self.model) is not None

    def known_space(self) -> Space | None:
        """The space of the file on this machine, else of the pinned one: others may have shared their vectors."""
        found = self.files.find(self.model)
        if found:
            return self.space_of(found) if found.sha256 else None
        return self.model.space if self.model.repository and self.model.file.sha256 else None

    def space_of(self, found: LocalFile) -> Space:
        """The space of the vectors that this file gives."""
        return self.model.space_of(found.sha256)

    def open(self) -> OnnxEmbedder:
        """Give the embedder. Raises `ModelFailure` and `EmbedderFailure`."""
        found = self.files.obtain(self.model)
        embedder = OnnxEmbedder(
            self.model, found.path, space=self.space_of(found), batch=self.batch, concurrency=self.concurrency
        )
        return tried(embedder)

    def check(self) -> str:
        """Say whether the model is here, or could be downloaded now; nothing is. Raises `ModelFailure`."""
        if self.here:
            return "Its model is on this machine."
        if not self.model.repository:
            self.files.obtain(self.model)
        published(self.model, self.model.file, timeout=2.5)
        size = f"{self.model.file.size / 1e6:,.0f} MB"
        return f"Its model is not here yet; the next job downloads it from {hub_host()} ({size})."
