"""Asking a server instead of working on this machine: `sosie --server URL ...`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote

from sosie.errors import Busy, NotAnImage, NotFound, SosieError, TooLarge, UnreadableImage, UsageError

if TYPE_CHECKING:
    import httpx

_LOOK = 0.5
_FILES = 200
"""Files in one request."""
_KINDS: Mapping[int, type[SosieError]] = {400: UsageError, 404: NotFound, 422: UsageError, 429: Busy}
_TOLD = (UnreadableImage, NotAnImage, TooLarge)
"""Errors that share their status with others."""
ENDED = ("done", "failed", "cancelled")


class Client:
    """Asks one server. The token is that of SOSIE_TOKEN. Raises `SosieError` with what the server says."""

    def __init__(self, url: str) -> None:
        import httpx

        if not url.startswith(("http://", "https://")):
            raise UsageError("The server has no http or https address.", next_step="Write --server http://HOST:8000.")
        token = os.environ.get("SOSIE_TOKEN", "")
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=httpx.Timeout(60, read=600))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._http.close()

    def ask(self, method: str, path: str, **more: Any) -> Any:
        """Return what the server answers, as JSON."""
        answer = self._send(method, path, **more)
        return answer.json() if answer.content else None

    def text(self, path: str) -> str:
        """Return what the server answers, as it is."""
        return self._send("GET", path).text

    def data(self, path: str, params: Mapping[str, str]) -> bytes:
        """Return what the server answers, as bytes."""
        return self._send("GET", path, params=dict(params)).content

    def upload(self, brand: str, files: Sequence[tuple[Path, str]]) -> list[dict[str, str]]:
        """Bring files, each with its name, to a brand; return what the server did not take and why."""
        skipped: list[dict[str, str]] = []
        for first in range(0, len(files), _FILES):
            with _opened(files[first : first + _FILES]) as parts:
                skipped += self.ask("POST", f"/api/brands/{part(brand)}/uploads", files=parts)["skipped"]
        return skipped

    def follow(self, job: Mapping[str, Any], *, quiet: bool) -> dict[str, Any]:
        """Wait until a job has ended, and say on stderr how far it is. Raises `SosieError` when it failed."""
        found, told = dict(job), ""
        while found["state"] not in ENDED:
            time.sleep(_LOOK)
            found = self.ask("GET", f"/api/jobs/{job['id']}")
            stages = found["progress"]["stages"]
            line = f"{stages[-1]['stage']} {stages[-1]['done']:,}/{stages[-1]['total']:,}" if stages else found["state"]
            if not quiet and line != told:
                print(f"{job['id']}: {line}", file=sys.stderr)
                told = line
        if found["state"] != "done":
            error = found["error"] or f"The job was {found['state']}."
            raise SosieError(error, next_step=found["next_step"])
        for brand, reason in found["failed_brands"].items():
            print(f"sosie: {brand}: {reason}", file=sys.stderr)
        return found

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        import httpx

        try:
            answer = self._http.request(method, path, **more)
        except httpx.HTTPError as error:
            raise SosieError(
                f"The server cannot be reached ({type(error).__name__}).", next_step="Check --server and the network."
            ) from error
        if answer.is_success:
            return answer
        raise _refused(answer)


def part(name: str) -> str:
    """Return a name as one part of an address: whatever is in it, it leads to no other place."""
    return quote(name, safe="")


def _refused(answer: httpx.Response) -> SosieError:
    """Return what a server said against a request."""
    try:
        told = answer.json()
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    detail = str(told.get("detail") or f"The server answered {answer.status_code}.")
    next_step = str(told.get("next_step") or "")
    if answer.status_code in (401, 403):
        next_step = "Put a token with the right role into SOSIE_TOKEN (`sosie token add` on the server makes one)."
    elif answer.status_code == 404 and not next_step:
        next_step = "Check the address after --server, and the spelling of what is named."
    return _kind(answer.status_code, told)(detail, next_step=next_step)


def _kind(status: int, told: Mapping[str, Any]) -> type[SosieError]:
    """Return the class of an error: the one that the server raised, so that it ends the program as it does here."""
    name = str(told.get("type") or "").removeprefix("urn:sosie:")
    return next((kind for kind in _TOLD if kind.__name__ == name), _KINDS.get(status, SosieError))


@contextmanager
def _opened(files: Sequence[tuple[Path, str]]) -> Iterator[list[tuple[str, tuple[str, Any]]]]:
    with ExitStack() as stack:
        try:
            yield [("files", (name, stack.enter_context(path.open("rb")))) for path, name in files]
        except OSError as error:
            raise UsageError(
                f"A file cannot be read ({error.strerror}).", next_step="Check its permissions."
            ) from error
