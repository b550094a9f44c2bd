"""Write the generated documents: the reference of the command line and of the settings.

    python -m docs.generate [--check]

With `--check` nothing is written, and the exit code is 1 when a document is stale.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer
from fastapi.routing import APIRoute

from sosie import config
from sosie.cli.app import app
from sosie.server.security.roles import Needs

HERE = Path(__file__).parent


def cli_reference() -> str:
    """Return docs/cli.md: every command with its help."""
    _refuse_another_typer()
    root = typer.main.get_command(app)
    parts = ["# Command line\n", "Written by `make docs` from the program itself.\n"]
    for name, text in _commands(root, "sosie"):
        parts.append(f"## `{name}`\n\n```text\n{text.rstrip()}\n```\n")
    return "\n".join(parts)


def _refuse_another_typer() -> None:
    """End where the installed Typer is not one of those that the project takes: each words its help in its own way."""
    limit = re.search(r'"typer>=[\d.]+,<(\d+)\.(\d+)"', (HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    if limit and tuple(map(int, typer.__version__.split(".")[:2])) >= tuple(map(int, limit.groups())):
        sys.exit(f"docs/cli.md is written with typer below {'.'.join(limit.groups())}: run `pip install -e .` again.")


def _commands(command: Any, name: str) -> Iterator[tuple[str, str]]:
    context = typer.Context(command, info_name=name, terminal_width=100, max_content_width=100)
    yield name, command.get_help(context)
    for child, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{name} {child}")


def settings_reference() -> str:
    """Return docs/settings.md: every setting with its default, variable and meaning."""
    lines = [
        "# Settings\n",
        "Written by `make docs`. Arguments win over `SOSIE_*` variables, these over `sosie.toml` of the working",
        "directory, and that over the defaults.\n",
        "| in sosie.toml | variable | default | meaning |",
        "|---|---|---|---|",
    ]
    meanings = _meanings()
    for field in fields(config.Settings):
        default = "" if field.default is None else f"`{field.default}`"
        lines.append(f"| `{field.name}` | `SOSIE_{field.name.upper()}` | {default} | {meanings[field.name]} |")
    return "\n".join(lines) + "\n"


def _meanings() -> dict[str, str]:
    """Return the string under each setting in the source."""
    tree = ast.parse(Path(config.__file__).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            found[field.target.id] = " ".join(ast.literal_eval(text.value).split())
    return found


def api_reference() -> str:
    """Return docs/api.md: every route of the service, who may ask it, and what it does."""
    from sosie.server.app import ROUTERS

    lines = [
        "# HTTP API\n",
        "Written by `make docs` from the program itself. `/openapi.json` of a server has all inputs and outputs.",
        "How to be let in, and what each role may: [server.md](server.md). Errors are `application/problem+json` with",
        "`title`, `detail`, `next_step` and, where a form is wrong, `errors`.\n",
        "| route | role | what it does |",
        "|---|---|---|",
    ]
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    for route in sorted(routes, key=lambda route: route.path):
        roles = [each.dependency.role for each in route.dependencies if isinstance(each.dependency, Needs)]
        about = " ".join((route.description or "").split("\n\n")[0].split())
        role = roles[0] or "anyone"
        lines.extend(f"| `{method} {route.path}` | {role} | {about} |" for method in sorted(route.methods or ()))
    return "\n".join(lines) + "\n"


DOCUMENTS = {"cli.md": cli_reference, "settings.md": settings_reference, "api.md": api_reference}


def main() -> int:
    """Write or check all generated documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = [name for name, make in DOCUMENTS.items() if _stale(HERE / name, make())]
    for name in stale:
        if check:
            print(f"docs/{name} is stale: run `make docs`.", file=sys.stderr)
        else:
            (HERE / name).write_text(DOCUMENTS[name](), encoding="utf-8")
            print(f"docs/{name} written")
    return 1 if check and stale else 0


def _stale(path: Path, text: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != text


if __name__ == "__main__":
    sys.exit(main())
