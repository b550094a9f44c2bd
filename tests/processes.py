"""Scans in processes of their own, and what files they open."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

_WATCHED = """
import json, os, sys
opened = []
def watch(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        opened.append(os.fsdecode(args[0]))
sys.addaudithook(watch)
import sosie.pipeline
folder, method = sys.argv[1:]
from sosie.config import load_settings
report = sosie.pipeline.find_duplicates(folder, settings=load_settings({"method": method, "workers": 2}))
inside = sorted({os.path.basename(path) for path in opened if os.path.abspath(path).startswith(folder + os.sep)})
print(json.dumps({"opened": inside, "images": len(report.images), "groups": len(report.groups)}))
"""


def sosie(
    *arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does."""
    command = [sys.executable, "-c", "from sosie.cli import main; main()", *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    how: dict[str, Any] = {"capture_output": True, "encoding": "utf-8", "errors": "replace", "timeout": 60}
    return subprocess.run(command, env=environment, cwd=cwd, check=False, **how)


def start(
    *arguments: str | Path, stderr: int = subprocess.PIPE, stdout: int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """Start the program in a process group of its own, with Ctrl-C in force."""
    # A shell without job control starts what runs in the background with Ctrl-C ignored, and children inherit that.
    code = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [sys.executable, "-c", f"{code}from sosie.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stdout=stdout, stderr=stderr, text=True, start_new_session=True)


def python(code: str, *arguments: str | Path, env: Mapping[str, str] | None = None, timeout: float = 60) -> str:
    """The standard output of a Python process; fails when it does."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    environment = {**os.environ, **(env or {})}
    run = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, env=environment, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return run.stdout


def watched_scan(folder: Path, method: str = "auto") -> dict[str, object]:
    """Scan in a process of its own: the names of files below `folder` that it opened, and counts of the report."""
    found: dict[str, object] = json.loads(python(_WATCHED, folder, method))
    return found


def as_nobody(imports: str, code: str, *arguments: str | Path) -> str:
    """The standard output of a Python process that has no rights while it runs `code`, whoever runs the tests."""
    drop = "\nimport os\nif os.getuid() == 0:\n    os.setegid(65534); os.seteuid(65534)\n"
    return python(imports + drop + code, *arguments)


def let_everybody_in(folder: Path) -> None:
    """Let a process without rights reach a temporary folder of pytest, which keeps its folders to itself."""
    for one in (folder, *folder.parents):
        if "pytest-of-" in str(one):
            one.chmod(0o755)


def interrupt(process: subprocess.Popen[str], kind: signal.Signals = signal.SIGINT) -> None:
    """Send a signal to one process."""
    os.kill(process.pid, kind)


def lines(parts: Sequence[str] | str) -> list[str]:
    """Lines that say something."""
    text = parts if isinstance(parts, str) else "\n".join(parts)
    return [line for line in text.splitlines() if line.strip()]
