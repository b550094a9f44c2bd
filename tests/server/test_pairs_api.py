"""Pairs over the API: the edge of the report, one found anew, and the picture."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sosie.pipeline.explaining import explain
from tests.server.service import Service, processed, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data = tmp_path_factory.mktemp("service")
    result = processed(data)
    with running(data) as found:
        found.result = result
        yield found


def key(service: Service, name: str) -> str:
    return hashlib.sha256((service.folder / name).read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("one", "other"),
    [("acme/1.png", "zeta/1-cropped.jpg"), ("zeta/1-cropped.jpg", "acme/1.png"), ("acme/1.png", "acme/1-small.jpg")],
)
def test_a_pair_is_told_as_explain_tells_it(service: Service, one: str, other: str) -> None:
    found = service.get(f"/api/results/latest/pairs/{key(service, one)}/{key(service, other)}")
    expected = explain(service.folder / one, service.folder / other)
    assert expected.edge is not None
    assert found["edge"]["relation"] == expected.edge.relation == "copy"
    # A scan may have inferred the pair from two others, and explain measures it alone.
    assert found["edge"]["score"] == pytest.approx(expected.edge.score, abs=0.01)
    assert (found["edge"]["a"], found["edge"]["b"]) == (found["a"]["id"], found["b"]["id"])
    evidence = expected.edge.evidence
    assert found["edge"]["evidence"].get("edits", []) == [edit.kind for edit in evidence.edits]
    assert found["edge"]["evidence"].get("origin", "a") == evidence.origin
    assert (found["pdq_distance"], found["dhash_distance"]) == (expected.pdq_distance, expected.dhash_distance)
    assert expected.edge.evidence.transform is not None
    corners = np.array([[0, 0, 1], [100, 0, 1], [0, 100, 1], [100, 100, 1]]).T
    there, as_told = (np.array(matrix) @ corners for matrix in (found["transform"], expected.edge.evidence.transform))
    np.testing.assert_allclose(there[:2] / there[2], as_told[:2] / as_told[2], atol=0.5)
    assert (Path(found["a"]["uri"]).name, Path(found["b"]["uri"]).name) == (Path(one).name, Path(other).name)


def test_both_directions_of_a_pair_undo_each_other(service: Service) -> None:
    a, b = key(service, "acme/1.png"), key(service, "acme/1-mirrored.jpg")
    there, back = (service.get(f"/api/results/latest/pairs/{x}/{y}") for x, y in ((a, b), (b, a)))
    product = np.array(back["transform"]) @ np.array(there["transform"])
    np.testing.assert_allclose(product / product[2, 2], np.eye(3), atol=1e-6)
    assert there["edge"]["words"] == "mirrored"


def test_strangers_have_no_edge_and_what_differs_is_named(service: Service) -> None:
    a, b = key(service, "acme/1.png"), key(service, "zeta/other.jpg")
    found = service.get(f"/api/results/latest/pairs/{a}/{b}")
    assert (found["edge"], found["transform"]) == (None, None)
    assert found["pdq_distance"] > 60
    assert found["differences"]["brand"] == ["acme", "zeta"]
    assert found["differences"]["format"] == ["PNG", "JPEG"]


def test_equal_bytes_are_identical(service: Service) -> None:
    a = key(service, "acme/1-small.jpg")
    found = service.get(f"/api/results/latest/pairs/{a}/{a}")
    assert found["edge"]["relation"] == "identical"
    np.testing.assert_allclose(found["transform"], np.eye(3))


def test_a_picture_shows_two_images_aligned(service: Service) -> None:
    a, b = key(service, "acme/1.png"), key(service, "zeta/1-cropped.jpg")
    answer = service.http.get(f"/api/results/latest/pairs/{a}/{b}/picture")
    assert answer.headers["content-type"] == "image/webp"
    image = Image.open(io.BytesIO(answer.content))
    assert image.width > 3 * 400
    other = service.http.get(f"/api/results/latest/pairs/{a}/{key(service, 'zeta/other.jpg')}/picture")
    assert Image.open(io.BytesIO(other.content)).width < image.width
    assert service.http.get(f"/api/results/latest/pairs/{a}/{'0' * 64}").status_code == 404
    assert service.http.get(f"/api/results/latest/pairs/{a}/x/picture").status_code == 422
