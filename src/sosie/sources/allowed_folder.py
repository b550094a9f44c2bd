"""A folder as the source of a brand: only below the roots that the operator allows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sosie.errors import SourceFailure, UsageError
from sosie.sources.folder import FolderSource
from sosie.types import ImageRef, Skipped

OUTSIDE = "is a link that leads out of the folders that may be read"


@dataclass(frozen=True)
class AllowedFolderSource:
    """All images below `path`, as `FolderSource` finds them.

    `roots` are the folders that the operator allows (the setting `allowed_roots`), None allows all. Links that lead
    out of them are passed over.
    """

    path: str
    hidden: bool = False
    brand: str = ""
    roots: tuple[Path, ...] | None = ()

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield the images of the folder. Raises `SourceFailure` when it is not there or not allowed."""
        path = os.path.abspath(os.path.expanduser(self.path))
        within = Within(self.roots)
        if not within.allows(path):
            raise SourceFailure(
                f"The folder {path} is not below one that may be read.",
                next_step="The operator can allow it: name it, or a folder above it, in the setting allowed_roots.",
            )
        try:
            for item in FolderSource((path,), self.brand, self.hidden).refs():
                names = (item.uri, *item.aliases) if isinstance(item, ImageRef) else ()
                yield item if all(map(within.allows, names)) else Skipped(item.uri, OUTSIDE)
        except UsageError as error:
            raise SourceFailure(error.message, next_step="Is its disk mounted?") from error


@dataclass
class Within:
    """Tells which paths really lie below some folders; None for all of them allows everything."""

    roots: tuple[Path, ...] | None
    _real: dict[str, bool] = field(default_factory=dict)

    def allows(self, path: str) -> bool:
        """Tell whether a path, with all links on the way followed, lies below one of the folders."""
        if self.roots is None:
            return True
        if os.path.islink(path):
            return self._below(os.path.realpath(path))
        folder = os.path.dirname(path)
        if folder not in self._real:
            self._real[folder] = self._below(os.path.realpath(folder))
        return self._real[folder] or self._below(os.path.realpath(path))

    def _below(self, path: str) -> bool:
        roots = (Path(os.path.realpath(root.expanduser())) for root in self.roots or ())
        return any(Path(path).is_relative_to(root) for root in roots)
