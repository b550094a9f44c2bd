"""A ViT with random weights in the graph of CLIP's image tower: the work of the published model, and no download."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class _Graph:
    def __init__(self, seed: int) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._draw = np.random.default_rng(seed)
        self._count = 0

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        self._count += 1
        name = f"v{self._count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def constant(self, values: np.ndarray) -> str:
        self._count += 1
        self.weights.append(numpy_helper.from_array(values, f"w{self._count}"))
        return f"w{self._count}"

    def random(self, *shape: int) -> str:
        return self.constant((self._draw.standard_normal(shape, np.float32) * 0.02).astype(np.float32))

    def linear(self, x: str, wide: int, out: int) -> str:
        return self.node("Add", self.node("MatMul", x, self.random(wide, out)), self.random(out))

    def norm(self, x: str, width: int) -> str:
        ones, zeros = self.constant(np.ones(width, np.float32)), self.constant(np.zeros(width, np.float32))
        return self.node("LayerNormalization", x, ones, zeros, axis=-1)

    def attention(self, x: str, width: int, heads: int) -> str:
        split = self.constant(np.array([0, 0, heads, width // heads], np.int64))
        q, k, v = (self.node("Reshape", self.linear(x, width, width), split) for _ in range(3))
        q, v = (self.node("Transpose", one, perm=[0, 2, 1, 3]) for one in (q, v))
        k = self.node("Transpose", k, perm=[0, 2, 3, 1])
        scale = self.constant(np.array((width // heads) ** -0.5, np.float32))
        weights = self.node("Softmax", self.node("Mul", self.node("MatMul", q, k), scale), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", weights, v), perm=[0, 2, 1, 3])
        joined = self.node("Reshape", mixed, self.constant(np.array([0, 0, width], np.int64)))
        return self.linear(joined, width, width)

    def perceptron(self, x: str, width: int) -> str:
        hidden = self.linear(x, width, 4 * width)
        gate = self.node("Sigmoid", self.node("Mul", hidden, self.constant(np.array(1.702, np.float32))))
        return self.linear(self.node("Mul", hidden, gate), 4 * width, width)


def write_vit(
    path: Path, *, side: int = 224, patch: int = 32, width: int = 768, layers: int = 12, dims: int = 512
) -> None:
    """Write a ViT (by default ViT-B/32) as one ONNX file: `pixel_values` (n, 3, side, side) to `image_embeds`."""
    graph = _Graph(0)
    tokens = (side // patch) ** 2
    x = graph.node(
        "Conv",
        "pixel_values",
        graph.random(width, 3, patch, patch),
        kernel_shape=[patch, patch],
        strides=[patch, patch],
    )
    x = graph.node("Reshape", x, graph.constant(np.array([0, width, tokens], np.int64)))
    x = graph.node("Transpose", x, perm=[0, 2, 1])
    x = graph.node("Add", x, graph.random(1, tokens, width))
    x = graph.norm(x, width)
    for _ in range(layers):
        x = graph.node("Add", x, graph.attention(graph.norm(x, width), width, width // 64))
        x = graph.node("Add", x, graph.perceptron(graph.norm(x, width), width))
    first = graph.node("Gather", x, graph.constant(np.array(0, np.int64)), axis=1)
    graph.nodes.append(
        helper.make_node("MatMul", [graph.norm(first, width), graph.random(width, dims)], ["image_embeds"])
    )
    made = helper.make_graph(
        graph.nodes,
        "vit",
        [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, ["batch", 3, side, side])],
        [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["batch", dims])],
        graph.weights,
    )
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
