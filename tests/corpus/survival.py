"""Decode many damaged files in a process of its own, where a crash or a hang of a decoder can be seen.

    python -m tests.corpus.survival COUNT SEED

Prints one JSON line: how many files were given, read and refused, and each exception that got through.
A file that takes longer than ten seconds ends the process with a traceback.
"""

from __future__ import annotations

import faulthandler
import json
import sys

from sosie.errors import UnreadableImage
from sosie.imaging import decode, pixel_digest
from tests.corpus.mutations import mutated

SECONDS = 10


def survive(count: int, seed: int) -> dict[str, object]:
    """Counts of files given, read and refused, and the exceptions that are not Sosie's, by file name."""
    given = read = refused = 0
    leaks: dict[str, str] = {}
    for name, data in mutated(count, seed):
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        given += 1
        try:
            picture = decode(data)
            read += picture.pixels.ndim == 3 and picture.pixels.size > 0
            pixel_digest(data)
        except UnreadableImage as error:
            refused += bool(error.message)
        except Exception as error:
            leaks[name] = repr(error)
    faulthandler.cancel_dump_traceback_later()
    return {"given": given, "read": read, "refused": refused, "leaks": leaks}


if __name__ == "__main__":
    faulthandler.enable()
    print(json.dumps(survive(int(sys.argv[1]), int(sys.argv[2]))))
