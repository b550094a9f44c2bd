"""Measure Sosie beside other tools and write RESULTS.md.

    python -m benchmarks.run                       everything (about half an hour on two cores)
    python -m benchmarks.run --only speed --repeat 5
    python -m benchmarks.run --only quality --data edits --tool "sosie auto"
    python -m benchmarks.run --smoke               all parts with a handful of images, in seconds

Rows that are not measured anew stay as they were in benchmarks/results.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import results
from benchmarks.contenders import Contender, NotRunError, everyone, make_peers
from benchmarks.data_sets import NAMES, MissingDataError, Name, prepare
from benchmarks.measuring import Rows, compare, memory, rescan
from benchmarks.places import FULL, FULL_PLACES, HERE, ROOT, SMOKE, Places, Scale, subset, trial_places
from benchmarks.process import RunFailedError
from benchmarks.rendering import render

PARTS = ("speed", "quality", "rescan", "memory", "joins")
COMMANDS = {"joins": "joins", "vectors": "vector_joins", "candidates": "candidates", "engines": "engines"}
"""Parts that have a command of their own, whose table becomes a part of the page; all but the first on request only."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the parts that are asked for; return 0, or 1 where data were missing or a scan failed."""
    args = _parser().parse_args(arguments)
    scale = SMOKE if args.smoke else subset(args.groups) if args.groups else FULL
    places = FULL_PLACES if scale is FULL else trial_places(scale)
    if args.results:
        places = Places(places.work, args.results, args.results / "RESULTS.md", places.shared)
    tools = _tools(args)
    complete = True
    for part in args.only or PARTS:
        complete &= _measure(part, args, tools, scale, places)
    places.page.parent.mkdir(parents=True, exist_ok=True)
    places.page.write_text(render(places.results))
    results.say(f"wrote {places.page.name} in {places.page.parent.name}/")
    return 0 if complete else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--only",
        action="append",
        choices=list(dict.fromkeys([*PARTS, *COMMANDS])),
        help="this part; can be given several times",
    )
    parser.add_argument("--data", action="append", choices=NAMES, help="quality on this data set alone; likewise")
    parser.add_argument("--tool", action="append", help='this tool alone, such as "sosie auto"; likewise')
    parser.add_argument("--repeat", type=int, default=3, help="rounds of the timings (default 3)")
    parser.add_argument("--groups", type=int, help="a trial with so many groups; writes to benchmarks/work/trial")
    parser.add_argument("--smoke", action="store_true", help="a trial with a handful of images, without peers")
    parser.add_argument(
        "--peers", type=Path, help="interpreter with immaculate; otherwise one is made in benchmarks/work"
    )
    parser.add_argument("--no-peers", action="store_true", help="Sosie alone")
    parser.add_argument("--results", type=Path, help="write JSON and RESULTS.md to this folder")
    return parser


def _tools(args: argparse.Namespace) -> list[Contender]:
    """The contenders that are asked for."""
    alone = args.no_peers or args.smoke
    peers = args.peers or HERE / "work" / "peers" / "bin" / "python"
    wanted = [tool for tool in everyone(peers) if not alone or tool.name.startswith("sosie")]
    if args.tool:
        unknown = set(args.tool) - {tool.name for tool in wanted}
        if unknown:
            sys.exit(f"unknown tool {sorted(unknown)}; there are {[tool.name for tool in wanted]}")
        wanted = [tool for tool in wanted if tool.name in args.tool]
    if not args.peers and any(tool.python == str(peers) for tool in wanted):
        try:
            make_peers(peers.parent.parent)
        except NotRunError as error:
            results.say(str(error))
    return wanted


def _measure(part: str, args: argparse.Namespace, tools: list[Contender], scale: Scale, places: Places) -> bool:
    """Measure one part and keep its rows; False where data are missing or a scan failed."""
    run = results.this_run(scale)

    def keep(name: str, rows: Rows) -> None:
        results.merge(places.results, name, rows, run=run, about={})

    try:
        if part == "speed":
            rows = compare(prepare("transformed", scale, places), tools, places, repeat=args.repeat)
            keep("speed-transformed", rows)
            keep("quality-transformed", rows)
        elif part == "quality":
            timed = "speed" in (args.only or PARTS)
            for name in args.data or [name for name in NAMES if not (timed and name == "transformed")]:
                keep(f"quality-{name}", compare(prepare(_name(name), scale, places), tools, places, repeat=1))
        elif part == "rescan":
            keep("rescan", rescan(prepare("transformed", scale, places), tools, places, repeat=args.repeat))
        elif part == "memory":
            keep("memory", memory(scale, tools, places))
        else:
            _table(COMMANDS[part], scale, places)
    except (MissingDataError, RunFailedError) as error:
        results.say(f"{part}: {error}")
        return False
    return True


def _name(text: str) -> Name:
    return next(name for name in NAMES if name == text)


def _table(command: str, scale: Scale, places: Places) -> None:
    places.results.mkdir(parents=True, exist_ok=True)
    size = [] if scale is FULL else ["--smoke"]
    output = places.results / f"{command.replace('_', '-')}.md"
    line = [sys.executable, "-m", f"benchmarks.{command}", *size, "--output", str(output)]
    subprocess.run(line, cwd=ROOT, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
