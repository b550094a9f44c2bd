"""The schema of the API (OpenAPI): what FastAPI knows of it, with errors as they really are and how to be let in."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from sosie.server.examples import ANSWERS, REQUESTS
from sosie.server.schemas.system import Problem
from sosie.server.security.sessions import COOKIE

_PROBLEM = {
    "description": "An error, with a sentence and what to do next.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_DOORS = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token (`sosie token add`)."},
    "session": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "Set by POST /api/session."},
}
_FASTAPI_ERRORS = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI, routes: list[BaseRoute]) -> None:
    """Let an app describe these routes at /openapi.json."""

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=routes,
                separate_input_output_schemas=False,
            )
            app.openapi_schema = _completed(schema)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    parts = schema.setdefault("components", {})
    known = parts.setdefault("schemas", {})
    for name in _FASTAPI_ERRORS:
        known.pop(name, None)
    known["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["securitySchemes"] = _DOORS
    schema["security"] = [{}, *({name: []} for name in _DOORS)]
    for methods in schema["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _PROBLEM
    for (method, path), example in REQUESTS.items():
        schema["paths"][path][method]["requestBody"]["content"]["application/json"]["example"] = example
    for (method, path), example in ANSWERS.items():
        schema["paths"][path][method]["responses"]["200"]["content"]["application/json"]["example"] = example
    return schema
