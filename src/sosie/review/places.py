"""Where dropped files go: the quarantine on their own volume, or the system's trash."""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sosie.errors import ActionRefused
from sosie.sources.folder import QUARANTINE


@dataclass(frozen=True, slots=True)
class Trash:
    """A trash folder: where files go, and where the notes on their origin go (None where there are none)."""

    files: Path
    info: Path | None
    top: Path | None = None
    """Folder that the notes' paths are relative to; None for absolute ones."""


def is_quarantined(path: str) -> bool:
    """Tell whether a path lies in a quarantine folder or in a trash."""
    parts = Path(path).parts
    trashed = any(part.startswith(".Trash") for part in parts) or ("Trash", "files") in pairwise(parts)
    return trashed or QUARANTINE in parts


def quarantine_of(path: str, roots: Iterable[str], named: str | None) -> Path:
    """Return the quarantine folder for a file: in the named folder, or in the scanned one that holds the file.

    Raises `ActionRefused` when a named folder is on another volume: moving there would be copying and deleting.
    """
    if named is not None:
        folder = Path(named) if QUARANTINE in Path(named).parts else Path(named) / QUARANTINE
        if device_of(folder) != device_of(Path(path).parent):
            raise ActionRefused(
                f"{path} and the quarantine {folder} are on different volumes.",
                next_step="Plan again without --quarantine, or with a folder on the same volume.",
            )
        return folder
    home = Path(path).parent
    holding = [Path(root) for root in roots if Path(root) in (home, *home.parents)]
    for root in sorted(holding, key=lambda root: len(root.parts)):
        if device_of(root) == device_of(home) and os.access(root, os.W_OK):
            return root / QUARANTINE
    return home / QUARANTINE


def inside(quarantine: Path, run: str, path: str) -> Path:
    """Return the path of a file in a quarantine: its own path below the folder that holds the quarantine.

    It never leads out of the quarantine, whatever `..` somebody wrote into a plan.
    """
    source = Path(os.path.normpath(path))
    base = quarantine.parent
    parts = source.relative_to(base).parts if base in source.parents else source.parts[1:]
    return quarantine.joinpath(run, *parts)


def device_of(path: Path) -> int:
    """Return the volume of a path, or of its closest parent that is there."""
    for place in (path, *path.parents):
        try:
            return os.stat(place).st_dev
        except (FileNotFoundError, NotADirectoryError):
            continue
    raise FileNotFoundError(path)


def trash_of(path: str) -> Trash:
    """Return the trash folder on the volume of a file (freedesktop.org trash specification 1.0; ~/.Trash on macOS).

    Raises `ActionRefused` where the system has none that files can be taken back from.
    """
    if sys.platform == "win32":
        raise ActionRefused(
            "The recycle bin of Windows does not give files back to programs.", next_step="Plan with quarantine."
        )
    device = device_of(Path(path).parent)
    if sys.platform == "darwin":
        home = Path.home() / ".Trash"
        if device_of(home) == device:
            return Trash(home, None)
        raise ActionRefused(f"{path} is on a volume without a trash of its own.", next_step="Plan with quarantine.")
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    if device_of(data) == device:
        return Trash(data / "Trash/files", data / "Trash/info")
    top = _top(Path(path).parent)
    shared = top / ".Trash"
    if shared.is_dir() and not shared.is_symlink() and shared.stat().st_mode & 0o1000:
        folder = shared / str(os.getuid())
    else:
        folder = top / f".Trash-{os.getuid()}"
    return Trash(folder / "files", folder / "info", top)


def _top(path: Path) -> Path:
    while not path.is_mount() and path.parent != path:
        path = path.parent
    return path


def free_name(wanted: Path, taken: set[str]) -> Path:
    """Return a path that no file has, on systems that ignore case as well; `taken` holds what was given out before."""
    number = 1
    candidate = wanted
    while os.path.lexists(candidate) or _folded(candidate) in taken:
        number += 1
        candidate = wanted.with_name(f"{wanted.stem}~{number}{wanted.suffix}")
    taken.add(_folded(candidate))
    return candidate


def _folded(path: Path) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
