"""The command line. Importing it costs nothing; `main` loads the commands."""

from __future__ import annotations


def main() -> None:
    """Run `sosie` with the arguments of this process."""
    import gc

    gc.set_threshold(50_000)  # a scan makes many objects and hardly a cycle: looking for some took a tenth of its time
    from sosie.cli.app import run

    run()
