"""The command line. Importing it costs nothing; `main` loads the commands."""

from __future__ import annotations


def main() -> None:
    """Run `sosie` with the arguments of this process."""
    from sosie.cli.app import run

    run()
