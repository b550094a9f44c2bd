"""What a walk over real folders gives."""

from __future__ import annotations

import json
import os
import random
import socket
from pathlib import Path

import pytest

from sosie.errors import UsageError
from sosie.sources import FolderSource
from sosie.sources.folder import read_file
from sosie.types import ImageRef, Skipped
from tests.processes import as_nobody, let_everybody_in

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and sockets as POSIX has them")


def walk(*paths: Path, hidden: bool = False) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    """Names of files with the names of their aliases, and names of what was skipped with the reasons."""
    items = list(FolderSource(paths, hidden=hidden).refs())
    refs = [item for item in items if isinstance(item, ImageRef)]
    found = {Path(ref.uri).name: tuple(Path(alias).name for alias in ref.aliases) for ref in refs}
    assert len(found) == len(refs)
    return found, {Path(item.uri).name: item.reason for item in items if isinstance(item, Skipped)}


def test_hard_links_are_one_file_with_aliases(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"x")
    os.link(tmp_path / "b", tmp_path / "a")
    os.link(tmp_path / "b", tmp_path / "c")
    assert walk(tmp_path) == ({"a": ("b", "c")}, {})


def test_a_symbolic_link_is_an_alias_of_its_file_although_its_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "z").write_bytes(b"x")
    (tmp_path / "a").symlink_to("z")
    assert walk(tmp_path) == ({"z": ("a",)}, {})


def test_a_link_to_a_file_elsewhere_brings_it_in_once(tmp_path: Path) -> None:
    (tmp_path / "away").write_bytes(b"x")
    (tmp_path / "in").mkdir()
    for name in "ab":
        (tmp_path / "in" / name).symlink_to(tmp_path / "away")
    assert walk(tmp_path / "in") == ({"a": ("b",)}, {})


def test_a_link_to_a_folder_is_followed_and_a_folder_is_entered_once(tmp_path: Path) -> None:
    (tmp_path / "away" / "deep").mkdir(parents=True)
    (tmp_path / "away" / "deep" / "x").write_bytes(b"x")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "away")
    (tmp_path / "in" / "other").symlink_to(tmp_path / "away")
    assert walk(tmp_path / "in") == ({"x": ()}, {})
    assert walk(tmp_path) == ({"x": ()}, {})


def test_loops_end(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "up").symlink_to(tmp_path)
    (tmp_path / "folder" / "x").write_bytes(b"x")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    found, skipped = walk(tmp_path)
    assert found == {"x": ()}
    assert skipped == dict.fromkeys(("one", "two"), "is a link that leads back to itself")


def test_pipes_sockets_devices_and_dangling_links_are_skipped_with_plain_reasons(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(tmp_path)  # a socket's path may have about 100 characters only
        server.bind("socket")
        os.chdir(here)
        assert walk(tmp_path) == (
            {},
            {
                "pipe": "is a named pipe, not a file",
                "gone": "is a link to something that is not there",
                "null": "is a device, not a file",
                "socket": "is a socket, not a file",
            },
        )


def test_hidden_folders_are_named_but_not_entered_unless_asked_for(tmp_path: Path) -> None:
    for name in (".git", "plain"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"in{name}").write_bytes(b"x")
    (tmp_path / ".file").write_bytes(b"x")
    assert walk(tmp_path) == ({".file": (), "inplain": ()}, {".git": "is a hidden folder, not entered"})
    assert walk(tmp_path, hidden=True) == ({".file": (), "inplain": (), "in.git": ()}, {})
    assert walk(tmp_path / ".git") == ({"in.git": ()}, {})


def test_a_hidden_link_to_a_folder_is_not_followed_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "away").mkdir()
    (tmp_path / "away" / "x").write_bytes(b"x")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".link").symlink_to(tmp_path / "away")
    assert walk(tmp_path / "in") == ({}, {".link": "is a hidden folder, not entered"})
    assert walk(tmp_path / "in", hidden=True) == ({"x": ()}, {})
    assert walk(tmp_path / "in" / ".link") == ({"x": ()}, {})


def test_unreadable_folders_are_skipped_with_a_plain_reason(tmp_path: Path) -> None:
    let_everybody_in(tmp_path)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "x").write_bytes(b"x")
    (tmp_path / "closed").chmod(0)
    imports = "import sys, json; from sosie.sources import FolderSource"
    code = "print(json.dumps([(x.uri, x.reason) for x in FolderSource(sys.argv[1:]).refs()]))"
    found = json.loads(as_nobody(imports, code, tmp_path))
    (tmp_path / "closed").chmod(0o755)
    assert found == [[str(tmp_path / "closed"), "may not be read (permission denied)"]]


def test_names_that_are_not_utf8_are_found_and_lead_back_to_the_file(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9\n.jpg"
    try:
        Path(os.fsdecode(name)).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    (ref,) = FolderSource([tmp_path]).refs()
    assert isinstance(ref, ImageRef)
    assert os.fsencode(ref.uri) == name
    assert read_file(ref.uri, 10)[0] == b"x"


def test_the_order_and_overlap_of_paths_do_not_matter(tmp_path: Path) -> None:
    for folder in ("a", "a/b", "c"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / f"{folder[-1]}.jpg").write_bytes(b"x")
    os.link(tmp_path / "c" / "c.jpg", tmp_path / "a" / "z.jpg")
    paths = [
        tmp_path / "a",
        tmp_path / "a" / "b",
        tmp_path / "c",
        tmp_path / "c" / "c.jpg",
        tmp_path / "a" / ".." / "c",
    ]
    expected = list(FolderSource(paths).refs())
    assert len(expected) == 3
    for seed in range(4):
        random.Random(seed).shuffle(paths)
        assert list(FolderSource(paths).refs()) == expected


def test_a_path_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no file or folder at .*nowhere"):
        list(FolderSource([tmp_path / "nowhere"]).refs())


def test_a_tilde_is_the_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x").write_bytes(b"x")
    assert [ref.uri for ref in FolderSource(["~"]).refs()] == [str(tmp_path / "x")]


def test_every_reference_carries_the_brand_and_the_state_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"four")
    (ref,) = FolderSource([tmp_path], brand="nike").refs()
    assert isinstance(ref, ImageRef)
    assert ref.state is not None
    assert (ref.brand, ref.state.size) == ("nike", 4)
    assert read_file(ref.uri, 10) == (b"four", ref.state)


def test_a_file_over_the_limit_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x" * 11)
    with pytest.raises(OSError, match="over the limit"):
        read_file(str(tmp_path / "x"), 10)


def test_a_pipe_in_place_of_a_file_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    with pytest.raises(OSError, match="no regular file"):
        read_file(str(tmp_path / "x"), 10)


def test_a_file_that_never_stops_changing_is_refused_rather_than_read_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x")
    real, calls = os.fstat, []

    def growing(handle: int) -> os.stat_result:
        calls.append(handle)
        if len(calls) % 2 == 0:
            with path.open("ab") as file:
                file.write(b"more")
        return real(handle)

    monkeypatch.setattr(os, "fstat", growing)
    with pytest.raises(OSError, match="changes while it is read"):
        read_file(str(path), 1000)
