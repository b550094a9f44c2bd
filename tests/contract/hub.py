"""A hub on the loopback interface: HEAD and GET of files at a pinned commit, redirects, digests, and a forged file."""

from __future__ import annotations

import hashlib

from tests.contract.loopback import Loopback, Reply, Request


class Hub(Loopback):
    """Serves `files` of any repository. Large ones are redirected to a content address, as the real one does.

    `forged` replaces the bytes of a file by others of the same length while its digest stays; the first `forged_times`
    downloads of it are hit.
    """

    def __init__(self, files: dict[str, bytes], revision: str) -> None:
        super().__init__(self._reply)
        self.files, self.revision = files, revision
        self.forged: dict[str, bytes] = {}
        self.forged_times = 1 << 30
        self.downloads = 0

    def _reply(self, request: Request) -> Reply:
        if request.path.startswith("/blobs/"):
            self.downloads += 1
            name = request.path.removeprefix("/blobs/")
            forged = self.forged.get(name) if self.downloads <= self.forged_times else None
            return Reply(200, forged or self.files[name], {"content-type": "application/octet-stream"})
        marker = f"/resolve/{self.revision}/"
        if marker not in request.path:
            return Reply(404, b"", {"x-error-code": "RevisionNotFound"})
        name = request.path.split(marker)[1]
        if name not in self.files:
            return Reply(404, b"", {"x-error-code": "EntryNotFound", "x-repo-commit": self.revision})
        data = self.files[name]
        headers = {
            "x-repo-commit": self.revision,
            "x-linked-etag": f'"{hashlib.sha256(data).hexdigest()}"',
            "x-linked-size": str(len(data)),
            "etag": '"pointer"',
            "location": f"{self.url}/blobs/{name}".replace("127.0.0.1", "localhost"),
        }
        return Reply(302, b"", headers)
