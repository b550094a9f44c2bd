"""Exports of a result as files to send."""

from __future__ import annotations

import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from sosie.config import Settings
from sosie.pipeline.content_bytes import known_content, read_content
from sosie.review import Desk, Rules
from sosie.review.exports import Format, Row, export
from sosie.store.originals import Originals

_MEDIA: dict[Format, str] = {
    "csv": "text/csv",
    "json": "application/json",
    "html": "text/html",
    "parquet": "application/vnd.apache.parquet",
    "urls": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was made to be sent, then removed."""

    path: Path
    media: str
    suffix: str


def exported(
    desk: Desk, rules: Rules, kind: Format, brand: str, *, originals: Originals, settings: Settings
) -> Exported:
    """Give an export of what was found and decided; the lists of `urls` are put into one ZIP archive."""

    def read(row: Row) -> bytes:
        content = known_content(desk.catalogue, bytes.fromhex(row.sha256))
        return read_content(desk.catalogue, originals, content, int(settings.max_megabytes * 1e6))

    with tempfile.TemporaryDirectory(prefix="sosie-") as folder:
        made = Path(folder) / "export"
        export(desk, rules, made, kind, brand=brand, read=read)
        handle, name = tempfile.mkstemp(prefix="sosie-export-")
        with open(handle, "wb") as file:
            if kind == "urls":
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    for path in sorted(made.iterdir()):
                        archive.write(path, path.name)
            else:
                file.write(made.read_bytes())
    return Exported(Path(name), _MEDIA[kind], "zip" if kind == "urls" else kind)
