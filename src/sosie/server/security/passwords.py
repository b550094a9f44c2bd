"""The password of the one person who can do everything: kept as an argon2 hash, compared slowly."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sosie.config import Settings
from sosie.errors import UsageError

_SHORTEST = 8
_HASHED = "$argon2"


class Password:
    """Compares passwords with a hash, two at a time: each takes 64 MB and some milliseconds on purpose."""

    def __init__(self, hashed: str, digest: bytes) -> None:
        self.digest = digest
        """Changes with the password; never leaves the process as it is."""
        self._hashed = hashed
        self._hasher = PasswordHasher()
        self._turns = threading.BoundedSemaphore(2)

    @classmethod
    def of(cls, settings: Settings) -> Password | None:
        """Return what the settings say, or None where there is none.

        Raises `UsageError` for a file that cannot be read, a damaged hash, and less than eight characters.
        """
        plain = settings.password or (_first_line(settings.password_file) if settings.password_file else "")
        if not plain:
            return None
        digest = hashlib.sha256(plain.encode()).digest()
        if plain.startswith(_HASHED):
            return cls(_checked(plain), digest)
        if len(plain) < _SHORTEST:
            raise UsageError("The password is too short.", next_step=f"Choose one of {_SHORTEST} characters or more.")
        return cls(PasswordHasher().hash(plain), digest)

    def holds(self, given: str) -> bool:
        """Tell whether this is the password."""
        with self._turns:
            try:
                return self._hasher.verify(self._hashed, given)
            except VerificationError:
                return False


def _checked(hashed: str) -> str:
    try:
        PasswordHasher().check_needs_rehash(hashed)
    except InvalidHashError as error:
        raise UsageError("The argon2 hash of the password is damaged.", next_step="Copy all of it.") from error
    return hashed


def _first_line(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UsageError(
            f"The file of the password cannot be read ({reason}).", next_step="Check its name and permissions."
        ) from error
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise UsageError("The file of the password is empty.", next_step="Write the password in its first line.")
    return lines[0].strip()
