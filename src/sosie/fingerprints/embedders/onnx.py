"""The embedder that runs a model in this process, with ONNX Runtime and without torch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sosie.errors import Cancelled, EmbedderFailure, ModelFailure
from sosie.fingerprints.embedders.base import Rejected
from sosie.fingerprints.embedders.model import Model
from sosie.fingerprints.embedders.preprocess import MIN_SIDE, square, tensor
from sosie.fingerprints.embedders.sessions import (
    Device,
    device_memory,
    device_of,
    free_memory,
    open_session,
    usable_cores,
)
from sosie.fingerprints.embedders.vectors import unit_vectors
from sosie.imaging.picture import Picture
from sosie.types import Space

if TYPE_CHECKING:
    import onnxruntime

_WORKER_BYTES = 400 << 20
"""What one call may take at its height: a decoded photo of 50 megapixels, a batch, and activations."""
_ACTIVATIONS = 16
"""What a model holds of an image at its height, in sizes of its input: a ViT-B/32 takes about ten."""


class OnnxEmbedder:
    """Vectors of a model's file: one session, whose calls run in the threads of whoever calls.

    `batch` and `concurrency` are chosen from the model, the cores and the free memory when 0. Values do not depend on
    what else is in a batch (models for which they would run one by one).
    """

    min_side = MIN_SIDE

    def __init__(
        self, model: Model, path: Path, *, space: Space | None = None, batch: int = 0, concurrency: int = 0
    ) -> None:
        self.name = "clip"
        self.model = model
        self.threshold = model.threshold
        self._space = space or model.space
        self._session = open_session(path)
        self._input, self._output = _ends(self._session, model)
        self.device = device_of(self._session)
        most = max(1, free_memory() // _WORKER_BYTES)
        self.concurrency = concurrency or max(1, min(usable_cores(), most))
        self.batch = min(batch, _limit(model, self.device)) or fitting_batch(
            model, self.device, device_memory(self.device) // self.concurrency
        )
        self._cancelled = threading.Event()

    @property
    def space(self) -> Space:
        """The space of the model's weights."""
        return self._space

    def prepare(self, picture: Picture) -> NDArray[np.uint8]:
        """Give the square that the model sees of one picture."""
        return square(picture.pixels, self.model.preprocessing)

    def embed(self, prepared: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32] | Rejected]:
        """Give one unit vector a square, computed in the calling thread."""
        vectors: list[NDArray[np.float32] | Rejected] = []
        for start in range(0, len(prepared), self.batch):
            if self._cancelled.is_set():
                raise Cancelled("Embedding was stopped.")
            vectors.extend(self._run(tensor(prepared[start : start + self.batch], self.model.preprocessing)))
        return vectors

    def _run(self, batch: NDArray[np.generic]) -> NDArray[np.float32]:
        try:
            output = np.asarray(self._session.run([self._output], {self._input: batch})[0])
        except Exception as error:  # ONNX Runtime raises its own kinds, without a base class
            raise EmbedderFailure(f"{self.model.name} failed: {str(error)[:200]}") from error
        if output.ndim == 3:
            output = output[:, 0]
        return unit_vectors(output, len(batch), self.model.dims, self.model.name)

    def estimate(self, count: int) -> str:
        """Nothing: it is free."""
        return ""

    def cancel(self) -> None:
        """Stop before the next batch."""
        self._cancelled.set()

    def close(self) -> None:
        """Nothing to do: the session goes with the last reference."""


def fitting_batch(model: Model, device: Device, memory: int) -> int:
    """Give how many images one call takes that has so many bytes: what half of them hold, up to what is of use."""
    useful = model.max_batch if device == "cpu" else min(64, _limit(model, device))
    an_image = _ACTIVATIONS * 4 * 3 * model.preprocessing.size**2
    return max(1, min(useful, memory // 2 // an_image))


def _limit(model: Model, device: Device) -> int:
    return 1 if model.max_batch == 1 else 1024 if device == "cuda" else 64


def _ends(session: onnxruntime.InferenceSession, model: Model) -> tuple[str, str]:
    """The names of input and output: the registry's, or the only ones there are."""
    inputs, outputs = [i.name for i in session.get_inputs()], [o.name for o in session.get_outputs()]
    name_in, name_out = model.input or inputs[0], model.output or outputs[0]
    if name_in not in inputs or name_out not in outputs or len(inputs) != 1:
        raise ModelFailure(
            f"The file of {model.name} has the inputs {', '.join(inputs)} and the outputs {', '.join(outputs)}, "
            f"but {name_in} and {name_out} are expected."
        )
    return name_in, name_out
