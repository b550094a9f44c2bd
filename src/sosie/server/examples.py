"""What requests and answers look like, for the description of the API: each example is held to its schema by a test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEY = "3f1c" * 16
_SHOP = {"kind": "shopify", "settings": {"url": "https://shop.example"}}
_RULES = 'prefer = [{ name = "the shop", brand = "nike" }]\n'
_IMAGE = {
    "id": 17,
    "sha256": _KEY,
    "uri": "https://cdn.example/shoe.jpg",
    "brand": "nike",
    "title": "Shoe",
    "width": 1200,
    "height": 900,
    "bytes": 184213,
    "format": "JPEG",
}
_EDGE = {
    "a": 0,
    "b": 1,
    "relation": "copy",
    "score": 0.97,
    "evidence": {"pdq_distance": 22, "inliers": 74, "agreement": 0.98, "edits": ["crop", "mirror"]},
    "words": "mirrored, cropped to 72 %",
}

REQUESTS: Mapping[tuple[str, str], Any] = {
    ("post", "/api/check"): {"url": "https://shop.example/shoe.jpg"},
    ("post", "/api/session"): {"name": "anna", "password": "the secret of her token"},
    ("post", "/api/tokens"): {"name": "ci", "role": "reviewer"},
    ("patch", "/api/settings"): {"values": {"similarity_threshold": 0.9}},
    ("post", "/api/brands"): {"key": "nike", "name": "Nike", "sources": [_SHOP], "every_hours": 24},
    ("patch", "/api/brands/{key}"): {"colour": "#0a7f5a", "sources": [_SHOP]},
    ("post", "/api/sources/test"): {"brand": "nike", "source": _SHOP},
    ("post", "/api/jobs"): {"brands": ["nike", "levis-1"], "method": "auto", "threshold": 0.88},
    ("post", "/api/process"): {"brands": ["nike"], "similarityThreshold": 0.88},
    ("post", "/api/results/{result}/groups/{group}/decisions"): {
        "action": "settle",
        "keep": ["https://cdn.example/shoe.jpg"],
        "seen": 41,
        "reason": "the master",
    },
    ("post", "/api/results/{result}/decisions"): {
        "filter": {"relation": ["identical"], "brand": ["nike"]},
        "action": "suggested",
        "preview": True,
    },
    ("post", "/api/decisions/undo"): {"decisions": [42, 43]},
    ("put", "/api/rules"): {"text": _RULES},
    ("post", "/api/rules/draft"): {"text": _RULES},
    ("post", "/api/results/{result}/rules/test"): {"text": _RULES},
    ("post", "/api/plans"): {"result": "latest", "method": "quarantine"},
    ("post", "/api/plans/{plan}/apply"): {"confirm": 12},
    ("post", "/api/runs/{run}/undo"): {"only": ["*-small.jpg"]},
}
"""The body of a request by its method and route."""

ANSWERS: Mapping[tuple[str, str], Any] = {
    ("get", "/api/images"): {
        "success": True,
        "totalImages": 1,
        "brandCounts": {"nike": 1},
        "failedBrands": [{"brand": "levis-1", "error": "There is no such brand."}],
        "images": [{"id": "5d2f9a", "brand": "nike", "url": "https://cdn.example/shoe.jpg"}],
        "next": None,
    },
    ("post", "/api/check"): {
        "sha256": _KEY,
        "width": 860,
        "height": 900,
        "known": False,
        "matches": [{"image": _IMAGE, "edge": _EDGE, "group": "9b1f20c4d7e8a631"}],
        "verdict": "An edit of it is in the catalogue.",
        "added": False,
        "milliseconds": 31.4,
    },
    ("get", "/api/jobs/{job}"): {
        "id": "0192f0c1a2b3c4d5e6f7",
        "state": "running",
        "brands": ["nike"],
        "params": {"sync": True},
        "created": 1795366000.0,
        "started": 1795366001.5,
        "progress": {
            "stages": [{"stage": "read", "done": 640, "total": 1200, "seconds": 5.1, "rate": 125.5, "left": 4.5}],
            "skipped": 2,
        },
        "person": "anna",
    },
}
"""The answer of a route, where the schema alone says little."""
