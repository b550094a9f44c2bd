"""Sosie finds duplicate, edited and look-alike images, and shows why it calls two images the same.

    import sosie

    report = sosie.find_duplicates("~/Pictures")
    for group in report.groups:
        print(report.images[group.keeper].uri, group.reason)

Names are loaded on first use: importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sosie.config import Settings as Settings
    from sosie.config import load_settings as load_settings
    from sosie.errors import SosieError as SosieError
    from sosie.fingerprints.dhash import dhash as dhash
    from sosie.fingerprints.pdq import pdq as pdq
    from sosie.imaging import decode as decode
    from sosie.pipeline.explaining import explain as explain
    from sosie.pipeline.run import find_duplicates as find_duplicates
    from sosie.report import ImageRecord as ImageRecord
    from sosie.report import Report as Report
    from sosie.types import Edge as Edge
    from sosie.types import Evidence as Evidence
    from sosie.types import Group as Group
    from sosie.types import Skipped as Skipped

__version__ = "0.1.0"

_HOMES = {
    "find_duplicates": "sosie.pipeline.run",
    "explain": "sosie.pipeline.explaining",
    "Report": "sosie.report",
    "ImageRecord": "sosie.report",
    "Edge": "sosie.types",
    "Evidence": "sosie.types",
    "Group": "sosie.types",
    "Skipped": "sosie.types",
    "Settings": "sosie.config",
    "load_settings": "sosie.config",
    "SosieError": "sosie.errors",
    "decode": "sosie.imaging",
    "dhash": "sosie.fingerprints.dhash",
    "pdq": "sosie.fingerprints.pdq",
}

__all__ = [
    "Edge",
    "Evidence",
    "Group",
    "ImageRecord",
    "Report",
    "Settings",
    "Skipped",
    "SosieError",
    "__version__",
    "decode",
    "dhash",
    "explain",
    "find_duplicates",
    "load_settings",
    "pdq",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sosie' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
