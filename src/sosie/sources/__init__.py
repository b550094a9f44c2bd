"""Where images come from. A source has one required method that yields references."""

from sosie.sources.base import Source
from sosie.sources.folder import FolderSource

__all__ = ["FolderSource", "Source"]
