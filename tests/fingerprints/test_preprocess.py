"""What a model sees is what its reference sees."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from sosie.fingerprints.embedders.model import Model, Preprocessing
from sosie.fingerprints.embedders.preprocess import MIN_SIDE, square, tensor
from sosie.fingerprints.embedders.registry import MODELS
from sosie.imaging import DecodeParams, decode
from tests.pictures import picture

PHOTOS = Path(__file__).parents[2].parent / "shared" / "data"
CROPPED = [model for model in MODELS.values() if model.preprocessing.resize == "crop"]


def reference(image: Image.Image, how: Preprocessing) -> NDArray[np.uint8]:
    """Resize and centre crop as written in the image processors of transformers (PIL) and in torchvision."""
    width, height = image.size
    short = how.shorter or how.size
    longer = int(short * max(width, height) / min(width, height))
    size = (short, longer) if width <= height else (longer, short)
    kernels = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
    resized = np.asarray(image.resize(size, kernels[how.filter]))
    centre: Callable[[int], int] = (lambda n: n // 2) if how.offset == "floor" else (lambda n: round(n / 2.0))
    top, left = centre(size[1] - how.size), centre(size[0] - how.size)
    return resized[top : top + how.size, left : left + how.size]


def photos(count: int) -> list[Path]:
    found = sorted(PHOTOS.glob("demo/*/*.jpg")) + sorted(PHOTOS.glob("public/images/*.jp*g"))
    return found[:: max(1, len(found) // count)]


def jpegs(folder: Path) -> list[Path]:
    """Drawn pictures of many shapes as JPEGs, and real photos where there are any."""
    shapes = [(640, 480), (480, 640), (333, 1001), (1500, 1499), (225, 224)]
    drawn = []
    for seed, (width, height) in enumerate(shapes):
        pixels = np.asarray(Image.fromarray(picture(seed, longest=300)).resize((width, height)), np.int16)
        noisy = pixels + np.random.default_rng(seed).integers(-12, 13, pixels.shape, dtype=np.int16)
        drawn.append(folder / f"{seed}.jpg")
        Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(drawn[-1], quality=90)
    return drawn + photos(24)


def transformers_processor(model: Model) -> Any:
    """The image processor of transformers (its PIL back end) with the numbers that the model's repository publishes."""
    how = model.preprocessing
    normalise = {"image_mean": how.mean, "image_std": how.std}
    if how.resize == "squash":
        size = {"height": how.size, "width": how.size}
        return transformers.SiglipImageProcessorPil(size=size, resample=2, **normalise)
    crop = {"height": how.size, "width": how.size}
    shortest = {"shortest_edge": how.shorter or how.size}
    kind = transformers.BitImageProcessorPil if how.shorter else transformers.CLIPImageProcessorPil
    return kind(size=shortest, crop_size=crop, **normalise)


@pytest.mark.parametrize("name", ["clip-vit-b32", "siglip2-b32-256", "dinov2-small"])
def test_pictures_look_to_a_model_as_transformers_prepares_them(name: str, tmp_path: Path) -> None:
    how, processor = MODELS[name].preprocessing, transformers_processor(MODELS[name])
    levels = 255 * np.array(how.std, np.float32)[:, None, None]
    for path in jpegs(tmp_path):
        wanted = processor(Image.open(path).convert("RGB"), return_tensors="np")["pixel_values"][0]
        pixels = decode(path.read_bytes(), DecodeParams(min_side=MIN_SIDE)).pixels
        got = tensor([square(pixels, how)], how)[0]
        assert (np.abs(got - wanted) * levels).max() <= 1.001, path.name


@pytest.mark.parametrize("model", CROPPED, ids=lambda model: model.name)
def test_pictures_look_to_a_model_as_the_rule_is_written_down(model: Model, tmp_path: Path) -> None:
    how = model.preprocessing
    for path in jpegs(tmp_path):
        wanted = reference(Image.open(path).convert("RGB"), how)
        got = square(decode(path.read_bytes(), DecodeParams(min_side=MIN_SIDE)).pixels, how)
        assert np.abs(got.astype(int) - wanted).max() <= 1, path.name


def test_photos_of_24_megapixels_differ_by_a_level_at_most_nearly_everywhere(tmp_path: Path) -> None:
    how = MODELS["clip-vit-b32"].preprocessing
    for path in jpegs(tmp_path)[-1:]:
        large = np.asarray(Image.open(path).convert("RGB").resize((6000, 4000), Image.Resampling.LANCZOS), np.int16)
        noisy = (large + np.random.default_rng(0).normal(0, 6, (4000, 6000, 1)).astype(np.int16)).clip(0, 255)
        file = io.BytesIO()
        Image.fromarray(noisy.astype(np.uint8)).save(file, "JPEG", quality=90)
        wanted = reference(Image.open(file), how)
        got = square(decode(file.getvalue(), DecodeParams(min_side=MIN_SIDE)).pixels, how)
        difference = np.abs(got.astype(int) - wanted)
        assert (difference > 1).mean() < 0.001
        assert difference.max() <= 3
        assert difference.mean() < 0.3


@settings(max_examples=60, deadline=None)
@given(
    short=st.integers(8, 600),
    aspect=st.floats(0.25, 2),
    wanted=st.integers(40, 300),
    kernel=st.sampled_from(["bicubic", "bilinear"]),
)
def test_the_middle_of_a_resized_picture_is_what_pillow_gives(
    short: int, aspect: float, wanted: int, kernel: Any
) -> None:
    """Of noise, which is the hardest: every value is an edge."""
    width, height = (short, int(short * aspect)) if aspect >= 1 else (int(short / aspect), short)
    how = Preprocessing(size=wanted, filter=kernel)
    pixels = np.random.default_rng(short).integers(0, 256, (height, width, 3), dtype=np.uint8)
    got = square(pixels, how).astype(int)
    assert np.abs(got - reference(Image.fromarray(pixels), how)).max() <= 1


def test_a_tensor_is_normalised_per_channel() -> None:
    how = MODELS["clip-vit-b32"].preprocessing
    values = tensor([np.full((224, 224, 3), (255, 0, 128), np.uint8)], how)[0, :, 5, 7].tolist()
    wanted = [(part - how.mean[c]) / how.std[c] for c, part in enumerate((1.0, 0.0, 128 / 255))]
    assert values == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (900, 1), (3, 20_000), (224, 224), (223, 400)])
@pytest.mark.parametrize("name", list(MODELS))
def test_every_shape_fits_every_model(name: str, shape: tuple[int, int]) -> None:
    how = MODELS[name].preprocessing
    assert square(np.zeros((*shape, 3), np.uint8), how).shape == (how.size, how.size, 3)
