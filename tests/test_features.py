"""Features: their bytes, and the forms that cost nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sosie.errors import SosieError
from sosie.features import FORMS, SPOT, WORD_FORMS, Features, Form, Spots


def some_features(count: int = 20, seed: int = 0) -> Features:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, [199, 149, 40, 360], (count, 4)).astype(np.float32)
    places[:, 2] += 2
    ramp = np.linspace(0, 255, 200, dtype=np.uint8)
    thumbnail = np.stack([np.tile(ramp, (150, 1))] * 3, 2)
    return Features(thumbnail, places, rng.integers(0, 150, (count, 128)).astype(np.uint8))


def test_bytes_bring_features_back_with_small_losses() -> None:
    features = some_features()
    back = Features.from_bytes(features.to_bytes())
    assert back.size == (200, 150)
    assert np.abs(back.thumbnail.astype(int) - features.thumbnail).mean() < 2
    assert np.abs(back.points[:, :2] - features.points[:, :2]).max() <= 1 / 128
    assert np.abs(back.points[:, 2] / features.points[:, 2] - 1).max() < 0.02
    turned = (back.points[:, 3] - features.points[:, 3] + 180) % 360 - 180
    assert np.abs(turned).max() < 0.8
    roots = np.sqrt(back.descriptors.astype(float)) - np.sqrt(features.descriptors.astype(float))
    assert np.abs(roots).max() <= np.sqrt(150) / 10 + 0.1


def test_bytes_of_bytes_are_the_same_points_and_descriptors() -> None:
    once = Features.from_bytes(some_features().to_bytes())
    twice = Features.from_bytes(once.to_bytes())
    assert np.array_equal(once.points, twice.points)
    assert np.array_equal(once.descriptors, twice.descriptors)


def test_an_image_without_features_has_bytes_too() -> None:
    back = Features.from_bytes(some_features(0).to_bytes())
    assert back.points.shape == (0, 4)
    assert back.descriptors.shape == (0, 128)


def test_bytes_stay_small() -> None:
    assert len(some_features(150).to_bytes()) < 150 * 49 + 12_000


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_bytes_are_refused(data: st.DataObject) -> None:
    good = some_features(5).to_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SosieError):
        Features.from_bytes(bytes(bad))


@pytest.mark.parametrize("data", [b"", b"sosF", b"GIF89a" + bytes(100), some_features(3).to_bytes()[:-1]])
def test_foreign_and_cut_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(SosieError, match="Fingerprint the image again"):
        Features.from_bytes(data)


def test_each_form_undoes_itself_and_forms_combine_by_exclusive_or() -> None:
    for one in range(4):
        for two in range(4):
            assert np.array_equal(FORMS[one][FORMS[two]], FORMS[one ^ two])
            assert WORD_FORMS[one] ^ WORD_FORMS[two] == WORD_FORMS[one ^ two]


@pytest.mark.parametrize("form", [0, 1, 2, 3])
def test_a_form_taken_twice_is_the_image_itself(form: Form) -> None:
    features = some_features()
    back = features.form(form).form(form)
    assert np.array_equal(back.thumbnail, features.thumbnail)
    assert np.array_equal(back.descriptors, features.descriptors)
    assert np.allclose(back.points, features.points, atol=1e-3)


def test_spots_of_many_images_are_joined_in_order() -> None:
    rows = np.zeros(3, SPOT)
    rows["word"] = [7, 8, 9]
    spots = Spots.from_bytes([rows[:1].tobytes(), b"", rows[1:].tobytes()])
    assert len(spots) == 3
    assert spots.starts.tolist() == [0, 1, 1, 3]
    assert spots.rows["word"].tolist() == [7, 8, 9]


def test_spots_of_another_length_are_refused() -> None:
    with pytest.raises(SosieError, match="no spots"):
        Spots.from_bytes([b"12345"])
