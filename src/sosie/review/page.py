"""The report as one HTML file with thumbnails: it opens offline, anywhere, and loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from sosie.errors import SosieError
from sosie.imaging import DecodeParams, decode
from sosie.imaging.thumbnails import encode_webp, thumbnail
from sosie.report import Report
from sosie.review.plan import is_file
from sosie.sources.folder import plain_reason, read_file

if TYPE_CHECKING:
    from sosie.review.exports import Row

_SIDE = 200
_MOST_BYTES = 1_000_000_000
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
section { border-top: 1px solid #8884; padding: 1rem 0; }
ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; margin: 0; padding: 0; }
li { width: 13rem; overflow-wrap: anywhere; }
figure { align-items: center; background: #8882; display: flex; height: 13rem; justify-content: center; margin: 0; }
img { max-height: 100%; max-width: 100%; }
.role { border-radius: .2rem; color: #fff; font-weight: 600; padding: 0 .4rem; }
.keeper, .keep { background: #14652f; } .drop { background: #a3182a; } .open { background: #5d5d5d; }
small { display: block; }
"""


Read = Callable[["Row"], bytes]
"""Gives the bytes of an image. Raises `OSError` or `SosieError` with the reason when it cannot be had."""


def read_here(row: Row) -> bytes:
    """Return the bytes of an image that is a file of this machine. Raises as `Read` says."""
    if not is_file(row.uri):
        raise OSError(0, "not on this machine")
    return read_file(row.uri, _MOST_BYTES)[0]


def page(report: Report, rows: Sequence[Row], read: Read = read_here) -> str:
    """Return the page for the rows of a report. Images that cannot be read any more are shown with the reason."""
    groups = [list(members) for _, members in groupby(rows, key=lambda row: row.group)]
    dropped = [row for row in rows if row.role == "drop"]
    summary = (
        f"{len(report.images):,} images, {len(groups):,} groups, {len(dropped):,} to drop "
        f"({sum(row.bytes for row in dropped) / 1e6:,.1f} MB), {len(report.skipped):,} skipped."
    )
    body = "".join(_group(members, read) for members in groups)
    skipped = "".join(f"<li>{_shown(s.uri)}<small>{_shown(s.reason)}</small></li>" for s in report.skipped)
    tail = f"<section><h2>Skipped</h2><ul>{skipped}</ul></section>" if skipped else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sosie: duplicate images</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; style-src '
        f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'\">"
        f"<style>{_STYLE}</style></head><body><h1>Duplicate images</h1><p>{summary}</p>{body}{tail}</body></html>\n"
    )


def _group(rows: Sequence[Row], read: Read) -> str:
    title = f"<h2>{_shown(rows[0].relation)} <small>group {_shown(rows[0].group)}</small></h2>"
    return f"<section>{title}<ul>{''.join(_item(row, read) for row in rows)}</ul></section>"


def _item(row: Row, read: Read) -> str:
    facts = f"{row.width} × {row.height} {row.format}, {row.bytes / 1000:,.0f} kB"
    by = f"<small>decided by {_shown(row.decided_by)} at {_shown(row.decided_at)}</small>" if row.decided_at else ""
    return (
        f'<li><figure>{_picture(row, read)}</figure><span class="role {row.role}">{row.role}</span> {_shown(row.uri)}'
        f"<small>{_shown(facts)}</small><small>{_shown(row.reason)}</small>{by}</li>"
    )


def _picture(row: Row, read: Read) -> str:
    try:
        picture = decode(read(row), DecodeParams(min_side=_SIDE))
    except OSError as error:
        return f"<small>{_shown(plain_reason(error))}</small>"
    except SosieError as error:
        return f"<small>{_shown(error.message)}</small>"
    encoded = base64.b64encode(encode_webp(thumbnail(picture, _SIDE), 70)).decode()
    return f'<img alt="" src="data:image/webp;base64,{encoded}">'


def _shown(text: str) -> str:
    return escape(text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))
