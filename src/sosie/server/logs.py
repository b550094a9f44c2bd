"""Logs on stderr: lines for people or JSON for machines, with the ids of request and job, and without secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from sosie.config import Settings
from sosie.server.security.secrecy import discreet, secret_values

_NOISY = {
    "uvicorn.access": logging.ERROR,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "dbos": logging.WARNING,
}
_FRAMES = 12


def configure(settings: Settings) -> None:
    """Let all that is logged in this process leave as the settings say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(settings, colours=sys.stderr.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in _NOISY.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    for name in ("uvicorn", "uvicorn.error", "dbos"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, root.level))


def formatter(settings: Settings, *, colours: bool = False) -> logging.Formatter:
    """Return what makes lines of log records."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _told_errors,
        _without_secrets(secret_values(settings)),
    ]
    end: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=colours)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, end]
    )


def _told_errors(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Write an exception as its kind, its words and where it came from: files by name, without lines of code."""
    found = event.pop("exc_info", None)
    if isinstance(found, tuple):
        found = found[1]
    if isinstance(found, BaseException):
        frames = traceback.extract_tb(found.__traceback__)[-_FRAMES:]
        event["error"] = f"{type(found).__name__}: {found}"
        event["trace"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _without_secrets(secrets: tuple[str, ...]) -> Callable[[WrappedLogger, str, EventDict], EventDict]:
    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return discreet(value, secrets)
        return [clean(part) for part in value] if isinstance(value, list) else value

    def cleaned(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        spared = ("timestamp", "route", "logger", "level")
        return {
            name: value if name in spared or name.startswith("_") else clean(value) for name, value in event.items()
        }

    return cleaned
