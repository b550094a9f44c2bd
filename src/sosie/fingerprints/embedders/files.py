"""Where the files of models are: brought by the user, inside a package, or downloaded from the hub once and checked."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sosie.errors import ModelFailure, UsageError
from sosie.fingerprints.embedders.model import Model, RemoteFile
from sosie.fingerprints.embedders.registry import PACKAGED

_TIMEOUT = 5.0
_SHA256 = 64


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of a model on this machine, and the digest that its bytes must have (empty: nobody has told it, and the
    file was not read yet)."""

    path: Path
    sha256: str
    origin: str


class ModelFiles:
    """The files of all models. `folder` keeps what users import and what was checked; `quiet` hides progress bars.

    Downloads go to the hub's own cache and follow its variables (HF_HUB_CACHE, HF_ENDPOINT, HF_HUB_OFFLINE,
    HF_TOKEN). The hub does not check contents, so every file is compared with its digest before its first use: the
    pinned one, else the hub's own, else that of the file when it was read first.
    """

    def __init__(self, folder: Path, *, quiet: bool = True) -> None:
        self.folder = folder
        self._quiet = quiet

    def find(self, model: Model) -> LocalFile | None:
        """Tell where the model's file is, or None; no network, no heavy import, no look into the file."""
        imported = self.folder / f"{model.name}.onnx"
        if imported.is_file():
            return LocalFile(imported, self._first_seen(imported), "imported")
        packaged = _in_package(model)
        if packaged:
            return LocalFile(packaged, model.file.sha256, f"package {PACKAGED[model.name]}")
        cached = cached_path(model, model.file)
        return LocalFile(cached, self._expected(model.file, cached), "downloaded") if cached.exists() else None

    def obtain(self, model: Model) -> LocalFile:
        """Give the model's file, checked; it is downloaded when it is not there. Raises `ModelFailure`."""
        found = self.find(model)
        if found and self._holds(found):
            return found if found.sha256 else replace(found, sha256=self._first_seen(found.path))
        if found and found.origin != "downloaded":
            raise ModelFailure(
                f"The file of {model.name}, {found.path}, is damaged or was changed.",
                next_step=f"Import it again with sosie models import {model.name} FILE.",
            )
        return self._download(model, model.file, force=found is not None)

    def obtain_part(self, model: Model, part: RemoteFile) -> Path:
        """Give another file of a model (text tower, vocabulary), checked and downloaded when needed."""
        path = cached_path(model, part)
        known = LocalFile(path, self._expected(part, path), "downloaded")
        if path.exists() and self._holds(known):
            return path
        return self._download(model, part, force=path.exists()).path

    def verify(self, found: LocalFile) -> bool:
        """Read the whole file and tell whether its bytes are those that they must be; a digest that was not known yet
        is, from now on."""
        digest = file_sha256(found.path)
        good = digest == (found.sha256 or digest)
        self._note(found.path, digest if good else "", published=found.sha256 or digest)
        return good

    def bring(self, model: Model, source: Path) -> LocalFile:
        """Copy a user's file in as this model's and give it. Raises `UsageError` when it cannot be read."""
        target = self.folder / f"{model.name}.onnx"
        part = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, part)
            part.replace(target)
        except OSError as error:
            raise UsageError(f"{source} cannot be imported ({error.strerror}).") from error
        digest = file_sha256(target)
        self._note(target, digest, published=digest)
        return LocalFile(target, digest, "imported")

    def _holds(self, found: LocalFile) -> bool:
        """Tell whether a file is good: by a note of an earlier check while it has not changed, else by reading it."""
        note = self._notes().get(_note_name(found.path), {})
        state = found.path.stat()
        unchanged = note.get("size") == state.st_size and note.get("mtime_ns") == state.st_mtime_ns
        if unchanged and note.get("sha256") and (not found.sha256 or note["sha256"] == found.sha256):
            return True
        return self.verify(found)

    def _expected(self, part: RemoteFile, path: Path) -> str:
        return part.sha256 or self._first_seen(path) or _named_after(path)

    def _first_seen(self, path: Path) -> str:
        note = self._notes().get(_note_name(path), {})
        return str(note.get("published") or note.get("sha256") or "")

    def _download(self, model: Model, part: RemoteFile, *, force: bool) -> LocalFile:
        if not model.repository:
            raise ModelFailure(
                f"{model.name} cannot be downloaded.", next_step=f"Run sosie models import {model.name} FILE."
            )
        for again in (force, True):
            path, published = _fetch(model, part, force=again, quiet=self._quiet)
            digest = file_sha256(path)
            expected = part.sha256 or published
            if digest == expected or not expected:
                self._note(path, digest, published=digest)
                return LocalFile(path, digest, "downloaded")
        path.unlink()
        raise ModelFailure(
            f"{part.path} of {model.repository} does not have the bytes that were published (SHA-256 {digest[:12]}... "
            f"instead of {expected[:12]}...).",
            next_step="The download was removed; try another network or mirror.",
        )

    def _notes(self) -> dict[str, dict[str, Any]]:
        try:
            notes = json.loads((self.folder / "verified.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return notes if isinstance(notes, dict) else {}

    def _note(self, path: Path, digest: str, *, published: str = "") -> None:
        notes, state = self._notes(), path.stat()
        notes[_note_name(path)] = {
            "size": state.st_size,
            "mtime_ns": state.st_mtime_ns,
            "sha256": digest,
            "published": published or notes.get(_note_name(path), {}).get("published", ""),
        }
        part = self.folder / f"verified.{os.getpid()}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(notes), encoding="utf-8")
            part.replace(self.folder / "verified.json")
        except OSError as error:
            raise ModelFailure(f"{self.folder} cannot be written ({error.strerror}).") from error


def file_sha256(path: Path) -> str:
    """Give the SHA-256 of a file in hex. Raises `ModelFailure` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelFailure(f"{path} cannot be read ({error.strerror}).") from error


def cached_path(model: Model, part: RemoteFile, environment: Mapping[str, str] | None = None) -> Path:
    """Tell where the hub's cache keeps a file of a pinned commit, without importing the hub's library."""
    environment = os.environ if environment is None else environment
    home = Path(environment.get("HF_HOME") or Path(environment.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface")
    cache = Path(environment.get("HF_HUB_CACHE") or home / "hub").expanduser()
    repository = (part.repository or model.repository).replace("/", "--")
    return cache / f"models--{repository}" / "snapshots" / (part.revision or model.revision) / part.path


def _named_after(path: Path) -> str:
    """The digest of a large file in the hub's cache, which is named after it; empty where files are kept otherwise."""
    name = path.resolve().name
    return name if len(name) == _SHA256 and not set(name) - set("0123456789abcdef") else ""


def _note_name(path: Path) -> str:
    return path.name if path.suffix == ".onnx" and path.parent.name == "models" else str(path)


def _in_package(model: Model) -> Path | None:
    package = PACKAGED.get(model.name)
    spec = importlib.util.find_spec(package) if package else None
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / model.file.path
    return path if path.is_file() else None


def _fetch(model: Model, part: RemoteFile, *, force: bool, quiet: bool) -> tuple[Path, str]:
    """Download one file and give its path and the digest that the hub publishes for it ("" when it is not large)."""
    repository, revision = part.repository or model.repository, part.revision or model.revision
    # Asked first and once: the download itself would retry for 23 seconds before it says that there is no network.
    etag = published(model, part)
    with _plain_failures(model, part):
        from huggingface_hub import hf_hub_download
        from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

        (disable_progress_bars if quiet else enable_progress_bars)()
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        path = hf_hub_download(
            repository,
            part.path,
            revision=revision,
            endpoint=os.environ.get("HF_ENDPOINT") or None,
            cache_dir=os.environ.get("HF_HUB_CACHE") or None,
            etag_timeout=_TIMEOUT,
            force_download=force,
        )
        return Path(path), etag if len(etag) == _SHA256 else ""


def published(model: Model, part: RemoteFile, timeout: float = _TIMEOUT) -> str:
    """Ask the hub for the mark of a file of the pinned commit, without its bytes. Raises `ModelFailure`."""
    with _plain_failures(model, part):
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        repository, revision = part.repository or model.repository, part.revision or model.revision
        url = hf_hub_url(repository, part.path, revision=revision, endpoint=os.environ.get("HF_ENDPOINT") or None)
        return get_hf_file_metadata(url, timeout=timeout).etag or ""


@contextmanager
def _plain_failures(model: Model, part: RemoteFile) -> Iterator[None]:
    try:
        yield
    except (
        Exception
    ) as error:  # the hub's own errors, its HTTP library's, the system's: all say that the file is not had
        what = f"The model {model.name}" if part is model.file else f"{part.path} of the model {model.name}"
        raise ModelFailure(
            f"{what} is not here, and {_reason(error)}.",
            next_step=f"Run sosie models download {model.name} once that is mended.",
        ) from error


def hub_host() -> str:
    """Give the host that models come from."""
    return urlsplit(os.environ.get("HF_ENDPOINT") or "https://huggingface.co").netloc


def _reason(error: Exception) -> str:
    name, said = type(error).__name__, _short(error)
    if "CERTIFICATE" in said:
        return f"the certificate of {hub_host()} cannot be trusted"
    if "Connect" in name or "Timeout" in name:
        return f"there is no connection to {hub_host()}"
    known = {
        "OfflineModeIsEnabled": "HF_HUB_OFFLINE forbids downloads",
        "GatedRepoError": "its repository asks for a login: set HF_TOKEN",
        "RepositoryNotFoundError": "its repository does not exist or is private",
        "RevisionNotFoundError": "the pinned commit is gone",
        "RemoteEntryNotFoundError": "the file is gone from its repository",
    }
    return known.get(name, f"{hub_host()} does not give it ({said})")


def _short(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160].rstrip(".")
