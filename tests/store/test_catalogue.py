"""The catalogue: whose file it is, and what it keeps when things go wrong."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.errors import CatalogueError, UsageError
from sosie.store import schema
from sosie.store.catalogue import Batch, Catalogue, Content, Location
from sosie.store.memo import recall
from tests.processes import as_nobody, python
from tests.store.conftest import Opener


def content(number: int = 0) -> Content:
    key = number.to_bytes(32, "big")
    return Content(
        key, 10, "PNG", 4, 3, 1, 8, alpha=True, lossless=True, quality=None, metadata=False, detail=0.5, detail_side=3
    )


def batch(count: int, first: int = 0) -> Batch:
    contents = [content(number) for number in range(first, first + count)]
    return Batch(
        locations=[Location(b"/caf\xe9/%d" % n, "1:2:3", c.sha256, None, "r") for n, c in enumerate(contents, first)],
        contents=contents,
        fingerprints=[("space", c.sha256, os.urandom(5000)) for c in contents],
    )


def test_the_folders_of_a_catalogue_are_made(tmp_path: Path) -> None:
    Catalogue(tmp_path / "new" / "folder" / "c.db").close()
    assert (tmp_path / "new" / "folder" / "c.db").exists()


def test_what_was_saved_is_found_again_in_any_number(opened: Opener) -> None:
    saved = batch(1003)
    with opened() as catalogue:
        catalogue.save(saved)
    with opened() as catalogue:
        keys = [row.sha256 for row in saved.contents]
        assert catalogue.contents([*keys, b"unknown"]) == {row.sha256: row for row in saved.contents}
        assert catalogue.locations(row.uri for row in saved.locations) == {row.uri: row for row in saved.locations}
        assert catalogue.rows("space", keys) == {key: row for _, key, row in saved.fingerprints}
        assert catalogue.having("space", [keys[3], b"unknown"]) == {keys[3]}
        assert catalogue.rows("other space", keys) == {}
        assert catalogue.counts()["content"] == 1003


def test_a_changed_file_replaces_its_location_and_a_known_content_stays(opened: Opener) -> None:
    with opened() as catalogue:
        catalogue.save(batch(1))
        catalogue.save_pixel_digests({content().sha256: b"digest"})
        moved = Location(b"/caf\xe9/0", "9:9:9", content(7).sha256, None, "r")
        catalogue.save(Batch(locations=[moved], contents=[content(0), content(7)]))
        assert catalogue.locations([moved.uri]) == {moved.uri: moved}
        assert catalogue.contents([content().sha256])[content().sha256].pixels_sha256 == b"digest"


def test_verdicts_are_kept_by_judge_and_strangers_are_remembered_too(opened: Opener) -> None:
    with opened() as catalogue:
        catalogue.save_verdicts("judge 1", {(b"a", b"b"): {"relation": "copy"}, (b"a", b"c"): None})
        assert catalogue.verdicts("judge 1", [(b"a", b"b"), (b"a", b"c"), (b"b", b"c")]) == {
            (b"a", b"b"): {"relation": "copy"},
            (b"a", b"c"): None,
        }
        assert catalogue.verdicts("judge 2", [(b"a", b"b")]) == {}


def test_what_is_needed_no_more_is_forgotten(opened: Opener) -> None:
    with opened() as catalogue:
        catalogue.save(batch(10))
        gone = [row.uri for row in batch(10).locations[:4]]
        assert catalogue.forget(gone, [], dry=True) == (4, 4, 4)
        assert catalogue.counts()["content"] == 10
        assert catalogue.forget(gone, ["space"], dry=False) == (4, 4, 10)
        assert (catalogue.counts()["location"], catalogue.holds("space"), catalogue.spaces()) == (6, False, {})


def test_details_digests_rows_and_reports_are_replaced(opened: Opener) -> None:
    with opened() as catalogue:
        catalogue.save(batch(3))
        keys = [content(number).sha256 for number in range(3)]
        catalogue.save_details([replace(content(1), detail=0.75, detail_side=9)])
        catalogue.save_pixel_digests({keys[2]: b"pixels"})
        catalogue.replace_rows("space", {keys[0]: b"new", keys[1]: b"too"})
        found = catalogue.contents(keys)
        assert (found[keys[1]].detail, found[keys[2]].pixels_sha256) == (0.75, b"pixels")
        assert [row for _, row in catalogue.all_rows("space")][:2] == [b"new", b"too"]
        assert catalogue.uris(keys[:1]) == {keys[0]: [batch(1).locations[0].uri]}
        for number in range(10):
            catalogue.save_memo("same" if number % 2 else str(number), b"%d" % number, now=float(number))
        assert catalogue.counts()["memo"] == 6
        assert catalogue.size() > 0


def test_writers_of_the_same_rows_at_once_all_succeed(opened: Opener) -> None:
    errors: list[BaseException] = []

    def write(turn: int) -> None:
        rows = batch(400)
        turned = Batch(rows.locations[::turn], rows.contents[::turn], rows.fingerprints[::turn])
        try:
            with opened() as catalogue:
                for _ in range(3):
                    catalogue.save(turned)
        except BaseException as error:
            errors.append(error)

    opened().close()
    threads = [threading.Thread(target=write, args=(turn,)) for turn in (1, -1, 1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    with opened() as catalogue:
        assert catalogue.counts()["content"] == 400


@pytest.mark.parametrize("url", ["mysql://x/y", "no address", "postgresql://nobody:secret@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_opened_is_said_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises((CatalogueError, UsageError)) as error:
        Catalogue(tmp_path / "c.db", url=url)
    assert "database_url" in str(error.value)
    assert "secret" not in str(error.value)


def test_the_newest_reports_are_remembered_without_loading_the_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "odd ?#% name.db"
    assert recall(path, "0") is None
    with Catalogue(path) as catalogue:
        for number in range(10):
            catalogue.save_memo(str(number), b"report %d" % number, now=float(number))
    assert path.exists()
    assert [recall(path, str(number)) for number in (1, 2, 9)] == [None, b"report 2", b"report 9"]


@pytest.mark.parametrize("tables", ["CREATE TABLE songs (x)", "CREATE TABLE meta (key, value)"])
def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path, tables: str) -> None:
    path = tmp_path / "music.db"
    connection = sqlite3.connect(path)
    connection.execute(tables)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(CatalogueError, match="is a database of another program"):
        Catalogue(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["music.db"]


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe0 a photo, say" * 100, b"SQLite format 3\0" + bytes(2000)])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(data)
    with pytest.raises(CatalogueError, match="cannot be opened"):
        Catalogue(path)
    assert path.read_bytes() == data


def test_a_catalogue_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    Catalogue(path).close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE meta SET value = ?", (str(schema.VERSION + 1),))
    connection.commit()
    connection.close()
    with pytest.raises(CatalogueError, match=r"newer version.*Upgrade Sosie"):
        Catalogue(path)


def test_a_folder_is_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be opened"):
        Catalogue(tmp_path)


def test_an_empty_file_becomes_a_catalogue(tmp_path: Path) -> None:
    (tmp_path / "c.db").touch()
    Catalogue(tmp_path / "c.db").close()
    assert (tmp_path / "c.db").stat().st_size > 0


@pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")
def test_a_read_only_catalogue_and_folder_are_refused_in_one_sentence(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    Catalogue(tmp_path / "c.db").close()
    (tmp_path / "c.db").chmod(0o444)
    tmp_path.chmod(0o555)
    imports = "import sys; from pathlib import Path; from sosie.errors import CatalogueError\n"
    imports += "from sosie.store.catalogue import Catalogue; Catalogue(Path(sys.argv[2])).close()"
    code = (
        "for name in ('c.db', 'new.db', 'sub/new.db'):\n"
        "    try:\n        Catalogue(Path(sys.argv[1], name))\n"
        "    except CatalogueError as error:\n        print(error)\n"
    )
    (tmp_path.parent / "warm").mkdir()
    out = as_nobody(imports, code, tmp_path, tmp_path.parent / "warm" / "c.db").splitlines()
    tmp_path.chmod(0o755)
    assert len(out) == 3
    for line in out:
        assert "cannot be opened" in line
        assert "--catalog" in line


_FULL = """
import os, resource, signal, sys
from pathlib import Path
from sosie.errors import CatalogueError, UsageError
from sosie.store.catalogue import Catalogue
from tests.store.test_catalogue import batch
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
kept = 0
with Catalogue(path) as catalogue:
    try:
        for number in range(100):
            catalogue.save(batch(10, number * 10))
            kept += 10
    except CatalogueError as error:
        print(kept, error)
"""


@pytest.mark.skipif(os.name == "nt", reason="file size limits as POSIX has them")
def test_a_full_disk_is_said_plainly_and_what_was_written_stays(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    kept, sentence = python(_FULL, path).split(" ", 1)
    assert int(kept) > 0
    assert f"The catalogue {path} failed (" in sentence
    assert "space on its disk" in sentence
    with Catalogue(path) as catalogue:
        assert catalogue.counts()["content"] == int(kept)
        catalogue.save(batch(10, 5000))
        assert catalogue.counts()["content"] == int(kept) + 10


def test_a_file_damaged_later_is_a_catalogue_error_and_not_another_programs(tmp_path: Path) -> None:
    path = tmp_path / "c.db"
    with Catalogue(path) as catalogue:
        catalogue.save(batch(50))
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(CatalogueError):
        read_everything(path)


def read_everything(path: Path) -> None:
    keys = [row.sha256 for row in batch(50).contents]
    with Catalogue(path) as catalogue:
        catalogue.contents(keys)
        catalogue.rows("space", keys)
        catalogue.counts()
