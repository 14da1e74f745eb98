"""Writes the ONNX graph of the reader's network: `python -m assistant.training.graph`.

It is BERT (Devlin et al. 2019, arXiv:1810.04805) for one window. Matrices are held in 8 bits, with
a scale for each output. Their inputs are quantized at run time ("dynamic quantization"). The graph
holds no weights: its initializers are filled in when the reader is loaded. Needs the package onnx.
Not imported at run time.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from assistant.reading.network import EPSILON, GRAPH, HEADS, INNER, LAYERS, WIDTH

_OPSET = 20
_HEAD = WIDTH // HEADS


class Graph:
    """Collects nodes, constants and weights."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.weights: list[onnx.TensorProto] = []

    def add(self, kind: str, *inputs: str, out: str, domain: str = "", **attributes: object) -> str:
        """Add a node with one output, and return the name of the output."""
        node = helper.make_node(kind, list(inputs), [out], name=out, domain=domain)
        node.attribute.extend(
            helper.make_attribute(name, value) for name, value in attributes.items()
        )
        self.nodes.append(node)
        return out

    def constant(self, name: str, value: object, kind: type = np.int64) -> str:
        """Add a small constant, and return its name."""
        self.constants.append(numpy_helper.from_array(np.array(value, kind), name))
        return name

    def weight(self, name: str, kind: int, *shape: int) -> str:
        """Add a tensor that is filled in later, and return its name.

        Until then it is declared as external data, in a file that does not exist.
        """
        tensor = TensorProto(
            name=name, data_type=kind, dims=shape, data_location=TensorProto.EXTERNAL
        )
        tensor.external_data.add(key="location", value="none")
        self.weights.append(tensor)
        return name

    def floats(self, name: str, *shape: int) -> str:
        """Add weights in float32, and return their name."""
        return self.weight(name, TensorProto.FLOAT, *shape)

    def multiply(self, states: str, name: str, outputs: int, inputs: int) -> str:
        """Add a linear layer with weights in 8 bits and a bias."""
        matrix = self.weight(f"{name}.weight", TensorProto.INT8, inputs, outputs)
        scale, bias = self.floats(f"{name}.scale", outputs), self.floats(f"{name}.bias", outputs)
        return self.add(
            "DynamicQuantizeMatMul",
            states,
            matrix,
            scale,
            "",
            bias,
            out=f"{name}.out",
            domain="com.microsoft",
        )

    def normalise(self, states: str, name: str) -> str:
        """Add layer normalisation."""
        weight, bias = self.floats(f"{name}.weight", WIDTH), self.floats(f"{name}.bias", WIDTH)
        return self.add(
            "LayerNormalization", states, weight, bias, out=f"{name}.out", axis=-1, epsilon=EPSILON
        )

    def layer(self, states: str, name: str) -> str:
        """Add a layer of the encoder: attention, then the inner layer."""
        projected = self.multiply(states, f"{name}.project", 3 * WIDTH, WIDTH)
        parts = self.add("Reshape", projected, "split", out=f"{name}.parts")
        # (3, heads, pieces, 32)
        heads = self.add("Transpose", parts, out=f"{name}.heads", perm=[1, 2, 0, 3])
        query, key, value = (
            self.add("Gather", heads, place, out=f"{name}.{place}", axis=0) for place in _PLACES
        )
        turned = self.add("Transpose", key, out=f"{name}.turned", perm=[0, 2, 1])
        # The queries are scaled already.
        scores = self.add("MatMul", query, turned, out=f"{name}.scores")
        weights = self.add("Softmax", scores, out=f"{name}.weights", axis=-1)
        mixed = self.add("MatMul", weights, value, out=f"{name}.mixed")
        joined = self.add("Transpose", mixed, out=f"{name}.joined", perm=[1, 0, 2])
        attended = self.add("Reshape", joined, "join", out=f"{name}.attended")
        update = self.multiply(attended, f"{name}.mix", WIDTH, WIDTH)
        states = self.normalise(
            self.add("Add", states, update, out=f"{name}.added"), f"{name}.mix_norm"
        )
        inner = self.multiply(states, f"{name}.widen", INNER, WIDTH)
        inner = self.add("Gelu", inner, out=f"{name}.gelu")
        update = self.multiply(inner, f"{name}.narrow", WIDTH, INNER)
        return self.normalise(
            self.add("Add", states, update, out=f"{name}.summed"), f"{name}.narrow_norm"
        )


_PLACES = ("first", "second", "third")


def make_graph() -> onnx.ModelProto:
    """The graph of the network.

    Its input is the embeddings of a window's word pieces (pieces, 384). Its output is the logits of
    start, end and "not here" (pieces, 3).
    """
    graph = Graph()
    graph.constant("split", [-1, 3, HEADS, _HEAD])
    graph.constant("join", [-1, WIDTH])
    for number, place in enumerate(_PLACES):
        graph.constant(place, number)
    states = graph.normalise("embedded", "embeddings")
    for number in range(LAYERS):
        states = graph.layer(states, f"layer.{number}")
    product = graph.add(
        "MatMul", states, graph.floats("heads.weight", WIDTH, 3), out="heads.product"
    )
    graph.add("Add", product, graph.floats("heads.bias", 3), out="logits")
    made = helper.make_graph(
        graph.nodes,
        "reader",
        [helper.make_tensor_value_info("embedded", TensorProto.FLOAT, ["pieces", WIDTH])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["pieces", 3])],
        initializer=[*graph.constants, *graph.weights],
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=10, producer_name="dateline")


def main(path: Path = GRAPH) -> None:
    """Write the graph to a file."""
    path.write_bytes(make_graph().SerializeToString(deterministic=True))


if __name__ == "__main__":
    main()
