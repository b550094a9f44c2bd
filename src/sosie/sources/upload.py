"""What people uploaded to a brand: a folder of its own below the folder of uploads, names and subfolders kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sosie.errors import SourceFailure
from sosie.sources.folder import plain_reason
from sosie.types import FileState, ImageRef, Skipped

SCHEME = "upload:"


@dataclass(frozen=True)
class UploadSource:
    """The images that were uploaded to a brand. URIs are `upload:<brand>/<name>`; `path` says where the file lies."""

    uploads: Path
    brand: str

    def refs(self) -> Iterator[ImageRef | Skipped]:
        """Yield every uploaded file by name. Raises `SourceFailure` when nothing was uploaded (on this machine)."""
        root = self.uploads / self.brand
        if not root.is_dir():
            raise SourceFailure(f"Nothing was uploaded to {self.brand} on this machine.", next_step="Upload images.")
        for path in sorted(_files(str(root))):
            uri = f"{SCHEME}{self.brand}/{os.path.relpath(path, root).replace(os.sep, '/')}"
            try:
                status = os.lstat(path)
            except OSError as error:
                yield Skipped(uri, plain_reason(error))
                continue
            if stat.S_ISREG(status.st_mode):
                state = FileState(status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev)
                yield ImageRef(uri, self.brand, os.path.basename(path), {}, state, path=path)
            else:
                yield Skipped(uri, "is no plain file")


def _files(root: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        yield from (os.path.join(folder, name) for name in names)
