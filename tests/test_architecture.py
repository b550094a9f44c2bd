"""The rooms of the package: imports go downwards only."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_imports_go_downwards_only() -> None:
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 kept, 0 broken" in run.stdout


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Names of functions and how many lines each has."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_files_stay_under_400_lines_and_functions_under_60() -> None:
    files = sorted((ROOT / "src" / "sosie").rglob("*.py"))
    assert [path.name for path in files if len(path.read_text(encoding="utf-8").splitlines()) > 400] == []
    assert [name for path in files for name, lines in functions(path) if lines > 60] == []
