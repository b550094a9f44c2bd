"""The chain of back ends as the settings name it, and what can be told of it without opening any."""

from __future__ import annotations

import os
from typing import Any

from sosie.config import EMBEDDERS, Settings
from sosie.errors import EmbedderFailure, UsageError
from sosie.fingerprints.embedders.base import Embedder, Link
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.registry import find_model
from sosie.fingerprints.embedders.retry import Patience
from sosie.types import Space

NOT_SET_UP = "not set up"


class Unavailable:
    """A back end that is not set up: opening it tells what is missing."""

    threshold = 1.0

    def __init__(self, name: str, reason: str, next_step: str = "") -> None:
        self.name = name
        self._reason = reason
        self._next_step = next_step

    def known_space(self) -> Space | None:
        """None: there is nothing to know."""
        return None

    def check(self) -> str:
        """Raises `EmbedderFailure` with what is missing."""
        raise self._missing()

    def open(self) -> Embedder:
        """Raises `EmbedderFailure` with what is missing."""
        raise self._missing()

    def _missing(self) -> EmbedderFailure:
        return EmbedderFailure(self._reason, next_step=self._next_step, lasting=True)


def model_files(settings: Settings, *, quiet: bool = True) -> ModelFiles:
    """Give the files of models under the data directory of these settings."""
    return ModelFiles(settings.data_path / "models", quiet=quiet)


def backends(settings: Settings, *, quiet: bool = True) -> list[Link]:
    """Give the chain: what the settings name, in their order, and `builtin` at the end in any case.

    None at all for `embedders = ["none"]`. Making the chain opens, loads and connects nothing.
    """
    if tuple(settings.embedders) == ("none",):
        return []
    names = [*dict.fromkeys(settings.embedders)]
    if "builtin" in names:
        names = names[: names.index("builtin")]
    return [backend(name, settings, quiet=quiet) for name in [*names, "builtin"]]


def backend(name: str, settings: Settings, *, quiet: bool = True) -> Link:
    """Give one back end by its name. Raises `UsageError` for names that there are not."""
    match name:
        case "clip":
            from sosie.fingerprints.embedders.clip import ClipBackend

            files = model_files(settings, quiet=quiet)
            return ClipBackend(
                model=find_model(settings.clip_model),
                files=files,
                batch=settings.embed_batch,
                concurrency=settings.embed_workers,
            )
        case "builtin":
            from sosie.fingerprints.embedders.builtin import BuiltinBackend

            return BuiltinBackend()
        case "service":
            return _service(settings)
        case "gemini":
            return _gemini(settings)
        case "huggingface":
            return _huggingface(settings)
    raise UsageError(f"There is no embedder called {name}.", next_step=f"Known are {', '.join(EMBEDDERS)}.")


def _service(settings: Settings) -> Link:
    if not settings.service_url:
        return Unavailable("service", NOT_SET_UP, "Set service_url.")
    from sosie.fingerprints.embedders.service import ServiceBackend

    return ServiceBackend(
        url=settings.service_url,
        dialect=settings.service_dialect,
        **_remote(settings, settings.service_model, settings.service_token),
    )


def _gemini(settings: Settings) -> Link:
    key = settings.gemini_api_key or os.environ.get("GEMINI_API_KEY") or os.environ.get("GOOGLE_API_KEY") or ""
    if not key:
        return Unavailable("gemini", NOT_SET_UP, "Set GEMINI_API_KEY.")
    from sosie.fingerprints.embedders.gemini import GeminiBackend

    return GeminiBackend(
        dims=settings.gemini_dims,
        base_url=settings.gemini_base_url,
        price=settings.gemini_price,
        **_remote(settings, settings.gemini_model, key),
    )


def _huggingface(settings: Settings) -> Link:
    if not settings.huggingface_endpoint and not settings.huggingface_model:
        return Unavailable("huggingface", NOT_SET_UP, "Set huggingface_endpoint.")
    from sosie.fingerprints.embedders.huggingface import HuggingFaceBackend

    token = settings.huggingface_token or os.environ.get("HF_TOKEN", "")
    return HuggingFaceBackend(
        url=settings.huggingface_endpoint,
        payload=settings.huggingface_payload,
        **_remote(settings, settings.huggingface_model, token),
    )


def _remote(settings: Settings, model: str, secret: str) -> dict[str, Any]:
    """What all back ends over a network take from the settings."""
    return {
        "model": model,
        "secret": secret,
        "batch": settings.embed_batch,
        "concurrency": settings.embed_workers,
        "patience": Patience(deadline=settings.embed_patience),
    }
