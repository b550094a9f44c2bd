"""What can be told about the embedders before anything heavy is imported: it is part of the key of a known report."""

from __future__ import annotations

import os

from sosie.config import Settings

_SETTINGS = (
    "embedders",
    "similarity_threshold",
    "similar_groups",
    "clip_model",
    "service_url",
    "service_dialect",
    "service_model",
    "gemini_model",
    "gemini_dims",
    "gemini_base_url",
    "huggingface_endpoint",
    "huggingface_model",
    "huggingface_payload",
)


_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY", "HF_TOKEN")


def state_of_embedding(settings: Settings) -> str:
    """Give a text that changes with every setting of the embedders, and when a model comes."""
    if settings.method == "hash" or settings.embedders == ("none",):
        return ""
    values = [repr(getattr(settings, name)) for name in _SETTINGS]
    keys = [bool(os.environ.get(name)) for name in _KEYS]
    keys += [bool(settings.gemini_api_key), bool(settings.huggingface_token)]
    return "\0".join([*values, repr(keys), _models(settings)])


def _models(settings: Settings) -> str:
    """Say when a model was last downloaded, imported or verified: the note of that is written anew each time."""
    try:
        state = (settings.data_path / "models" / "verified.json").stat()
    except OSError:
        return "none"
    return f"{state.st_size}:{state.st_mtime_ns}"
