"""Puts the built interface into the wheel; where it is missing, builds it, or says what to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_MISSING = (
    "The interface is not built, and there is no npm to build it with: a wheel without it would have no pages. "
    "Install Node.js 20.19 or newer and build again, or run `make ui` where there is one and build here."
)


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before a wheel is made; editable installs do without the interface."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make sure that the interface is there, and take it in though git ignores it."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "src" / "sosie" / "_ui" / "index.html").is_file():
            _build(root / "web")
        build_data["artifacts"].append("src/sosie/_ui")


def _build(web: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or not web.is_dir():
        raise SystemExit(_MISSING)
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        run = subprocess.run([npm, *arguments], cwd=web, check=False)  # noqa: S603  # npm, of the person's own path
        if run.returncode != 0:
            raise SystemExit(
                f"The interface could not be built: `npm {' '.join(arguments)}` in {web} failed (see above)."
            )
