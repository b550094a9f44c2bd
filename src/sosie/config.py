"""Settings: arguments, then SOSIE_* variables, then sosie.toml, then defaults."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args

from sosie.errors import UsageError

Method = Literal["auto", "hash"]
Engine = Literal["local", "ray"]
Grouping = Literal["star", "complete"]
Dialect = Literal["openai", "vllm", "jina", "immich"]
Payload = Literal["data-urls", "base64", "image"]
LogFormat = Literal["console", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
_BRAND = "brand"
STEPS = ("fetch", "read", "near", "nearest", "verify", "embed", "alike")
"""The steps of a scan on tasks, see docs/scale.md."""
STEP_NEEDS = ("cpus", "gpus", "batch")
EMBEDDERS = ("clip", "service", "gemini", "huggingface", "builtin", "none")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings with their defaults."""

    data_dir: Path | None = None
    """Folder of the catalogue; by default the platform's data directory."""
    catalog: Path | None = None
    """The catalogue's file; by default `catalogue.db` in the data directory."""
    database_url: str = field(default="", repr=False)
    """PostgreSQL that several servers share, instead of the catalogue's file: postgresql://USER@HOST/DATABASE."""
    jobs_at_once: int = 1
    """Jobs that one server works on side by side; each takes all cores."""
    jobs_waiting: int = 100
    """Jobs that may wait; further ones are turned away until some have ended."""
    results_kept: int = 20
    """Results of equal jobs (the same brands and parameters) that are kept; older ones go, with their jobs."""
    method: Method = "auto"
    """`auto` proves edits by local features; `hash` compares perceptual hashes only."""
    workers: int = 0
    """Threads that read and decode, then processes that verify; 0 takes as many as there are cores."""
    engine: Engine = "local"
    """Who does the work of a scan: `local`, this machine; `ray`, a cluster. The result is the same."""
    shards: int = 0
    """Cut each step into so many tasks on files, done by processes of their own and not again after a crash; 0 works
    in memory, and with the engine `ray` cuts by the number of images."""
    exact_up_to: int = 20_000
    """Images up to which candidates are searched for among all. Beyond, only where cells and rare words suggest any,
    and a report states what part of a sample's candidates that found."""
    ray_address: str = ""
    """Address of a Ray cluster, `ray://HOST:10001` or `HOST:6379`; by default one is started on this machine."""
    run_dir: Path | str | None = None
    """Where the files between steps lie, for all machines of a cluster to see: a folder, or a bucket as
    `s3://bucket/folder`, gs://, az://; otherwise `runs` in the data directory."""
    steps: tuple[str, ...] = ()
    """What a task of a step takes up, and how many images or pairs it has: `read.cpus=2`, `embed.gpus=0.5`,
    `verify.batch=64`; in sosie.toml also as tables (`[steps.read]`)."""
    max_megapixels: float = 200.0
    """Larger images are skipped before they are decoded."""
    max_megabytes: float = 1000.0
    """Larger files are skipped before they are read."""
    embedders: tuple[str, ...] = ("clip", "service", "gemini", "huggingface", "builtin")
    """Back ends that tell what looks alike, in the order they are tried; `none` leaves that out."""
    similarity_threshold: float | None = None
    """Cosine from which images look alike; by default the one that the model in use was measured with."""
    similar_groups: Grouping = "star"
    """`star`: every member is as similar to the keeper; `complete`: to every other member."""
    clip_model: str = "clip-vit-b32"
    """The model of the back end `clip` (`sosie models list`)."""
    embed_batch: int = 0
    """Images in one call of a model; 0 takes what suits the model."""
    embed_workers: int = 0
    """Calls of a back end side by side; 0 chooses by cores and memory, or what suits a remote one."""
    embed_patience: float = 120.0
    """Seconds for which a remote back end that fails is tried again before the next one takes over."""
    service_url: str = ""
    """Address of an embedding service (`sosie embed serve`, Infinity, vLLM, Jina, immich-machine-learning)."""
    service_dialect: Dialect = "openai"
    """What the service speaks: openai (also Sosie's own and Infinity), vllm, jina, immich."""
    service_model: str = ""
    """The model to ask the service for; by default the first that it lists."""
    service_token: str = field(default="", repr=False)
    """Bearer token of the service."""
    gemini_api_key: str = field(default="", repr=False)
    """Key of the Gemini API; by default GEMINI_API_KEY or GOOGLE_API_KEY of the environment."""
    gemini_model: str = "gemini-embedding-2"
    """Gemini's embedding model."""
    gemini_dims: int = 768
    """Numbers in a vector of Gemini's, 128 to 3072."""
    gemini_price: float = 0.00012
    """Dollars that an image costs, for the estimate before a run of more than `paid_images`."""
    paid_images: int = 100
    """So many images are sent to a back end that costs money without asking first."""
    gemini_base_url: str = ""
    """Another address of the Gemini API, for gateways."""
    huggingface_endpoint: str = ""
    """URL of an inference endpoint that embeds images."""
    huggingface_model: str = ""
    """A model to ask Hugging Face's router for, when there is no endpoint; few are deployed there."""
    huggingface_token: str = field(default="", repr=False)
    """Token of Hugging Face; by default HF_TOKEN of the environment."""
    huggingface_payload: Payload = "data-urls"
    """What the endpoint takes: data-urls, base64, image (`{"image": ...}`, one a request)."""
    allowed_roots: tuple[Path, ...] = ()
    """Folders below which brands declared over the API may have folders and lists as sources; none by default."""
    allowed_networks: tuple[str, ...] = ()
    """Networks and hosts that may be asked although they are not public: `10.1.0.0/16`, `*.corp.example`."""
    originals_url: str = ""
    """Bucket in which several servers keep what was downloaded or uploaded: `s3://bucket/folder`, gs://, az://."""
    downloads: int = 16
    """Downloads side by side."""
    downloads_per_host: int = 6
    """Downloads side by side from one host."""
    download_proxy: str = field(default="", repr=False)
    """Proxy that downloads go through, `http://HOST:PORT`; those of the environment are not used."""
    download_seconds: float = 120.0
    """Seconds that one download may take."""
    download_megabytes: float = 100.0
    """Larger images are not downloaded."""
    thumbnail_megabytes: float = 2000.0
    """Megabytes of thumbnails that are kept; beyond that those looked at longest ago go."""
    redis_url: str = field(default="", repr=False)
    """Redis that several machines share as their cache of vectors; the catalogue stays behind it."""
    password: str = field(default="", repr=False)
    """Password of `admin`, or its argon2 hash. Without one, only programs on this machine may ask the server."""
    password_file: Path | None = None
    """File whose first line is the password of `admin`, or its argon2 hash."""
    session_hours: float = 12.0
    """Hours after which people have to sign in again."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which the server is reached, besides this machine's own: `sosie.example`, `*.corp.example`."""
    allowed_origins: tuple[str, ...] = ()
    """Other web sites whose pages may ask the API with a token, as `https://tools.example`; none by default."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    requests_per_second: float = 200.0
    """Requests a second that one client may go on making, ten times as many at once; 0 sets no limit."""
    upload_megabytes: float = 20_000.0
    """Larger requests with files are refused."""
    log_format: LogFormat = "console"
    """How the server logs: `console` for people, `json` for machines."""
    log_level: LogLevel = "info"
    """What the server logs: requests that change something, fail or are slow at `info`, all others at `debug`."""

    @property
    def catalogue_path(self) -> Path:
        """The file of the catalogue that these settings lead to."""
        if self.catalog:
            return self.catalog
        return self.data_path / "catalogue.db"

    @property
    def run_path(self) -> Path:
        """The folder of the files between steps, a folder a run; with a bucket, of what only this machine needs."""
        return self.run_dir if isinstance(self.run_dir, Path) else self.data_path / "runs"

    def needs_of(self, step: str) -> dict[str, float]:
        """Return what the setting `steps` says of one step: numbers by `STEP_NEEDS`."""
        said = (need.removeprefix(f"{step}.").split("=") for need in self.steps if need.startswith(f"{step}."))
        return {name: float(value) for name, value in said}

    @property
    def originals_path(self) -> Path:
        """The folder of what was downloaded or uploaded."""
        return self.data_path / "originals"

    @property
    def uploads_path(self) -> Path:
        """The folder of what people uploaded, a folder a brand."""
        return self.data_path / "uploads"

    @property
    def data_path(self) -> Path:
        """The folder of everything that Sosie keeps."""
        if self.data_dir:
            return self.data_dir
        from platformdirs import user_data_path

        return user_data_path("sosie", appauthor=False)


def load_settings(
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """Return the settings in force; `overrides` that are None do not count.

    `file` is `sosie.toml` of the working directory when not given. Raises `UsageError` for a value that cannot be.
    """
    environment = os.environ if environment is None else environment
    names = [field.name for field in fields(Settings)]
    values = _from_file(file or Path("sosie.toml"), names, required=file is not None)
    values.pop(_BRAND, None)
    values |= {n: environment[f"SOSIE_{n.upper()}"] for n in names if environment.get(f"SOSIE_{n.upper()}")}
    values |= {name: value for name, value in (overrides or {}).items() if value is not None}
    return Settings(**{name: check_setting(name, value) for name, value in values.items()})


def brand_tables(file: Path | None = None) -> list[dict[str, Any]]:
    """Return the `[[brand]]` tables of `sosie.toml` (of the working directory when not given), as they stand there."""
    names = [field.name for field in fields(Settings)]
    tables = _from_file(file or Path("sosie.toml"), names, required=file is not None).get(_BRAND, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise UsageError("The brands of sosie.toml are no tables.", next_step="Begin each with [[brand]].")
    return tables


def _from_file(path: Path, names: list[str], *, required: bool) -> dict[str, Any]:
    if not path.is_file() and not required:
        return {}
    import tomllib  # Imported here: most runs have no such file.

    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", next_step="Correct it or move it away.") from error
    unknown = sorted(set(values) - {*names, _BRAND})
    if unknown:
        raise UsageError(f"{path} has an unknown setting: {unknown[0]}.", next_step=f"Known are {', '.join(names)}.")
    return values


_CHOICES: dict[str, tuple[str, ...]] = {
    "method": get_args(Method),
    "engine": get_args(Engine),
    "similar_groups": get_args(Grouping),
    "service_dialect": get_args(Dialect),
    "huggingface_payload": get_args(Payload),
    "log_format": get_args(LogFormat),
    "log_level": get_args(LogLevel),
}
_LISTS = ("allowed_networks", "allowed_roots", "allowed_hosts", "allowed_origins", "trusted_proxies")


def check_setting(name: str, value: Any) -> Any:
    """Return a value as its setting has it. Raises `UsageError` for what cannot be."""
    if name in _CHOICES:
        return _one_of(name, _CHOICES[name], value)
    if name == "embedders":
        listed = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
        return tuple(_one_of(name, EMBEDDERS, part) for part in listed)
    if name in _LISTS:
        return _listed(name, value)
    if name == "steps":
        return _steps(value)
    try:
        match name:
            case "run_dir":
                return str(value).rstrip("/") if "://" in str(value) else Path(value).expanduser()
            case "data_dir" | "catalog" | "password_file":
                return Path(value).expanduser()
            case "exact_up_to" | "jobs_at_once" | "jobs_waiting" | "results_kept":
                return _at_least(1, _whole(value))
            case "workers" | "shards" | "paid_images" | "embed_batch" | "embed_workers":
                return _at_least(0, _whole(value))
            case "downloads" | "downloads_per_host":
                return _at_least(1, _whole(value))
            case "download_seconds" | "download_megabytes":
                return _at_least(0.001, _number(value))
            case "max_megapixels" | "max_megabytes" | "thumbnail_megabytes" | "upload_megabytes" | "session_hours":
                return _at_least(0.001, _number(value))
            case "gemini_price" | "embed_patience" | "requests_per_second":
                return _at_least(0, _number(value))
            case "gemini_dims":
                return _at_least(128, _whole(value))
            case "similarity_threshold":
                return _cosine(_number(value))
    except (TypeError, ValueError) as error:
        raise UsageError(f"The setting {name} cannot be {value!r} ({error}).") from error
    return str(value)


def _listed(name: str, value: Any) -> tuple[Any, ...]:
    """Return a list: text has commas between its parts, or what separates paths."""
    if isinstance(value, str):
        value = value.split(os.pathsep if name == "allowed_roots" else ",")
    if not isinstance(value, list | tuple) or not all(isinstance(part, str | Path) for part in value):
        raise UsageError(f"The setting {name} cannot be {value!r}.", next_step="Give a list.")
    parts = [str(part).strip() for part in value if str(part).strip()]
    return tuple(Path(part).expanduser() for part in parts) if name == "allowed_roots" else tuple(parts)


def _steps(value: Any) -> tuple[str, ...]:
    """Return what steps need as `STEP.NEED=NUMBER`, sorted; tables of sosie.toml say the same."""
    if isinstance(value, str):
        value = [part for part in value.replace(" ", "").split(",") if part]
    if isinstance(value, Mapping):
        tables = {step: table if isinstance(table, Mapping) else {"": table} for step, table in value.items()}
        value = [f"{step}.{need}={number}" for step, table in tables.items() for need, number in table.items()]
    if not isinstance(value, list | tuple):
        raise UsageError(f"The setting steps cannot be {value!r}.", next_step="Write read.cpus=2, or a table.")
    return tuple(sorted({_step_need(str(part)) for part in value}))


def _step_need(text: str) -> str:
    step, _, rest = text.partition(".")
    need, _, number = rest.partition("=")
    _one_of("steps", STEPS, step)
    _one_of(f"steps.{step}", STEP_NEEDS, need)
    try:
        found = _at_least({"cpus": 0.01, "gpus": 0, "batch": 1}[need], float(number))
    except ValueError as error:
        raise UsageError(f"The setting steps cannot be {text!r} ({error}).") from error
    return f"{step}.{need}={int(found) if need == 'batch' else found:g}"


def _one_of(name: str, choices: tuple[str, ...], value: Any) -> str:
    if value in choices:
        return str(value)
    raise UsageError(f"The setting {name} cannot be {value!r}.", next_step=f"Choose from {', '.join(choices)}.")


def _cosine(value: float) -> float:
    if not 0 < value <= 1:
        raise ValueError("more than 0 and at most 1")
    return value


def _whole(value: Any) -> int:
    number = _number(value)
    if not number.is_integer():
        raise ValueError("a whole number is wanted")
    return int(number)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise ValueError("a number is wanted") from error


def _at_least(least: float, value: Any) -> Any:
    if not least <= value < math.inf:
        raise ValueError(f"a number of at least {least} is wanted")
    return value
