"""A model of a few kilobytes with the ends of a real one, and the pictures that it is tried on."""

from __future__ import annotations

import hashlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from sosie.fingerprints.embedders.model import Model, Preprocessing, RemoteFile
from sosie.imaging.picture import ImageInfo, Picture

SIDE, DIMS = 32, 16
REVISION = "0123456789abcdef0123456789abcdef01234567"


def tiny_onnx(seed: int = 0, side: int = SIDE, dims: int = DIMS, pool: int = 4) -> bytes:
    """Average pooling and one matrix: every number of the vector depends on the whole picture."""
    cells = (side // pool) ** 2 * 3
    weights = np.random.default_rng(seed).standard_normal((cells, dims)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", ["pixel_values"], ["pooled"], kernel_shape=[pool, pool], strides=[pool, pool]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["image_embeds"]),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, side, side])],
        [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["batch", dims])],
        [numpy_helper.from_array(weights, "weights")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


MERGES = [("r", "e"), ("re", "d</w>"), ("s", "h"), ("o", "e</w>"), ("sh", "oe</w>")]


def vocabulary() -> dict[str, int]:
    """Tokens of small letters and of the few merges."""
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    parts = [*letters, *(letter + "</w>" for letter in letters), *("".join(pair) for pair in MERGES)]
    return {part: number for number, part in enumerate([*parts, "<|startoftext|>", "<|endoftext|>"])}


def tiny_text_onnx(tokens: int, dims: int = DIMS) -> bytes:
    """The mean of a vector a token."""
    table = np.random.default_rng(0).standard_normal((len(vocabulary()), dims)).astype(np.float32)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["rows"]),
        helper.make_node("ReduceMean", ["rows", "axis"], ["text_embeds"], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "text",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", tokens])],
        [helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["batch", dims])],
        [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.array([1]), "axis")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return bytes(model.SerializeToString())


def tiny_model(data: bytes, *, dims: int = DIMS, sha256: str | None = None, name: str = "tiny") -> Model:
    digest = hashlib.sha256(data).hexdigest() if sha256 is None else sha256
    return Model(
        name=name,
        repository="org/tiny",
        revision=REVISION,
        file=RemoteFile("onnx/vision_model.onnx", len(data), digest),
        precision="fp32",
        dims=dims,
        input="pixel_values",
        output="image_embeds",
        preprocessing=Preprocessing(size=SIDE),
        licence="MIT",
        threshold=0.88,
    )


def picture(seed: int, side: int = 48) -> Picture:
    """A picture of coloured rectangles on a gradient, another one for each seed."""
    draw = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:side, 0:side]
    pixels = np.stack([columns * 3, rows * 3, columns + rows], axis=-1).clip(0, 255).astype(np.uint8)
    for _ in range(8):
        top, left = draw.integers(0, side - 8, 2)
        height, width = draw.integers(6, side // 2, 2)
        pixels[top : top + height, left : left + width] = draw.integers(0, 256, 3)
    return Picture(ImageInfo("PNG", side, side, lossless=True), pixels)
