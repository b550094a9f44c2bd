"""A sync that is killed as a power cut does it goes on: what is noted as stored is not asked for again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sosie.pipeline.collecting import brand_refs
from sosie.store.brands import Brand, Brands, SourceSpec
from sosie.store.catalogue import Catalogue
from sosie.store.originals import Originals
from tests.pictures import encoded, picture
from tests.processes import sosie
from tests.web import Asked, Site, settings_for

COUNT = 120


def test_a_sync_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    images = [encoded(picture(seed, longest=60)) for seed in range(8)]

    def image(asked: Asked) -> None:
        time.sleep(0.03)
        number = int(asked.path.strip("/"))
        asked.answer(images[number % 8] + bytes([number]))

    with Site() as site:
        site.pages |= {f"/{number}": image for number in range(COUNT)}
        site.pages["/list"] = "\n".join(f"{site.url}/{number}" for number in range(COUNT)).encode()
        settings = settings_for(tmp_path)
        with Catalogue.of(settings) as catalogue:
            spec = SourceSpec("urls", {"url": f"{site.url}/list"})
            Brands(catalogue).save(Brand(key="nike", sources=(spec,)))
        env = {"SOSIE_DATA_DIR": str(tmp_path), "SOSIE_ALLOWED_NETWORKS": "127.0.0.0/8"}
        kill_after(site, 60, env)
        with Catalogue.of(settings) as catalogue:
            noted = [image.uri.rpartition("/")[2] for image in Brands(catalogue).images(["nike"])]
        assert 0 < len(noted) < COUNT
        assert sosie("brand", "sync", "nike", env=env).returncode == 0
        assert all(site.count(f"/{number}") == 1 for number in noted)
        with Catalogue.of(settings) as catalogue:
            originals = Originals.of(settings)
            refs, skipped = brand_refs(catalogue, originals, ["nike"])
            assert (len(refs), skipped, Brands(catalogue).wanted("nike").state) == (COUNT, [], "ready")
            assert len(list(originals.all())) == COUNT
            assert all(Path(ref.path).read_bytes()[-1] == int(ref.uri.rpartition("/")[2]) for ref in refs)


def kill_after(site: Site, requests: int, env: dict[str, str]) -> None:
    """Start a sync and kill it once it has asked for so many things."""
    code = "from sosie.cli import main; main()"
    process = subprocess.Popen([sys.executable, "-c", code, "brand", "sync", "nike"], env={**os.environ, **env})
    while len(site.asked) < requests and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) == -signal.SIGKILL
