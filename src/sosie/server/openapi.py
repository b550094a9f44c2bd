"""Print the API's own description, from which the interface's types are made.

python -m sosie.server.openapi > web/openapi.json
"""

from __future__ import annotations

import json

from sosie.config import Settings
from sosie.server.app import create_app


def description() -> str:
    """Return the OpenAPI description of the service as JSON, the same in every run."""
    return json.dumps(create_app(Settings()).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    print(description(), end="")
