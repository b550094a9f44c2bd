"""Start the service in this process."""

from __future__ import annotations

import uvicorn

from sosie.embedding_service.app import create_app
from sosie.embedding_service.options import ServiceOptions
from sosie.fingerprints.embedders.base import Backend


def serve(backend: Backend, options: ServiceOptions, *, host: str, port: int) -> None:
    """Open the back end and serve it until the process is told to stop. Raises `EmbedderFailure` when it cannot."""
    app = create_app(backend.open(), options)
    uvicorn.run(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=10, server_header=False)
