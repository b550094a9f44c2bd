"""The service's addresses: /embeddings, /v1/embeddings, /models, /v1/models, /health."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from sosie.embedding_service.batching import Batcher, BusyError
from sosie.embedding_service.fetching import Fetcher
from sosie.embedding_service.options import ServiceOptions
from sosie.embedding_service.payload import BadInputError, EmbeddingRequest, image_bytes, openai_answer, plain_answer
from sosie.errors import Cancelled, SosieError, UnreadableImage
from sosie.fingerprints.embedders.base import Embedder, Prepared, Rejected
from sosie.imaging import DecodeParams, decode


class ProblemError(Exception):
    """An answer that says no: a status, a sentence, and what else helps."""

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers or {}, more

    def response(self) -> JSONResponse:
        """The answer as application/problem+json."""
        body = {"type": "about:blank", "status": self.status, "detail": self.detail, **self.more}
        return JSONResponse(body, self.status, self.headers, media_type="application/problem+json")


def create_app(embedder: Embedder, options: ServiceOptions) -> FastAPI:
    """Give the application that serves one embedder."""
    service = _Service(embedder, options)
    app = FastAPI(title="Sosie embedding service", lifespan=service.lifespan, docs_url=None, redoc_url=None)
    for kind in (ProblemError, HTTPException, SosieError, Exception):
        app.add_exception_handler(kind, _answer_problem)
    app.middleware("http")(service.guard)
    for path in ("/embeddings", "/v1/embeddings"):
        app.post(path)(service.embeddings)
    for path in ("/models", "/v1/models"):
        app.get(path)(service.models)
    app.get("/health")(service.health)
    return app


async def _answer_problem(_request: Request, problem: Exception) -> Response:
    return _as_problem(problem).response()


def _as_problem(problem: Exception) -> ProblemError:
    """Say what any failure means for whoever asked; what is nobody's fault but ours is told in no more words."""
    match problem:
        case ProblemError():
            return problem
        case HTTPException():
            return ProblemError(problem.status_code, f"{problem.detail}.", dict(problem.headers or {}))
        case Cancelled():
            return ProblemError(503, "The service is stopping.", {"retry-after": "1"})
        case SosieError():
            return ProblemError(503, f"The model does not work: {problem.message}")
        case _:
            return ProblemError(500, "Something went wrong.")


class _Service:
    def __init__(self, embedder: Embedder, options: ServiceOptions) -> None:
        self.embedder, self.options = embedder, options
        self.model = embedder.space.name
        self.batcher: Batcher | None = None
        self.fetcher: Fetcher | None = None

    @asynccontextmanager
    async def lifespan(self, _app: FastAPI) -> AsyncIterator[None]:
        self.batcher = Batcher(self.embedder, max_waiting=self.options.max_waiting, linger=self.options.linger)
        self.batcher.start()
        self.fetcher = Fetcher(self.options)
        yield
        self.fetcher.close()
        await self.batcher.stop()

    async def guard(self, request: Request, forward: Callable[[Request], Awaitable[Response]]) -> Response:
        """Ask for the token, and refuse bodies that are announced too large, before anything is read."""
        given = request.headers.get("authorization", "").encode()
        wanted = f"Bearer {self.options.token}".encode()
        if self.options.token and request.url.path != "/health" and not hmac.compare_digest(given, wanted):
            return ProblemError(401, "A bearer token is needed.", {"www-authenticate": "Bearer"}).response()
        length = request.headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self.options.max_bytes:
            return self._too_large().response()
        return await forward(request)

    def _too_large(self) -> ProblemError:
        return ProblemError(413, f"A request may have at most {self.options.max_bytes:,} bytes: send fewer images.")

    async def embeddings(self, request: Request) -> JSONResponse:
        """Embed the images of a request."""
        asked = await self._asked(request)
        sources = asked.sources()
        if len(sources) > self.options.max_images:
            raise ProblemError(422, f"A request may have at most {self.options.max_images} images.")
        if asked.model not in ("", self.model):
            raise ProblemError(404, f"This service has the model {self.model} only.")
        if asked.dimensions not in (0, self.embedder.space.dims):
            raise ProblemError(422, f"The model gives {self.embedder.space.dims} dimensions, no others.")
        vectors = await self._embed(sources)
        if asked.images is not None:
            return JSONResponse(plain_answer(vectors, self.model))
        return JSONResponse(openai_answer(vectors, self.model, asked.encoding_format))

    async def _asked(self, request: Request) -> EmbeddingRequest:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self.options.max_bytes:
                raise self._too_large()
        try:
            return EmbeddingRequest.model_validate_json(bytes(body))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ProblemError(422, f"{where or 'The body'}: {first['msg']}") from None

    async def _embed(self, sources: list[str]) -> list[NDArray[np.float32]]:
        if self.batcher is None or self.fetcher is None:
            raise ProblemError(503, "The service is starting or stopping.", {"retry-after": "1"})
        try:
            self.batcher.reserve(len(sources))
        except BusyError as busy:
            detail = "Too many images are waiting."
            raise ProblemError(429, detail, {"retry-after": str(busy.after)}) from None
        try:
            prepared = await self._prepared(self.batcher, self.fetcher, sources)
            answers = await self.batcher.embed(prepared)
        finally:
            self.batcher.free(len(sources))
        refused = {index: answer.reason for index, answer in enumerate(answers) if isinstance(answer, Rejected)}
        if refused:
            raise _unusable(refused)
        return [answer for answer in answers if not isinstance(answer, Rejected)]

    async def _prepared(self, batcher: Batcher, fetcher: Fetcher, sources: list[str]) -> list[Prepared]:
        found = await asyncio.gather(*(self._ready(batcher, fetcher, source) for source in sources))
        refused = {index: one.reason for index, one in enumerate(found) if isinstance(one, Rejected)}
        if refused:
            raise _unusable(refused)
        return found

    async def _ready(self, batcher: Batcher, fetcher: Fetcher, source: str) -> Prepared:
        """Give one image ready for the model, or why it is not."""
        try:
            given = await fetcher.fetched(source)
            return await asyncio.get_running_loop().run_in_executor(batcher.pool, self._prepare, given)
        except BadInputError as error:
            return Rejected(str(error))
        except UnreadableImage as error:
            return Rejected(error.message)

    def _prepare(self, given: str | bytes) -> Prepared:
        """Decode one image and make it ready; runs in a worker thread."""
        data = image_bytes(given) if isinstance(given, str) else given
        limits = DecodeParams(max_pixels=self.options.max_pixels, min_side=self.embedder.min_side)
        return self.embedder.prepare(decode(data, limits))

    async def models(self) -> JSONResponse:
        """List the one model."""
        space = self.embedder.space
        row = {
            "id": self.model,
            "object": "model",
            "owned_by": "sosie",
            "created": 0,
            "revision": space.revision,
            "precision": space.precision,
            "preprocessing": space.preprocessing,
            "dimensions": space.dims,
            "capabilities": ["image_embed"],
        }
        return JSONResponse({"object": "list", "data": [row]})

    async def health(self) -> JSONResponse:
        """Tell whether the service works, with what, and how busy it is."""
        return JSONResponse(
            {
                "status": "ok",
                "model": self.model,
                "space": self.embedder.space.key,
                "device": getattr(self.embedder, "device", "cpu"),
                "batch_size": self.embedder.batch,
                "concurrency": self.embedder.concurrency,
                "waiting": self.batcher.waiting if self.batcher else 0,
            }
        )


def _unusable(refused: dict[int, str]) -> ProblemError:
    index, reason = next(iter(refused.items()))
    rows = [{"index": index, "reason": reason} for index, reason in refused.items()]
    return ProblemError(422, f"Image {index} {reason}.", errors=rows)
