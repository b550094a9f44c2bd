"""A body that is kept in memory: for one image that somebody waits for."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Memory:
    """Where the downloader writes an image that goes nowhere else."""

    data: bytearray = field(default_factory=bytearray)

    def write(self, data: bytes) -> None:
        """Append some bytes."""
        self.data += data

    def restart(self) -> None:
        """Forget what was written."""
        self.data.clear()
