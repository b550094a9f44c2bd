"""Damaged files of all formats: a picture or a reason, never a crash, a hang or a foreign exception."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sosie.errors import UnreadableImage
from sosie.imaging import decode
from tests.corpus.mutations import mutated, write_mutated
from tests.corpus.samples import samples

ROOT = Path(__file__).parents[2]


def test_two_thousand_damaged_files_give_a_picture_or_a_reason() -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.corpus.survival", "2000", "20260101"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    result = json.loads(run.stdout)
    assert result["leaks"] == {}
    assert result["given"] == 2000 == result["read"] + result["refused"]
    assert result["read"] > 100
    assert result["refused"] > 1000


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    paths = write_mutated(tmp_path / "a", 60, seed=3)
    assert len(paths) == 60 == len({path.name for path in paths})
    for path, (name, data) in zip(paths, mutated(60, seed=3), strict=True):
        assert (path.name, path.read_bytes()) == (name, data)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_bytes_after_any_head_give_a_picture_or_a_reason(data: st.DataObject) -> None:
    head = data.draw(st.sampled_from([s.data for s in samples()]))
    keep = data.draw(st.integers(0, min(len(head), 300)))
    tail = data.draw(st.binary(max_size=200))
    try:
        plain = decode(head[:keep] + tail).pixels.ndim == 3
    except UnreadableImage as error:
        plain = error.message.startswith(("is ", "has ", "needs ", "uses "))
    assert plain


def test_threads_decode_what_one_thread_decodes() -> None:
    with ThreadPoolExecutor(4) as pool:
        pictures = list(pool.map(lambda s: decode(s.data), samples() * 3))
    for sample, picture in zip(samples() * 3, pictures, strict=True):
        np.testing.assert_array_equal(picture.pixels, decode(sample.data).pixels)


def test_importing_the_room_loads_no_decoder() -> None:
    code = (
        "import sys, sosie.imaging; print([m for m in ('PIL', 'cv2', 'pillow_heif', 'simplejpeg') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.strip() == "[]"
