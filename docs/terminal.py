"""Write docs/images/terminal.svg: what a scan of the drawn demo catalogue looks like in a terminal.

python -m docs.terminal
"""

from __future__ import annotations

import io
import os
import tempfile
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from demo.catalogue import write
from sosie import Report, Settings, find_duplicates
from sosie.cli.table import print_report

PICTURE = Path(__file__).parent / "images" / "terminal.svg"
_GROUPS = 5


def scan_demo() -> Report:
    """Scan a fresh demo catalogue and keep the groups that say most."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write(Path("catalogue"), 0.3)
        report = find_duplicates("catalogue", settings=Settings(catalog=Path("demo.db")))
    groups = sorted(report.groups, key=lambda group: -len(group.members))[:_GROUPS]
    root = str(Path(folder).resolve())
    images = tuple(replace(image, uri=image.uri.replace(root, "/shop")) for image in report.images)
    return replace(report, images=images, groups=tuple(groups))


def main() -> None:
    """Write the picture."""
    report = scan_demo()
    console = Console(record=True, width=100, file=io.StringIO(), highlight=False)
    console.print(Text("$ sosie scan catalogue", style="bold"))
    print_report(report, console=console)
    PICTURE.parent.mkdir(exist_ok=True)
    console.save_svg(str(PICTURE), title="sosie scan")
    print(f"{PICTURE} written")


if __name__ == "__main__":
    main()
