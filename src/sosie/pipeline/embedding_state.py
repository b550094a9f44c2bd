"""What can be told about the embedders before anything heavy is imported: it is part of the key of a known report."""

from __future__ import annotations

import os

from sosie.config import Settings
from sosie.fingerprints.embedders.files import ModelFiles
from sosie.fingerprints.embedders.registry import find_model

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
    """Give a text that changes with every setting of the embedders, and when the file of a model comes or goes."""
    if settings.method == "hash" or settings.embedders == ("none",):
        return ""
    values = [repr(getattr(settings, name)) for name in _SETTINGS]
    keys = [bool(os.environ.get(name)) for name in _KEYS]
    keys += [bool(settings.gemini_api_key), bool(settings.huggingface_token)]
    found = ModelFiles(settings.data_path / "models").find(find_model(settings.clip_model))
    return "\0".join([*values, repr(keys), repr(found)])
