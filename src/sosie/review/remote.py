"""Images that are no files of this machine: a list of what to remove, or a call to whoever can."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

from sosie.errors import ActionRefused, SosieError, UsageError
from sosie.review.disk import Disk
from sosie.review.failures import refused
from sosie.review.plan import Drop, Method, Plan, is_file
from sosie.store.journal import sync_folder

_SECONDS = 30
_COLUMNS = ("uri", "brand", "sha256", "keeper")

Reread = Callable[[str], str]
"""Reads an image anew from where it is (a URI that is no path) and gives its SHA-256 in hexadecimal digits.

Raises `SosieError` or `OSError` when it cannot be had."""


class Teller(Protocol):
    """Who is told. `at_once` is how many images may be taken back by one message."""

    at_once: int

    def drop(self, drop: Drop, key: str) -> None:
        """Tell that an image is to go. Raises `ActionRefused` when nobody took the message."""
        ...

    def restore(self, drops: Sequence[Drop], keys: Sequence[str]) -> None:
        """Tell that images are to stay after all. Raises as `drop` does."""
        ...


class Remote:
    """Tells others what to do with an image, and what to take back. Each message is safe to repeat."""

    def __init__(self, run: str, teller: Teller, disk: Disk, reread: Reread | None) -> None:
        self._run = run
        self._teller = teller
        self._disk = disk
        self._reread = reread

    @property
    def at_once(self) -> int:
        """How many images may be taken back together."""
        return self._teller.at_once

    def act(self, drop: Drop, note: Callable[..., None]) -> None:
        """Tell that an image is to go, after it and its keeper were read again. Raises `ActionRefused`."""
        check_remote(drop, self._disk, self._reread)
        note("begin", moves=[], placed=[], notes=[], top="", device=0, inode=0, folders=[])
        self._teller.drop(drop, self._key(drop))
        note("done")

    def take_back(self, drops: Sequence[Drop]) -> None:
        """Tell that images are to stay after all. Raises `ActionRefused` when nobody took the message."""
        self._teller.restore(drops, [self._key(drop) for drop in drops])

    def _key(self, drop: Drop) -> str:
        return hashlib.sha256(f"{self._run} {drop.uri}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def check_remote(drop: Drop, disk: Disk, reread: Reread | None) -> None:
    """Read an image and its keeper again, wherever they are. Raises `ActionRefused` unless both are as reviewed."""
    for uri, reviewed, what in (
        (drop.uri, drop.sha256, "it"),
        (drop.keeper, drop.keeper_sha256, f"its keeper {drop.keeper}"),
    ):
        try:
            found = _hash_of(uri, disk, reread)
        except (SosieError, OSError) as error:
            why = error.message if isinstance(error, SosieError) else f"{error.strerror or error}."
            raise ActionRefused(
                f"{drop.uri} was left as it is: {what} cannot be read again ({why.rstrip('.')}).",
                next_step="See that it can be had, then run the same command again; if it is gone, sync and plan anew.",
            ) from error
        if found != reviewed:
            raise ActionRefused(
                f"{drop.uri} was left as it is: {what} was changed since the review.", next_step="Sync and plan again."
            )


def _hash_of(uri: str, disk: Disk, reread: Reread | None) -> str:
    if is_file(uri):
        return disk.read(Path(uri), follow=True).sha256
    if reread is None:
        raise UsageError("nothing here reads images that are elsewhere", next_step="Give `reread`.")
    return reread(uri)


def remote_of(plan: Plan, run: str, disk: Disk, reread: Reread | None = None) -> Remote | None:
    """Return who carries out a plan for remote images, None for files. Raises `UsageError` without a target."""
    if plan.method not in ("list", "webhook"):
        return None
    check_target(plan.method, plan.target)
    target = str(plan.target)
    teller = _ListFile(Path(target), disk) if plan.method == "list" else _Webhook(target, run)
    return Remote(run, teller, disk, reread)


def check_target(method: Method, target: str | None) -> None:
    """Raise `UsageError` for a list without a file and a webhook without an address that can be called."""
    if method not in ("list", "webhook"):
        return
    if not target:
        raise UsageError(f"The method {method} needs a target.", next_step="Plan with --target FILE or URL.")
    if method == "webhook" and not _is_address(target):
        raise UsageError(f"{target} is no address to call.", next_step="Give one that starts with https://.")


def _is_address(target: str) -> bool:
    try:
        parts = urlsplit(target)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False


class _ListFile:
    """A CSV file of what is to go: uri, brand, sha256, keeper. A line is added whole, or cut off by a crash and then
    written over; taking back writes the file anew.
    """

    at_once = 1000

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk
        self._listed: set[str] | None = None

    def drop(self, drop: Drop, key: str) -> None:
        try:
            if self._listed is None:
                self._listed = self._begin()
            if drop.uri not in self._listed:
                self._disk.append(self._path, _lines([_row(drop)]))
                self._listed.add(drop.uri)
        except OSError as error:
            raise refused(self._path, error) from error

    def restore(self, drops: Sequence[Drop], keys: Sequence[str]) -> None:
        gone = {drop.uri for drop in drops}
        try:
            self._replace([row for row in self._rows() if row["uri"] not in gone])
        except OSError as error:
            raise refused(self._path, error) from error

    def _begin(self) -> set[str]:
        """Make the file, or cut off what a crash left of a line, and return what it lists."""
        rows = self._rows()
        if not rows or not self._path.read_bytes().endswith(b"\r\n"):
            self._replace(rows)
        return {row["uri"] for row in rows}

    def _rows(self) -> list[dict[str, str]]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return []
        text = data[: data.rfind(b"\r\n") + 2].decode("utf-8", "surrogateescape")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    def _replace(self, rows: Sequence[Mapping[str, str]]) -> None:
        part = self._path.with_name(f"{self._path.name}.part")
        part.unlink(missing_ok=True)
        self._disk.make_folder(self._path.parent)
        self._disk.write(part, _lines([dict(zip(_COLUMNS, _COLUMNS, strict=True)), *rows]))
        part.replace(self._path)
        sync_folder(self._path.parent)


def _row(drop: Drop) -> dict[str, str]:
    return {"uri": drop.uri, "brand": drop.brand, "sha256": drop.sha256, "keeper": drop.keeper}


def _lines(rows: Sequence[Mapping[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.DictWriter(text, _COLUMNS).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogateescape")


class _Webhook:
    """One POST a step: JSON, with a key that is the same when a step is repeated."""

    at_once = 1

    def __init__(self, url: str, run: str) -> None:
        self._url = url
        self._run = run

    def drop(self, drop: Drop, key: str) -> None:
        self._post("drop", drop, key)

    def restore(self, drops: Sequence[Drop], keys: Sequence[str]) -> None:
        for drop, key in zip(drops, keys, strict=True):
            self._post("restore", drop, key)

    def _post(self, action: Literal["drop", "restore"], drop: Drop, key: str) -> None:
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
