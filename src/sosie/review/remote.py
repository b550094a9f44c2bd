"""Images that are no files of this machine: a list of what to remove, or a call to whoever can."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from sosie.errors import ActionRefused, UsageError
from sosie.review.disk import Disk
from sosie.review.failures import refused
from sosie.review.plan import Drop, Plan

_SECONDS = 30


class Remote:
    """Tells others what to do with an image, and what to take back. One call a step, safe to repeat."""

    def __init__(self, run: str, tell: Callable[[Literal["drop", "restore"], Drop, str], None]) -> None:
        self._run = run
        self._tell = tell

    def act(self, drop: Drop, note: Callable[..., None]) -> None:
        """Tell that an image is to go. Raises `ActionRefused` when nobody took the message."""
        note("begin", moves=[], placed=[], notes=[], top="", device=0, inode=0, folders=[])
        self._tell("drop", drop, self._key(drop))
        note("done")

    def take_back(self, drop: Drop, _begun: Mapping[str, Any]) -> None:
        """Tell that an image is to stay after all. Raises as `act` does."""
        self._tell("restore", drop, self._key(drop))

    def _key(self, drop: Drop) -> str:
        return hashlib.sha256(f"{self._run} {drop.uri}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def remote_of(plan: Plan, run: str, disk: Disk) -> Remote | None:
    """Return who carries out a plan for remote images, None for files. Raises `UsageError` without a target."""
    if plan.method not in ("list", "webhook"):
        return None
    if not plan.target:
        raise UsageError(f"The method {plan.method} needs a target.", next_step="Plan with --target FILE or URL.")
    if plan.method == "list":
        return Remote(run, _ListFile(Path(plan.target), disk))
    if urlsplit(plan.target).scheme not in ("http", "https"):
        raise UsageError(f"{plan.target} is no address to call.", next_step="Give one that starts with https://.")
    return Remote(run, _Webhook(plan.target, run))


class _ListFile:
    """A CSV file of what is to go, rewritten as a whole at each step: action, uri, brand, sha256, keeper."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    def __call__(self, action: Literal["drop", "restore"], drop: Drop, _key: str) -> None:
        try:
            rows = {row["uri"]: row for row in self._rows()}
            if action == "restore":
                rows.pop(drop.uri, None)
            else:
                rows[drop.uri] = {"uri": drop.uri, "brand": drop.brand, "sha256": drop.sha256, "keeper": drop.keeper}
            text = io.StringIO(newline="")
            writer = csv.DictWriter(text, ["uri", "brand", "sha256", "keeper"])
            writer.writeheader()
            writer.writerows(rows.values())
            part = self._path.with_name(f"{self._path.name}.part")
            part.unlink(missing_ok=True)
            self._disk.make_folder(self._path.parent)
            self._disk.write(part, text.getvalue().encode("utf-8", "surrogateescape"))
            part.replace(self._path)
        except OSError as error:
            raise refused(self._path, error) from error

    def _rows(self) -> list[dict[str, str]]:
        if not self._path.exists():
            return []
        with self._path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
            return list(csv.DictReader(file))


class _Webhook:
    """One POST a step: JSON, with a key that is the same when a step is repeated."""

    def __init__(self, url: str, run: str) -> None:
        self._url = url
        self._run = run

    def __call__(self, action: Literal["drop", "restore"], drop: Drop, key: str) -> None:
        body = {"action": action, "run": self._run, "uri": drop.uri, "brand": drop.brand, "sha256": drop.sha256}
        body |= {"keeper": drop.keeper, "keeper_sha256": drop.keeper_sha256, "by": drop.by}
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"{key}-{action}"}
        request = urllib.request.Request(self._url, json.dumps(body).encode("ascii"), headers, method="POST")  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - scheme checked above
                answer.read()
        except urllib.error.HTTPError as error:
            with error:
                raise ActionRefused(
                    f"{drop.uri} was left as it is: {self._url} answered {error.code}.",
                    next_step="See why the receiver refused it, then run the same command again.",
                ) from error
        except (OSError, ValueError) as error:
            raise ActionRefused(
                f"{drop.uri} was left as it is: {self._url} did not answer ({error}).",
                next_step="Check the address and the receiver, then run the same command again.",
            ) from error
