"""Originals in a bucket that several servers share: S3 on loopback."""

from __future__ import annotations

import secrets
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sosie.config import Settings
from sosie.errors import UsageError
from sosie.pipeline.collecting import brand_refs, sync_brand
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from sosie.store.pruning import prune_originals
from tests.pictures import encoded, picture
from tests.web import Site, settings_for

obstore = pytest.importorskip("obstore")
moto = pytest.importorskip("moto.server")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"shared-{secrets.token_hex(4)}"  # all servers of one process have the same buckets
    url = f"http://{host}:{port}/{bucket}"
    urllib.request.urlopen(urllib.request.Request(url, method="PUT")).close()
    yield settings_for(tmp_path / "one", originals_url=f"s3://{bucket}/sosie", catalog=tmp_path / "shared.db")
    server.stop()


def keep(originals: Originals, data: bytes) -> bytes:
    with originals.incoming() as incoming:
        incoming.write(data)
        return originals.keep(incoming).sha256


def test_what_one_machine_keeps_another_finds(settings: Settings, tmp_path: Path) -> None:
    one = Originals.of(settings)
    other = Originals.of(replace(settings, data_dir=tmp_path / "two"))
    key = keep(one, b"picture")
    assert other.holds(key, 7)
    assert other.size_here(key) is None
    path = other.find(key)
    assert path is not None
    assert path.read_bytes() == b"picture"
    assert path.is_relative_to(tmp_path / "two")
    assert other.find(b"0" * 32) is None
    assert [(found, size) for found, size, _ in other.all()] == [(key, 7)]
    one.remove(key)
    assert not other.holds(key, 7)


def test_a_second_machine_fetches_nothing_that_the_first_has(settings: Settings, tmp_path: Path) -> None:
    with Site() as site, Catalogue.of(settings) as catalogue:
        site.pages |= {f"/{seed}.jpg": encoded(picture(seed)) for seed in range(3)}
        site.pages["/list"] = "\n".join(f"{site.url}/{seed}.jpg" for seed in range(3)).encode()
        brand = Brands(catalogue).save(Brand(key="nike", sources=(SourceSpec("urls", {"url": f"{site.url}/list"}),)))
        sync_brand(catalogue, Originals.of(settings), brand, settings)
        other = Originals.of(replace(settings, data_dir=tmp_path / "two"))
        refs, skipped = brand_refs(catalogue, other, ["nike"])
        assert (len(refs), skipped) == (3, [])
        assert all(Path(ref.path).is_relative_to(tmp_path / "two") for ref in refs)
        shutil.rmtree(tmp_path / "one")
        Brands(catalogue).begin_sync("nike", brand.created)  # as a sync that was cut off left it
        sync_brand(catalogue, Originals.of(settings), Brands(catalogue).wanted("nike"), settings)
        assert all(site.count(f"/{seed}.jpg") == 1 for seed in range(3))


def test_pruning_bounds_the_bucket_and_drops_copies(settings: Settings) -> None:
    originals = Originals.of(settings)
    key = keep(originals, b"picture")
    with Catalogue.of(settings) as catalogue:
        assert prune_originals(catalogue, originals, dry=False, now=1e12).files == 1
    assert originals.find(key) is None
    assert not originals.path_of(key).exists()


def test_a_bucket_that_is_not_there_is_an_error_without_its_address(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1/s3cret")
    missing = Originals.of(replace(settings, originals_url="s3://none/x"))
    with pytest.raises(OSError, match="bucket of originals failed") as failure:
        keep(missing, b"picture")
    assert "s3cret" not in str(failure.value)


def test_an_address_that_is_none_of_a_bucket_is_refused(settings: Settings) -> None:
    with pytest.raises(UsageError, match="originals_url"):
        Originals.of(replace(settings, originals_url="nonsense"))
