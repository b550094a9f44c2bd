"""The back end "service": somebody else's process that embeds images, asked over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numpy.typing import ArrayLike

from sosie.config import Dialect
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.dialects import speaker
from sosie.fingerprints.embedders.http import Connection, host_of
from sosie.fingerprints.embedders.registry import MODELS
from sosie.fingerprints.embedders.remote import RemoteBackend, RemoteEmbedder
from sosie.fingerprints.embedders.retry import Patience, RefusedError, with_patience
from sosie.types import Space

_FIRST_CONTACT = Patience(attempts=2, deadline=20.0)


class ServiceEmbedder(RemoteEmbedder):
    """Vectors of a service's model. Its space names the model, and its revision where the service tells it."""

    upload_side = 640

    def __init__(self, backend: ServiceBackend) -> None:
        self._speaker = speaker(backend.dialect)
        super().__init__(backend, batch=min(backend.batch or self._speaker.batch, self._speaker.batch))
        self._wanted = backend.model
        self._connection = backend.connection()

    def request(self, images: Sequence[bytes]) -> ArrayLike:
        """Send one batch."""
        return self._speaker.ask(self._connection, self._model, images)

    def greet(self) -> str:
        """Ask for the models."""
        return f"{host_of(self._connection.url)} answers with {self._chosen(self._listed())['id']}."

    def model_and_revision(self) -> tuple[str, str]:
        """As the service lists them."""
        return self._model, str(self._about.get("revision") or "")

    def space_of(self, dims: int) -> Space:
        """Name the space, now that the model is known, and take its threshold from the registry if it is there."""
        if self._model in MODELS:
            self.threshold = MODELS[self._model].threshold
        return super().space_of(dims)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    @property
    def _model(self) -> str:
        return str(self._about["id"])

    @cached_property
    def _about(self) -> dict[str, Any]:
        """What the service says of its model, asked once: before the test picture, so by one thread."""
        patience = min(self._patience, _FIRST_CONTACT, key=lambda one: one.attempts)
        try:
            return self._chosen(with_patience(self._listed, patience, self._stop, self.name))
        except RefusedError as error:
            raise EmbedderFailure(f"The service {error.reason} when asked for its models.") from error

    def _listed(self) -> list[dict[str, Any]]:
        return self._speaker.models(self._connection)

    def _chosen(self, listed: Sequence[dict[str, Any]]) -> dict[str, Any]:
        if self._wanted:
            known = {str(row.get("id")): row for row in listed}
            return known.get(self._wanted, {"id": self._wanted})
        if not listed:
            raise EmbedderFailure("The service lists no model.", next_step="Set service_model.")
        return listed[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBackend(RemoteBackend):
    """A service at `url` that speaks `dialect`; `model` is the first that it lists when empty."""

    name = "service"
    threshold = 0.88

    url: str
    dialect: Dialect = "openai"

    def connection(self) -> Connection:
        """Give a connection to the service."""
        return Connection(self.url, secret=self.secret, timeout=self.patience.answer, connections=9)

    def connect(self) -> ServiceEmbedder:
        """Give the embedder before anything was asked of the service."""
        return ServiceEmbedder(self)
