"""What people upload: images and archives under their names, nothing else, nothing beyond the limits."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

import pytest

from sosie.errors import SourceFailure
from sosie.sources.intake import Intake, UploadLimits
from sosie.sources.upload import UploadSource
from sosie.types import ImageRef
from tests.pictures import encoded, picture

A, B = encoded(picture(1, longest=60)), encoded(picture(2, longest=60))


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return kept.getvalue()


def taken(folder: Path, sent: dict[str, bytes], **limits: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """What lies in the brand's folder after an upload, and what was refused."""
    intake = Intake(folder, "nike", UploadLimits(**limits))
    pairs: list[tuple[str, BinaryIO]] = [(name, io.BytesIO(data)) for name, data in sent.items()]
    intake.take_all(pairs)
    there = {
        path.relative_to(folder / "nike").as_posix(): path.read_bytes()
        for path in (folder / "nike").rglob("*")
        if path.is_file()
    }
    everywhere = [path for path in folder.parent.rglob("*") if path.is_file()]
    assert len(everywhere) == len(there), "something lies outside of the brand's folder"
    return there, {item.uri: item.reason for item in intake.skipped}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "around" / "uploads"


def test_images_keep_their_names_and_folders(folder: Path) -> None:
    assert taken(folder, {"a.jpg": A, "shoes/red/b.jpg": B}) == ({"a.jpg": A, "shoes/red/b.jpg": B}, {})


def test_an_archive_is_unpacked_into_a_folder_of_its_name(folder: Path) -> None:
    archive = zipped({"a.jpg": A, "sub/b.jpg": B, "readme.txt": b"hello", "sub/": b""})
    there, refused = taken(folder, {"spring.zip": archive})
    assert there == {"spring/a.jpg": A, "spring/sub/b.jpg": B}
    assert refused == {"spring/readme.txt": "is not an image (it looks like text)"}


def test_nothing_is_overwritten_and_the_same_image_is_the_same(folder: Path) -> None:
    taken(folder, {"a.jpg": A})
    assert taken(folder, {"a.jpg": B})[0] == {"a.jpg": A, "a (2).jpg": B}
    assert taken(folder, {"a.jpg": B})[0] == {"a.jpg": A, "a (2).jpg": B}


@pytest.mark.parametrize(
    "name",
    ["../out.jpg", "a/../../out.jpg", "/etc/out.jpg", "C:\\out.jpg", "..\\out.jpg", "\\\\server\\out.jpg", "", "..",
     "a/" * 30 + "b.jpg"],
)  # fmt: skip
def test_a_name_that_leads_out_is_refused_outside_and_inside_of_archives(folder: Path, name: str) -> None:
    there, refused = taken(folder, {name: A, "z.zip": zipped({name: A}) if name else b""})
    assert there == {}
    assert len(refused) == 2


@pytest.mark.parametrize(
    "name", ["a\0b.jpg", "con:x?.jpg", "x" * 300 + ".jpg", ".hidden.jpg", "ü" * 150 + ".jpg", "a. "]
)
def test_an_odd_name_is_made_plain(folder: Path, name: str) -> None:
    there, _ = taken(folder, {name: A})
    (found,) = there
    assert not set(found) & set('\0:?*<>|"')
    assert not found.startswith(".")


@pytest.mark.parametrize("data", [b"", b"<html>", b"MZ\x90", b"#!/bin/sh\nrm -rf /", b"<svg/>"])
def test_what_is_no_image_is_refused_whatever_its_name(folder: Path, data: bytes) -> None:
    there, refused = taken(folder, {"a.jpg": data})
    assert there == {}
    assert refused["a.jpg"]


def test_links_and_encrypted_entries_of_an_archive_are_refused(folder: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = 0o120777 << 16
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(link, "/etc/passwd")
        archive.writestr("secret.jpg", A)
        archive.writestr("a.jpg", A)
    data = bytearray(kept.getvalue())
    entry = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    data[entry + 8] |= 1
    there, refused = taken(folder, {"z.zip": bytes(data)})
    assert there == {"z/a.jpg": A}
    assert refused == {"z/link.jpg": "is a link", "z/secret.jpg": "is encrypted"}


def test_a_bomb_is_not_unpacked(folder: Path) -> None:
    image = b"BM" + bytes(30_000_000)
    bomb = zipped({f"{number}.bmp": image for number in range(8)})
    there, refused = taken(folder, {"bomb.zip": bomb})
    assert len(there) == 1
    assert all("100 times its own size" in reason for reason in refused.values())


def test_a_lie_on_the_size_of_an_entry_does_not_help(folder: Path) -> None:
    data = bytearray(zipped({"a.bmp": b"BM" + bytes(5_000_000)}))
    entry = data.index(b"PK\1\2")
    data[entry + 24 : entry + 28] = struct.pack("<L", 10)
    there, refused = taken(folder, {"z.zip": bytes(data)}, image_bytes=1_000_000)
    assert there == {}
    assert "damaged" in refused["z/a.bmp"]


def test_an_archive_in_an_archive_is_no_image(folder: Path) -> None:
    there, refused = taken(folder, {"z.zip": zipped({"inner.zip": zipped({"a.jpg": A})})})
    assert there == {}
    assert "ZIP" in refused["z/inner.zip"]


@pytest.mark.parametrize("damage", ["cut", "garbage", "ends"])
def test_a_damaged_archive_is_reported(folder: Path, damage: str) -> None:
    whole = zipped({"a.jpg": A, "b.jpg": B})
    broken = {
        "cut": whole[:-60],
        "garbage": b"PK\3\4" + os.urandom(500),
        "ends": whole[:-22] + b"PK\5\6" + b"\xff" * 18,
    }
    there, refused = taken(folder, {"z.zip": broken[damage]})
    assert there == {}
    assert refused


def test_a_damaged_entry_does_not_take_the_others_along(folder: Path) -> None:
    data = bytearray(zipped({"a.jpg": A, "b.jpg": B}, zipfile.ZIP_STORED))
    data[data.index(A) + 100] ^= 255
    there, refused = taken(folder, {"z.zip": bytes(data)})
    assert there == {"z/b.jpg": B}
    assert "damaged" in refused["z/a.jpg"]


def test_limits_on_count_and_size_are_kept_and_told(folder: Path) -> None:
    there, refused = taken(folder, {"a.jpg": A, "b.jpg": B, "c.jpg": A}, files=2)
    assert (len(there), list(refused)) == (2, ["c.jpg"])
    there, refused = taken(folder.parents[1] / "x" / "uploads", {"a.jpg": A}, image_bytes=100)
    assert (there, list(refused)) == ({}, ["a.jpg"])
    there, refused = taken(folder.parents[1] / "y" / "uploads", {"a.jpg": A, "b.jpg": B}, all_bytes=len(A) + 10)
    assert (list(there), list(refused)) == (["a.jpg"], ["b.jpg"])
    there, refused = taken(folder.parents[1] / "z" / "uploads", {"z.zip": zipped({"a.jpg": A})}, archive_bytes=100)
    assert (there, list(refused)) == ({}, ["z.zip"])
    there, refused = taken(folder.parents[1] / "d" / "uploads", {"z.zip": zipped({"a.jpg": A})}, directory_bytes=10)
    assert (there, list(refused)) == ({}, ["z"])


def test_uploads_are_a_source_of_their_brand(folder: Path) -> None:
    taken(folder, {"a.jpg": A, "sub/b.jpg": B})
    os.symlink("/etc/passwd", folder / "nike" / "link.jpg")
    items = list(UploadSource(folder, "nike").refs())
    refs = [item for item in items if isinstance(item, ImageRef)]
    assert [(ref.uri, Path(ref.path).read_bytes()) for ref in refs] == [
        ("upload:nike/a.jpg", A),
        ("upload:nike/sub/b.jpg", B),
    ]
    assert [item.uri for item in items if item not in refs] == ["upload:nike/link.jpg"]
    with pytest.raises(SourceFailure, match="Nothing was uploaded"):
        list(UploadSource(folder, "puma").refs())
