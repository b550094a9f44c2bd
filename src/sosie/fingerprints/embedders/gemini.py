"""The back end "gemini": Google's multimodal embeddings, one vector an image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from sosie.errors import EmbedderFailure
from sosie.fingerprints.embedders.http import PASSING, checked_address, from_network, host_of, no_answer, without_secret
from sosie.fingerprints.embedders.remote import RemoteBackend, RemoteEmbedder
from sosie.fingerprints.embedders.retry import RefusedError, TryAgainError

_BATCH = 8
"""Each image counts as one request against the quota, so larger batches save round trips only."""


class GeminiEmbedder(RemoteEmbedder):
    """Vectors of a Gemini embedding model, of as many numbers as were asked for."""

    upload_side = 1024
    upload_quality = 90

    def __init__(self, backend: GeminiBackend) -> None:
        super().__init__(backend, batch=min(backend.batch or _BATCH, 16), concurrency=2)
        self._backend = backend
        self._genai = _library()
        address = checked_address(backend.base_url) if backend.base_url else None
        milliseconds = int(backend.patience.answer * 1000)
        self._client = self._genai.Client(
            api_key=backend.secret,
            vertexai=False,  # the environment can flip it, and the other API has no embeddings of images by key
            http_options=self._genai.types.HttpOptions(base_url=address, timeout=milliseconds),
        )

    def request(self, images: Sequence[bytes]) -> ArrayLike:
        """Send one batch. Each image is a content of its own: parts of one content would share one vector."""
        types = self._genai.types
        contents = [
            types.Content(parts=[types.Part.from_bytes(data=image, mime_type="image/jpeg")]) for image in images
        ]
        config = types.EmbedContentConfig(output_dimensionality=self._backend.dims)
        with self._in_words():
            answer = self._client.models.embed_content(model=self._backend.model, contents=contents, config=config)
        return [embedding.values for embedding in answer.embeddings or []]

    def greet(self) -> str:
        """Ask for the model's description, which is free."""
        with self._in_words():
            self._client.models.get(model=self._backend.model)
        return f"Google answers with {self._backend.model}."

    def model_and_revision(self) -> tuple[str, str]:
        """The model's name says all that is told; vectors of another length are another space."""
        return self._backend.model, ""

    def estimate(self, count: int) -> str:
        """Say what so many images cost by the price in the settings."""
        dollars = count * self._backend.price
        return f"{count:,} images will be sent to Google ({self._backend.model}), for about ${dollars:,.2f}."

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except self._genai.errors.APIError as error:
            raise self._sorted(error) from None  # its text repeats the request, with the key in some versions
        except Exception as error:  # the SDK does not wrap its HTTP library's failures
            if from_network(error):
                raise no_answer(error, self._host, self._backend.secret) from None
            raise EmbedderFailure(f"gemini failed ({type(error).__name__}: {self._clean(str(error))}).") from None

    def _sorted(self, error: Any) -> Exception:
        code, said = int(error.code or 0), self._clean(str(error.message or error.status or ""))
        if code == 429 and quota_is_spent(error.details):
            return EmbedderFailure(
                f"The quota of the day for {self._backend.model} is used up ({said}).",
                next_step="It begins anew at midnight, Pacific time.",
            )
        if code in PASSING:
            return TryAgainError(f"answers {code} {said}".strip(), retry_delay(error.details))
        if code == 400 and "api key" not in said.lower():
            return RefusedError(f"answered 400 {said}")
        return EmbedderFailure(f"Gemini refuses ({code} {said}).")

    @property
    def _host(self) -> str:
        return host_of(self._backend.base_url or "https://generativelanguage.googleapis.com")

    def _clean(self, text: str) -> str:
        return without_secret(text, self._backend.secret)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeminiBackend(RemoteBackend):
    """A Gemini model, with a key as its secret. `price`: dollars an image, for the estimate before a run."""

    name = "gemini"
    threshold = 0.90

    model: str = "gemini-embedding-2"
    dims: int = 768
    base_url: str = ""
    price: float = 0.00012

    def connect(self) -> GeminiEmbedder:
        """Give the embedder before anything was asked of Google."""
        return GeminiEmbedder(self)


def retry_delay(details: Any) -> float | None:
    """Give the seconds of google.rpc.RetryInfo in the details of an error, or None."""
    for row in _rows(details):
        value = str(row.get("retryDelay", ""))
        if value.endswith("s"):
            try:
                return max(0.0, float(value[:-1]))
            except ValueError:
                return None
    return None


def quota_is_spent(details: Any) -> bool:
    """Tell whether an error is about a quota per day: waiting a minute will not help."""
    violations = [one for row in _rows(details) for one in row.get("violations", []) if isinstance(one, dict)]
    return any("PerDay" in str(one.get("quotaId", "")) for one in violations)


def _rows(details: Any) -> list[dict[str, Any]]:
    inner = details.get("error", details) if isinstance(details, dict) else details
    rows = inner.get("details", []) if isinstance(inner, dict) else inner
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _library() -> Any:
    try:
        from google import genai
        from google.genai import errors, types  # noqa: F401 - loads the modules that are used as attributes
    except ImportError as error:
        raise EmbedderFailure(
            "The Gemini client is not installed.", next_step="Run pip install sosie[gemini]."
        ) from error
    return genai
