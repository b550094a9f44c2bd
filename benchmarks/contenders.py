"""Who is measured: Sosie with its two methods, and other tools on the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.places import HERE, ROOT

IMMACULATE = "0.3.0"
IMAGEDEDUP = "0.3.3.post2"
_SOSIE = "from sosie.cli import main; main()"


class NotRunError(Exception):
    """A contender is not there; the message says why."""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program to measure: its name in the tables, the package whose version counts, its command without the folder.

    `writes_report` is true where it writes Sosie's report itself; others print groups of paths as JSON.
    """

    name: str
    package: str
    python: str
    command: tuple[str, ...]
    writes_report: bool = False

    def line(self, folder: Path, catalog: Path, report: Path) -> list[str]:
        """The whole command for one scan of a folder."""
        if self.writes_report:
            return [*self.command, str(folder), "--catalog", str(catalog), "--report", str(report), "--quiet"]
        return [*self.command, str(folder)]

    def version(self) -> str:
        """The version of the package that is installed for this contender; raises `NotRunError` where it is not."""
        code = f"from importlib.metadata import version; print(version({self.package!r}))"
        done = subprocess.run([self.python, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode:
            raise NotRunError(f"{self.name}: not run, {self.package} is not installed in {Path(self.python).name}")
        return done.stdout.strip()


def sosie(method: str) -> Contender:
    """Sosie with a method, run by the interpreter that runs the benchmark."""
    command = (sys.executable, "-c", _SOSIE, "scan", "--method", method)
    return Contender(f"sosie {method}", "sosie", sys.executable, command, writes_report=True)


def everyone(peers: Path) -> list[Contender]:
    """All contenders in the order of a round; `peers` is the interpreter that immaculate is installed for."""
    here, there = sys.executable, str(peers)
    script = str(HERE / "peers.py")
    tools = [
        Contender(
            f"immaculate {method}", "immaculate", there, (there, "-m", "immaculate", "--json", "--method", method)
        )
        for method in ("pdq", "sscd_distilled", "sscd")
    ]
    hashes = [
        Contender("imagehash dhash", "imagehash", here, (here, script, "imagehash-dhash")),
        Contender("imagehash phash", "imagehash", here, (here, script, "imagehash-phash")),
        Contender("pdqhash, brute force", "pdqhash", here, (here, script, "pdqhash")),
        Contender("imagededup phash", "imagededup", there, (there, script, "imagededup-phash")),
    ]
    return [sosie("hash"), sosie("auto"), *tools, *hashes]


def environment(data: Path) -> dict[str, str]:
    """The environment of a measured run: nobody's settings, Sosie's data in a folder of the run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOSIE_")}
    return {**kept, "SOSIE_DATA_DIR": str(data)}


def make_peers(folder: Path) -> Path:
    """Create the environment of the peers that need Python 3.12 and return its interpreter; keep one that is there.

    Raises `NotRunError` where there is no such Python or nothing can be installed.
    """
    python = folder / "bin" / "python"
    if python.exists():
        return python
    base = _newer_python()
    print(f"installing peers into {folder.name} ...", file=sys.stderr, flush=True)
    _call([base, "-m", "venv", str(folder)])
    _call([str(python), "-m", "pip", "install", "-q", f"immaculate[sscd]=={IMMACULATE}"])
    # Its hashes need no torch; the package would pull in gigabytes of it.
    _call([str(python), "-m", "pip", "install", "-q", "--no-deps", f"imagededup=={IMAGEDEDUP}"])
    _call([str(python), "-m", "pip", "install", "-q", "tqdm", "PyWavelets", "matplotlib", "scikit-learn", "pillow"])
    return python


def _newer_python() -> str:
    installed = sorted((Path.home() / ".pyenv" / "versions").glob("3.1[2-9]*/bin/python"))
    for name in (sys.executable, "python3.12", "python3.13", "python3.14", *map(str, installed)):
        found = shutil.which(name)
        code = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))"
        if found and not subprocess.run([found, "-c", code], capture_output=True, check=False).returncode:
            return found
    raise NotRunError("peers: immaculate needs Python 3.12 or newer, and none was found")


def _call(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["no reason given"]
        raise NotRunError(f"peers: {' '.join(command[1:5])} failed: {lines[-1]}")
