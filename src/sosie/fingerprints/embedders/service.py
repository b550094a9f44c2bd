"""The back end "service": somebody else's process that embeds images, asked over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import ArrayLike

from sosie.config import Dialect
from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.dialects import speaker
from sosie.fingerprints.embedders.http import Connection
from sosie.fingerprints.embedders.registry import MODELS
from sosie.fingerprints.embedders.remote import RemoteEmbedder
from sosie.fingerprints.embedders.retry import Patience, RefusedError, with_patience
from sosie.fingerprints.embedders.trial import tried
from sosie.types import Space

_THRESHOLD = 0.88
_FIRST_CONTACT = Patience(attempts=2, deadline=20.0)


class ServiceEmbedder(RemoteEmbedder):
    """Vectors of a service's model. Its space names the model, and its revision where the service tells it."""

    upload_side = 640

    def __init__(self, connection: Connection, backend: ServiceBackend) -> None:
        self._speaker = speaker(backend.dialect)
        batch = min(backend.batch or self._speaker.batch, self._speaker.batch)
        super().__init__(
            "service",
            batch=batch,
            concurrency=backend.concurrency or 4,
            threshold=_THRESHOLD,
            patience=backend.patience,
        )
        self._connection = connection
        self._about = self._model(backend.model)
        self.threshold = _threshold(self._about)

    def _model(self, wanted: str) -> dict[str, Any]:
        try:
            listed = with_patience(
                lambda: self._speaker.models(self._connection), _FIRST_CONTACT, self._stop, "service"
            )
        except RefusedError as error:
            raise EmbedderFailure(f"The service {error.reason} when asked for its models.") from error
        known = {str(row.get("id")): row for row in listed}
        if wanted:
            return known.get(wanted, {"id": wanted})
        if not listed:
            raise EmbedderFailure("The service lists no model.", next_step="Set service_model.")
        return listed[0]

    def request(self, images: Sequence[bytes]) -> ArrayLike:
        """Send one batch."""
        return self._speaker.ask(self._connection, str(self._about["id"]), images)

    def space_of(self, dims: int) -> Space:
        """Name the space by model and revision; a picture is sent as a JPEG, so it is never that of a local model."""
        revision = str(self._about.get("revision") or "")
        sent = f"jpeg{self.upload_quality}-{self.upload_side}"
        return Space(f"service:{self._about['id']}", revision, dims, "cosine", preprocessing=sent)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceBackend:
    """A service at `url` that speaks `dialect`; `model` is the first that it lists when empty."""

    url: str
    dialect: Dialect = "openai"
    model: str = ""
    token: str = field(default="", repr=False)
    batch: int = 0
    concurrency: int = 0
    patience: Patience = field(default_factory=Patience)
    name: str = "service"
    threshold: float = _THRESHOLD

    def known_space(self) -> None:
        """None: only the service knows its model."""
        return

    def open(self) -> ServiceEmbedder:
        """Give the embedder. Raises `EmbedderFailure`."""
        connection = Connection(self.url, secret=self.token, connections=(self.concurrency or 4) + 1)
        try:
            return tried(ServiceEmbedder(connection, self))
        except BaseException:
            connection.close()
            raise


def _threshold(about: dict[str, Any]) -> float:
    """The registry's for a model that it knows, else CLIP's."""
    model = MODELS.get(str(about.get("id")))
    return model.threshold if model else _THRESHOLD
