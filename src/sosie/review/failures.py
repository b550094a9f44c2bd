"""What an error of the file system means for a file that was to be acted on, and what to do about it."""

from __future__ import annotations

import errno
from pathlib import Path

from sosie.errors import ActionRefused

_AGAIN = "then run the same command again"
_USED_ELSEWHERE = {32, 33}  # sharing and lock violations of Windows
_GONE = {errno.EIO, errno.ENODEV, errno.ENXIO, getattr(errno, "ESTALE", -1), getattr(errno, "ENOTCONN", -1)}
_MEANING: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the volume is full", f"Make room on it, {_AGAIN}."),
    getattr(errno, "EDQUOT", -2): ("your quota on the volume is used up", f"Make room, {_AGAIN}."),
    errno.EROFS: ("the volume is read-only", f"Mount it for writing, {_AGAIN}."),
    errno.EACCES: ("permission denied", f"Give yourself permission to write in its folder, {_AGAIN}."),
    errno.EPERM: ("the system does not permit it", f"Check the owner and protection of the file, {_AGAIN}."),
    errno.EBUSY: ("it is in use by another program", f"Close it there, {_AGAIN}."),
    errno.ETXTBSY: ("it is in use by another program", f"Close it there, {_AGAIN}."),
    errno.EXDEV: ("the quarantine is on another volume", "Plan with --quarantine FOLDER on the same volume."),
    errno.ENOENT: ("it is not there any more", "If its volume is away, connect it; otherwise scan and plan again."),
    errno.ENOTDIR: ("its folder is not there any more", "If its volume is away, connect it; otherwise scan again."),
    errno.ELOOP: ("it is a symbolic link now", "Scan and plan again."),
    errno.EEXIST: ("another file has that name now", f"Move that one away, {_AGAIN}."),
    errno.ENOTEMPTY: ("another file has that name now", f"Move that one away, {_AGAIN}."),
    errno.ENAMETOOLONG: ("its path would be too long there", "Plan with --quarantine FOLDER of a shorter path."),
    errno.EMLINK: ("the keeper has as many hard links as it can have", "Plan with --method quarantine or reflink."),
    errno.ENOTSUP: ("the file system cannot do that", "Plan with --method quarantine."),
    errno.EOPNOTSUPP: ("the file system cannot do that", "Plan with --method quarantine."),
    errno.ENOTTY: ("the file system cannot do that", "Plan with --method quarantine."),
}


def refused(path: str | Path, error: OSError) -> ActionRefused:
    """Return what to tell of a file on which an operation failed: what is wrong, and the next step."""
    if getattr(error, "winerror", None) in _USED_ELSEWHERE:
        why, next_step = _MEANING[errno.EBUSY]
    elif error.errno in _GONE:
        why, next_step = "its volume is gone or cannot be read", f"Connect or check the volume, {_AGAIN}."
    else:
        unknown = (error.strerror or str(error), f"Look into that, {_AGAIN}.")
        why, next_step = _MEANING.get(error.errno or 0, unknown)
    return ActionRefused(f"{path} was left as it is: {why}.", next_step=next_step)
